"""Accident cases of the demo: invented for teaching and marked so; published, sent back, waiting."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from trainhub.cases import approving, drafting, watching
from trainhub.cases.facts import CaseFacts, types_on
from trainhub.cases.finding import Filter, listing
from trainhub.courses.models import Film
from trainhub.courses.viewing import beat, confirm, note_fetched
from trainhub.demo.courses import BEAT, take_film
from trainhub.demo.world import World
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person

CASES = Path(__file__).parent / "media" / "cases.json"
FILM_TITLE = "班前五分钟（警示教育版）"
SEEN_BY = ("candidate",)


def build(world: World) -> None:
    """Draft the cases, have most of them approved, assign one, and let somebody see it to its end."""
    now = clock.now()
    stories: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))
    with clock.set_to(now - timedelta(days=50)):
        film_code = take_film(world, "publisher", "BUREAU", FILM_TITLE)
    for place, story in enumerate(stories):
        with clock.set_to(now - timedelta(days=45 - 5 * place)):
            _tell(world, story, film_code)
    first = _code_of(stories[0]["title"])
    with clock.set_to(now - timedelta(days=20)), transaction():
        due = clock.local_day(now) + timedelta(days=10)
        watching.assign(drafting.get_case(first), "", due, by=world.persons["publisher"])
    for name in SEEN_BY:
        with clock.set_to(now - timedelta(days=12)):
            _see(first, world.persons[name].id)


def _tell(world: World, story: dict[str, Any], film_code: str) -> None:
    day = clock.today() - timedelta(days=story["days_ago"])
    given = {name: value for name, value in story.items() if name in CaseFacts.__dataclass_fields__}
    # The national table changed in 2026: a story names its type in the old and in the new one.
    given["accident_type"] = next(each for each in story["accident_types"] if each in types_on(day))
    with transaction():
        by, bureau = world.persons["publisher"], world.organisations["BUREAU"]
        case = drafting.draft_case(CaseFacts(occurred_on=day, **given), bureau, by=by)
        code = case.code
        if story.get("film"):
            film = db.session.scalars(select(Film).where(Film.code == film_code)).one()
            drafting.give_film(case, film, by=by)
        if story["end"] != "draft":
            drafting.submit(case, by=by)
    if story["end"] in ("published", "sent_back"):
        with transaction():
            case, approver = drafting.get_case(code), world.persons["approver"]
            if story["end"] == "published":
                approving.approve(case, by=approver)
            else:
                approving.send_back(case, story["remark"], by=approver)


def _code_of(title: str) -> str:
    with transaction():
        versions = db.session.scalars(listing(Filter()))
        return next(version.case.code for version in versions if version.title == title)


def _see(code: str, person_id: str) -> None:
    """Watch a case to its end as the server counts it, and acknowledge it."""
    with transaction():
        person = db.session.get_one(Person, person_id)
        started = watching.start_watching(watching.readable_case(code), person)
        film = started.viewing.film
        assert film is not None
        note_fetched(started.viewing.id, [(0, film.size - 1)])
        sequence = position = 0
        while True:
            sequence += 1
            clock.move(BEAT)
            position += round(BEAT.total_seconds() * 1000)
            answer = beat(person, started.viewing.id, started.token, sequence=sequence, position_ms=position)
            if answer.watched_s >= answer.total_s:
                break
            if answer.confirm_code is not None:
                confirm(person, started.viewing.id, started.token, answer.confirm_code)
        watching.acknowledge(watching.readable_case(code), person, agreed=True)
