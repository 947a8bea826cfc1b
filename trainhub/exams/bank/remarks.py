"""What people say beside a version: sealed words of remarks and verdicts."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.bank.models import ItemVersion, Review, Verdict
from trainhub.exams.bank.models_comments import Comment
from trainhub.exams.bank.vault import seal, unseal
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


def note(version: ItemVersion, verdict: Verdict, text: str, by: Person) -> Review:
    """Put a remark or verdict beside a version; its words are sealed.

    Raises:
        Invalid: it is too long.
    """
    if len(text) > 2000:
        raise Invalid(_("A remark has 2,000 characters at most."))
    code = random_id()
    words = text.strip().encode()
    sealed = seal(version.item.bank, words, f"review:{code}") if words else None
    row = Review(code=code, version_id=version.id, person_id=by.id, verdict=verdict, text_sealed=sealed)
    db.session.add(row)
    return row


def words_of_remark(version: ItemVersion, row: Review) -> str:
    """Return the words of a remark or verdict on a version, deciphered."""
    bank = version.item.bank
    return unseal(bank, row.text_sealed, f"review:{row.code}").decode() if row.text_sealed else ""


def remarks_on(version: ItemVersion) -> list[tuple[Review, str]]:
    """Return verdicts on a version and remarks that nobody needs to settle, oldest first."""
    joined = select(Review).outerjoin(Comment, Comment.review_id == Review.id)
    statement = joined.where(Review.version_id == version.id, Comment.id.is_(None))
    rows = db.session.scalars(statement.order_by(Review.id))
    return [(row, words_of_remark(version, row)) for row in rows]
