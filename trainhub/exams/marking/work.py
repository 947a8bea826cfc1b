"""What waits for markers, results officers and candidates; and the background work of the first two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from flask import url_for
from sqlalchemy import select

from trainhub.exams.marking.changed_keys import sittings_with
from trainhub.exams.marking.corrections import waiting_corrections
from trainhub.exams.marking.giving_out import allot
from trainhub.exams.marking.judging import own_work
from trainhub.exams.marking.kept_marks import to_look_at
from trainhub.exams.marking.key_changes import approve_key_change
from trainhub.exams.marking.listing_key_changes import key_changes_of
from trainhub.exams.marking.marking import mark_sitting
from trainhub.exams.marking.models import CorrectionState
from trainhub.exams.marking.models_keys import KeyChange
from trainhub.exams.marking.own import broken_off, coming, own_results
from trainhub.exams.marking.publishing import publish_results, releasable
from trainhub.exams.marking.wrong_elsewhere import found_wrong_elsewhere
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.jobs import Progress, job, path_to
from trainhub.kernel.rooms import Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

MARK, PUBLISH, REKEY = "marking.mark", "marking.publish", "marking.rekey"
ALLOT = "marking.allot"
NEWS_LASTS = timedelta(days=30)


@job(MARK, again=True)
def run_marking(progress: Progress, sitting_code: str, by_id: str) -> str:
    """Mark a sitting, telling how far it is."""
    result = path_to("marking.show_sitting", code=sitting_code)
    mark_sitting(sitting_code, by_id, _telling(progress), partial(progress.end, result))
    return result


@job(PUBLISH, again=True)
def run_publication(progress: Progress, sitting_code: str, by_id: str) -> str:
    """Publish the results of a sitting, telling how many marks were computed anew before."""
    result = path_to("marking.show_sitting", code=sitting_code)
    publish_results(sitting_code, by_id, _telling(progress), partial(progress.end, result))
    return result


@job(REKEY, again=True)
def run_key_change(progress: Progress, change_code: str, by_id: str, touched: str | None = None) -> str:
    """Approve the change of a key and recompute whoever met the question, telling how far it is."""
    result = path_to("key_changes.show", change_code=change_code)
    approve_key_change(change_code, by_id, _telling(progress), touched, partial(progress.end, result))
    return result


@job(ALLOT, again=True)
def run_allotting(progress: Progress, sitting_code: str, by_id: str) -> str:
    """Give the responses of a sitting to assessors, telling how far it is."""

    def told(done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            progress.tell(done, total, ngettext("%(num)s paper read", "%(num)s papers read", done))

    result = path_to("by_people.show", code=sitting_code)
    allot(sitting_code, by_id, told, partial(progress.end, result), progress.asked_at())
    return result


def _telling(progress: Progress) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            progress.tell(done, total, ngettext("%(num)s paper marked", "%(num)s papers marked", done))

    return told


def open_work(person: Person, duties: frozenset[str]) -> list[Task]:
    """Return a person's tasks in this room: of duties, and of their own examinations."""
    return [
        *_marking(person, duties),
        *_corrections(person, duties),
        *_assessing(person, duties),
        *_key_changes(person, duties),
        *_by_hand(person, duties),
        *_kept_back(person, duties),
        *_own(person),
    ]


def _marking(person: Person, duties: frozenset[str]) -> Iterator[Task]:
    steps = (
        (Duty.MARK, SittingState.CLOSED, _("Mark the sitting")),
        (Duty.PUBLISH_RESULTS, SittingState.MARKED, _("Publish the results")),
    )
    for duty, state, title in steps:
        if duty not in duties:
            continue
        wanted = select(Sitting).where(
            Sitting.state == state, Sitting.organisation_id.in_(organisations_for(person, duty))
        )
        for sitting in db.session.scalars(wanted.order_by(Sitting.starts_at)):
            url = url_for("marking.show_sitting", code=sitting.code)
            yield Task(title, url, detail=f"{sitting.site.name} · {sitting.code}", tone="info")


