"""Tables of review beside verdicts: what a comment asks about, who answered, who settled it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from trainhub.exams.bank.models import Review
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.people.models import Person

IS_OPEN = "answers_id IS NULL AND settled_at IS NULL"


class Comment(Model):
    """A comment on a version of an item or a part of it (审题批注), or an answer; open until it is settled.

    Its words are those of its remark, sealed like every remark. ``part`` names a place such as ``option-B``
    and says nothing of what stands there.
    """

    __tablename__ = "bank_comment"
    __table_args__ = (
        CheckConstraint("(settled_by_id IS NULL) = (settled_at IS NULL)", name="settled"),
        CheckConstraint("answers_id IS NULL OR settled_at IS NULL", name="answer"),
        Index(
            "ix_bank_comment_open",
            "item_id",
            postgresql_where=text(IS_OPEN),
            sqlite_where=text(IS_OPEN),
        ),
        EXAM_SIDE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("bank_review.id"), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("bank_item.id"))
    part: Mapped[str] = mapped_column(default="")
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("bank_comment.id"), index=True)
    settled_by_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    settled_at: Mapped[datetime | None]
    review: Mapped[Review] = relationship()
    settled_by: Mapped[Person | None] = relationship()
