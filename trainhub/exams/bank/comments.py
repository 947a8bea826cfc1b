"""Comments in review: on a question or a part of it, answered, settled; an open one keeps it unapproved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.models import Bank, Item, ItemVersion, Review, Verdict, VersionState
from trainhub.exams.bank.models_comments import Comment
from trainhub.exams.bank.parts import WHOLE, parts_of
from trainhub.exams.bank.remarks import note, words_of_remark
from trainhub.exams.bank.vault import body_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of


class OpenComments(Conflict):
    """An item is not approved while comments on it are open."""


@dataclass(frozen=True)
class Thread:
    """A comment as it is read (批注): on which part, its words, and what was answered."""

    comment: Comment
    version: ItemVersion
    part: str
    words: str
    answers: tuple[tuple[Review, str], ...]

    @property
    def is_open(self) -> bool:
        """Whether it keeps the item from being approved."""
        return self.comment.settled_at is None


def comment(version: ItemVersion, part: str, text: str, *, by: Person) -> Comment:
    """Comment on a version, or on a part of it, as somebody who works on its bank.

    Args:
        version: which.
        part: a key of ``parts_of`` its body; empty for the whole.
        text: what is to be considered.
        by: an author or reviewer of the bank.

    Raises:
        Invalid: it says nothing, is too long, or the version has no such part.
        Conflict: the item is retired.
        Forbidden: the person does not work on the bank.
    """
    item = version.item
    _require_words(text, by, item.bank)
    lock("item", item.code)
    db.session.refresh(version)
    if version.state == VersionState.RETIRED:
        raise Conflict(_("The item is retired."))
    if part not in parts_of(body_of(version)):
        raise Invalid(_("The item has no such part."))
    row = _keep(version, Verdict.REMARK, text, by, part=part)
    _record("item.commented", row, by)
    return row


def answer(asked: Comment, text: str, *, by: Person) -> Comment:
    """Answer a comment; it stays open until somebody settles it.

    Raises:
        Invalid: it says nothing or is too long.
        Conflict: the comment is settled.
        Forbidden: the person does not work on the bank.
    """
    version = _version_of(asked)
    _require_words(text, by, version.item.bank)
    _lock_open(asked, version)
    row = _keep(version, Verdict.ANSWER, text, by, part=asked.part, answers_id=asked.id)
    _record("item.comment.answered", row, by)
    return row


def settle(asked: Comment, *, by: Person) -> None:
    """Say that nothing is left to be done about a comment.

    Raises:
        Conflict: it is settled already.
        Forbidden: the person neither wrote it nor reviews the item; its author settles nothing of others.
    """
    version = _version_of(asked)
    _lock_open(asked, version)
    if asked.review.person_id != by.id and not _reviews(version, by):
        raise Forbidden(_l("Whoever wrote the comment or reviews the item settles it."))
    asked.settled_by_id, asked.settled_at = by.id, clock.now()
    _record("item.comment.settled", asked, by)


def settle_all(version: ItemVersion, *, by: Person) -> None:
    """Settle what is open on a version and those before it, as whoever approves it."""
    for each in open_on(version):
        settle(each, by=by)


def _require_words(text: str, by: Person, bank: Bank) -> None:
    if not text.strip():
        raise Invalid(_("The comment is empty."))
    if bank.organisation_id not in organisations_of(by):
        raise Forbidden(_l("You do not work on this bank."))


def _lock_open(asked: Comment, version: ItemVersion) -> None:
    lock("item", version.item.code)
    db.session.refresh(asked)
    if asked.settled_at is not None:
        raise Conflict(_("The comment is settled."))


def _reviews(version: ItemVersion, by: Person) -> bool:
    writers = {each.author_id for each in version.item.versions} | {version.item.created_by_id}
    if not writers.isdisjoint(records_of(by.id)):
        return False
    return version.item.bank.organisation_id in organisations_of(by, Duty.REVIEW_ITEMS)


def may_settle(asked: Comment, version: ItemVersion, by: Person) -> bool:
    """Tell whether a person may settle an open comment."""
    return asked.review.person_id == by.id or _reviews(version, by)


def _keep(version: ItemVersion, verdict: Verdict, text: str, by: Person, **more: Any) -> Comment:
    row = Comment(review=note(version, verdict, text, by), item_id=version.item_id, **more)
    db.session.add(row)
    db.session.flush()
    return row


def _record(kind: str, row: Comment, by: Person) -> None:
    version = _version_of(row)
    ledger.append(
        kind, by=by, side="exam", item=version.item.code, version=version.number, comment=row.review.code
    )


def _version_of(row: Comment) -> ItemVersion:
    return db.session.get_one(ItemVersion, row.review.version_id)


def get_comment(item: Item, code: str) -> Comment:
    """Return a comment on an item by its code.

    Raises:
        NotFound: the item has none of this code.
    """
    statement = _comments().where(ItemVersion.item_id == item.id, Review.code == code)
    found: Comment | None = db.session.scalar(statement.where(Comment.answers_id.is_(None)))
    if found is None:
        raise NotFound(_l("There is no such comment."))
    return found


def _comments() -> Select[Any]:
    joined = select(Comment).join(Review, Review.id == Comment.review_id)
    return joined.join(ItemVersion, ItemVersion.id == Review.version_id)


def open_on(version: ItemVersion) -> list[Comment]:
    """Return what is open on a version and on those before it, oldest first."""
    statement = _comments().where(
        ItemVersion.item_id == version.item_id,
        ItemVersion.number <= version.number,
        Comment.answers_id.is_(None),
        Comment.settled_at.is_(None),
    )
    return list(db.session.scalars(statement.order_by(Comment.id)))


def require_settled(version: ItemVersion) -> None:
    """Raise OpenComments if a comment on a version, or on one before it, is open."""
    if count := len(open_on(version)):
        raise OpenComments(
            _("Comments are open: %(count)s. Settle them, or approve and settle.", count=count)
        )


def threads_on(versions: Iterable[ItemVersion]) -> dict[int, list[Thread]]:
    """Return the comments on some versions by the ids of these, oldest first, with their answers."""
    found: dict[int, list[Thread]] = {}
    for version in versions:
        names = parts_of(body_of(version))
        rows = list(db.session.scalars(_comments().where(ItemVersion.id == version.id).order_by(Comment.id)))
        found[version.id] = [
            Thread(
                row,
                version,
                names.get(row.part, names[WHOLE]),
                words_of_remark(version, row.review),
                tuple(
                    (each.review, words_of_remark(version, each.review))
                    for each in rows
                    if each.answers_id == row.id
                ),
            )
            for row in rows
            if row.answers_id is None
        ]
    return found


def has_open() -> ColumnElement[bool]:
    """Return the condition that an item has open comments; for statements that select its versions.

    Told by all items that have some, which one index lists.
    """
    is_open = Comment.answers_id.is_(None), Comment.settled_at.is_(None)
    return ItemVersion.item_id.in_(select(Comment.item_id).where(*is_open))


def number_unanswered(bank: Bank, person: Person) -> int:
    """Return how many open comments of others on a person's versions this person has not answered."""
    given = select(Comment.answers_id).join(Review, Review.id == Comment.review_id)
    answered = given.where(Review.person_id == person.id, Comment.answers_id.is_not(None))
    statement = (
        select(func.count(Comment.id))
        .join(Review, Review.id == Comment.review_id)
        .join(ItemVersion, ItemVersion.id == Review.version_id)
        .where(
            ItemVersion.bank_id == bank.id,
            ItemVersion.author_id == person.id,
            Review.person_id != person.id,
            Comment.answers_id.is_(None),
            Comment.settled_at.is_(None),
            Comment.id.not_in(answered),
        )
    )
    return db.session.scalar(statement) or 0
