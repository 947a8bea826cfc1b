"""What a difference between the register and a room is called for those who read it, and its plain form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from trainhub.kernel.db import db
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, Person
from trainhub.separation.comparing import Comparison, Difference, Kind
from trainhub.separation.duties import Duty
from trainhub.separation.identity import ORGANISATIONS, PERSONS
from trainhub.separation.wording import COLUMN_WORDS, RELATION_WORDS

ROOM_WORDS: dict[str, Any] = {
    "people": _l("Persons and organisations"),
    "governance": _l("Granted duties and overrides"),
    "separation": _l("Declarations in the ledger"),
    "handover": _l("Training records at the door"),
    "courses": _l("Classes"),
    "cases": _l("Warning cases"),
    "exams.bank": _l("Item banks"),
    "exams.sites": _l("Sites"),
    "exams.papers": _l("Papers"),
    "exams.sittings": _l("Sittings"),
    "exams.staffing": _l("Exam staff"),
    "exams.delivery": _l("Answers"),
    "exams.marking": _l("Results"),
    "certificates": _l("Certificates"),
}
KIND_WORDS: dict[Kind, Any] = {
    Kind.MISSING: _l("Missing in the register"),
    Kind.UNBACKED: _l("No record of the room behind it"),
    Kind.ALTERED: _l("Not what the ledger holds"),
    Kind.ADDED: _l("Nothing in the ledger behind it"),
    Kind.REMOVED: _l("In the ledger, and gone from the records"),
}
RECORD_WORDS: dict[str, Any] = {
    "sheet_reading": _l("read an answer sheet"),
    "plan": _l("what a sitting examines, when, and what passes"),
    "registration": _l("registration"),
    "attempt": _l("whose attempt it is"),
    "time": _l("how long an attempt had"),
    "misconduct": _l("misconduct that voids an attempt"),
    "objection": _l("objection to a registration"),
    "correction": _l("correction of marks"),
    "key_change": _l("change of a key"),
    "result": _l("result"),
}
"""Rows of rooms that have a leaf of their own in the ledger."""
RECORD_COLUMNS: dict[str, Any] = {
    "sheet": _l("Answer sheet"),
    "found": _l("Read as"),
    "pass_mark": _l("Pass mark"),
    "candidate": _l("Candidate"),
    "attempt": _l("Attempt"),
    "incident": _l("Incident"),
    "ending": _l("Ended by"),
    "extra_seconds": _l("Extra time in seconds"),
    "halted_seconds": _l("Stood still for seconds"),
    "deadline": _l("End of the time"),
    "minutes": _l("Length in minutes"),
    "entry_before_minutes": _l("Entry from minutes before"),
    "late_entry_minutes": _l("Entry until minutes after the start"),
    "early_hand_in_minutes": _l("Earliest hand-in, minutes after the start"),
    "objection": _l("Objection"),
    "correction": _l("Correction"),
    "result": _l("Result number"),
    "old": _l("Marks before"),
    "new": _l("Marks after"),
    "key_change": _l("Change of a key"),
    "item": _l("Item"),
    "version": _l("Version"),
    "what": _l("Kind"),
    "to_version": _l("Version that counts"),
}
_PERIOD: dict[str, Any] = {"starts_on": _l("From"), "ends_on": _l("Until")}
_LOT = 500


@dataclass(frozen=True)
class Told:
    """A difference in words (对账差异说明).

    Args:
        difference: which.
        kind: which of the two lacks it.
        relation: what the row says.
        rooms: whose records were asked.
        facts: column and value in the reader's words.
    """

    difference: Difference
    kind: str
    relation: str
    rooms: str
    facts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """The difference in one line."""
        said = _(", ").join(f"{column} {value}" for column, value in self.facts)
        return _(
            "%(kind)s: %(relation)s – %(facts)s (records asked: %(rooms)s)",
            kind=self.kind,
            relation=self.relation,
            facts=said,
            rooms=self.rooms,
        )


def told(comparison: Comparison, most: int | None = None) -> list[Told]:
    """Return the differences, or the first of them, in the reader's words, with names."""
    chosen = comparison.differences[:most]
    words = _words(chosen)
    return [
        Told(
            each,
            str(KIND_WORDS[each.kind]),
            str(RECORD_WORDS.get(each.relation) or RELATION_WORDS[each.relation]),
            _(", ").join(str(ROOM_WORDS.get(room, room)) for room in each.rooms),
            _facts(each, words),
        )
        for each in chosen
    ]


def left_out(comparison: Comparison) -> list[str]:
    """Return how many differences more there are of which the facts were not read."""
    return [
        _(
            "%(kind)s: %(relation)s – %(count)s more",
            kind=str(KIND_WORDS[kind]),
            relation=str(RELATION_WORDS[relation]),
            count=count,
        )
        for (kind, relation), count in comparison.left_out.items()
    ]


def as_json(comparison: Comparison | None) -> dict[str, Any]:
    """Return what ``trainhub separation audit --json`` adds: null where nothing could be compared."""
    if comparison is None:
        return {"differences": None, "differences_left_out": None, "compared": None}
    return {
        "differences": [
            {
                "kind": each.difference.kind.value,
                "relation": each.difference.relation,
                "rooms": list(each.difference.rooms),
                "person": each.difference.person,
                "facts": {name: _plain(value) for name, value in each.difference.facts},
                "text": str(each),
            }
            for each in told(comparison)
        ],
        "differences_left_out": sum(comparison.left_out.values()),
        "compared": {"relations": len(comparison.relations), "seconds": round(comparison.seconds, 3)},
    }


def _facts(difference: Difference, words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    known = [(name, value) for name, value in difference.facts if value not in (None, "")]
    known.sort(key=lambda each: (each[0] == "ends_on", each[0] == "starts_on", each[0] not in PERSONS))
    return tuple(
        (
            str(COLUMN_WORDS.get(name) or _PERIOD.get(name) or RECORD_COLUMNS.get(name, name)),
            _word(name, value, words),
        )
        for name, value in known
    )


def _word(name: str, value: Any, words: dict[str, str]) -> str:
    if name in PERSONS or name in ORGANISATIONS:
        return words.get(value, str(value))
    if name == "duty" and value in set(Duty):
        return str(Duty(value).label)
    return str(_plain(value))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _words(differences: Iterable[Difference]) -> dict[str, str]:
    said = [fact for each in differences for fact in each.facts]
    persons = {value for name, value in said if name in PERSONS and value}
    codes = {value for name, value in said if name in ORGANISATIONS and value}
    found: dict[str, str] = {}
    for key, label, wanted in (
        (Person.id, Person.name, sorted(persons)),
        (Organisation.code, Organisation.name, sorted(codes)),
    ):
        for start in range(0, len(wanted), _LOT):
            rows = select(key, label).where(key.in_(wanted[start : start + _LOT]))
            found |= {each: word for each, word in db.session.execute(rows)}
    return found
