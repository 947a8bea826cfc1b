"""What a cell calls the type of a question, or how hard it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.reading.written import WRITTEN_WORDS

_TYPE_WORDS = (
    (ItemType.SINGLE, ("单选", "单项", "single", "singlechoice", "radio")),
    (ItemType.MULTIPLE, ("多选", "多项", "不定项", "multiple", "multiplechoice", "checkbox", "msq")),
    (
        ItemType.TRUE_FALSE,
        ("判断", "是非", "对错", "正误", "truefalse", "true/false", "trueorfalse", "judge"),
    ),
    *WRITTEN_WORDS,
)
_ABBREVIATED = {
    word: kind
    for kind, words in (
        (ItemType.SINGLE, "单 sc scq sba"),
        (ItemType.MULTIPLE, "多 mc mcq mr mrq ms multi selectall selectallthatapply"),
        (ItemType.TRUE_FALSE, "判 tf t/f t&f bool boolean yesno yes/no rightwrong right/wrong"),
        (ItemType.FILL_IN, "填 fib fitb gap gapfill completion"),
    )
    for word in words.split()
}
"""Types as some systems shorten them, which no other word may stand beside."""
CHOICE_OF_EITHER = frozenset("multiplechoice multiplechoicequestion multiplechoicequestions mcq mc".split())
"""Types that in English mean a choice of one among several, unless keys say otherwise."""
_UNTOLD = frozenset("选择 选择题 客观题 choice choices choicequestion".split())
"""Types that say no more than that it is a choice: how many are right, the key tells."""
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
    if (kind := _ABBREVIATED.get(_joined(word))) is not None:
        return kind
    for kind, words in _TYPE_WORDS:
        if any(each in word or each in _joined(word) for each in words):
            return kind
    return None


def _joined(text: str) -> str:
    return re.sub(r"[\s_-]", "", text.lower())


def is_of_either(text: str) -> bool:
    """Tell whether a text is the English "multiple choice", which may mean one right option or several."""
    return _joined(text) in CHOICE_OF_EITHER


def is_any_choice(text: str) -> bool:
    """Tell whether a text calls a question a choice, and not whether one option is right or several."""
    return _joined(text) in _UNTOLD


def either_of(rows: Iterable[Mapping[str, str]], codes: Mapping[str, str]) -> dict[str, str]:
    """Return what "multiple choice" means in a sheet: a choice of one, unless some key names several."""
    found: dict[str, bool] = {}
    for read in rows:
        name = read.get("type", "").strip()
        if name not in codes and is_of_either(name):
            several = len(re.findall(r"[A-H\d]", read.get("answer", "").upper())) > 1
            found[name] = found.get(name, False) or several
    kinds = {True: ItemType.MULTIPLE, False: ItemType.SINGLE}
    return {name: kinds[several].value for name, several in found.items()}


def level_of(cells: Mapping[str, str]) -> int | None:
    """Return how hard a question is said to be, 1 to 3, if its row says so."""
    text = cells.get("level", "")
    return int(text) if text in ("1", "2", "3") else _LEVELS.get(text.lower())
