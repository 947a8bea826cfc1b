"""What was written in a candidate's own words: read from journal and paper, and what it came to so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from trainhub import regulations
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Rubric
from trainhub.exams.bank.rich import Nodes
from trainhub.exams.bank.texts import nodes_in
from trainhub.exams.delivery import Attempt, attempts_of, final_responses
from trainhub.exams.delivery.forms_prepared import paper_of
from trainhub.exams.delivery.types.constructed import LONGEST
from trainhub.exams.marking.agreeing import share_of, twice_the_mean
from trainhub.exams.marking.changed_keys import voided_questions
from trainhub.exams.marking.models import Result, Standing
from trainhub.exams.marking.models_judging import Judgement, WrittenResponse
from trainhub.exams.marking.set_questions import standing_for
from trainhub.exams.marking.superseding import changed_among, digest_of
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.sittings import Candidate, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _, _l

LIMIT = "marking.people.third_above_percent"


@dataclass(frozen=True)
class Sheet:
    """What an assessor has before them (评阅卡): question, rubric, and what somebody wrote.

    Nothing of it tells who that was, where, or when.

    Args:
        item: the question, with the files that it shows.
        rubric: by which it is marked.
        text: what counts of the response.
        is_cut: whether more was written than counts.
    """

    item: PaperItem
    rubric: Rubric
    text: str
    is_cut: bool

    @property
    def nodes(self) -> Nodes:
        """The question with its layout and files."""
        return nodes_in(self.item.body, self.item.body.stem)


def limit_of(sitting: Sitting) -> int:
    """Return how far apart two markings of a sitting may be, in per cent of the points."""
    return int(regulations.value(LIMIT, on=clock.local_day(sitting.starts_at)))


def rubric_of(item: PaperItem) -> Rubric | None:
    """Return the rubric of a question that people mark; None for all others."""
    detail = item.body.detail
    return detail if item.type == ItemType.CONSTRUCTED and isinstance(detail, Rubric) else None


def counted(response: object, rubric: Rubric) -> str:
    """Return what counts of a response: its first characters, as many as rubric and journal allow."""
    return response[: min(rubric.longest, LONGEST)] if isinstance(response, str) else ""


def is_empty(response: object, rubric: Rubric) -> bool:
    """Tell whether nothing was written that counts: it earns nothing, and nobody has to look at it."""
    return not counted(response, rubric).strip()


def _paper(attempt: Attempt, sitting: Sitting) -> PaperContent:
    found: PaperContent = paper_of(attempt.paper_code or sitting.paper_code, sitting.code)
    return found


def find_written(
    sitting: Sitting, voided: Collection[tuple[str, int]] | None = None
) -> list[WrittenResponse]:
    """Return, not stored yet, every response of a sitting in which something was written that people mark.

    Args:
        sitting: with its journals.
        voided: questions left out, by item and version; those that are void at the centre if not given.
    """
    found = []
    if voided is None:
        voided = voided_questions(sitting.organisation_id)
    for attempt in attempts_of(sitting):
        items = [(item, rubric_of(item)) for item in _paper(attempt, sitting).items]
        wanted = [
            (item, rubric)
            for item, rubric in items
            if rubric is not None and (item.item_code, item.version) not in voided
        ]
        answers = final_responses(attempt) if wanted else {}
        found += [
            WrittenResponse(
                sitting_id=sitting.id,
                candidate_id=attempt.candidate_id,
                number=item.number,
                item_code=item.item_code,
                item_version=item.version,
                points=sum(each.points for each in rubric.criteria),
                digest=digest_of(answers[item.number]),
            )
            for item, rubric in wanted
            if not is_empty(answers.get(item.number), rubric)
        ]
    return found


def has_written_questions(sitting: Sitting) -> bool:
    """Tell whether people mark something of a sitting, as far as it can be told without opening a paper."""
    if db.session.scalar(select(WrittenResponse.id).where(WrittenResponse.sitting_id == sitting.id).limit(1)):
        return True
    voided = voided_questions(sitting.organisation_id)
    return any(
        each.type == ItemType.CONSTRUCTED and (each.item_code, each.version) not in voided
        for each in standing_for(sitting)
    )


def responses_of(sitting: Sitting, *, superseded: bool = False) -> list[WrittenResponse]:
    """Return the responses of a sitting that people mark, with their judgements, in no telling order.

    Args:
        sitting: closed.
        superseded: also those that count no more, for another text took their place.
    """
    statement = (
        select(WrittenResponse)
        .options(selectinload(WrittenResponse.judgements).selectinload(Judgement.assessor))
        .where(WrittenResponse.sitting_id == sitting.id)
        .order_by(WrittenResponse.number, WrittenResponse.code)
        .execution_options(populate_existing=True)
    )
    if not superseded:
        statement = statement.where(WrittenResponse.superseded_at.is_(None))
    return list(db.session.scalars(statement))


def number_waiting(sitting: Sitting) -> int:
    """Return how many responses of a sitting people have yet to settle; to voided questions they need not.

    What late answers changed since people marked it waits for them once more.
    """
    statement = select(WrittenResponse).where(
        WrittenResponse.sitting_id == sitting.id, WrittenResponse.superseded_at.is_(None)
    )
    rows = to_be_marked(db.session.scalars(statement))
    changed = changed_among(rows)
    return sum(each.twice_points is None or each.id in changed for each in rows)


def to_be_marked(responses: Iterable[WrittenResponse]) -> list[WrittenResponse]:
    """Return those of some responses whose question still counts: one that was voided gives all its marks.

    The others stay on record with what was entered.
    """
    voided: dict[int, set[tuple[str, int]]] = {}
    found = []
    for each in responses:
        centre = each.sitting.organisation_id
        if centre not in voided:
            voided[centre] = voided_questions(centre)
        if (each.item_code, each.item_version) not in voided[centre]:
            found.append(each)
    return found


def require_settled_in(sittings: Iterable[Sitting], item_code: str, item_version: int) -> None:
    """Check that a voided question can count again where a sitting is marked: people marked it before.

    Raises:
        Conflict: the sitting was marked without them, and nobody is asked once it is.
    """
    for sitting in sittings:
        counted = select(Result.candidate_id).where(
            Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED
        )
        missing = set(db.session.scalars(counted))
        written = {
            each.candidate_id
            for each in find_written(sitting, voided=())
            if (each.item_code, each.item_version) == (item_code, item_version)
        }
        settled = {
            each.candidate_id
            for each in responses_of(sitting)
            if (each.item_code, each.item_version) == (item_code, item_version)
            and each.twice_points is not None
        }
        if missing & written - settled:
            raise Conflict(
                _(
                    "Sitting %(sitting)s was marked while this question was void, and nobody marked what was "
                    "written to it: there it cannot count again.",
                    sitting=sitting.code,
                )
            )


def shares(sitting: Sitting, candidate: Candidate, responses: Mapping[int, Any]) -> dict[int, Fraction]:
    """Return what the settled responses of a candidate are worth, by question, computed from the judgements.

    Args:
        sitting: marked, or about to be.
        candidate: whose responses.
        responses: what they say now, by number in the paper; what was given for another text is left out.

    Raises:
        Conflict: what is on record is not what the judgements come to.
    """
    rows = db.session.scalars(
        select(WrittenResponse)
        .options(selectinload(WrittenResponse.judgements))
        .where(WrittenResponse.candidate_id == candidate.id, WrittenResponse.superseded_at.is_(None))
        .execution_options(populate_existing=True)
    )
    limit = limit_of(sitting)
    found = {}
    for row in rows:
        twice = twice_the_mean([each.total or 0 for each in row.entered()], row.points, limit)
        if twice != row.twice_points:
            raise Conflict(
                _(
                    "The marks that people gave to a response of ticket %(ticket)s are not what was entered. "
                    "Nothing was marked; tell the auditor.",
                    ticket=candidate.ticket_number,
                )
            )
        if twice is not None and row.digest in (None, digest_of(responses.get(row.number))):
            found[row.number] = share_of(twice, row.points)
    return found


def require_settled(numbers: Iterable[int], shares_known: dict[int, Fraction]) -> None:
    """Raise Conflict if people have yet to mark one of some responses of a candidate."""
    missing = [number for number in numbers if number not in shares_known]
    if missing:
        raise Conflict(
            _(
                "Responses to question %(number)s wait to be marked by people: nothing was marked yet.",
                number=missing[0],
            )
        )


def sheet_of(response: WrittenResponse) -> Sheet:
    """Return what an assessor has before them.

    Raises:
        Conflict: the paper cannot be opened, or nothing was written any more.
    """
    sitting = response.sitting
    attempt = next((a for a in attempts_of(sitting) if a.candidate_id == response.candidate_id), None)
    if attempt is None:
        raise Conflict(_l("There is nothing to mark."))
    item = next(each for each in _paper(attempt, sitting).items if each.number == response.number)
    rubric, text = rubric_of(item), final_responses(attempt).get(response.number)
    if rubric is None or not isinstance(text, str):
        raise Conflict(_l("There is nothing to mark."))
    if response.superseded_at is not None:
        raise Conflict(_l("Answers that came late took the place of this response: it counts no more."))
    shown = counted(text, rubric)
    return Sheet(item, rubric, shown, len(text) > len(shown))
