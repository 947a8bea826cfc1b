"""The floor of ``trainhub bench answers``: a route that does nothing, and one that only commits.

    python -m trainhub.cli.answers_floor PORT WORKERS

The same server as the house has, asked the same thing by the same generator: a packet with one change. The
second route adds it as one row; one thread commits whatever waits in one transaction. It writes by the means
of the house: gathering, turns at SQLite's pen, a connection of its own, many rows in one call, and the log
carried over beside the work. What it lacks is what a save is about: it knows no token, no state, no deadline,
no number and no chain.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any, NamedTuple

from flask import Flask, jsonify, request
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine
from sqlalchemy.engine import Connection, Engine

from trainhub.cli.answers_load import COMMIT, EMPTY
from trainhub.cli.serving import warm_up
from trainhub.config import read_settings
from trainhub.exams.delivery.writer import BATCH
from trainhub.kernel.checkpointing import start_checkpointing
from trainhub.kernel.committing import Committer, gather
from trainhub.kernel.engines import prepare_engine, turns_of
from trainhub.kernel.many import Rows

TABLE = Table(
    "bench_floor",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("place", Integer),
    Column("response", String),
)
ROWS = Rows(TABLE.name, {"place": "integer", "response": "text"})


class _Waiting(NamedTuple):
    row: dict[str, Any]
    done: threading.Lock


class _Floor(threading.Thread):
    """Commits whatever waits in one transaction, as the journal's writer does."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(daemon=True)
        self._committer = Committer(engine)
        self._turns = turns_of(engine)
        self.waiting: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()

    def run(self) -> None:
        """Commit until the process ends."""
        gathered = 1
        while True:
            batch = [self.waiting.get()]
            gather(self.waiting, batch, BATCH, gathered)
            with nullcontext() if self._turns is None else self._turns.turn(first=True):
                gather(self.waiting, batch, BATCH)
                self._committer.commit(partial(_write, [each.row for each in batch]))
            for each in batch:
                each.done.release()
            gathered = len(batch)


def _write(rows: list[dict[str, Any]], connection: Connection, reading_is_over: Callable[[], object]) -> None:
    reading_is_over()
    ROWS.insert(connection, rows)


def application() -> Flask:
    """Return the application that a worker of the floor serves."""
    app = Flask("floor")
    engine = create_engine(read_settings().database_url)
    prepare_engine(engine)
    floor = _Floor(engine)
    floor.start()
    start_checkpointing(engine)
    warm_up()

    @app.post(EMPTY)
    def empty() -> Any:
        """Read a packet and answer."""
        return _answer(request.get_json())

    @app.post(COMMIT)
    def commit() -> Any:
        """Add a row; answer once it is durable."""
        packet = request.get_json()
        (change,) = packet["changes"]
        done = threading.Lock()
        done.acquire()
        row = {"place": change["position"], "response": json.dumps(change["response"])}
        floor.waiting.put(_Waiting(row, done))
        done.acquire()
        return _answer(packet)

    return app


def _answer(packet: dict[str, Any]) -> Any:
    return jsonify(last_sequence=packet["changes"][-1]["sequence"], beacon=packet["beacon"])


def main() -> None:
    """Make the table and serve."""
    from granian import Granian
    from granian.constants import Interfaces

    engine = create_engine(read_settings().database_url)
    prepare_engine(engine)
    TABLE.metadata.create_all(engine)
    engine.dispose()
    Granian(
        "trainhub.cli.answers_floor:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=int(sys.argv[2]),
        blocking_threads=int(os.environ.get("TRAINHUB_THREADS", "32")),
        websockets=False,
        factory=True,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


if __name__ == "__main__":
    main()
