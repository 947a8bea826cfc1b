"""Matching: pairs such as ``A2``, a letter of the left and a number of the right, each letter once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainhub.exams.delivery.types import _on_paper, _shown
from trainhub.exams.delivery.types._lettered import (
    LETTERS,
    Answer,
    key_of,
    letters_of,
    require_offered,
    wrong_form,
)
from trainhub.kernel.i18n import _, _l

TITLE = _l("Matching: choose what belongs to each line")
RULE = _l("Each right pair earns its share of the marks; a wrong one costs nothing.")
_PAIR = re.compile(r"[A-Z][1-9][0-9]?", re.ASCII)
_PRINTED = re.compile(r"([A-Z])\s*[-–:=]?\s*([1-9][0-9]?)", re.ASCII)


@dataclass(frozen=True)
class _Pairs(_on_paper.OnPaper):
    """Pairs such as ``A2 B1``, or the numbers alone in the order of the letters: ``21``."""

    def read(self, texts: Sequence[str], options: Sequence[str], targets: Sequence[str]) -> Answer:
        text = _on_paper.plain(texts[0])
        if text.isascii() and text.isdecimal() and len(text) == len(options):
            pairs = [(key, number) for key, number in zip(options, text, strict=True) if number != "0"]
        else:
            pairs = _PRINTED.findall(text)
            if _PRINTED.sub("", text).strip(_on_paper.BETWEEN):
                raise _on_paper.NotOffered
        if any(key not in options or number not in targets for key, number in pairs):
            raise _on_paper.NotOffered
        return sorted(f"{LETTERS[options.index(key)]}{targets.index(number) + 1}" for key, number in pairs)

    def said(self, response: Answer, options: Sequence[str], targets: Sequence[str]) -> str:
        return " ".join(
            f"{_on_paper.printed_at(options, each[0])}{targets[int(each[1:]) - 1]}" for each in response or ()
        )


MOVES = _shown.Moves.UNLESS_BOUND
ON_PAPER = _Pairs()
PRACTISED = 80
offered, given = _shown.offered, _shown.given


def letters(options: int) -> tuple[str, ...]:
    """Return a letter for every line on the left."""
    return letters_of(options)


def check(options: int, response: Answer, targets: int = 0) -> None:
    """Raise Invalid unless the answer is a list of pairs in the order of their letters, or None."""
    if response is None:
        return
    if not isinstance(response, list) or not response or not all(map(_PAIR.fullmatch, response)):
        raise wrong_form()
    left = [pair[0] for pair in response]
    if left != sorted(set(left)) or any(int(pair[1:]) > targets for pair in response):
        raise wrong_form()
    require_offered(left, letters_of(options))


def in_the_paper(keys: tuple[str, ...], response: Answer, targets: tuple[str, ...] = ()) -> Answer:
    """Return the pairs in the paper's keys, sorted."""
    if not isinstance(response, list):
        return None
    return sorted(key_of(keys, pair[0]) + targets[int(pair[1:]) - 1] for pair in response)


def targets(body: Any) -> tuple[Any, ...]:
    """Return the right side."""
    return tuple(body.detail.targets)


def texts() -> dict[str, str]:
    """Return what the script of the type says."""
    return {"belongsTo": _("What belongs to {letter}?"), "none": _("not chosen")}


def practice() -> list[dict[str, Any]]:
    """Return what is practised of the type."""
    return [
        _shown.practised(
            _("What does each sign of the map say?"),
            _("A filled square"),
            _("A small flag"),
            _("A dashed frame"),
            targets=[_("not saved yet"), _("answered"), _("flagged"), _("wrong")],
            partial=True,
        )
    ]
