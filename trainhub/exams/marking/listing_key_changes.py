"""Finding changes of keys: by code, by question, and whose registrations they touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Select, select

from trainhub.exams.marking.models import CorrectionState
from trainhub.exams.marking.models_keys import KeyChange, KeyEffect
from trainhub.exams.sittings import Candidate, CandidateState, Sitting
from trainhub.exams.sittings.plan import LIVE
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l


def get_key_change(code: str, *, centres: Sequence[int]) -> KeyChange:
    """Return a change by code.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    found = db.session.scalar(key_changes_of(centres).where(KeyChange.code == code))
    if found is None:
        raise NotFound(_l("There is no such change."))
    return found


def key_changes_of(centres: Iterable[int]) -> Select[KeyChange]:
    """Select the changes of some centres."""
    return select(KeyChange).where(KeyChange.organisation_id.in_(list(centres)))


def waiting_first(centres: Iterable[int]) -> Select[KeyChange]:
    """Select the changes of some centres, those that wait first, then the newest."""
    is_decided = KeyChange.state != CorrectionState.PROPOSED
    return key_changes_of(centres).order_by(is_decided, KeyChange.proposed_at.desc(), KeyChange.id)


def changes_of_question(organisation_id: int, item_code: str, item_version: int) -> list[KeyChange]:
    """Return all changes of a question of a centre, the newest first; the newest approved one counts."""
    statement = key_changes_of([organisation_id]).where(
        KeyChange.item_code == item_code, KeyChange.item_version == item_version
    )
    return list(db.session.scalars(statement.order_by(KeyChange.id.desc())))


def changes_among(organisation_id: int, asked: Collection[tuple[str, int]]) -> list[KeyChange]:
    """Return the changes of some questions of a centre, by item and version, the newest first."""
    if not asked:
        return []
    found = db.session.scalars(key_changes_of([organisation_id]).order_by(KeyChange.id.desc()))
    return [each for each in found if (each.item_code, each.item_version) in asked]


def registered_still(effects: Sequence[KeyEffect]) -> dict[str, list[Candidate]]:
    """Return by person what those whose result turned round are registered for in the same qualification.

    Who passed after all needs no further sitting of the part; who did not may lack what another part asks.
    """
    turned = [each.result for each in effects if _has_turned(each)]
    found: dict[str, list[Candidate]] = defaultdict(list)
    for start in range(0, len(turned), 500):
        lot = turned[start : start + 500]
        statement = (
            select(Candidate)
            .join(Sitting, Sitting.id == Candidate.sitting_id)
            .where(
                Candidate.person_id.in_([each.person_id for each in lot]),
                Candidate.state == CandidateState.REGISTERED,
                Sitting.state.in_(LIVE),
                Sitting.qualification.in_({each.qualification for each in lot}),
            )
            .order_by(Sitting.starts_at, Candidate.id)
        )
        for candidate in db.session.scalars(statement):
            found[candidate.person_id].append(candidate)
    return dict(found)


def _has_turned(effect: KeyEffect) -> bool:
    needed = effect.result.pass_mark
    return (effect.old_marks >= needed) != (effect.new_marks >= needed)
