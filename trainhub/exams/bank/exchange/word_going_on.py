"""What the lines below a question add to it: options, its key, why it is so, or more of its text."""

from __future__ import annotations

import re

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_lines import OPTION, begins_case
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.exams.bank.reading.options import Unpacked, unpack
from trainhub.kernel.i18n import _

_SEVERAL = re.compile(r"(?:(?<=\s)|(?<=[;；]))(?=[B-HＢ-Ｈ]\s*[.．、:：)）])")
_KEY = re.compile(
    r"\s*[【\[]?\s*(?:正确答案|参考答案|标准答案|答案|answer)\s*[】\]]?\s*[:：]?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
WHY = re.compile(
    r"\s*[【\[]?\s*(?:答案解析|试题解析|解析|解释|explanation)\s*[】\]]?\s*[:：]?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_SOURCE = re.compile(r"\s*[【\[]?\s*(?:法规依据|依据|出处)\s*[】\]]?\s*[:：]\s*(.*)", re.DOTALL)
_PARTS = ((WHY, "explanation"), (_SOURCE, "source"), (_KEY, "key"))
_WIDE = str.maketrans("ＡＢＣＤＥＦＧＨ", "ABCDEFGH")
_FIRST_OPTION = re.compile(r"(?<=[\s？?。：:；;，,）)_])[AＡ]\s*[.．、:：)）]")
_LONGEST_STEM = 5000


def is_beside(draft: Draft, text: str) -> bool:
    """Tell whether a line says nothing of a question that has its whole key: a title, a page's end."""
    if draft.last in ("key", "explanation", "source") and begins_case(text):
        return True
    if draft.last != "key" or any(pattern.fullmatch(text) for pattern, part in _PARTS if part != "key"):
        return False
    if draft.options:
        return letters(draft.key or "") is not None
    return type_named(draft.heading) in (None, ItemType.TRUE_FALSE) and truth(draft.key or "") is not None


def with_options(draft: Draft, text: str) -> str:
    """Return a text without the options that stand in the same line; the question takes them."""
    for found in _FIRST_OPTION.finditer(text, 0, _LONGEST_STEM):
        unpacked = unpack(text[found.start() :])
        if len(unpacked.options) > 1:
            draft.options = [(each.key, each.text) for each in unpacked.options]
            draft.doubts += [] if unpacked.is_certain else [_not_apart()]
            draft.last = "option"
            return text[: found.start()].rstrip()
    return text


def _not_apart() -> str:
    return _("The options cannot be told apart for certain: separators or letters are out of order.")


def _add_options(draft: Draft, text: str) -> None:
    """Take a line of options; where only letters part them, it is not certain that they do."""
    pieces = _SEVERAL.split(text)
    tight = unpack(text) if len(pieces) == 1 and not draft.options else Unpacked((), True)
    if len(tight.options) > 1 and not re.search(r"\*\*|##|\$\$|@@|\|", text):
        draft.options = [(each.key, each.text) for each in tight.options]
        draft.doubts += [] if tight.is_certain else [_not_apart()]
    else:
        options = [found for piece in pieces if (found := OPTION.fullmatch(piece)) is not None]
        draft.options += [(each[1].translate(_WIDE), each[2].strip(" \t;；")) for each in options]
    draft.last = "option"


def go_on(draft: Draft, text: str) -> None:
    """Give a question the line that stands below it."""
    for pattern, part in _PARTS:
        found = pattern.fullmatch(text)
        if found is not None and (part != "key" or draft.key is None):
            setattr(draft, part, found.group(1).strip())
            draft.last = part
            return
    if draft.key is None and OPTION.fullmatch(text):
        _add_options(draft, text)
    elif draft.last == "option":
        letter, said = draft.options[-1]
        draft.options[-1] = (letter, f"{said}\n{text}")
    elif draft.last == "stem" and not draft.options:
        draft.stem += f"\n{with_options(draft, text)}"
        draft.stem = draft.stem.rstrip()
    else:
        setattr(draft, draft.last, f"{getattr(draft, draft.last)}\n{text}")
