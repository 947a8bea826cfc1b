"""What the key of a fill-in says: words around its answers taken away, signs that may mislead doubted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from trainhub.exams.bank.escapes import escape, hide
from trainhub.exams.bank.reading.blanks import SIGNS
from trainhub.kernel.i18n import _

_TOLD = re.compile(
    r"\s{0,9}(?:[【\[]\s{0,9}(?:正确|参考|标准)?答案\s{0,9}[】\]]\s{0,9}[:：]?"
    r"|(?:正确|参考|标准)?答案\s{0,9}[:：])\s{0,9}(?=\S)"
)
_COUNTS = "一二三四五六七八九十"
_NUMBER = rf"(\d{{1,2}}|[{_COUNTS}])"
_PLACE = re.compile(
    rf"(?:\A|(?<=[\s;；,，、。]))[（(【\[]?(?:第\s?{_NUMBER}\s?个?空|填?空格?\s?{_NUMBER})[)）】\]]?\s{{0,9}}[:：.．、]\s{{0,9}}"
)
_UNIT = re.compile(
    r"(?<=[A-Za-zμΩ℃°²³\d)）])[/／](?=[A-Za-zμ]{1,4}[²³23]?(?!\w))"
    r"|(?<=[次元人吨升转米])[/／](?=(?:小时|分钟|[秒时分天日月年次人])(?!\w))"
)
"""A stroke within a unit (km/h, 次/分), where it parts no variants."""
_FRACTION = re.compile(r"(?<![\d.~～–—-])(\d{1,4})[/／](\d{1,4})(?![\d.~～–—-])")
_OR_BESIDE = re.compile(r"\s{0,9}[（(]\s{0,9}或者?\s{0,9}([^（）()]{1,99})[)）]")
_OR = re.compile(r"(?<=[^\s;；/／])\s{0,9}或(?:者|是)?(?![许缺然])\s{0,9}(?=[^\s;；/／者是])")
_LONGEST = 2000


@dataclass(frozen=True)
class Said:
    """What the cell of the key says (填空答案原文).

    Args:
        key: with its answers parted as they should be.
        doubt: why it may be meant otherwise; nothing where that is certain.
    """

    key: str
    doubt: str = ""


def as_said(key: str) -> Said:
    """Return what the cell of a fill-in's key says, without the words that only introduce its answers."""
    if len(key) > _LONGEST:
        return Said(key)
    hidden = hide(key, SIGNS)
    bare = _placed(_listed(hidden[found.end() :] if (found := _TOLD.match(hidden)) else hidden))
    shown = key[:20]
    whole = _FRACTION.sub(r"\1\\/\2", _UNIT.sub(r"\\/", bare))
    if whole != bare:
        text = _("The stroke in the key “%(key)s” may belong to the answer, or part two of them.", key=shown)
        return Said(whole, text)
    apart = _OR.sub("/", _OR_BESIDE.sub(r"/\1", bare))
    if apart != bare:
        return Said(apart, _("The key “%(key)s” seems to name several answers that are right.", key=shown))
    is_placed = _PLACE.search(bare) is not None
    return Said(bare, _("The answers may be counted, or numbers of their own.") if is_placed else "")


def _listed(key: str) -> str:
    """Return a key that is a list in JSON, of answers or of lists of variants, as people write it."""
    if key.strip()[:1] != "[" or key.strip()[-1:] != "]":
        return key
    try:
        said = json.loads(key)
    except (ValueError, RecursionError):
        return key
    pieces = [each if isinstance(each, list) else [each] for each in said]
    if not all(each and all(isinstance(text, str) and text.strip() for text in each) for each in pieces):
        return key
    return "；".join("/".join(escape(text, SIGNS) for text in each) for each in pieces)


def _placed(key: str) -> str:
    """Return a key without what names the place of each answer (空1：甲 空2：乙), if they count from one."""
    places = list(_PLACE.finditer(key))
    numbers = [_value(each[1] or each[2]) for each in places]
    if not places or places[0].start() or numbers != list(range(1, len(places) + 1)):
        return key
    ends = [each.start() for each in places[1:]] + [len(key)]
    texts = (key[each.end() : end].strip(" \t\n;；,，、。") for each, end in zip(places, ends, strict=True))
    return "；".join(texts)


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else _COUNTS.index(number) + 1
