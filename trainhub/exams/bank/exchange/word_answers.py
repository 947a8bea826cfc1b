"""Answers of several lines below a question of a document, and right and wrong offered without letters."""

from __future__ import annotations

import re

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_keys import KEY
from trainhub.exams.bank.exchange.word_lines import NUMBER
from trainhub.exams.bank.reading.answers import truth
from trainhub.kernel.i18n import _

_IN_BRACKETS = re.compile(r"\s{0,9}[（(]?\s{0,9}\d{1,2}\s{0,9}[)）]")
_TRUTH = re.compile(
    r"\s{0,9}[○●□■√✓☑]?\s{0,9}(不?正确|不?对|错误?|是|否|[√×])\s{0,9}[。.]?\s{0,9}"
    r"(?:[（(]\s{0,9}(?:正确)?(?:答案|选项)\s{0,9}[)）]|[√✓✔])?\s{0,9}"
)


def goes_on_answering(draft: Draft | None, text: str, ahead: str) -> bool:
    """Tell whether a line with a number is one more of the answer above, and not the next question.

    Args:
        draft: the question that is open.
        text: the line.
        ahead: the next line that says anything.
    """
    if draft is None or draft.key is None or draft.last != "key":
        return False
    if type_named(draft.heading) is not ItemType.CONSTRUCTED:
        return False
    if _IN_BRACKETS.match(text):
        return not (draft.is_in_brackets or draft.is_bracketed)
    found, due = NUMBER.fullmatch(text), _counted(draft.key) + 1
    if found is None or int(found[1] or found[2]) != due or KEY.fullmatch(ahead):
        return False
    doubt = _("It is not certain where the answer ends.")
    draft.doubts += [] if doubt in draft.doubts else [doubt]
    return True


def _counted(key: str) -> int:
    """Return the number of the last line of an answer: 0 where it says nothing yet, -1 where it has none."""
    last = key.rstrip().rpartition("\n")[2]
    found = NUMBER.fullmatch(last)
    return int(found[1] or found[2]) if found is not None else (-1 if last else 0)


def settle_truth(draft: Draft) -> None:
    """Give a true or false question the lines below it that say right and wrong as what it offers."""
    is_truth = type_named(draft.heading) is ItemType.TRUE_FALSE
    lines = draft.stem.split("\n") if is_truth and not draft.options else []
    offered = [found[1] for line in lines[-2:] if (found := _TRUTH.fullmatch(line)) is not None]
    if len(lines) > 2 and len(offered) == 2 and {truth(each) for each in offered} == {"T", "F"}:
        draft.options = list(zip("AB", lines[-2:], strict=True))
        draft.stem = "\n".join(lines[:-2])
    elif len(lines) > 1 and offered and truth(lines[-1]) is not None and draft.own_key is None:
        draft.key, draft.stem = lines[-1], "\n".join(lines[:-1])
        draft.doubts.append(_("A line of letters alone seems to be the key."))
