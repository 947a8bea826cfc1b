"""Versions in use that rest on an edition which has ended: found also when they came into use afterwards.

A change of the law flags what is in use when it is recorded. What is approved later, or is found to rest on
an edition that had ended before, is flagged with its approval, when sources are looked for anew, by a chore.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from trainhub.exams.bank.citing import cite_anew, names_changed
from trainhub.exams.bank.flags import IN_USE, UNDECIDED_AGAIN, Finding, raise_flags
from trainhub.exams.bank.models import ItemVersion
from trainhub.exams.bank.models_sources import SOURCE_CHANGED, Citation, FlagEvidence, ItemFlag, Source
from trainhub.kernel import clock
from trainhub.kernel.db import db

_AT_ONCE = 200


def subject_of(source: Source) -> str:
    """Return what a flag rests on whose source ends: the source with its last day."""
    return f"source:{source.code}:{_last_day(source)}"


def _last_day(source: Source) -> str:
    return source.in_force_until.isoformat() if source.in_force_until else ""


def finding_of(version: ItemVersion, source: Source, articles: Collection[str]) -> Finding:
    """Return that a version rests on a source which ends, with the articles that changed."""
    values = {"source": source.code, "articles": list(articles), "until": _last_day(source)}
    return Finding(version.item.code, version.number, SOURCE_CHANGED, values)


def _unflagged() -> Select[ItemVersion, Source]:
    """Return a select of versions that count and the ended sources they rest on, of which no flag tells.

    One that rests on the edition in its place as well was looked at: what it names did not change.
    """
    later = aliased(ItemVersion)
    stood_in_for = select(later.id).where(
        later.item_id == ItemVersion.item_id, later.number > ItemVersion.number, later.state.in_(IN_USE)
    )
    also = aliased(Citation)
    goes_on = select(also.version_id).where(
        also.version_id == ItemVersion.id, also.source_id == Source.replaced_by_id
    )
    has_ended = Source.in_force_until < clock.today(), Source.withdrawn_at.is_(None)
    return (
        select(ItemVersion, Source)
        .join(Citation, Citation.version_id == ItemVersion.id)
        .join(Source, Source.id == Citation.source_id)
        # Asked every few seconds: by the few sources first, not by all that rests on any.
        .where(Citation.source_id.in_(select(Source.id).where(*has_ended).correlate(None)), *has_ended)
        .where(ItemVersion.state.in_(IN_USE), ~stood_in_for.exists(), ~goes_on.exists(), ~_told())
    )


def _told() -> Any:
    """Return the condition that a flag of the version tells, or told, that the source ends."""
    subject = ("source:" + Source.code) + ":"
    return (
        select(FlagEvidence.id)
        .join(ItemFlag, ItemFlag.id == FlagEvidence.flag_id)
        .where(
            ItemFlag.version_id == ItemVersion.id,
            ItemFlag.decision.is_(None) | ItemFlag.decision.not_in(UNDECIDED_AGAIN),
            FlagEvidence.subject.startswith(subject),
        )
        .exists()
    )


def is_any_unflagged() -> bool:
    """Tell whether a version in use rests on an edition that has ended and nobody is told."""
    return db.session.execute(_unflagged().limit(1)).first() is not None


def flag_ended() -> int:
    """Flag versions in use that rest on an edition which has ended, or let them rest on the one in its place.

    The latter is for those that name, by title, only articles that did not change.

    Returns:
        How many were looked at.
    """
    rows = db.session.execute(_unflagged().order_by(Source.id, ItemVersion.id).limit(_AT_ONCE)).all()
    changed: dict[Source, list[ItemVersion]] = {}
    unchanged: dict[Source, list[ItemVersion]] = {}
    for version, source in rows:
        alike = changed if names_changed(version, _articles(source)) else unchanged
        alike.setdefault(source, []).append(version)
    for source, versions in changed.items():
        _flag(versions, source)
    for source, versions in unchanged.items():
        cite_anew(source.organisation_id, [each.id for each in versions])
        still = _unflagged().where(Source.id == source.id, ItemVersion.id.in_([each.id for each in versions]))
        _flag([version for version, _source in db.session.execute(still)], source)
    return len(rows)


def flag_approved(version: ItemVersion) -> None:
    """Flag a version that is approved, if its law has changed since it was written or is going to."""
    statement = (
        select(Source)
        .join(Citation, Citation.source_id == Source.id)
        .where(Citation.version_id == version.id)
        .where(Source.in_force_until.is_not(None), Source.withdrawn_at.is_(None))
        .order_by(Source.id)
    )
    for source in db.session.scalars(statement).all():
        if names_changed(version, _articles(source)):
            _flag([version], source)


def _articles(source: Source) -> list[str]:
    return (source.changed_articles or "").split()


def _flag(versions: Sequence[ItemVersion], source: Source) -> None:
    """Raise the flags; whoever recorded the edition in its place does not decide them."""
    findings = [finding_of(each, source, _articles(source)) for each in versions]
    flags = raise_flags(source.organisation_id, subject_of(source), findings, by=None)
    for flag in flags:
        flag.raised_by_id = source.replaced_by.recorded_by_id if source.replaced_by else None
