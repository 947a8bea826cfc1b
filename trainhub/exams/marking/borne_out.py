"""Whether the ledger bears out everything that decides a result besides the answers themselves.

The answers are held against their seals (``delivery.is_intact``) and what people gave against its entries
(``judged_record``). Here it is the rest: whose attempt and whose registration it is, when the sitting is held
and how long each attempt had (``borne_out_time``), what it examines and what passes, which misconduct stands,
which keys were changed and which marks corrected by two people, and what was handed over of it. This file
shares nothing with the code that enters any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, except_, func, literal, or_, select, true

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.invigilation.models import Incident, IncidentState
from trainhub.exams.marking.borne_out_time import untimely
from trainhub.exams.marking.models import Correction, CorrectionState, Result, ResultState, Standing
from trainhub.exams.marking.models_keys import KeyChange
from trainhub.exams.sittings.models import Candidate, Objection, ObjectionState, Sitting
from trainhub.handover.models import Outcome
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.witness import Deviating, Deviation, fact
from trainhub.ledger import Entry

RECORDS: dict[str, Any] = {
    "plan": _l("what the sitting examines and when"),
    "registration": _l("who is registered"),
    "attempt": _l("whose attempt is whose"),
    "time": _l("how long an attempt had"),
    "misconduct": _l("which misconduct stands"),
    "objection": _l("who objects, and what was decided"),
    "correction": _l("which marks were corrected"),
    "key_change": _l("which keys were changed"),
    "result": _l("whose result is whose"),
}
"""Kinds of records that decide results, as a sentence says them."""
MOST = 200
"""So many deviations of one kind of record are named; whoever reads them has enough to begin with."""
MOST_NAMED = 5
"""So many attempts are named in a sentence."""


@dataclass(frozen=True)
class _Compared:
    """Two accounts of one kind of record: what the ledger was told, and what the tables say.

    Args:
        record: what kind.
        told: of the ledger.
        rows: of the tables, with the same columns.
        added: whether each row must have been told; what older versions did not tell cannot be asked for.
    """

    record: str
    told: Any
    rows: Any
    added: bool = False


def deviating_results() -> list[Deviating]:
    """Return whatever decides results, of all sittings, and is not what the ledger holds."""
    return _deviating(None)


def unborne(sitting: Sitting) -> list[Deviating]:
    """Return whatever decides the results of a sitting and is not what the ledger holds."""
    return _deviating(sitting)


def require_borne_out(sitting: Sitting) -> None:
    """Check that the ledger bears out what decides the results of a sitting.

    Raises:
        Conflict: it does not; nothing may go on from there.
    """
    if found := unborne(sitting):
        raise Conflict(
            _(
                "This is not what the ledger holds: %(what)s. Nothing was done; tell the auditor.",
                what=_(", ").join(_named(record, found) for record in RECORDS if _of(record, found)),
            )
        )


def _named(record: str, found: Sequence[Deviating]) -> str:
    """Say what kind of records it is, and which attempts where it is about them."""
    attempts = [str(dict(each.facts).get("attempt", "")) for each in _of(record, found)]
    codes = _(", ").join([code for code in dict.fromkeys(attempts) if code][:MOST_NAMED])
    return (
        _("%(what)s (%(attempts)s)", what=RECORDS[record], attempts=codes) if codes else str(RECORDS[record])
    )


def _of(record: str, found: Sequence[Deviating]) -> list[Deviating]:
    return [each for each in found if each.record == record]


def _deviating(sitting: Sitting | None) -> list[Deviating]:
    found = []
    for each in (*_of_candidates(sitting), *_of_deeds(sitting)):
        found += _lacking(each.record, Deviation.ALTERED, except_(each.told, each.rows))
        if each.added:
            found += _lacking(each.record, Deviation.ADDED, except_(each.rows, each.told))
    found += islice(untimely(sitting, _is_since(sitting)), MOST)
    return found + _lacking("result", Deviation.ALTERED, _untrue(sitting))


def _lacking(record: str, kind: Deviation, rows: Any) -> list[Deviating]:
    found = db.session.execute(rows.limit(MOST)).mappings()
    return [
        Deviating(kind, record, tuple((name, value) for name, value in row.items() if value is not None))
        for row in found
    ]


def _of_candidates(sitting: Sitting | None) -> Sequence[_Compared]:
    """What a sitting examines, who is registered, and whose attempt is whose."""
    of_sitting = Sitting.code.label("sitting_code")
    plan = select(of_sitting, Sitting.qualification, Sitting.part).where(_is(Sitting.code, sitting))
    passing = select(of_sitting, cast(Sitting.pass_mark, String).label("pass_mark"))
    passing = passing.where(_is(Sitting.code, sitting))
    registered = (
        select(of_sitting, Candidate.person_id, Candidate.code.label("candidate"))
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(_is(Sitting.code, sitting))
    )
    attempts = (
        select(of_sitting, Candidate.code.label("candidate"), Attempt.code.label("attempt"))
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Candidate, Candidate.id == Attempt.candidate_id)
        .where(_is(Sitting.code, sitting))
    )
    planned, enrolled = ("sitting.planned",), ("candidate.registered",)
    let_in = ("candidate.admitted", "attempt.begun_anew")
    return (
        _Compared("plan", _told(planned, sitting, "qualification", "part"), plan),
        _Compared("plan", _told(planned, sitting, "pass_mark"), passing),
        _Compared("registration", _told(enrolled, sitting, "person_id", "candidate"), registered),
        _Compared("attempt", _told(let_in, sitting, "candidate", "attempt"), attempts),
        _endings(sitting),
    )


def _endings(sitting: Sitting | None) -> _Compared:
    """How attempts ended: one that is said to be replaced, or its sheet missing, has no result."""
    rows = select(Attempt.code.label("attempt"), Attempt.ending, Attempt.seal)
    told = select(*(_fact(each) for each in ("attempt", "ending", "seal")))
    told = told.where(Entry.kind == "attempt.handed_in", Entry.body.is_not(None))
    if sitting is not None:
        own = select(Attempt.code).where(Attempt.sitting_id == sitting.id)
        rows = rows.where(Attempt.sitting_id == sitting.id)
        told = told.where(_is_since(sitting), fact(Entry.body, "attempt").in_(own))
    return _Compared("attempt", told, rows)


def _of_deeds(sitting: Sitting | None) -> Sequence[_Compared]:
    """What two people settled: misconduct, changed keys, corrected marks."""
    of_sitting = Sitting.code.label("sitting_code")
    misconduct = (
        select(of_sitting, Candidate.code.label("candidate"), Incident.code.label("incident"))
        .join(Sitting, Sitting.id == Incident.sitting_id)
        .join(Candidate, Candidate.id == Incident.candidate_id)
        .where(_is(Sitting.code, sitting), Incident.state == IncidentState.CONFIRMED, Incident.ends_attempt)
    )
    stands = cast(fact(Entry.body, "ends_attempt"), String).in_(("1", "true"))
    confirmed = _told(("incident.confirmed",), sitting, "candidate", "incident").where(stands)
    corrections = (
        select(
            of_sitting,
            Correction.code.label("correction"),
            cast(Correction.result_id, String).label("result"),
            cast(Correction.old_marks, String).label("old"),
            cast(Correction.new_marks, String).label("new"),
            Correction.decided_by_id.label("person_id"),
        )
        .join(Result, Result.id == Correction.result_id)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(_is(Sitting.code, sitting), Correction.state == CorrectionState.APPROVED)
    )
    approved = _told(("correction.approved",), sitting, "correction", "result", "old", "new")
    return (
        _Compared("misconduct", confirmed, misconduct, added=True),
        _Compared("correction", approved.add_columns(_BY), corrections, added=True),
        _key_changes(sitting),
        *_objections(sitting),
    )


def _objections(sitting: Sitting | None) -> Sequence[_Compared]:
    """Who says that they did not sit, and what was decided of it: until then no result of theirs goes out."""
    of_sitting, code = Sitting.code.label("sitting_code"), Objection.code.label("objection")
    raised = (
        select(of_sitting, Candidate.person_id, code)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .join(Objection, Objection.candidate_id == Candidate.id)
        .where(_is(Sitting.code, sitting))
    )
    decided = raised.with_only_columns(
        of_sitting, code, (literal("objection.") + Objection.state).label("what")
    )
    decisions = _told(("objection.upheld", "objection.dismissed"), sitting, "objection")
    return (
        _Compared("objection", _told(("objection.raised",), sitting, "person_id", "objection"), raised),
        _Compared(
            "objection",
            decisions.add_columns(Entry.kind.label("what")),
            decided.where(Objection.state != ObjectionState.OPEN),
            added=True,
        ),
    )


def _key_changes(sitting: Sitting | None) -> _Compared:
    """Changed keys: they hold for all sittings of a centre, so that none of them has one of its own."""
    rows = select(
        KeyChange.code.label("key_change"),
        KeyChange.item_code.label("item"),
        cast(KeyChange.item_version, String).label("version"),
        KeyChange.kind.label("what"),
        cast(KeyChange.to_version, String).label("to_version"),
        KeyChange.decided_by_id.label("person_id"),
    ).where(KeyChange.state == CorrectionState.APPROVED)
    names = ("key_change", "item", "version", "what", "to_version")
    told = select(*(_fact(each) for each in names), _BY)
    told = told.where(Entry.kind == "key_change.approved", Entry.body.is_not(None))
    if sitting is not None:
        own = select(KeyChange.code).where(KeyChange.organisation_id == sitting.organisation_id)
        rows = rows.where(KeyChange.organisation_id == sitting.organisation_id)
        told = told.where(fact(Entry.body, "key_change").in_(own))
    return _Compared("key_change", told, rows, added=True)


def _untrue(sitting: Sitting | None) -> Any:
    """Results that are not their candidate's or their sitting's, or were handed over as something else."""
    newest = (
        select(Outcome.passed)
        .where(
            Outcome.person_id == Result.person_id,
            Outcome.sitting_code == Sitting.code,
            Outcome.part == Result.part,
            Outcome.qualification == Result.qualification,
        )
        .order_by(Outcome.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    handed_over = case((Result.standing != Standing.BROKEN_OFF, Result.passed))
    return (
        select(Sitting.code.label("sitting_code"), Result.person_id, Candidate.code.label("candidate"))
        .join(Sitting, Sitting.id == Result.sitting_id)
        .join(Candidate, Candidate.id == Result.candidate_id)
        .where(
            _is(Sitting.code, sitting),
            or_(
                Result.person_id != Candidate.person_id,
                Result.sitting_id != Candidate.sitting_id,
                Result.qualification != Sitting.qualification,
                Result.part != Sitting.part,
                and_(Result.state == ResultState.PUBLISHED, newest.is_distinct_from(handed_over)),
            ),
        )
    )


_NAMES = {"person_id": "person", "sitting_code": "sitting"}
_BY = Entry.by_id.label("person_id")


def _told(kinds: Sequence[str], sitting: Sitting | None, *names: str) -> Any:
    """Return what the ledger was told under some kinds; entries without one of the facts are left aside."""
    facts = [_fact(each) for each in ("sitting_code", *names)]
    known = [each.is_not(None) for each in facts]
    return select(*facts).where(
        Entry.kind.in_(kinds), Entry.body.is_not(None), _is_since(sitting), *known, _is(facts[0], sitting)
    )


def _is_since(sitting: Sitting | None) -> ColumnElement[bool]:
    """Leave out what stands before a sitting was planned: a city registers a million people a year."""
    if sitting is None:
        return true()
    planned = Entry.kind == "sitting.planned", fact(Entry.body, "sitting") == sitting.code
    first = select(func.min(Entry.id)).where(*planned).scalar_subquery()
    return Entry.id >= func.coalesce(first, 0)


def _fact(name: str) -> ColumnElement[str]:
    return cast(fact(Entry.body, _NAMES.get(name, name)), String).label(name)


def _is(code: Any, sitting: Sitting | None) -> ColumnElement[bool]:
    return true() if sitting is None else code == sitting.code
