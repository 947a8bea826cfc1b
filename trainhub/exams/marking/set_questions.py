"""What sittings that wait to be marked have set, so that a wrong question can be put right before marking.

Only codes and numbers, never a word of a question; and nothing of a sitting that is not closed. To tell it
no paper is opened: who looks at a page puts nothing on record.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from trainhub.exams.bank.corrected import Since, changed_since
from trainhub.exams.delivery.forms_prepared import held
from trainhub.exams.delivery.reading import papers_sat
from trainhub.exams.marking.changed_keys import sittings_with
from trainhub.exams.papers.standing import Standing, standing_in, standing_on
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.kernel.db import db


@dataclass(frozen=True)
class SetQuestion:
    """A question that a closed sitting has set (已用试题).

    Args:
        number: in its paper.
        item_code: which item.
        version: that was set.
        since: what the bank did to the item after it was set; None: it stands as it was.
    """

    number: int
    item_code: str
    version: int
    since: Since | None


def questions_of(sitting: Sitting) -> list[SetQuestion]:
    """Return the questions that the candidates of a closed, unmarked sitting met, in the order of its papers.

    Of a sitting that is still open, or marked already, there are none.
    """
    met = _met(sitting)
    since = changed_since(met)
    return [SetQuestion(number, *asked, since.get(asked)) for asked, number in met.items()]


def unmarked_with(organisation_id: int, item_code: str, item_version: int) -> list[Sitting]:
    """Return the closed, unmarked sittings of a centre whose candidates met a version, the newest first."""
    statement = select(Sitting).where(
        Sitting.organisation_id == organisation_id, Sitting.state == SittingState.CLOSED
    )
    waiting = db.session.scalars(statement.order_by(Sitting.starts_at.desc(), Sitting.id))
    return [each for each in waiting if (item_code, item_version) in _met(each)]


def closed_with(organisation_id: int, item_code: str, item_version: int) -> list[Sitting]:
    """Return all closed sittings of a centre that set a version of an item, those to be marked first."""
    asked = organisation_id, item_code, item_version
    return [*unmarked_with(*asked), *sittings_with(*asked)]


def _met(sitting: Sitting) -> dict[tuple[str, int], int]:
    """Return each question that was set, with its number."""
    if sitting.state != SittingState.CLOSED:
        return {}
    found: dict[tuple[str, int], int] = {}
    for each in standing_for(sitting):
        found.setdefault((each.item_code, each.version), each.number)
    return found


def standing_for(sitting: Sitting) -> list[Standing]:
    """Return the questions of the papers that a sitting's candidates have, in the order of the papers.

    No paper is opened for it: what lies open is read, of all others what the tables tell. A paper that still
    waits for its officers tells none.
    """
    codes = papers_sat(sitting)
    opened = {code: paper for code in codes if (paper := held(code, sitting.code)) is not None}
    stored = standing_on([code for code in codes if code not in opened])
    return [
        place
        for code in codes
        for place in (standing_in(opened[code]) if code in opened else stored.get(code, []))
    ]
