"""Practice questions pass from training to examination: no secret, signed, and nothing comes back for them.

The training side hands them over, and sees no more. What the examination side finds in them stays there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from trainhub.governance.duties import organisations_for
from trainhub.handover.models import PracticeQuestion
from trainhub.handover.on_record import record_entry
from trainhub.handover.signing import genuine, sign
from trainhub.kernel.db import db
from trainhub.kernel.errors import Forbidden, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty

MOST_AT_ONCE, LONGEST = 200, 4000


def hand_over_practice_questions(
    texts: Sequence[str], qualification: str, training_body: Organisation, *, by: Person
) -> list[PracticeQuestion]:
    """Hand over questions with which a training body lets people practise, each signed by it.

    Args:
        texts: question, options and key as lines.
        qualification: for which they are.
        training_body: whose they are.
        by: who hands them over.

    Raises:
        Forbidden: the acting person does not manage courses of the training body.
        Invalid: there is none, there are too many, or one is empty, too long or no text.
    """
    if training_body.id not in organisations_for(by, Duty.MANAGE_COURSES):
        raise Forbidden(_l("You do not manage the courses of this training body."))
    clean = [text.replace("\r\n", "\n").strip() for text in texts]
    if not 1 <= len(clean) <= MOST_AT_ONCE:
        raise Invalid(_("Hand over 1 to %(most)s questions at once.", most=MOST_AT_ONCE))
    if any(not text or len(text) > LONGEST for text in clean):
        raise Invalid(_("A practice question has 1 to %(most)s characters.", most=LONGEST))
    if any(not each.isprintable() and each not in "\n\t" for text in clean for each in text):
        raise Invalid(_("The text holds control characters."))
    return [_hand_over(text, qualification, training_body, by) for text in clean]


def _hand_over(text: str, qualification: str, training_body: Organisation, by: Person) -> PracticeQuestion:
    record = sign(PracticeQuestion(qualification=qualification, text=text), training_body, by=by)
    record_entry("practice_question.handed_over", record, by, qualification=qualification)
    return record


def practice_questions_of(training_body: Organisation, limit: int = 50) -> list[PracticeQuestion]:
    """Return the practice questions that a training body handed over last, the newest first."""
    statement = (
        select(PracticeQuestion)
        .where(PracticeQuestion.organisation_code == training_body.code)
        .order_by(PracticeQuestion.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def practice_questions_besides(known: Select[Any], limit: int) -> list[tuple[str, str | None]]:
    """Return code and text of practice questions that a reader does not know yet, the oldest first.

    Args:
        known: a select of the codes that it knows.
        limit: how many.

    Returns:
        No text where the signature fails.
    """
    statement = select(PracticeQuestion).where(PracticeQuestion.code.not_in(known))
    rows = list(db.session.scalars(statement.order_by(PracticeQuestion.id).limit(limit)))
    sound = {row.code for row in genuine(rows)}
    return [(row.code, row.text if row.code in sound else None) for row in rows]


def practice_texts(codes: Collection[str]) -> dict[str, PracticeQuestion]:
    """Return genuine practice questions by code."""
    rows = db.session.scalars(select(PracticeQuestion).where(PracticeQuestion.code.in_(codes)))
    return {row.code: row for row in genuine(rows)}
