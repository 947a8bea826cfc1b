"""How items are shown: deciphered for the page that asks, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from trainhub.exams.bank.as_shown import mark_of
from trainhub.exams.bank.comments import may_settle, threads_on
from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.media.store import lengths_of_films, media_of, rows_of_media
from trainhub.exams.bank.models import Bank, ItemVersion, VersionState
from trainhub.exams.bank.parts import parts_of
from trainhub.exams.bank.texts import shown_words_in
from trainhub.exams.bank.vault import body_of
from trainhub.exams.bank.wording import Words, words_of
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person

STATES = {
    VersionState.DRAFT: (_l("draft"), "neutral"),
    VersionState.IN_REVIEW: (_l("in review"), "info"),
    VersionState.APPROVED: (_l("approved"), "good"),
    VersionState.LIVE: (_l("live"), "good"),
    VersionState.RETIRED: (_l("retired"), "neutral"),
}


@dataclass(frozen=True)
class Shown:
    """A version with what it says."""

    version: ItemVersion
    body: ItemBody

    @property
    def mark(self) -> str:
        """What a deed about it brings back: that this text was shown, and no other."""
        return mark_of(self.version)

    @property
    def title(self) -> str:
        """What it asks, in words on one line."""
        return shown_words_in(self.body, self.body.stem).replace("\n", " ")

    @property
    def files(self) -> dict[str, str]:
        """Where the reader gets its files, by their digests."""
        return addresses(self.version.item.bank, self.body)

    @property
    def words(self) -> Words:
        """What it says in words, with its key."""
        bank = self.version.item.bank
        return words_of(self.version.item.type, self.body, lengths=lengths_of_films(bank, self.body))


@dataclass(frozen=True)
class Unwritten:
    """A question looked at before it is written down (未保存的预览); it reads as a written one does."""

    bank: Bank
    type: str
    body: ItemBody

    @property
    def files(self) -> dict[str, str]:
        """Where the reader gets its files, by their digests."""
        return addresses(self.bank, self.body)

    @property
    def words(self) -> Words:
        """What it says in words, with its key."""
        return words_of(self.type, self.body, lengths=lengths_of_films(self.bank, self.body))


def addresses(bank: Bank, body: ItemBody) -> dict[str, str]:
    """Return where a reader of a bank gets the files of a question, by their digests."""
    media = list(media_of(body))
    if not media:
        return {}
    rows = rows_of_media(bank, media)
    return {digest: url_for("bank.show_medium", medium_id=row.id) for digest, row in rows.items()}


def about_comments(version: ItemVersion, person: Person) -> dict[str, Any]:
    """Return what templates need to show comments on an item and take new ones on its newest version."""
    threads = threads_on(version.item.versions)
    open_ones = [each for some in threads.values() for each in some if each.is_open]
    return {
        "threads": threads,
        "parts": parts_of(body_of(version)),
        "open_comments": len(open_ones),
        "settles": {each.comment.id for each in open_ones if may_settle(each.comment, each.version, person)},
    }


def rows_of(versions: Iterable[ItemVersion]) -> list[Shown]:
    """Return versions with their bodies."""
    return [Shown(version, body_of(version)) for version in versions]
