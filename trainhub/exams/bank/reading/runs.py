"""Which columns side by side are the options A, B and so on, where no heading says so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from os.path import commonprefix

_SERIES = ("甲乙丙丁戊己庚辛壬癸", "一二三四五六七八九十", "123456789", "ABCDEFGHIJ")
_ASIDE = re.compile(r"备注|结果|批注|状态|审核|审批|日期|时间|人员|remark|result|note|status|date")
"""Headings of what a system keeps beside a question; options do not bear them."""
_SLIPS = 0.1
"""Options are filled from the first on; up to so large a share of cells beside an empty one is a slip."""
_REPEATED = 3
"""A column that says one and the same in so many rows tells of the rows, and offers nothing."""


def longest_run(places: Iterable[int], heads: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns that are most likely the options, in their order; fewer than two are none.

    Headings that count on (甲, 乙, 丙) say which columns belong together. Where none do, the cells must read
    like options: filled from the first on, and not the same in every row.

    Args:
        places: of the columns that may be options.
        heads: the heading of each column, empty if it has none.
        columns: the cells of each column.
    """
    able = [place for place in sorted(places) if not _ASIDE.match(heads[place].lower())]
    counting = _runs(able, lambda run, place: _counts_on(heads[run[-1]], heads[place]))
    if max(map(len, counting), default=0) > 1:
        return max(counting, key=len)
    return max(_runs(able, lambda run, place: _goes_on(run, place, heads, columns)), key=len, default=[])


def _runs(places: Sequence[int], belongs: Callable[[list[int], int], bool]) -> list[list[int]]:
    """Divide places into runs side by side in which each belongs to those before it."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1 and belongs(runs[-1], place):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _counts_on(one: str, other: str) -> bool:
    """Tell whether two headings differ in two neighbours of a series alone: 甲 and 乙, 选择1 and 选择2."""
    one, other = (unicodedata.normalize("NFKC", each).upper() for each in (one, other))
    begin = len(commonprefix([one, other]))
    end = len(commonprefix([one[begin:][::-1], other[begin:][::-1]]))
    pair = one[begin : len(one) - end] + other[begin : len(other) - end]
    return len(pair) == 2 and any(pair in series for series in _SERIES)


def _goes_on(run: list[int], place: int, heads: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Tell whether a column reads like one more option; a heading behind nameless columns ends them."""
    if heads[place] and not heads[run[-1]]:
        return False
    filled = [row for row, cell in enumerate(columns[place]) if cell]
    alone = sum(1 for row in filled if not columns[run[-1]][row])
    values = {columns[place][row] for row in filled}
    # The first two may be 正确 and 错误 in every row.
    tells = len(run) > 1 and len(filled) >= _REPEATED and len(values) == 1
    return alone <= _SLIPS * len(filled) and not tells
