"""What a cell calls the type of a question, or how hard it is."""

from __future__ import annotations

from collections.abc import Mapping

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.reading.written import WRITTEN_WORDS

_TYPE_WORDS = (
    (ItemType.SINGLE, ("单选", "单项", "single", "singlechoice", "radio")),
    (ItemType.MULTIPLE, ("多选", "多项", "不定项", "multiple", "multiplechoice", "checkbox")),
    (ItemType.TRUE_FALSE, ("判断", "是非", "对错", "正误", "truefalse", "true/false", "true_false", "judge")),
    *WRITTEN_WORDS,
)
_LEVELS = {
    word: level
    for level, words in enumerate(
        ("易 简单 容易 较易 低 easy", "中 中等 一般 适中 medium", "难 困难 较难 很难 高 hard difficult"), 1
    )
    for word in words.split()
}


def type_of(text: str, codes: dict[str, str]) -> ItemType | None:
    """Return the type that a cell names, by words or by a number that the heading explains."""
    word = codes.get(text.strip(), text).lower().replace(" ", "")
    for kind, words in _TYPE_WORDS:
        if any(each in word for each in words):
            return kind
    return None


def level_of(cells: Mapping[str, str]) -> int | None:
    """Return how hard a question is said to be, 1 to 3, if its row says so."""
    text = cells.get("level", "")
    return int(text) if text in ("1", "2", "3") else _LEVELS.get(text.lower())
