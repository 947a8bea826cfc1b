"""What makes a database stand still, and a house at one."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url

from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.kernel import keys
from trainhub.kernel.db import db, transaction


@contextmanager
def pen_held(url: str) -> Iterator[None]:
    """Somebody else writes to the file of SQLite and does not end."""
    with closing(sqlite3.connect(str(make_url(url).database), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def house_at(url: str, folder: Path) -> Iterator[Flask]:
    """A house at that database, not yet served, whose context is active."""
    settings = read_settings({"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_DATABASE_URL": url})
    keys.create_missing_keys(settings.keys)
    app = create_app(settings)
    with app.app_context():
        with transaction():
            regulations.load_figures()
        yield app
        db.session.remove()
        db.engine.dispose()


class PausedLine:
    """A line to a server that can be paused: it takes connections and what is said, and says nothing back.

    So a server looks from outside that was stopped by SIGSTOP, whose kernel still answers for it.
    """

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._flows = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self.port = 0

    def __enter__(self) -> PausedLine:
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait(10)
        return self

    def __exit__(self, *_problem: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nothing through meanwhile; afterwards all that waits."""
        self._loop.call_soon_threadsafe(self._flows.clear)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._flows.set)

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._flows.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()

    async def _end(self) -> None:
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        for each in carrying:
            each.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)
        self._loop.stop()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        back, on = await asyncio.open_connection("127.0.0.1", self._upstream)
        await asyncio.gather(self._flow(reader, on), self._flow(back, writer))

    async def _flow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while said := await reader.read(65536):
                await self._flows.wait()
                writer.write(said)
        except ConnectionError:
            pass
        finally:
            writer.close()
