"""How persons are called in what is written for others: in full, masked, or by their random id alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

from trainhub.kernel.i18n import _l
from trainhub.kernel.pages import mask_name


class Names(StrEnum):
    """How much of a name a reader gets to see (姓名显示)."""

    FULL = "full"
    MASKED = "masked"
    NONE = "none"

    @property
    def label(self) -> Any:
        """The setting in the reader's language."""
        return {
            Names.FULL: _l("Names in full"),
            Names.MASKED: _l("Names masked"),
            Names.NONE: _l("No names"),
        }[self]


_chosen: ContextVar[Names] = ContextVar("trainhub_names", default=Names.FULL)


@contextmanager
def persons_called(names: Names) -> Iterator[None]:
    """Have the sentences of violations call persons in a way, inside the block."""
    token = _chosen.set(names)
    try:
        yield
    finally:
        _chosen.reset(token)


def called(person_id: str, name: str) -> str:
    """Return how a person is called here and now."""
    return call(_chosen.get(), person_id, name)


def call(names: Names, person_id: str, name: str) -> str:
    """Return how a person is called under a setting."""
    if names is Names.FULL:
        return name
    return mask_name(name) if names is Names.MASKED and name else f"#{person_id[:8]}"


def scrubbed(text: str, names: Names, known: Mapping[str, str]) -> str:
    """Return a text that somebody typed with the full names in it masked; ``known`` is id -> name.

    Names of persons who are not known to be concerned cannot be found in free text.
    """
    if names is Names.FULL or not text:
        return text
    calls = {name: call(names, person_id, name) for person_id, name in known.items() if len(name) > 1}
    if not calls:
        return text
    longest_first = sorted(calls, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), lambda found: calls[found.group()], text)
