"""What relations and their columns are called for those who read the register, and what their values mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l
from trainhub.kernel.pages import local_time
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty
from trainhub.separation.models import Relation
from trainhub.separation.register import columns_of
from trainhub.separation.search import PERSONS

RELATION_WORDS: dict[str, Any] = {
    "attended": _l("Learned in a class"),
    "taught": _l("Taught a class"),
    "attested": _l("Signed training records of a class"),
    "class": _l("Class leads to a qualification"),
    "same_person": _l("Two records are of one person"),
    "same_organisation": _l("Two organisations are one"),
    "overridden": _l("Two of the oversight side let it pass"),
    "employed": _l("Works for an organisation"),
    "affiliated": _l("Organisation belongs to another"),
    "granted": _l("Holds a duty"),
    "related": _l("Declared to be close"),
    "qualified": _l("Stands in the register of exam staff"),
    "authored": _l("Wrote or imported an item"),
    "reviewed": _l("Reviewed an item"),
    "live": _l("Item is in use"),
    "contains": _l("Paper contains an item"),
    "assembled": _l("Assembled a paper"),
    "sealed": _l("Reviewed and sealed a paper"),
    "saw": _l("Saw the content of a paper"),
    "knows": _l("Wrote or reviewed an item of a sealed paper"),
    "uses": _l("Sitting uses a paper"),
    "sitting": _l("Sitting: place, time and size"),
    "room": _l("Room of a sitting"),
    "opened": _l("Sitting was opened"),
    "registered": _l("Registered for a sitting"),
    "appointed": _l("Appointed to a sitting"),
    "marked": _l("Marked a sitting"),
    "judged": _l("Has or had a response to mark, or an answer sheet to enter"),
    "corrected": _l("Proposed to correct a mark"),
    "confirmed": _l("Approved the correction of a mark"),
    "published": _l("Published results of a sitting"),
    "issued": _l("Issued certificates of a sitting"),
    "drafted": _l("Drafted an accident case"),
    "approved": _l("Approved an accident case"),
    "organisation": _l("Organisation: kind and responsible person"),
}
COLUMN_WORDS: dict[str, Any] = {
    "person_id": _l("Person"),
    "other_id": _l("Other person"),
    "class_code": _l("Class"),
    "organisation_code": _l("Organisation"),
    "other_code": _l("Other organisation"),
    "employer_code": _l("Employer"),
    "training_body_code": _l("Training body"),
    "duty": _l("Duty"),
    "district": _l("District"),
    "item_code": _l("Item"),
    "paper_code": _l("Paper"),
    "case_code": _l("Case"),
    "sitting_code": _l("Sitting"),
    "site_code": _l("Site"),
    "room_code": _l("Room"),
    "result_code": _l("Correction"),
    "response_code": _l("Response"),
    "object_code": _l("What it concerns"),
    "rule": _l("Rule"),
    "kind": _l("Kind"),
    "side": _l("Side"),
    "qualification": _l("Qualification"),
    "rooms": _l("Number of rooms"),
    "candidates": _l("Number of candidates"),
    "starts_at": _l("Begins"),
    "ends_at": _l("Ends"),
}
_ORGANISATIONS = ("organisation_code", "other_code", "employer_code", "training_body_code")
_PERIOD = ("starts_on", "ends_on")


def names_of(person_ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of persons by their random ids."""
    wanted = {each for each in person_ids if each}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {person_id: name for person_id, name in found}


def persons_in(rows: Iterable[Relation]) -> set[str]:
    """Return whom some rows speak of, and who stated them."""
    columns = (*PERSONS, "stated_by_id")
    return {found for row in rows for column in columns if (found := getattr(row, column, None))}


def described(rows: Iterable[Relation]) -> list[list[tuple[str, Any, str]]]:
    """Return what each row says: column, value in the reader's words, and the code or id behind it."""
    rows = list(rows)
    words = names_of(persons_in(rows)) | _organisation_names(rows)
    return [
        [
            (name, _word(name, value, words), str(value))
            for name in sorted(columns_of(type(row)), key=_place)
            if name not in _PERIOD and (value := getattr(row, name)) not in (None, "")
        ]
        for row in rows
    ]


def _place(column: str) -> int:
    """Return where a column is said: whom, then what."""
    return PERSONS.index(column) if column in PERSONS else len(PERSONS)


def _organisation_names(rows: list[Relation]) -> dict[str, str]:
    codes = {found for row in rows for name in _ORGANISATIONS if (found := getattr(row, name, None))}
    found = db.session.execute(
        select(Organisation.code, Organisation.name).where(Organisation.code.in_(codes))
    )
    return {code: name for code, name in found}


def _word(name: str, value: Any, words: dict[str, str]) -> Any:
    if name in PERSONS or name in _ORGANISATIONS:
        return words.get(value, value)
    if name == "duty":
        return Duty(value).label
    return local_time(value) if isinstance(value, datetime) else value
