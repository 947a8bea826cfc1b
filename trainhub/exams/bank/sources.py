"""The register of sources (法规台账): editions of laws and standards, and the items of one that ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.citing import citable, cite_anew, in_use_since
from trainhub.exams.bank.ended import finding_of, flag_ended, is_any_unflagged, subject_of
from trainhub.exams.bank.flags import raise_flags
from trainhub.exams.bank.models import ItemVersion
from trainhub.exams.bank.models_sources import Citation, Source, SourceKind
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, lock, reading, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.jobs import Progress, job, path_to
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

CITE = "bank.cite"


@dataclass(frozen=True)
class Edition:
    """An edition of a source as it is to be recorded."""

    kind: SourceKind
    title: str
    number: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None


def sources_for(person: Person) -> list[Source]:
    """Return the register of a person's centres, by title and with the newest edition first."""
    statement = select(Source).where(Source.organisation_id.in_(organisations_of(person)))
    return list(
        db.session.scalars(statement.order_by(Source.title, Source.in_force_from.desc(), Source.id.desc()))
    )


def get_source(code: str, *, by: Person, duties: Sequence[Duty] = ()) -> Source:
    """Return a source of a person's centres.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        select(Source).where(Source.code == code, Source.organisation_id.in_(organisations_of(by, *duties)))
    )
    if found is None:
        raise NotFound(_l("There is no such source in your register."))
    return found


def titles_of(codes: Sequence[str]) -> dict[str, str]:
    """Return title and number of sources by code."""
    found = db.session.scalars(select(Source).where(Source.code.in_(codes)))
    return {each.code: f"{each.title} {each.number}".strip() for each in found}


def numbers_citing(sources: Sequence[Source]) -> dict[int, int]:
    """Return how many items in use rest on each source."""
    statement = (
        select(Citation.source_id, func.count(func.distinct(ItemVersion.item_id)))
        .join(ItemVersion, ItemVersion.id == Citation.version_id)
        .where(Citation.source_id.in_([each.id for each in sources]), ItemVersion.state.in_(CHOOSABLE))
        .group_by(Citation.source_id)
    )
    return {source_id: count for source_id, count in db.session.execute(statement)}


def record_source(organisation_id: int, edition: Edition, *, by: Person) -> Source:
    """Put a source into a centre's register; items that name it are found in the background.

    Raises:
        Invalid: title, number or period cannot be used.
        Conflict: the register has this edition.
        Forbidden: the person does not write items for the centre.
    """
    require_keeper(organisation_id, by)
    source = _add(organisation_id, edition, by)
    look_anew(source, by)
    return source


def require_keeper(organisation_id: int, by: Person) -> None:
    """Raise Forbidden unless a person keeps the register of a centre."""
    if organisation_id not in organisations_of(by, Duty.AUTHOR_ITEMS):
        raise Forbidden(_l("You do not write items for this organisation."))


def checked(organisation_id: int, edition: Edition, *, besides: int | None = None) -> Edition:
    """Return an edition as the register writes it, which has no other of the same; the register stays locked.

    Raises:
        Invalid: title, number or period cannot be used.
        Conflict: the register has this edition.
    """
    title, number = " ".join(edition.title.split()).strip("《》"), " ".join(edition.number.split())
    if not 2 <= len(title) <= 100 or len(number) > 60 or not (title + number).isprintable():
        raise Invalid(_("A source needs a title of 100 and a number of 60 characters at most."))
    began, ended = edition.in_force_from, edition.in_force_until
    if began and ended and ended < began:
        raise Invalid(_("The last day lies before the first."))
    lock("sources", organisation_id)
    edition = replace(edition, title=title, number=number)
    same = _same(organisation_id, edition)
    if same is not None and same.id != besides and (besides is not None or same.withdrawn_at is None):
        raise Conflict(_("The register has this edition already."))
    return edition


def _same(organisation_id: int, edition: Edition) -> Source | None:
    began = edition.in_force_from
    statement = select(Source).where(
        Source.organisation_id == organisation_id,
        Source.title == edition.title,
        Source.number == edition.number,
        Source.in_force_from.is_(None) if began is None else Source.in_force_from == began,
    )
    return db.session.scalar(statement)


def _add(organisation_id: int, edition: Edition, by: Person) -> Source:
    edition = checked(organisation_id, edition)
    title, number = edition.title, edition.number
    source = _same(organisation_id, edition) or Source(code=random_id(), organisation_id=organisation_id)
    source.kind, source.title, source.number = edition.kind, title, number
    source.in_force_from, source.in_force_until = edition.in_force_from, edition.in_force_until
    source.recorded_by_id, source.recorded_at, source.withdrawn_at = by.id, clock.now(), None
    db.session.add(source)
    db.session.flush()
    _note("source.recorded", source, by, title=title, number=number)
    return source


def _note(deed: str, source: Source, by: Person, **more: object) -> None:
    period = {
        "first_day": None if source.in_force_from is None else source.in_force_from.isoformat(),
        "last_day": None if source.in_force_until is None else source.in_force_until.isoformat(),
    }
    ledger.append(deed, by=by, side="exam", source=source.code, **period, **more)


def replace_source(source: Source, edition: Edition, articles: Sequence[str], *, by: Person) -> Source:
    """Let a new edition take the place of a source; items in use that rest on it are flagged.

    Args:
        source: the edition that ends the day before.
        edition: the new one; it needs a first day.
        articles: those that changed; empty for all.
        by: who records it.

    Raises:
        Invalid: the new edition has no first day, or one that is not later.
        Conflict: the source has been replaced or repealed already.
        Forbidden: the person does not write items for the centre.
    """
    _require_open(source, by)
    began = edition.in_force_from
    if began is None or (source.in_force_from is not None and began <= source.in_force_from):
        raise Invalid(_("The new edition needs a first day after that of the old one."))
    new = _add(source.organisation_id, edition, by)
    source.in_force_until, source.replaced_by_id = began - timedelta(days=1), new.id
    source.changed_articles = " ".join(articles)
    _note("source.replaced", source, by, by_source=new.code, articles=list(articles))
    _look_for_items(source, articles, by)
    return new


def repeal_source(source: Source, last_day: date, *, by: Person) -> None:
    """Let a source end without another in its place; items in use that rest on it are flagged.

    Raises:
        Invalid: the last day lies before the first.
        Conflict: the source has been replaced or repealed already.
        Forbidden: the person does not write items for the centre.
    """
    _require_open(source, by)
    if source.in_force_from is not None and last_day < source.in_force_from:
        raise Invalid(_("The last day lies before the first."))
    source.in_force_until = last_day
    _note("source.repealed", source, by)
    _look_for_items(source, (), by)


def _require_open(source: Source, by: Person) -> None:
    require_keeper(source.organisation_id, by)
    lock("sources", source.organisation_id)
    db.session.refresh(source)
    require_not_withdrawn(source)
    if source.in_force_until is not None:
        raise Conflict(_("The source has been replaced or repealed already."))


def require_not_withdrawn(source: Source) -> None:
    """Raise Conflict for a source that was taken from the register: record it anew."""
    if source.withdrawn_at is not None:
        raise Conflict(_("This edition was recorded by mistake and is withdrawn; record it anew."))


def look_anew(source: Source, by: Person) -> None:
    """Have the items that rest on a source looked for once more, in the background."""
    jobs.start(CITE, _l("Looking for items that rest on the source"), by=by, source=source.code)


def _look_for_items(source: Source, articles: Sequence[str], by: Person) -> None:
    title = _l("Looking for items that rest on the source")
    facts: dict[str, Any] = {"source": source.code, "articles": list(articles), "by_id": by.id}
    jobs.start("bank.source_changed", title, by=by, **facts)


def are_items_looked_for() -> bool:
    """Tell whether items that rest on sources are being looked for: what is known so far may not be all."""
    return jobs.is_under_way(CITE)


@job(CITE, again=True)
def run_citing(progress: Progress, source: str) -> str:
    """Look through all items of a centre for those that rest on a source."""
    with reading():
        organisation_id = _by_code(source).organisation_id
        ids = citable(organisation_id)
    done = 0
    for lot in lots(ids):
        with transaction():
            cite_anew(organisation_id, lot)
        done += len(lot)
        progress.tell(done, len(ids), _("Looking at items"))
    _flag_ended()
    return path_to("bank.show_source", source_code=source)


def _flag_ended() -> None:
    """Flag at once what was found to rest on an edition that has ended."""
    while True:
        with reading():
            if not is_any_unflagged():
                return
        with transaction():
            flag_ended()


@job("bank.source_changed", again=True)
def run_flagging(progress: Progress, source: str, articles: list[str], by_id: str) -> str:
    """Flag the items in use that rest on a source which has changed; a second run flags nothing twice."""
    with reading():
        row = _by_code(source)
        organisation_id, subject = row.organisation_id, subject_of(row)
        findings = [finding_of(each, row, articles) for each in in_use_since(row, articles)]
    done = 0
    for lot in lots(findings):
        with transaction():
            person = db.session.get_one(Person, by_id)
            raise_flags(organisation_id, subject, lot, by=person)
        done += len(lot)
        progress.tell(done, len(findings), _("Looking at items"))
    return path_to("bank.show_source", source_code=source)


def _by_code(code: str) -> Source:
    return db.session.scalars(select(Source).where(Source.code == code)).one()
