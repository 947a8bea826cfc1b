"""Many acts at once, each with its leaf in a transaction of its own, and the sequencer beside them."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from statistics import quantiles
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from trainhub import ledger
from trainhub.app import create_app
from trainhub.config import read_settings
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.housekeeping import EVERY_S
from trainhub.ledger import sequencing

FLOOR = "bench_floor"
SAMPLE_S = 0.5
START_S = 120
WARMING = 20
"""Acts of each writer before anything is measured: connections are made and statements are compiled."""


@dataclass(frozen=True)
class Load:
    """How acts are made.

    Args:
        writers: threads that act at the same time.
        processes: among how many processes they are shared out.
        seconds: how long.
        rate: acts a second of all together; 0 is as fast as they can.
        every_s: seconds between two rounds of the sequencer, as in a serving process.
    """

    writers: int
    processes: int
    seconds: float
    rate: float = 0
    every_s: float = EVERY_S


@dataclass
class Acted:
    """What came of it.

    Args:
        times: seconds that each act took; with a rate, from the moment at which it was due.
        seconds: from the first act to the last.
        waiting: leaves without a place, with the second at which they were counted.
        drained: seconds until the last leaf had its place, after the last act.
        starved: acts that the database gave up, because others held its lock all the time.
    """

    times: list[float]
    seconds: float
    waiting: list[tuple[float, int]] = field(default_factory=list)
    drained: float = 0.0
    starved: int = 0

    def as_json(self) -> dict[str, float]:
        """Return the figures: acts a second, milliseconds of one, and how far the tree lags behind."""
        cuts = quantiles(self.times, n=100)
        said = {
            "acts": len(self.times),
            "starved": self.starved,
            "per_second": round(len(self.times) / self.seconds, 1),
            "p50_ms": round(cuts[49] * 1000, 2),
            "p95_ms": round(cuts[94] * 1000, 2),
            "p99_ms": round(cuts[98] * 1000, 2),
            "highest_ms": round(max(self.times) * 1000, 1),
        }
        if not self.waiting:
            return said
        half = self.seconds / 2
        return said | {
            "waiting_highest_first_half": max((n for at, n in self.waiting if at <= half), default=0),
            "waiting_highest_second_half": max((n for at, n in self.waiting if at > half), default=0),
            "drained_s": round(self.drained, 2),
        }


def act(environment: dict[str, str], load: Load) -> Acted:
    """Make acts with the sequencer beside, in this process."""
    return _together(environment, load, _decide, beside=True)


def bare(environment: dict[str, str], load: Load) -> Acted:
    """Make the floor: as many writers, each committing one inserted row and nothing else."""
    with db.engine.begin() as connection:
        number = "BIGSERIAL" if connection.dialect.name == "postgresql" else "INTEGER"
        connection.exec_driver_sql(f"CREATE TABLE {FLOOR} (id {number} PRIMARY KEY, said VARCHAR)")
    try:
        return _together(environment, load, _insert, beside=False)
    finally:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE {FLOOR}")


Maker = Callable[[Flask], tuple[Callable[[int], None], Callable[[], None]]]


def _decide(app: Flask) -> tuple[Callable[[int], None], Callable[[], None]]:
    """One act as a request makes it: a context, a session and a connection of the pool for itself."""

    def decide(number: int) -> None:
        with app.app_context(), transaction():
            ledger.append(
                "attempt.handed_in", by=None, side="exam", attempt=f"{number:022}", sitting="SIT-2026-0001"
            )

    return decide, lambda: None


def _insert(app: Flask) -> tuple[Callable[[int], None], Callable[[], None]]:
    with app.app_context():
        connection: Any = db.engine.raw_connection()
        sqlite = db.engine.dialect.name == "sqlite"
    cursor = connection.cursor()
    if sqlite:
        cursor.execute("PRAGMA query_only=OFF")
    statement = f"INSERT INTO {FLOOR} (said) VALUES ('{'x' * 64}')"  # noqa: S608 - nothing from outside

    def insert(_number: int) -> None:
        if sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(statement)
        if sqlite:
            cursor.execute("COMMIT")
        else:
            connection.commit()

    return insert, connection.close


def _together(environment: dict[str, str], load: Load, maker: Maker, beside: bool) -> Acted:
    db.session.remove()
    writers, start, answers = _writers(environment, load, maker)
    for each in writers:
        each.start()
    start.wait(START_S)
    begun = time.perf_counter()
    acted = Acted([], load.seconds)
    if beside:
        _sequence_beside(load, begun, acted)
    for _each in writers:
        times, starved, ended = answers.get()
        acted.times += times
        acted.starved += starved
        acted.seconds = max(ended, acted.seconds)
    for each in writers:
        each.join()
    if beside:
        last = time.perf_counter()
        with transaction():
            sequencing.run()
        acted.drained = time.perf_counter() - last
    return acted


def _writers(environment: dict[str, str], load: Load, maker: Maker) -> tuple[list[Any], Any, Any]:
    """Return the groups of writers, the gate at which they and the caller meet, and where they answer.

    One group is threads of this process, as in a site that is one process; several are processes.
    """
    if load.processes == 1:
        start, answers = threading.Barrier(2), SimpleQueue[tuple[list[float], int, float]]()
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        given = (app, load, load.writers, maker, start, answers)
        return [threading.Thread(target=_group, args=given, daemon=True)], start, answers
    context = multiprocessing.get_context("spawn")
    shared = context.Barrier(load.processes + 1), context.SimpleQueue()
    shares = [(load.writers + number) // load.processes for number in range(load.processes)]
    groups = [
        context.Process(target=_group, args=(environment, load, share, maker, *shared), daemon=True)
        for share in shares
    ]
    return groups, *shared


def _sequence_beside(load: Load, begun: float, acted: Acted) -> None:
    """Be the housekeeper of a serving process, and count who waits."""
    chore = sequencing.room.chores[0]
    due = begun + load.every_s
    while (now := time.perf_counter()) - begun < load.seconds:
        with reading():
            acted.waiting.append((now - begun, sequencing.number_waiting()))
            is_due = now >= due and chore.is_due()
        if is_due:
            with transaction():
                chore.do()
            due = time.perf_counter() + load.every_s
        time.sleep(SAMPLE_S)


def _group(
    house: Flask | dict[str, str], load: Load, threads: int, maker: Maker, start: Any, answers: Any
) -> None:
    """Be a group of writers; a process of its own has only the environment of the house."""
    app = house if isinstance(house, Flask) else create_app(read_settings(house))
    times: list[list[float]] = [[] for _thread in range(threads)]
    starved: SimpleQueue[Exception] = SimpleQueue()
    warm, gate = threading.Barrier(threads + 1), threading.Barrier(threads + 1)
    writers = [
        threading.Thread(target=_write, args=(app, load, maker, (warm, gate), own, starved), daemon=True)
        for own in times
    ]
    for writer in writers:
        writer.start()
    warm.wait(START_S)
    start.wait(START_S)
    begun = time.perf_counter()
    gate.wait()
    for writer in writers:
        writer.join()
    ended = time.perf_counter() - begun
    answers.put(([each for own in times for each in own], starved.qsize(), ended))


def _write(
    app: Flask,
    load: Load,
    maker: Maker,
    gates: tuple[threading.Barrier, threading.Barrier],
    times: list[float],
    starved: SimpleQueue[Exception],
) -> None:
    do, close = maker(app)
    for number in range(WARMING):
        with suppress(OperationalError, sqlite3.OperationalError):
            do(number)
    for gate in gates:
        gate.wait()
    pause = load.writers / load.rate if load.rate else 0.0
    begun = time.perf_counter()
    due = begun + pause * (hash(threading.get_ident()) % 97 / 97)
    while True:
        now = time.perf_counter()
        if (due if pause else now) - begun >= load.seconds:
            break
        if pause and now < due:
            time.sleep(due - now)
        since = due if pause else now
        try:
            do(len(times))
            times.append(time.perf_counter() - since)
        except (OperationalError, sqlite3.OperationalError) as problem:
            starved.put(problem)
        due += pause
    close()
