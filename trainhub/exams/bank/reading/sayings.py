"""Sentences that are kept and shown later: in the language of who reads them, not of who brought the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trainhub.kernel.i18n import _


@dataclass(frozen=True)
class Saying:
    """A sentence with what it speaks of (待显示语句).

    Args:
        text: in English, as the catalogues know it.
        values: for its placeholders; several things in a tuple are named one after another.
    """

    text: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        """Say it in the reader's language."""
        said = {name: _shown(value) for name, value in self.values}
        return _(self.text, **said)

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"text": self.text, "values": {name: _plain(value) for name, value in self.values}}


def _l(text: str, **values: Any) -> Saying:
    """Mark a text to be translated whenever it is shown, also after it was kept."""
    return Saying(text, tuple(values.items()))


def _shown(value: Any) -> str:
    return "、".join(map(_shown, value)) if isinstance(value, tuple) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.plain() if isinstance(value, Saying) else value


def plain_saying(saying: Saying | str) -> Any:
    """Return a sentence, or a text that is none, as plain values."""
    return _plain(saying)


def read_saying(plain: Any) -> Any:
    """Return a sentence from its plain values; what was kept as a text stays one."""
    if isinstance(plain, list):
        return tuple(map(read_saying, plain))
    if not isinstance(plain, dict):
        return plain
    return Saying(plain["text"], tuple((name, read_saying(each)) for name, each in plain["values"].items()))
