"""How items went at other sittings, from the marks alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Float, Select, cast, func, select

from trainhub.exams.bank.statistics.drift import Sat
from trainhub.exams.marking.models import Mark, Result, Standing
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.kernel.db import db

LOOKED_BACK = 20
"""How many earlier sittings are looked through for the same questions."""


@dataclass(frozen=True)
class Elsewhere:
    """How one version of an item went at one sitting."""

    sitting: Sitting
    version: int
    sat: Sat


def elsewhere(sitting: Sitting, items: Sequence[str]) -> dict[str, list[Elsewhere]]:
    """Return how items went at earlier sittings of the same centre and qualification, the newest first."""
    earlier = Sitting.starts_at < sitting.starts_at
    return _went(select(Sitting).where(*_same(sitting), earlier), items)


def number_marked_before(sitting: Sitting) -> int:
    """Return how many earlier sittings of the same centre and qualification are marked by now."""
    statement = select(func.count()).where(*_same(sitting), Sitting.starts_at < sitting.starts_at, _marked())
    return db.session.scalar(statement) or 0


def next_marked_after(sitting: Sitting) -> list[Sitting]:
    """Return the next marked sittings of the same centre and qualification, which look back at this one."""
    statement = select(Sitting).where(*_same(sitting), Sitting.starts_at > sitting.starts_at, _marked())
    return list(db.session.scalars(statement.order_by(Sitting.starts_at, Sitting.id).limit(LOOKED_BACK)))


def _same(sitting: Sitting) -> tuple[ColumnElement[bool], ...]:
    same_centre = Sitting.organisation_id == sitting.organisation_id
    return same_centre, Sitting.qualification == sitting.qualification


def _marked() -> ColumnElement[bool]:
    return Sitting.state.in_((SittingState.MARKED, SittingState.PUBLISHED))


def history_of(item_code: str, centres: Sequence[int]) -> list[Elsewhere]:
    """Return how each version of an item went at the newest sittings of some centres that set it."""
    set_there = (
        select(Result.sitting_id).join(Mark, Mark.result_id == Result.id).where(Mark.item_code == item_code)
    )
    wanted = select(Sitting).where(Sitting.organisation_id.in_(centres), Sitting.id.in_(set_there))
    return _went(wanted, [item_code])[item_code]


def _went(wanted: Select[Sitting], items: Sequence[str]) -> dict[str, list[Elsewhere]]:
    recent = wanted.where(_marked()).order_by(Sitting.starts_at.desc()).limit(LOOKED_BACK)
    sittings = {each.id: each for each in db.session.scalars(recent)}
    reached = func.sum(cast(Mark.given, Float) / Mark.possible)
    statement = (
        select(Result.sitting_id, Mark.item_code, Mark.item_version, func.count(), reached)
        .join(Result, Result.id == Mark.result_id)
        .where(
            Result.sitting_id.in_(list(sittings)),
            Result.standing == Standing.COUNTED,
            Mark.item_code.in_(items),
            Mark.possible > 0,
        )
        .group_by(Result.sitting_id, Mark.item_code, Mark.item_version)
    )
    found: dict[str, list[Elsewhere]] = defaultdict(list)
    for sitting_id, code, version, count, sum_of_shares in db.session.execute(statement):
        found[code].append(Elsewhere(sittings[sitting_id], version, Sat(count, float(sum_of_shares))))
    for others in found.values():
        others.sort(key=lambda each: (each.sitting.starts_at, each.version), reverse=True)
    return found
