"""What counts instead of keys that were found wrong, and what that makes of marks on record."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from sqlalchemy import select

from trainhub.exams.bank import ItemBody
from trainhub.exams.bank.corrected import corrected_body
from trainhub.exams.bank.details import Rubric
from trainhub.exams.marking.models import CorrectionState, Result
from trainhub.exams.marking.models_keys import KeyChange, KeyChangeKind
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l

Changed = Mapping[tuple[str, int], ItemBody | None]
"""What two people settled about questions, by item and version: what counts instead, or None: voided."""


def changed_for(
    organisation_id: int, *, also: KeyChange | None = None
) -> dict[tuple[str, int], ItemBody | None]:
    """Return the approved changes of an exam centre, the latest of each question.

    Args:
        organisation_id: the centre.
        also: a change that is only proposed, as if it were approved.
    """
    changes = _approved(organisation_id)
    return {
        (each.item_code, each.item_version): _instead(each)
        for each in (changes if also is None else [*changes, also])
    }


def _approved(organisation_id: int) -> list[KeyChange]:
    statement = select(KeyChange).where(
        KeyChange.organisation_id == organisation_id, KeyChange.state == CorrectionState.APPROVED
    )
    return list(db.session.scalars(statement.order_by(KeyChange.decided_at, KeyChange.id)))


def changes_so_far(organisation_id: int) -> tuple[int, ...]:
    """Return which changes of a centre are approved by now, so that what was computed before one is known."""
    return tuple(each.id for each in _approved(organisation_id))


def counting_versions(organisation_id: int) -> dict[tuple[str, int], int]:
    """Return of re-keyed questions of a centre, by item and version, the version whose key counts."""
    latest = {(each.item_code, each.item_version): each.to_version for each in _approved(organisation_id)}
    return {each: version for each, version in latest.items() if version is not None}


def _instead(change: KeyChange) -> ItemBody | None:
    if change.kind == KeyChangeKind.VOID or change.to_version is None:
        return None
    return corrected_body(change.item_code, change.to_version)


def require_machine_marked(item_code: str, to_version: int) -> None:
    """Raise Conflict for a question that people mark: another rubric is no key by which to mark again."""
    if isinstance(corrected_body(item_code, to_version).detail, Rubric):
        raise Conflict(
            _l("People marked the responses to this question: void it, or have responses marked anew.")
        )


def expected_marks(result: Result, computed: int) -> int | None:
    """Return the marks that a result must have; None if its history does not hold together.

    Args:
        result: with its corrections and with what changed keys did to it.
        computed: its marks by journal, paper and the changes that are approved now.
    """
    corrections = result.approved_corrections
    if not corrections:
        return computed
    if not result.key_effects and corrections[0].old_marks != computed:
        return None
    history = sorted(
        [(each.decided_at, each.old_marks, each.new_marks) for each in corrections]
        + [(each.at, each.old_marks, each.new_marks) for each in result.key_effects],
        key=lambda each: str(each[0]),
    )
    if any(before[2] != after[1] for before, after in pairwise(history)):
        return None
    return history[-1][2]
