"""Moodle's texts with gaps for which words are chosen (gapselect) or dragged (ddwtos).

One gap is a single choice. Several are a matching: each gap, by its number, with what belongs there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.etree import _Element

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit
from trainhub.exams.bank.exchange.gift import pair_up
from trainhub.exams.bank.exchange.limits import MOST_ANSWERS, too_many
from trainhub.exams.bank.exchange.wording import from_html
from trainhub.kernel.i18n import _

_GAP = re.compile(r"\[\[(\d{1,3})\]\]")


@dataclass(frozen=True)
class _Box:
    """What may stand in the gaps of its group."""

    text: str
    group: str


def read_gaps(question: Question, element: _Element, facts: dict[str, str]) -> None:
    """Read a text with gaps.

    Raises:
        Unfit: it has no gap, or one for which the file has no words.
    """
    boxes = [
        _Box(question.says(from_html(each.findtext("text") or "")), (each.findtext("group") or "1").strip())
        for each in (*element.iterfind("selectoption"), *element.iterfind("dragbox"))
    ]
    gaps = [int(found) for found in _GAP.findall(question.stem)]
    if max(len(gaps), len(boxes)) > MOST_ANSWERS:
        raise Unfit(too_many())
    if not gaps:
        raise Unfit(_("The text has no holes to fill in."))
    if not all(0 < gap <= len(boxes) for gap in gaps) or not all(each.text for each in boxes):
        raise Unfit(_("The file has no words for a gap of the text."))
    if len(gaps) == 1:
        _as_choice(question, boxes, gaps[0])
    else:
        _as_matching(question, boxes, gaps)


def _as_choice(question: Question, boxes: list[_Box], gap: int) -> None:
    right = boxes[gap - 1]
    question.kind = ItemType.SINGLE
    question.stem = _GAP.sub(BLANK, question.stem)
    question.options = [each.text for each in boxes if each.group == right.group]
    question.names = [str(place) for place, each in enumerate(boxes, 1) if each.group == right.group]
    question.key = [str(gap)]


def _as_matching(question: Question, boxes: list[_Box], gaps: list[int]) -> None:
    question.kind = ItemType.MATCHING
    groups = {boxes[gap - 1].group for gap in gaps}
    texts = list(dict.fromkeys(each.text for each in boxes if each.group in groups))
    numbers = iter(range(1, len(gaps) + 1))
    question.stem = _GAP.sub(lambda _found: f"（{next(numbers)}）____", question.stem)
    for number, gap in enumerate(gaps):
        question.options.append(f"（{number + 1}）")
        question.key.append(f"{number} {texts.index(boxes[gap - 1].text)}")
    pair_up(question, texts, [])
    question.notes.append(_("In the file parts of the answer earn marks; here only the whole answer does."))
    if len(groups) > 1:
        question.doubts.append(_("In the file each gap offers words of its own; here all offer the same."))
