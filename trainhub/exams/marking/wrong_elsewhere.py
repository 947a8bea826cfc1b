"""Where else a wrong question was met: at centres that decide for themselves, and in other versions of it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, exists, select

from trainhub.exams.marking.models import CorrectionState, Mark, Result
from trainhub.exams.marking.models_keys import KeyChange
from trainhub.exams.sittings import Sitting
from trainhub.kernel.db import db


def found_wrong_elsewhere(organisation_id: int) -> list[KeyChange]:
    """Return what other centres changed about questions that marked sittings of this one have set.

    A paper may be set by several centres, and each decides for its own candidates. What this centre has
    taken up since, or what counts here already, is left out.
    """
    met_here = exists(
        select(Mark.result_id)
        .join(Result, Result.id == Mark.result_id)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(
            Mark.item_code == KeyChange.item_code,
            Mark.item_version == KeyChange.item_version,
            Sitting.organisation_id == organisation_id,
        )
    )
    return _not_taken_up(
        organisation_id, list(db.session.scalars(_elsewhere(organisation_id).where(met_here)))
    )


def changed_elsewhere(organisation_id: int, asked: Collection[tuple[str, int]]) -> list[KeyChange]:
    """Return what other centres changed about some questions, by item and version, and this one has not."""
    if not asked:
        return []
    codes = sorted({code for code, _version in asked})
    found: list[KeyChange] = []
    for start in range(0, len(codes), 500):
        statement = _elsewhere(organisation_id).where(KeyChange.item_code.in_(codes[start : start + 500]))
        found += db.session.scalars(statement)
    wanted = [each for each in found if (each.item_code, each.item_version) in asked]
    return _not_taken_up(organisation_id, wanted)


def _elsewhere(organisation_id: int) -> Select[KeyChange]:
    return (
        select(KeyChange)
        .where(KeyChange.organisation_id != organisation_id, KeyChange.state == CorrectionState.APPROVED)
        .order_by(KeyChange.decided_at, KeyChange.id)
    )


def _not_taken_up(organisation_id: int, found: list[KeyChange]) -> list[KeyChange]:
    newest = {(each.organisation_id, each.item_code, each.item_version): each for each in found}
    own = select(KeyChange).where(KeyChange.organisation_id == organisation_id).order_by(KeyChange.id)
    here: dict[tuple[str, int], list[KeyChange]] = {}
    for each in db.session.scalars(own):
        here.setdefault((each.item_code, each.item_version), []).append(each)
    return [
        each
        for each in newest.values()
        if not _is_taken_up(each, here.get((each.item_code, each.item_version), []))
    ]


def _is_taken_up(change: KeyChange, here: list[KeyChange]) -> bool:
    approved = [each for each in here if each.state == CorrectionState.APPROVED]
    if approved and approved[-1].to_version == change.to_version:
        return True
    if not approved and change.to_version == change.item_version:
        return True
    # Whoever proposes or decides afterwards could know of it.
    last = [each.decided_at or each.proposed_at for each in here]
    return any(change.decided_at is not None and each >= change.decided_at for each in last)


def other_versions_met(change: KeyChange) -> list[tuple[int, Sitting]]:
    """Return the other versions of a changed question that the centre has set, with the newest sitting."""
    statement = (
        select(Mark.item_version, Sitting.id, Sitting.starts_at)
        .join(Result, Result.id == Mark.result_id)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(
            Mark.item_code == change.item_code,
            Mark.item_version != change.item_version,
            Sitting.organisation_id == change.organisation_id,
        )
        .group_by(Mark.item_version, Sitting.id, Sitting.starts_at)
        .order_by(Mark.item_version, Sitting.starts_at)
    )
    newest = {version: sitting_id for version, sitting_id, _at in db.session.execute(statement)}
    return [(version, db.session.get_one(Sitting, each)) for version, each in newest.items()]
