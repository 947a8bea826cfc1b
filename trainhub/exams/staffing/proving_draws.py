"""What a draw has to say in the proof report of a sitting: steps, who was drawn, the file to repeat it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from trainhub.exams.staffing import draws, lottery
from trainhub.exams.staffing.appointing import appointments_of
from trainhub.exams.staffing.models import AppointmentState
from trainhub.exams.staffing.models_of_draws import Draw, DrawnPlace, Party
from trainhub.exams.staffing.pools import ABSENT, DUTIES, ON_DUTY
from trainhub.kernel.i18n import _l
from trainhub.separation.catalogue import rule_by_id
from trainhub.separation.duties import Duty
from trainhub.separation.report import Coded, Column, Free, Section, Who
from trainhub.separation.report_sections import rule_cell

_PARTIES = {Party.CENTRE: _l("exam centre"), Party.OVERSIGHT: _l("oversight")}
_KEPT_AWAY = {ON_DUTY: _l("on duty at this sitting already"), ABSENT: _l("entered as absent")}


def prove_draws(found: Sequence[Draw], sitting_code: str) -> list[Section]:
    """Return the steps of each draw for a sitting, who was drawn, and whom the frozen pool excluded."""
    return [_steps(found), _drawn(found, sitting_code), _excluded(found, sitting_code)]


def frozen_pool(found: Sequence[Draw]) -> dict[str, Any] | None:
    """Return the pool of the newest draw that was not withdrawn, or None."""
    standing = [draw for draw in found if draw.withdrawn_at is None]
    pool: dict[str, Any] | None = json.loads(standing[-1].pool) if standing else None
    return pool


def excluded_at(pool: dict[str, Any], sitting_code: str) -> dict[tuple[str, Duty], list[str]]:
    """Return whom a frozen pool keeps away from a sitting, by person and duty, and why."""
    return {
        (each["person"], DUTIES[each["duty"]]): each["because"]
        for each in pool["excluded"]
        if each["sitting"] == sitting_code
    }


def _steps(found: Sequence[Draw]) -> Section:
    columns = (
        Column("draw", _l("Which draw"), 0.6),
        Column("at", _l("When"), 1.2),
        Column("what", _l("Step"), 1.5),
        Column("person", _l("Person")),
        Column("value", _l("Hash, secret or seed"), 4.2),
        Column("reason", _l("Reason"), 2),
    )
    rows = [
        (number, *step) for number, draw in enumerate(found, start=1) for step in sorted(_of(draw), key=_at)
    ]
    note = _l(
        "The pool is frozen and two parties commit to secrets; then a head of the ledger is signed, and the "
        "secrets are revealed. All three give the seed. The JSON holds the whole file with which anybody "
        "repeats the draw: trainhub staffing replay."
    )
    files = {f"draw-{draw.code}": draws.published(draw) for draw in found if draw.seed is not None}
    nothing = _l("Nobody was drawn: staff was appointed by hand.")
    return Section("draws", _l("Draws of staff"), columns, tuple(rows), note, nothing, files=files)


def _at(step: tuple[Any, ...]) -> Any:
    return step[0]


def _of(draw: Draw) -> Iterator[tuple[Any, ...]]:
    """Return moment, step, person, value and reason of what happened in a draw."""
    frozen = Coded("frozen", _l("Pool frozen: its hash"))
    yield draw.frozen_at, frozen, Who(draw.frozen_by_id), draw.pool_hash, Free(draw.reason)
    for row in draw.commitments:
        party = _PARTIES[Party(row.party)]
        committed = Coded(f"committed.{row.party}", _l("Committed: %(party)s", party=party))
        yield row.committed_at, committed, Who(row.by_id), row.commitment, None
        if row.revealed_at is not None:
            revealed = Coded(f"revealed.{row.party}", _l("Secret revealed: %(party)s", party=party))
            yield row.revealed_at, revealed, Who(row.revealed_by_id), row.secret, None
    if draw.drawn_at is not None:
        head = Coded("head", _l("Head of the ledger: %(size)s leaves", size=draw.head_size))
        yield draw.drawn_at, head, None, draw.head_root, None
        yield draw.drawn_at, Coded("drawn", _l("Drawn: the seed")), None, draw.seed, None
    if draw.withdrawn_at is not None:
        withdrawn = Coded("withdrawn", _l("Draw withdrawn"))
        yield draw.withdrawn_at, withdrawn, Who(draw.withdrawn_by_id), None, Free(draw.withdrawal_reason)


def _drawn(found: Sequence[Draw], sitting_code: str) -> Section:
    columns = (
        Column("draw", _l("Which draw"), 0.6),
        Column("duty", _l("Duty")),
        Column("room", _l("Room")),
        Column("person", _l("Person")),
        Column("outcome", _l("Outcome"), 1.5),
        Column("passed", _l("Passed over, so that later places can be filled"), 2),
    )
    rows = []
    for number, draw in enumerate(found, start=1):
        drawn = lottery.draw(json.loads(draw.pool), draw.seed) if draw.seed else []
        rows += [
            (number, *_place(place, drawn[place.number]["passed"]))
            for place in draw.places
            if place.sitting.code == sitting_code
        ]
    nothing = _l("Nobody was drawn: staff was appointed by hand.")
    return Section("drawn", _l("Who was drawn"), columns, tuple(rows), "", nothing)


def _place(place: DrawnPlace, passed: list[str]) -> tuple[Any, ...]:
    return (
        Coded(place.duty, Duty(place.duty).label),
        place.room,
        Who(place.person_id),
        _outcome(place),
        [Who(each) for each in passed],
    )


def _outcome(place: DrawnPlace) -> Any:
    if place.appointment is None:
        return Coded("refused", _l("not appointed: %(why)s", why=place.refused_by))
    if place.appointment.state == AppointmentState.APPOINTED or _is_there_still(place):
        return Coded("appointed", _l("on duty"))
    return Coded("withdrawn", _l("withdrawn"))


def _is_there_still(place: DrawnPlace) -> bool:
    """Tell whether who was drawn was appointed anew, such as to all rooms."""
    there = appointments_of(place.sitting)
    return any((row.person_id, row.duty) == (place.person_id, place.duty) for row in there)


def _excluded(found: Sequence[Draw], sitting_code: str) -> Section:
    columns = (
        Column("draw", _l("Which draw"), 0.6),
        Column("person", _l("Person")),
        Column("duty", _l("Duty")),
        Column("rule", _l("Rule or other reason"), 4),
    )
    rows = tuple(
        (number, Who(person), Coded(duty.value, duty.label), [_because(each) for each in because])
        for number, draw in enumerate(found, start=1)
        for (person, duty), because in excluded_at(json.loads(draw.pool), sitting_code).items()
    )
    nothing = _l("No frozen pool excludes anybody from this sitting.")
    return Section("frozen_exclusions", _l("Excluded when the pool was frozen"), columns, rows, "", nothing)


def _because(reason: str) -> Coded:
    if reason in _KEPT_AWAY:
        return Coded(reason, _KEPT_AWAY[reason])
    try:
        return rule_cell(rule_by_id(reason))
    except KeyError:
        return Coded(reason, reason)
