"""Comparing two questions word for word: how like they are, and whether their difference turns the answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from trainhub.exams.bank.alike.saying import Said, Saying

LIKE_ENOUGH = 0.70
"""From here on two questions are shown to a person as likely the same (docs/alike.md: what that misses)."""

_LEAST_SHARE = 0.4
_LIKE_STEMS, _SHORTEST_STEM = 0.85, 8


class Difference(StrEnum):
    """What tells two like questions apart (差异), the gravest first."""

    NEGATION = "negation"
    FIGURE = "figure"
    KEY = "key"
    WORDING = "wording"
    NONE = "none"


TURNS_THE_ANSWER = (Difference.NEGATION, Difference.FIGURE)
"""With these two questions have different answers by right; with another key alone, one is wrong."""


@dataclass(frozen=True)
class Likeness:
    """How like two questions are (相似程度).

    Args:
        percent: 100 says the same, words of grammar, figures and order aside.
        difference: the gravest that there is.
    """

    percent: int
    difference: Difference


_NOT = re.compile(
    "严禁|禁止|不得|不准|不许|不应|不可以|不可|不能|不宜|不要|不必|不用|切勿|错误|没有|以外|之外|除外|[不未无非勿没禁否]"
)
_OPPOSITES = [
    tuple(pair.split("/"))
    for pair in (
        "大于/小于 高于/低于 多于/少于 早于/晚于 超过/低于 以上/以下 最大/最小 最高/最低 最多/最少 增加/减少 "
        "增大/减小 升高/降低 上升/下降 加快/减慢 提高/降低 打开/关闭 接通/断开 开启/关闭 串联/并联 直流/交流 "
        "较大/较小 较高/较低 越大/越小 越高/越低 正比/反比 顺时针/逆时针 之前/之后 上方/下方 左侧/右侧 "
        "内部/外部 直接/间接 全部/部分 先/后 左/右 前/后"
    ).split()
]
_SIGNS = re.compile("[a-zα-ω]+")
_EMPTY = Saying("")


def compare(one: Said, other: Said) -> Likeness | None:
    """Tell how like two questions are and what tells them apart; None if they are not like enough."""
    if _at_most(one.counted, other.counted) < LIKE_ENOUGH or _share(one.tokens, other.tokens) < _LEAST_SHARE:
        return None
    stems = _alike(one.stem.plain, other.stem.plain)
    if (1 + stems) / 2 < LIKE_ENOUGH:
        return None
    pairs = _side_by_side(one, other)
    long = sum(len(a.plain) + len(b.plain) for a, b in pairs)
    alike = stems * (len(one.stem.plain) + len(other.stem.plain))
    alike += sum(_alike(a.plain, b.plain) * (len(a.plain) + len(b.plain)) for a, b in pairs[1:])
    score = min(alike / long if long else 0.0, (1 + stems) / 2)
    if score < LIKE_ENOUGH:
        return None
    return Likeness(round(100 * score), difference_of(one, other, pairs))


def compare_stems(one: Said, other: Said) -> Likeness | None:
    """Compare what two questions ask, where one of them is told without its options."""
    stems = _alike(one.stem.plain, other.stem.plain)
    if stems < _LIKE_STEMS or len(one.stem.plain) < _SHORTEST_STEM:
        return None
    return Likeness(round(100 * stems), difference_of(one, other, [(one.stem, other.stem)]))


def _at_most(one: Counter[str], other: Counter[str]) -> float:
    """Return what the likeness of two questions cannot exceed: characters in common in whatever order.

    Nearly all neighbours that are not alike end here, for a tenth of the price of looking at the order.
    """
    both = one.keys() & other.keys()
    common = sum(map(min, map(one.__getitem__, both), map(other.__getitem__, both)))
    return 2 * common / max(1, one.total() + other.total())


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which share of all pieces two texts have in common."""
    common = len(one & other)
    return common / max(1, len(one) + len(other) - common)


def _alike(one: str, other: str) -> float:
    """Return the share of characters that two texts have in common in the same order."""
    if one == other:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _side_by_side(one: Said, other: Said) -> list[tuple[Saying, Saying]]:
    """Return the texts of two questions in pairs: stems, then each option with the one most like it."""
    left, waiting = list(other.options), []
    pairs = [(one.stem, other.stem)]
    for option in one.options:
        same = next((each for each in left if each.text == option.text), None)
        same = same or next((each for each in left if each.plain == option.plain), None)
        if same is None:
            waiting.append(option)
        else:
            left.remove(same)
            pairs.append((option, same))
    for option in waiting:
        best = max(left, key=lambda each: _share(option.signs, each.signs), default=_EMPTY)
        if best is not _EMPTY:
            left.remove(best)
        pairs.append((option, best))
    return [*pairs, *((_EMPTY, rest) for rest in left)]


def difference_of(one: Said, other: Said, pairs: Sequence[tuple[Saying, Saying]]) -> Difference:
    """Return the gravest difference of two questions whose texts stand side by side."""
    if any(_turned(a.text, b.text) for a, b in pairs if a.text and b.text):
        return Difference.NEGATION
    if any(sorted(a.figures) != sorted(b.figures) or _signs(a) != _signs(b) for a, b in pairs):
        return Difference.FIGURE
    if one.key and other.key and one.key != other.key and (one.options or not other.options):
        return Difference.KEY
    if any(a.plain != b.plain for a, b in pairs):
        return Difference.WORDING
    return Difference.NONE


def _turned(one: str, other: str) -> bool:
    """Tell whether one text denies what the other says, or has a word where the other has its opposite."""
    if len(_NOT.findall(one)) != len(_NOT.findall(other)):
        return True
    if one == other:
        return False
    return any(
        one.count(high) - one.count(low) != other.count(high) - other.count(low)
        and other.count(high) + other.count(low) == one.count(high) + one.count(low)
        for high, low in _OPPOSITES
    )


def _signs(each: Saying) -> Counter[str]:
    """Return the letters of formulas and names in a text."""
    return Counter(_SIGNS.findall(each.plain))
