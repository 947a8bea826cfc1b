"""What deeds of office and background do to the saves beside them: how long each holds SQLite's one pen.

    python -m benchmarks.pens [--people 1000] [--items 1000] [--photos 200] [--rate 40] [--only WORD] [--json]

A server of its own serves the instance, a process of its own has candidates save over HTTP at a steady rate,
and the deeds are done in this process one after the other, as a worker of the exam side does them. Of each:
seconds in all and of this process's processor, how often it had the pen, and for how long at most (by the
clock, and by its thread's processor in that time), and the saves that began meanwhile. The floors are of this
run: nothing beside, and as much computing beside as a deed does, without any pen.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

import trainhub.app
from benchmarks import _pens_world as world
from benchmarks._desk_filling import fill
from benchmarks._pens_watching import Deed, Saves, Watched, watched
from benchmarks.desk import serve
from tests.factories.judging import WORDS, Written
from tests.factories.people import make_officer
from tests.servers import free_port
from trainhub.certificates.issuing import issue_for_sitting
from trainhub.cli.databases import prepare
from trainhub.cli.measuring import machine as this_machine
from trainhub.config import Side, read_settings
from trainhub.exams.bank import rotation
from trainhub.exams.bank.alike.catching_up import look_through
from trainhub.exams.bank.as_shown import mark_of
from trainhub.exams.bank.bulk import Order, begin, do_all
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.delivery.working import close_all
from trainhub.exams.marking.key_changes import Wanted, approve_key_change, propose_key_change
from trainhub.exams.marking.marking import mark_sitting
from trainhub.exams.marking.publishing import publish_results
from trainhub.exams.sittings import close_sitting, get_sitting
from trainhub.exams.sittings.amending import find_eligibility
from trainhub.exams.sittings.evidence import decide_evidence, propose_evidence
from trainhub.exams.sittings.plan import candidates_of
from trainhub.exams.sittings.roster_work import hand_in_roster
from trainhub.exams.sittings.seating import arrange, draw_seats
from trainhub.kernel import clock, jobs, keys
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.rewrapping import rewrap
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

QUIET_S = 8.0
PAGE = 25
Step = tuple[str, Callable[[], object]]


class Office:
    """The way of a sitting from its roster to its certificates."""

    def __init__(self, app: Flask, folder: Path, people: int) -> None:
        self._app, self._people = app, people
        self._code, self._staff = world.plan(people)
        self._file = world.roster(folder / "roster.xlsx", people)

    def steps(self) -> Iterator[Step]:
        """Yield each deed with its name."""
        people, code, staff = self._people, self._code, self._staff
        yield f"a roster of {people} rows", self._import
        yield f"looking for training records of {people}", self._look_for_records
        yield f"evidence of {people} laid and decided, a page each", self._settle
        yield f"seats drawn and given to {people}", self._arrange
        yield f"tickets of {people} printed", self._print
        before = clock.now()
        world.sit(self._app, code)
        later = clock.now() - before
        yield f"a sitting of {people} closed", self._close
        yield f"{people} papers marked", lambda: mark_sitting(code, staff[Duty.MARK])
        yield "its questions described", jobs.run_pending
        yield f"{people} results published", lambda: publish_results(code, staff[Duty.PUBLISH_RESULTS])
        yield "described once more", jobs.run_pending
        yield f"a key of {people} published results changed", self._void
        yield "described after that", jobs.run_pending
        some = f"certificates of {people}, of who passed"
        yield some, lambda: issue_for_sitting(code, staff[Duty.ISSUE_CERTIFICATES])
        clock.move(-later)

    def _by(self, duty: Duty = Duty.ARRANGE_SITTINGS) -> Person:
        return db.session.get_one(Person, self._staff[duty])

    def _import(self) -> None:
        with transaction(), self._file.open("rb") as source:
            name, sittings = self._file.name, [get_sitting(self._code)]
            hand_in_roster(source, name, sittings, by=self._by(), language="zh_CN")
        jobs.run_pending()

    def _look_for_records(self) -> None:
        with transaction():
            find_eligibility(get_sitting(self._code), by=self._by())

    def _settle(self) -> None:
        while True:
            with transaction():
                candidates = candidates_of(get_sitting(self._code))
                pending = [each for each in candidates if not each.is_eligible][:PAGE]
                propose_evidence(
                    pending, "paper_record", "培训台账原件", by=self._by(Duty.MARK)
                ) if pending else ()
            with transaction():
                for each in world.open_evidence(self._code):
                    decide_evidence(each, True, "原件已核对", by=self._by())
            if len(pending) < PAGE:
                return

    def _arrange(self) -> None:
        with reading():
            drawn = draw_seats(get_sitting(self._code))
        with transaction():
            arrange(get_sitting(self._code), drawn, by=self._by())

    def _print(self) -> None:
        with transaction():
            given = {"sitting_code": self._code, "by_id": self._staff[Duty.ARRANGE_SITTINGS]}
            jobs.start("sittings.tickets", "tickets", by=None, **given)
        jobs.run_pending()

    def _close(self) -> None:
        with transaction():
            sitting = get_sitting(self._code)
            close_all(sitting, by=self._by())
            close_sitting(sitting, by=self._by())

    def _void(self) -> None:
        with transaction():
            centre = get_sitting(self._code).organisation
            second = make_officer(Duty.MARK, centre).id
            wanted = Wanted("I-100", 1, None, "标准修订后答案有误", "复核记录 2026-11 号")
            change = propose_key_change(centre, wanted, by=self._by(Duty.MARK)).code
        approve_key_change(change, second)


def written(app: Flask, people: int) -> Iterator[Step]:
    """What people mark is given to them; the factory knows some hundreds of people."""
    people = min(people, 300)
    story = Written(app, words=(WORDS,) * people, assessors=8)
    yield f"{people} responses given to two assessors each", story.allot


def content(items: int) -> Iterator[Step]:
    """What is done to a whole bank."""
    bank_id, author = world.bank(items)
    code = db.session.get_one(Bank, bank_id).code

    def bulk() -> None:
        with transaction():
            bank = db.session.get_one(Bank, bank_id)
            rows = db.session.scalars(select(Item).where(Item.bank_id == bank_id))
            chosen = [(each.code, mark_of(newest_version(each))) for each in rows]
            deed = begin(
                bank,
                Order("source", source="《安全生产法》第二十条"),
                chosen,
                by=db.session.get_one(Person, author),
            ).id
        do_all(deed)

    def rotate() -> None:
        rotation.rotate(code, by=db.session.get_one(Person, author))

    yield f"{items} items rest on another article", bulk
    yield f"the key of a bank of {items} items rotated", rotate
    yield f"{items} items compared", lambda: look_through(bank_id)


def files(photos: int) -> Iterator[Step]:
    """The master key rotated over photographs."""
    world.photographs(photos, 200_000)

    def rotate() -> None:
        keys.begin_rotation("exam")
        rewrap()

    yield f"the master key rotated, {photos} photographs", rotate


def chores(app: Flask) -> Iterator[Step]:
    """What is looked after every few seconds."""
    for chore in app.extensions["chores"]:
        yield f"chore: {chore.name}", chore.run


def _late(begin: Callable[[], Iterator[Step]]) -> Iterator[Step]:
    """Fill what a group of deeds needs only when its turn has come."""
    yield from begin()


def computing() -> None:
    """As much computing as a deed does, and no pen."""
    until = time.monotonic() + QUIET_S
    while time.monotonic() < until:
        sum(range(10_000))


def measure(app: Flask, folder: Path, asked: argparse.Namespace) -> list[Deed]:
    """Do every deed that is asked for."""
    deeds: list[Deed] = []
    floors: list[Step] = [("nothing beside", lambda: time.sleep(QUIET_S)), ("computing beside", computing)]
    groups = {
        "floor": iter(floors),
        "office": _late(lambda: Office(app, folder, asked.people).steps()),
        "written": _late(lambda: written(app, asked.people)),
        "content": content(asked.items),
        "files": files(asked.photos),
        "chores": chores(app),
    }
    for name, steps in groups.items():
        if asked.only and name != "floor" and asked.only != name:
            continue
        for told, step in steps:
            with watched(told, deeds):
                step()
            db.session.rollback()
            longest = max(deeds[-1].holds, default=(0.0, 0.0))
            print(f"  {told}: {longest[0]:.2f} s, {longest[1]:.2f} of the processor", file=sys.stderr)
    return deeds


def main() -> None:
    """Fill an instance, serve it, do the deeds, print what they cost and what the saves beside them took."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("people", 1000), ("items", 1000), ("photos", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--rate", type=float, default=40.0)
    parser.add_argument("--only", choices=("office", "written", "content", "files", "chores"))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        settings = read_settings({"TRAINHUB_INSTANCE": place})
        prepare(settings)
        trainhub.app.TurnTaking = Watched  # type: ignore[misc]
        # A side of its own has a queue of its own: the server beside does not take the work away.
        app = trainhub.app.create_app(replace(settings, side=Side.EXAM))
        with app.app_context():
            machines = [(each.attempt, each.token) for each in fill(app, 1, 4, 25)[1]]
            port = free_port()
            server = serve(place, port)
            saves = Saves(machines, port, asked.rate, Path(place))
            saves.await_first()
            try:
                deeds = measure(app, Path(place), asked)
            finally:
                taken = saves.end()
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
    tell([each.figures(taken) for each in deeds], asked.json)


def tell(figures: list[dict[str, Any]], as_json: bool) -> None:
    """Print the figures, a line a deed."""
    if as_json:
        print(json.dumps({"deeds": figures, "conditions": this_machine()}, ensure_ascii=False))
        return
    head = ("seconds", "processor_s", "turns", "longest_hold_ms", "its_processor_ms", "saves", "refused")
    columns = (*head, "p50_ms", "p99_ms", "most_ms")
    print(f"{'':52}" + "".join(f"{name.replace('_', ' '):>18}" for name in columns))
    for each in figures:
        print(f"{each['deed'][:52]:52}" + "".join(f"{each[name]!s:>18}" for name in columns))
    print(json.dumps(this_machine()))


if __name__ == "__main__":
    main()
