"""What was recorded wrongly of a source is put right: with a reason, by two where flags depend on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.citing import in_use_citing
from trainhub.exams.bank.flags import conclude, moved_to
from trainhub.exams.bank.models_sources import (
    SOURCE_CHANGED,
    Decision,
    FlagEvidence,
    ItemFlag,
    Source,
    SourceCorrection,
    SourceKind,
)
from trainhub.exams.bank.relations import require_other_than_author
from trainhub.exams.bank.sources import Edition, checked, look_anew, require_keeper, require_not_withdrawn
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person

SHORTEST_REASON, LONGEST_REASON = 5, 500


def edition_of(row: Source | SourceCorrection) -> Edition:
    """Return what is recorded of a source, or what a correction wants to have recorded."""
    return Edition(SourceKind(row.kind), row.title, row.number, row.in_force_from, row.in_force_until)


def changes_flags(source: Source, wanted: Edition) -> bool:
    """Tell whether a correction decides which items are flagged: then a second person has to look at it."""
    now = edition_of(source)
    if now.in_force_until != wanted.in_force_until:
        return True
    if now.in_force_from != wanted.in_force_from and _before(source) is not None:
        return True
    names = (now.title, now.number, now.in_force_from)
    return names != (wanted.title, wanted.number, wanted.in_force_from) and bool(in_use_citing(source))


def _before(source: Source) -> Source | None:
    """Return the edition that a source took the place of."""
    found: Source | None = db.session.scalar(select(Source).where(Source.replaced_by_id == source.id))
    return found


def propose_correction(source: Source, wanted: Edition, reason: str, *, by: Person) -> SourceCorrection:
    """Say what was recorded wrongly; it is put right at once, unless flags depend on it.

    Args:
        source: as it is recorded.
        wanted: as it should read; a last day can be corrected or taken back, not set for the first time. Of a
            source that was replaced by mistake it is taken back: then the edition in its place is withdrawn.
        reason: what was wrong.
        by: who keeps the register.

    Raises:
        Invalid: there is no reason, nothing differs, or the new values cannot be used.
        Conflict: a correction waits already, or the register has this edition.
        Forbidden: the person does not write items for the centre.
    """
    require_keeper(source.organisation_id, by)
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(_("Say in 5 to 500 characters what was recorded wrongly."))
    wanted = checked(source.organisation_id, wanted, besides=source.id)
    db.session.refresh(source)
    _require_possible(source, wanted)
    if waiting_for_source(source) is not None:
        raise Conflict(_("A correction of this source waits for a decision already."))
    row = SourceCorrection(
        code=random_id(),
        source=source,
        kind=wanted.kind,
        title=wanted.title,
        number=wanted.number,
        in_force_from=wanted.in_force_from,
        in_force_until=wanted.in_force_until,
        reason=reason.strip(),
        proposed_by_id=by.id,
        proposed_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    ledger.append("source.correction_proposed", by=by, side="exam", source=source.code, correction=row.code)
    if not changes_flags(source, wanted):
        _accept(row, by)
    return row


def _require_possible(source: Source, wanted: Edition) -> None:
    require_not_withdrawn(source)
    now, earlier = edition_of(source), _before(source)
    if now == wanted:
        raise Invalid(_("Nothing differs from what is recorded."))
    if now.in_force_until is None and wanted.in_force_until is not None:
        raise Invalid(_("The source has not ended: record its repeal or the edition that replaces it."))
    if undoes_replacement(source, wanted.in_force_until):
        _require_last(source.replaced_by)
    elif source.replaced_by_id is not None and now.in_force_until != wanted.in_force_until:
        raise Invalid(_("Correct the first day of the edition in its place; this one ends the day before."))
    if earlier is not None and (
        wanted.in_force_from is None
        or (earlier.in_force_from is not None and wanted.in_force_from <= earlier.in_force_from)
    ):
        raise Invalid(_("The new edition needs a first day after that of the old one."))


def undoes_replacement(source: Source, wanted_until: date | None) -> bool:
    """Tell whether a source was replaced by mistake, by what a correction says of its last day."""
    return source.replaced_by_id is not None and wanted_until is None


def _require_last(new: Source | None) -> None:
    """Check that nothing was built upon an edition that is to be withdrawn."""
    if new is not None and new.in_force_until is not None:
        raise Invalid(_("The edition in its place has ended itself: take that back first."))
    if new is not None and waiting_for_source(new) is not None:
        raise Invalid(_("A correction of the edition in its place waits: decide it first."))


def decide(row: SourceCorrection, *, accepts: bool, by: Person) -> None:
    """Accept a correction, or refuse it, as another person than who proposed it.

    Raises:
        Conflict: it is decided already.
        Invalid: what it says does not fit any more to what else is recorded.
        Refused: S-11, the person proposed it.
        Forbidden: the person does not work on the centre's banks.
    """
    source = row.source
    if source.organisation_id not in organisations_of(by):
        raise Forbidden(_l("You do not work on this bank."))
    lock("sources", source.organisation_id)
    db.session.refresh(row)
    if row.accepted is not None:
        raise Conflict(_("The correction is decided already."))
    require_other_than_author(row.proposed_by_id, by)
    if accepts:
        checked(source.organisation_id, edition_of(row), besides=source.id)
        db.session.refresh(source)
        _require_possible(source, edition_of(row))
        _accept(row, by)
    else:
        _conclude(row, False, by)


def _conclude(row: SourceCorrection, accepted: bool, by: Person) -> None:
    row.accepted, row.decided_by_id, row.decided_at = accepted, by.id, clock.now()
    kind = "source.corrected" if accepted else "source.correction_refused"
    ledger.append(kind, by=by, side="exam", source=row.source.code, correction=row.code)


def _accept(row: SourceCorrection, by: Person) -> None:
    source, old = row.source, edition_of(row.source)
    if undoes_replacement(source, row.in_force_until):
        _withdraw(source, by)
    source.kind, source.title, source.number = row.kind, row.title, row.number
    source.in_force_from, source.in_force_until = row.in_force_from, row.in_force_until
    earlier = _before(source)
    if earlier is not None and row.in_force_from is not None and row.in_force_from != old.in_force_from:
        earlier.in_force_until = row.in_force_from - timedelta(days=1)
        _move_flags(earlier, by)
    if old.in_force_until != row.in_force_until:
        _move_flags(source, by)
    _conclude(row, True, by)
    db.session.flush()
    if source.in_force_until is None:
        look_anew(source, by)


def _withdraw(source: Source, by: Person) -> None:
    """Take the edition out of the register that was recorded by mistake in place of a source."""
    new = source.replaced_by
    source.replaced_by, source.changed_articles = None, None
    if new is not None:
        new.withdrawn_at = clock.now()
        ledger.append("source.withdrawn", by=by, side="exam", source=new.code, in_place_of=source.code)


def _move_flags(source: Source, by: Person) -> None:
    """Let the open flags of an ended source tell its right last day; if it did not end, they go.

    A flag that something else raises as well stays, by that alone.
    """
    subject = f"source:{source.code}:"
    statement = (
        select(ItemFlag)
        .join(FlagEvidence, FlagEvidence.flag_id == ItemFlag.id)
        .where(ItemFlag.decision.is_(None), ItemFlag.kind == SOURCE_CHANGED)
        .where(FlagEvidence.subject.startswith(subject))
        .distinct()
    )
    for flag in db.session.scalars(statement.order_by(ItemFlag.id)).all():
        own = [each for each in flag.evidence if each.subject.startswith(subject)]
        if source.in_force_until is not None:
            for each in own:
                moved_to(each, until=source.in_force_until.isoformat())
        elif len(own) == len(flag.evidence):
            conclude(flag, Decision.CORRECTED, by)
        else:
            flag.evidence = [each for each in flag.evidence if each not in own]


def waiting_for_source(source: Source) -> SourceCorrection | None:
    """Return the correction of a source that waits for a decision."""
    found: SourceCorrection | None = db.session.scalar(_of(source).where(SourceCorrection.accepted.is_(None)))
    return found


def with_corrections(sources: Sequence[Source]) -> set[int]:
    """Return the ids of those of some sources of which a correction waits for a decision."""
    statement = select(SourceCorrection.source_id).where(
        SourceCorrection.source_id.in_([each.id for each in sources]), SourceCorrection.accepted.is_(None)
    )
    return set(db.session.scalars(statement))


def corrections_of(source: Source) -> list[SourceCorrection]:
    """Return all corrections of a source, the newest first."""
    return list(db.session.scalars(_of(source).order_by(SourceCorrection.id.desc())))


def _of(source: Source) -> Select[Any]:
    return select(SourceCorrection).where(SourceCorrection.source_id == source.id)


def get_correction(source: Source, code: str) -> SourceCorrection:
    """Return a correction of a source.

    Raises:
        NotFound: there is none of this code.
    """
    found: SourceCorrection | None = db.session.scalar(_of(source).where(SourceCorrection.code == code))
    if found is None:
        raise NotFound(_l("There is no such correction of the source."))
    return found


def number_to_decide(person: Person) -> int:
    """Return how many corrections wait in a person's centres that somebody else proposed."""
    statement = (
        select(func.count(SourceCorrection.id))
        .join(Source, Source.id == SourceCorrection.source_id)
        .where(
            Source.organisation_id.in_(organisations_of(person)),
            SourceCorrection.accepted.is_(None),
            SourceCorrection.proposed_by_id != person.id,
        )
    )
    return db.session.scalar(statement) or 0
