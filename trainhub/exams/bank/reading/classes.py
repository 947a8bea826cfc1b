"""What a cell calls the type of a question, or how hard it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.reading.written import WRITTEN_WORDS

_TYPE_WORDS = (
    (ItemType.SINGLE, ("单选", "单项", "single", "singlechoice", "radio")),
    (ItemType.MULTIPLE, ("多选", "多项", "不定项", "multiple", "multiplechoice", "checkbox", "msq")),
    (ItemType.TRUE_FALSE, ("判断", "是非", "对错", "正误", "truefalse", "true/false", "true_false", "judge")),
    *WRITTEN_WORDS,
)
CHOICE_OF_EITHER = frozenset("multiplechoice multiplechoicequestion mcq".split())
"""Types that in English mean a choice of one among several, unless keys say otherwise."""
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


def either_of(rows: Iterable[Mapping[str, str]], codes: Mapping[str, str]) -> dict[str, str]:
    """Return what "multiple choice" means in a sheet: a choice of one, unless some key names several."""
    found: dict[str, bool] = {}
    for read in rows:
        name = read.get("type", "").strip()
        if name not in codes and re.sub(r"[\s_-]", "", name.lower()) in CHOICE_OF_EITHER:
            several = len(re.findall(r"[A-H\d]", read.get("answer", "").upper())) > 1
            found[name] = found.get(name, False) or several
    kinds = {True: ItemType.MULTIPLE, False: ItemType.SINGLE}
    return {name: kinds[several].value for name, several in found.items()}


def level_of(cells: Mapping[str, str]) -> int | None:
    """Return how hard a question is said to be, 1 to 3, if its row says so."""
    text = cells.get("level", "")
    return int(text) if text in ("1", "2", "3") else _LEVELS.get(text.lower())
