"""``trainhub bench answers``: what the exam's hot path can do here, beside the floor of the same run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy import func, select

from trainhub.cli.acting import say, says_json
from trainhub.cli.answers_server import Served, started
from trainhub.cli.answers_world import Ticket, build, store
from trainhub.cli.measuring import conditions, house, told
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.delivery.reading import is_intact
from trainhub.kernel.db import db, reading

CONNECTIONS = (8, 64, 256)


@click.command("answers")
@click.option("--database", help="Address of an EMPTY database; a file of SQLite if not given.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--seconds", default=6.0, show_default=True, help="How long each way of saving is measured.")
@click.option("--candidates", default=4_000, show_default=True, help="Who open a paper, save and hand in.")
@click.option("--stored", default=0, show_default=True, help="Responses of earlier exams in the journal.")
@click.option("--city", default=0, show_default=True, help="So many candidates live a whole sitting instead.")
@click.option(
    "--rush", default=60.0, show_default=True, help="Seconds within which the city begins and ends."
)
@click.option("--work", default=120.0, show_default=True, help="Seconds that the city works.")
@click.option(
    "--files/--no-files",
    default=True,
    help="Whether the city fetches style sheets and scripts as well, which nginx serves in production.",
)
@says_json
def answers_bench(
    database: str | None,
    workers: int,
    seconds: float,
    candidates: int,
    stored: int,
    city: int,
    rush: float,
    work: float,
    files: bool,
    as_json: bool,
) -> None:
    """Measure saving, opening and handing in over HTTP, with sign-in, state, deadline and chain all real."""
    with house(database, _is_empty) as environment:
        told("making the sitting")
        tickets = build(city or candidates)
        if stored:
            told(f"storing {stored} responses")
            store(stored)
        found: dict[str, Any] = {"floor": {}, "figures": {}}
        if city:
            with started(environment, workers) as server:
                found["figures"] = _city(tickets, server, {"rush_s": rush, "work_s": work, "files": files})
        else:
            _saturated(environment, workers, tickets, seconds, found)
        found["figures"] |= _checked()
        found["ratio"] = _ratios(found)
        found["conditions"] = {**conditions(), "workers": workers, "stored": stored}
    say(found, "\n".join(_lines(found)), as_json)


def _is_empty() -> bool:
    with reading():
        return not db.session.scalar(select(func.count()).select_from(Attempt))


def _saturated(
    environment: dict[str, str], workers: int, tickets: list[Ticket], seconds: float, found: dict[str, Any]
) -> None:
    with started(environment, workers) as server, started(environment, workers, floor=True) as floor:
        seats = _signed_in(tickets)
        told(f"{len(seats)} papers opened")
        begun = _load({"do": "begin"}, server, seats=seats, connections=64)
        seats = begun.pop("seats")
        found["figures"]["open"] = begun
        for connections in CONNECTIONS:
            told(f"{connections} connections: floor, and saves by turns with commits of the floor")
            at_work = {"seats": seats[:connections], "connections": connections, "seconds": seconds}
            empty = _load({"do": "empty"}, floor, **at_work)
            del empty["seats"]
            found["floor"][f"empty_{connections}"] = empty
            before = floor.cpu_s()
            done = _load({"do": "turns", "floor_port": floor.port}, server, **at_work)
            seats[:connections] = done["seats"]
            at_floor = {"server_cpu_s": round(floor.cpu_s() - before, 2)}
            found["floor"][f"commit_{connections}"] = done["floor"] | at_floor
            found["figures"][f"save_{connections}"] = done["house"] | {"server_cpu_s": done["server_cpu_s"]}
        told(f"{len(seats)} handed in")
        ended = _load({"do": "hand_in"}, server, seats=seats, connections=64)
        ended.pop("seats")
        found["figures"]["hand_in"] = ended
        found["figures"]["memory_mb"] = server.memory_mb()


def _signed_in(tickets: list[Ticket]) -> list[dict[str, Any]]:
    return [{"code": each.attempt_code, "token": each.token} for each in tickets[::2]]


def _city(tickets: list[Ticket], server: Served, wanted: dict[str, Any]) -> dict[str, Any]:
    with db.engine.begin() as connection:
        connection.execute(Attempt.__table__.update().values(token_hash=None))  # type: ignore[attr-defined]
    seats = [{"code": each.number, "token": each.digits} for each in tickets]
    order = {"do": "city", "sign_in_at_once": 24} | wanted
    told(f"{len(seats)} candidates live a sitting")
    before, began = server.cpu_s(), time.perf_counter()
    found = _load(order, server, seats=seats)
    spent = time.perf_counter() - began
    return found | {
        "server_cpu_s": round(server.cpu_s() - before, 1),
        "seconds": round(spent, 1),
        "memory_mb": server.memory_mb(),
    }


def _load(order: dict[str, Any], server: Served, **more: Any) -> dict[str, Any]:
    """Let the load generator work in a process of its own; returns what it tells, and what it cost."""
    given = {"seats": [], "port": server.port} | order | more
    before = server.cpu_s()
    done = subprocess.run(
        [sys.executable, "-m", "trainhub.cli.answers_load"],
        input=json.dumps(given).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"server_cpu_s": round(server.cpu_s() - before, 2)}


def _checked() -> dict[str, Any]:
    """Look into the database: what was acknowledged must be there, and every hundredth journal intact."""
    with reading():
        db.session.expire_all()
        rows = db.session.scalar(select(func.count()).select_from(Response)) or 0
        looked = db.session.scalars(
            select(Attempt).where(Attempt.form.is_not(None), Attempt.id % 100 == 1)
        ).all()
        return {
            "responses_stored": rows,
            "journals_intact": f"{sum(map(is_intact, looked))} of {len(looked)}",
        }


def _ratios(found: dict[str, Any]) -> dict[str, float]:
    return {
        f"save_to_bare_commit_{connections}": round(
            found["figures"][f"save_{connections}"]["per_second"]
            / found["floor"][f"commit_{connections}"]["per_second"],
            2,
        )
        for connections in CONNECTIONS
        if f"save_{connections}" in found["figures"]
    }


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for part in ("floor", "figures"):
        for name, value in found[part].items():
            if isinstance(value, dict):
                value.pop("seats", None)
            yield f"{part:<8}{name:<16}{json.dumps(value)}"
    yield f"ratio   {json.dumps(found['ratio'])}"
    yield json.dumps(found["conditions"])
