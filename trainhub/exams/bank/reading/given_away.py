"""Keys that a file left in the brackets of its questions: who sits the exam would read them there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.kernel.i18n import _

_BRACKETS = re.compile(
    r"(?P<open>[（(])\s*(?P<said>[A-HＡ-Ｈ](?:[\s,，、]*[A-HＡ-Ｈ])*|[√×✓✗]|对|错|正确|错误)\s*(?P<close>[）)])"
)
_BLANK = re.compile(r"_{2,}|[（(]\s+[）)]")
_END = re.compile(r"\s*[。.？?！!]?\s*")
_NAMES = re.compile(
    r"(?:图|表|点|区|类|级|型|相|项|组|端|线|法|公司|单位|电流|电容|电感|电荷|电量|[甲乙丙丁])\s*\Z|[A-Za-z0-9]\Z"
)
"""What stands before a letter that names something: 电流(A), 图(B); it is no key."""
_MARKED = re.compile(r"(?<=.)(?:[（(【\[]\s{0,3}(?:正确答案|正确选项|正确|答案)\s{0,3}[）)】\]]|[√✓✔])\Z")
"""An option that is marked as right: 佩戴面罩（正确答案）."""


@dataclass(frozen=True)
class Told:
    """What is to be done about a question whose brackets say its key.

    Args:
        stem: the question with its brackets empty.
        doubt: why it is to be held, or nothing.
        note: what to say of a question from which the key was taken away, or nothing.
    """

    stem: str
    doubt: str = ""
    note: str = ""


def told_in(body: ItemBody, kind: ItemType) -> Told | None:
    """Return what is to be done where a question has a key in its brackets, None where it has none."""
    marked = [option.key for option in body.options if _MARKED.search(option.text.strip())]
    if marked:
        reason = _("An option says itself that it is right: %(letters)s.", letters="、".join(marked))
        return Told(body.stem, doubt=reason)
    found = list(_BRACKETS.finditer(body.stem))
    if kind is ItemType.TRUE_FALSE and _says_truth_beside(found, body):
        return Told(body.stem, doubt=_("Letters in brackets within the question seem to be its key."))
    if len(found) != 1 or _BLANK.search(body.stem):
        return None
    (bracket,) = found
    before, behind = body.stem[: bracket.start()], body.stem[bracket.end() :]
    said = _said(bracket["said"], body, kind, is_outermost=not before.strip() or bool(_END.fullmatch(behind)))
    if not said:
        return None
    is_name = len(said) == 1 and kind is not ItemType.TRUE_FALSE and bool(_NAMES.search(before))
    stem = f"{before}{bracket['open']}  {bracket['close']}{behind}"
    if set(said) != set(body.answer):
        if is_name:
            return None
        reason = _(
            "In brackets within the question stands %(said)s, which is not its key.", said=bracket["said"]
        )
        return Told(body.stem, doubt=reason)
    if is_name:
        return Told(stem, doubt=_("Letters in brackets within the question seem to be its key."))
    return Told(stem, note=_("The key stood in brackets within the question and was taken out of it."))


def _says_truth_beside(found: Sequence[re.Match[str]], body: ItemBody) -> bool:
    """Tell whether a sign of right or wrong stands in brackets although others wait for it, or say it too."""
    signs = [each for each in found if letters(each["said"]) is None]
    is_twice = len(signs) > 1 or bool(signs and _BLANK.search(body.stem))
    return is_twice and any(truth(each["said"]) in body.answer for each in signs)


def _said(text: str, body: ItemBody, kind: ItemType, *, is_outermost: bool) -> tuple[str, ...]:
    """Return the key that brackets say, nothing where they say none of this kind of question."""
    if kind is ItemType.TRUE_FALSE:
        said = truth(text) if letters(text) is None and is_outermost else None
        return () if said is None else (said,)
    if kind not in (ItemType.SINGLE, ItemType.MULTIPLE):
        return ()
    named = letters(text) or ()
    return named if set(named) <= {option.key for option in body.options} else ()


def key_in_stem(stem: str, options: Sequence[Option], kind: ItemType) -> tuple[tuple[str, ...], str] | None:
    """Return the key that the brackets of a question say and the question without it; None if none do."""
    found = list(_BRACKETS.finditer(stem))
    if len(found) != 1:
        return None
    (bracket,) = found
    before, behind = stem[: bracket.start()], stem[bracket.end() :]
    is_outermost = not before.strip() or bool(_END.fullmatch(behind))
    said = _said(bracket["said"], ItemBody(stem, tuple(options), ()), kind, is_outermost=is_outermost)
    return (said, f"{before}{bracket['open']}  {bracket['close']}{behind}") if said else None


def key_in_options(options: Sequence[Option]) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Return options without the marks that say which are right, and these."""
    marked = tuple(option.key for option in options if _MARKED.search(option.text.strip()))
    return tuple(replace(each, text=_MARKED.sub("", each.text.strip()).strip()) for each in options), marked
