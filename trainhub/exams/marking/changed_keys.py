"""What counts instead of keys that were found wrong, and what that makes of marks on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select

from trainhub.exams.bank import ItemBody
from trainhub.exams.bank.corrected import corrected_body, require_corrected
from trainhub.exams.bank.details import Rubric
from trainhub.exams.marking.models import CorrectionState, Mark, Result
from trainhub.exams.marking.models_keys import KeyChange, KeyChangeKind
from trainhub.exams.sittings import Sitting
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l

Changed = Mapping[tuple[str, int], ItemBody | None]
"""What two people settled about questions, by item and version: what counts instead, or None: voided."""


def sittings_with(organisation_id: int, item_code: str, item_version: int) -> list[Sitting]:
    """Return the marked sittings of a centre whose candidates met a version of an item, the newest first."""
    met = (
        select(Result.sitting_id)
        .join(Mark, Mark.result_id == Result.id)
        .where(Mark.item_code == item_code, Mark.item_version == item_version)
    )
    statement = select(Sitting).where(Sitting.organisation_id == organisation_id, Sitting.id.in_(met))
    return list(db.session.scalars(statement.order_by(Sitting.starts_at.desc(), Sitting.id)))


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


def require_none_under_way(organisation_id: int) -> None:
    """Check that everybody concerned is told of the changes of a centre that results follow already.

    What is told comes after the deed that changed the results; another deed between would be told before it.

    Raises:
        Conflict: a change is still under way.
    """
    untold = select(KeyChange.id).where(
        KeyChange.organisation_id == organisation_id,
        KeyChange.state == CorrectionState.APPROVED,
        KeyChange.followed_at.is_(None),
    )
    if db.session.scalar(untold.limit(1)) is not None:
        raise Conflict(_l("A changed key of this centre is under way: try again once everybody is told."))


def counting_versions(organisation_id: int) -> dict[tuple[str, int], int]:
    """Return of re-keyed questions of a centre, by item and version, the version whose key counts."""
    latest = {(each.item_code, each.item_version): each.to_version for each in _approved(organisation_id)}
    return {each: version for each, version in latest.items() if version is not None}


def voided_questions(organisation_id: int) -> set[tuple[str, int]]:
    """Return the questions of a centre, by item and version, that give their marks to everybody."""
    latest = {(each.item_code, each.item_version): each for each in _approved(organisation_id)}
    return {question for question, change in latest.items() if change.kind == KeyChangeKind.VOID}


def key_changed_at(organisation_id: int) -> dict[tuple[str, int], datetime]:
    """Return when the key that counts of a version was last changed, of the version set and of the other."""
    found: dict[tuple[str, int], datetime] = {}
    for each in _approved(organisation_id):
        for version in (each.item_version, each.to_version):
            if version is not None and each.decided_at is not None:
                found[each.item_code, version] = each.decided_at
    return found


def _instead(change: KeyChange) -> ItemBody | None:
    if change.kind == KeyChangeKind.VOID or change.to_version is None:
        return None
    return corrected_body(change.item_code, change.to_version)


def require_countable(
    organisation_id: int, item_code: str, item_version: int, to_version: int | None
) -> None:
    """Check that a question may be voided, or that the key of a version may count for it from now on.

    A question may be changed as often as two people find it wrong: voided after it was given another key, or
    given back the key with which it was set.

    Raises:
        Conflict: that is what counts already, or the version is no approved later one of the same question.
    """
    now = {(each.item_code, each.item_version): each for each in _approved(organisation_id)}
    last = now.get((item_code, item_version))
    if to_version == (item_version if last is None else last.to_version):
        raise Conflict(_l("That is what counts for this question already."))
    if to_version is not None and to_version != item_version:
        require_corrected(item_code, item_version, to_version)


def may_go_back(organisation_id: int, item_code: str, item_version: int) -> bool:
    """Tell whether something else counts for a question than the key with which it was set."""
    last = {(each.item_code, each.item_version): each for each in _approved(organisation_id)}
    change = last.get((item_code, item_version))
    return change is not None and change.to_version != item_version


def is_marked_by_people(item_code: str, version: int) -> bool:
    """Tell whether people mark the responses to a version of an item.

    Raises:
        KeyError: there is no such version.
    """
    return isinstance(corrected_body(item_code, version).detail, Rubric)


def require_machine_marked(item_code: str, to_version: int) -> None:
    """Raise Conflict for a question that people mark: another rubric is no key by which to mark again."""
    if is_marked_by_people(item_code, to_version):
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
