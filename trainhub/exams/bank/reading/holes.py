"""Blanks of a fill-in and what fills them: found as people write them, doubted where they may be none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trainhub.exams.bank.details import Blank, Blanks
from trainhub.exams.bank.escapes import hide
from trainhub.exams.bank.reading.blanks import SIGNS, blanks_in
from trainhub.exams.bank.reading.fills import as_said
from trainhub.kernel.i18n import _

BLANK = "____"
_HOLES = re.compile(r"[_＿﹍]{2,}|[（(]\s*[）)]|\{_+\}")
_NUMBER = r"(\d{1,2}|[①-⑳])"
_UNDERLINED = re.compile(rf"[_＿]+\s*[（(\[【{{]?\s*{_NUMBER}\s*[)）\]】}}]?\s*[_＿]+")
_BRACKETED = re.compile(
    rf"[（(\[【{{]\s*(?:第?填?空格?|blank)?\s*{_NUMBER}\s*空?\s*[)）\]】}}]", re.IGNORECASE
)
_CIRCLED = re.compile(r"(?<=\s)([①-⑳])(?=\s)")
_ODD = re.compile(
    r"()(?:[＿﹍﹎‗]|[\[【{]\s*(?:blank)?\s*[\]】}]|<\s*blank\s*>|…+|—{3,}|-{3,}|#{2,}|\*{2,}|\.{4,}|(?<!_)_(?!_))",
    re.IGNORECASE,
)
"""What stands for a blank in some files, and for other things elsewhere: such blanks are proposed."""
_SEVERAL = re.compile(r"[;；|｜]")
_COUNTS = re.compile(r"\s*(\d{1,2})\s*([.．、:：)）])\s*(\S.*)", re.DOTALL)


@dataclass(frozen=True)
class Filled:
    """A question with its blanks, and what fills them (填空).

    Args:
        stem: the question, each of its blanks as ``____``.
        detail: what fills them; there may be fewer or more answers than blanks.
        doubt: why something else may be meant; nothing where that is certain.
        is_appended: whether nothing shows its blank, which was put at its end.
    """

    stem: str
    detail: Blanks
    doubt: str = ""
    is_appended: bool = False

    @property
    def holes(self) -> int:
        """How many blanks the question has."""
        return self.stem.count(BLANK)

    @property
    def is_even(self) -> bool:
        """Whether there are as many answers as blanks."""
        return self.holes == len(self.detail.blanks)


def filled(stem: str, key: str) -> Filled:
    """Return a question to be filled in with its blanks and what fills them.

    Numbers between underscores (``__1__``) are blanks if they count on from one. Numbers in brackets and
    signs such as ``……`` are so only where the question has no other blanks, and only as a proposal.
    """
    said = as_said(key)
    found = _filled(stem, said.key)
    return replace(found, doubt=" ".join(each for each in (found.doubt, said.doubt) if each))


def _filled(stem: str, key: str) -> Filled:
    plain = _HOLES.sub(BLANK, stem)
    found = _counted(Filled(plain, blanks_in(key, plain.count(BLANK))))
    if not found.is_even:
        found = _otherwise(stem, key, has_holes=BLANK in plain) or found
    if not found.holes:
        found = _appended(stem, key)
    if found.holes == 1 and found.is_even and not found.doubt and _SEVERAL.search(hide(key, SIGNS)):
        return _with_variants(found, key)
    return found


def has_holes(stem: str) -> bool:
    """Tell whether a question has blanks as they are usually written."""
    return _HOLES.search(stem) is not None or _UNDERLINED.search(stem) is not None


def is_underlined(stem: str) -> bool:
    """Tell whether a question has blanks that are a line to write on, which nothing else is."""
    return "__" in stem or "＿＿" in stem


def _otherwise(stem: str, key: str, *, has_holes: bool) -> Filled | None:
    """Return a question whose blanks are written in another way, if its key has as many answers."""
    for pattern in (_UNDERLINED, *(() if has_holes else (_BRACKETED, _CIRCLED, _ODD))):
        signs = pattern.findall(stem)
        found = _counted(Filled(pattern.sub(BLANK, stem), blanks_in(key, len(signs))))
        if signs and found.is_even:
            is_sure = pattern is _UNDERLINED and list(map(_value, signs)) == list(range(1, len(signs) + 1))
            return found if is_sure else replace(found, doubt=_in_place())
    return None


def _appended(stem: str, key: str) -> Filled:
    """Return a question without a blank with one at its end, in doubt where signs may stand for one."""
    is_open = any(pattern.search(stem) for pattern in (_UNDERLINED, _BRACKETED, _CIRCLED, _ODD))
    doubt = _in_place() if is_open else ""
    return Filled(f"{stem} {BLANK}", blanks_in(key, 1), doubt, is_appended=True)


def _in_place() -> str:
    return _("What stands in place of the blanks may be something else.")


def _value(sign: str) -> int:
    return int(sign) if sign.isdecimal() else ord(sign) - ord("①") + 1


def _counted(found: Filled) -> Filled:
    """Return blanks without the numbers that count their answers: 1、36V；2、12V."""
    blanks = found.detail.blanks
    said = [_COUNTS.fullmatch(blank.accepted[0]) for blank in blanks]
    if len(blanks) < 2 or [None if each is None else int(each[1]) for each in said] != list(
        range(1, len(blanks) + 1)
    ):
        return found
    parts = [each for each in said if each is not None]
    # 1.36 may be a number of its own.
    is_sure = not any(each[2] in ".．" and each[3][0].isdecimal() for each in parts)
    bare = _without_counts(blanks, [each[3] for each in parts])
    doubt = "" if is_sure else _("The answers may be counted, or numbers of their own.")
    return replace(found, detail=replace(found.detail, blanks=bare), doubt=doubt)


def _without_counts(blanks: Sequence[Blank], texts: Sequence[str]) -> tuple[Blank, ...]:
    return tuple(
        replace(blank, accepted=(text, *blank.accepted[1:]))
        for blank, text in zip(blanks, texts, strict=True)
    )


def _with_variants(found: Filled, key: str) -> Filled:
    """Propose the answers of one blank as its variants: several blanks may have been meant."""
    variants = blanks_in(_SEVERAL.sub("/", hide(key, SIGNS)), 1)
    doubt = _("The question has one blank, and its key has several answers.")
    return replace(found, detail=variants, doubt=doubt)
