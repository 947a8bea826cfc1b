"""The floor of ``trainhub bench answers``: a route that does nothing, and one that only commits.

    python -m trainhub.cli.answers_floor PORT WORKERS

The same server as the house has. The second route takes a small JSON body and adds one row; one thread
commits whatever waits in one transaction. It knows no token, no state, no deadline, no number and no chain.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from typing import Any

from flask import Flask, jsonify, request
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert
from sqlalchemy.engine import Engine

from trainhub.cli.serving import warm_up
from trainhub.config import read_settings
from trainhub.kernel.db import prepare_engine

ROWS = Table(
    "bench_floor",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("place", Integer),
    Column("response", String),
)


class _Committer(threading.Thread):
    """Commits whatever waits in one transaction."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(daemon=True)
        self._engine = engine
        self.waiting: queue.SimpleQueue[tuple[dict[str, Any], Any]] = queue.SimpleQueue()

    def run(self) -> None:
        """Commit until the process ends."""
        while True:
            batch = [self.waiting.get()]
            while len(batch) < 256 and not self.waiting.empty():
                batch.append(self.waiting.get())
            with self._engine.begin() as connection:
                connection.execute(insert(ROWS), [row for row, _done in batch])
            for _row, done in batch:
                done.release()


def application() -> Flask:
    """Return the application that a worker of the floor serves."""
    app = Flask("floor")
    engine = create_engine(read_settings().database_url)
    prepare_engine(engine)
    committer = _Committer(engine)
    committer.start()
    warm_up()

    @app.post("/empty")
    def empty() -> Any:
        """Read a body and answer."""
        return jsonify(place=request.get_json()["place"])

    @app.post("/commit")
    def commit() -> Any:
        """Add a row; answer once it is durable."""
        facts = request.get_json()
        done = threading.Lock()
        done.acquire()
        committer.waiting.put(({"place": facts["place"], "response": facts["response"]}, done))
        done.acquire()
        return jsonify(place=facts["place"])

    return app


def main() -> None:
    """Make the table and serve."""
    from granian import Granian
    from granian.constants import Interfaces

    engine = create_engine(read_settings().database_url)
    prepare_engine(engine)
    ROWS.metadata.create_all(engine)
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
