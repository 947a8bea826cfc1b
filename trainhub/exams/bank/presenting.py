"""How items are shown: deciphered for the page that asks, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.models import ItemVersion, VersionState
from trainhub.exams.bank.vault import body_of
from trainhub.exams.bank.wording import Words, words_of
from trainhub.kernel.i18n import _l

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
    def words(self) -> Words:
        """What it says in words, with its key."""
        return words_of(self.version.item.type, self.body)


def rows_of(versions: Iterable[ItemVersion]) -> list[Shown]:
    """Return versions with their bodies."""
    return [Shown(version, body_of(version)) for version in versions]