def _assessing(person: Person, duties: frozenset[str]) -> Iterator[Task]:
    if Duty.ASSESS not in duties:
        return
    if count := len(own_work(person)):
        yield Task(_("Mark responses"), url_for("assessing.overview"), count=count, tone="warn")


def _corrections(person: Person, duties: frozenset[str]) -> Iterator[Task]:
    if Duty.MARK not in duties:
        return
    for each in waiting_corrections(organisations_for(person, Duty.MARK)):
        if each.proposed_by_id != person.id:
            url = url_for("corrections.show", correction_code=each.code)
            detail = f"{each.result.sitting.code} · {each.result.candidate.ticket_number}"
            yield Task(_("Approve or refuse a correction of marks"), url, detail=detail, tone="warn")


def _key_changes(person: Person, duties: frozenset[str]) -> Iterator[Task]:
    if Duty.MARK not in duties:
        return
    wanted = key_changes_of(organisations_for(person, Duty.MARK)).where(
        KeyChange.state == CorrectionState.PROPOSED, KeyChange.proposed_by_id != person.id
    )
    for each in db.session.scalars(wanted.order_by(KeyChange.proposed_at)):
        url = url_for("key_changes.show", change_code=each.code)
        title = _("Approve or refuse the change of a key")
        yield Task(title, url, detail=_set_question(each.item_code, each.item_version), tone="warn")
    for centre in organisations_for(person, Duty.MARK):
        found = found_wrong_elsewhere(centre)
        for item_code, version in dict.fromkeys((each.item_code, each.item_version) for each in found):
            where = sittings_with(centre, item_code, version)[0]
            url = url_for("statistics.show_item", code=where.code, item_code=item_code)
            title = _("Another centre found a question wrong that you have set")
            yield Task(title, f"{url}#wrong", detail=_set_question(item_code, version), tone="warn")


def _set_question(item_code: str, version: int) -> str:
    return f"{item_code} · " + _("version %(number)s", number=version)


def _by_hand(person: Person, duties: frozenset[str]) -> Iterator[Task]:
    if Duty.MARK not in duties:
        return
    found = Counter(each.key_change for each in to_look_at(organisations_for(person, Duty.MARK)))
    for change, count in found.items():
        url = url_for("key_changes.show", change_code=change.code, _anchor="by-hand")
        title = _("Look at marks corrected by hand: a key was changed")
        yield Task(
            title, url, count=count, detail=_set_question(change.item_code, change.item_version), tone="warn"
        )


def _kept_back(person: Person, duties: frozenset[str]) -> Iterator[Task]:
    if Duty.PUBLISH_RESULTS not in duties:
        return
    for sitting in releasable(organisations_for(person, Duty.PUBLISH_RESULTS)):
        url = url_for("marking.show_sitting", code=sitting.code)
        title = _("Publish what an objection had kept back")
        yield Task(title, url, detail=f"{sitting.site.name} · {sitting.code}", tone="info")


def _own(person: Person) -> Iterator[Task]:
    url = url_for("marking.own")
    for candidate in coming(person):
        sitting = candidate.sitting
        if stop := broken_off(candidate):
            title = _("Your examination was broken off: see when it goes on")
            yield Task(title, url, detail=sitting.site.name, due=stop.resumes_at, tone="warn")
            continue
        title = (
            _("Sit your examination") if candidate.seat_number else _("You are registered: not yet seated")
        )
        yield Task(title, url, detail=sitting.site.name, due=sitting.starts_at, tone="info")
    news = [each for each in own_results(person) if _is_news(each.published_at)]
    if news:
        yield Task(_("See your result"), url, count=len(news), tone="good")


def _is_news(published_at: object) -> bool:
    return published_at is not None and clock.now() - published_at < NEWS_LASTS  # type: ignore[operator]
