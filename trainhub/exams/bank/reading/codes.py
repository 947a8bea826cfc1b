"""Numbers that stand for types, or for right and wrong, where no heading says so: a person is asked once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from trainhub.exams.bank.content import FALSE, TRUE, ItemType
from trainhub.exams.bank.reading.answers import is_pair_of_truth
from trainhub.exams.bank.reading.chosen import Asked, guess, options_of
from trainhub.exams.bank.reading.classes import type_of
from trainhub.exams.bank.reading.columns import Header, read_cells
from trainhub.exams.bank.reading.keys import counting_of, parted, truth_meant
from trainhub.kernel.workbooks import Sheet

TYPE, ANSWER = "type", "answer"
CODED = {
    TYPE: tuple(each.value for each in ItemType if each not in (ItemType.CASE_SET, ItemType.HAZARD_SPOTTING)),
    ANSWER: (TRUE, FALSE),
}
"""What the numbers of a column can mean, by the meaning of the column."""
Codes = Mapping[str, Mapping[str, str]]
_NUMBER = re.compile(r"\d{1,2}")
_FEWEST, _MOST = 2, 12
"""Numbers of keys and of types that are asked about; where one key stands alone its row is held."""


def codes_asked(sheet: Sheet, header: Header) -> dict[str, dict[str, str]]:
    """Return the numbers of a sheet that only a person can explain, with what each likely means, by column.

    Those of types are asked about where the heading says nothing of them; those of keys where all questions
    are true or false and a key can be read in two ways.
    """
    rows = [
        read for cells in sheet.rows[header.row + 1 :] if any((read := read_cells(cells, header)).values())
    ]
    asked = [read for read in rows if read.get("stem") and read.get("answer")]
    types = {cell for read in asked if _NUMBER.fullmatch(cell := read.get("type", ""))} - header.codes.keys()
    if 0 < len(types) <= _MOST:
        return {
            TYPE: {code: _likely([each for each in rows if each["type"] == code]) for code in sorted(types)}
        }
    keys = _doubtful(rows, header.codes)
    return {ANSWER: {code: TRUE if code == "1" else FALSE for code in sorted(keys)}} if keys else {}


def _likely(rows: Sequence[Mapping[str, str]]) -> str:
    """Return the type that most rows of one number look like; nothing if none looks like any."""
    kinds = Counter(kind for read in rows if (kind := guess(_asked(read))) is not None)
    if kinds[ItemType.MULTIPLE]:
        return ItemType.MULTIPLE.value
    if kinds:
        return kinds.most_common(1)[0][0].value
    has_blanks = any(re.search(r"_{2,}|[（(]\s*[）)]", read.get("stem", "")) for read in rows)
    has_options = any(options_of(read).options for read in rows)
    return "" if has_options else (ItemType.FILL_IN if has_blanks else ItemType.CONSTRUCTED).value


def _asked(read: Mapping[str, str]) -> Asked:
    return Asked(read.get("stem", ""), options_of(read), *parted(read.get("answer", "")))


def _doubtful(rows: Sequence[Mapping[str, str]], codes: Mapping[str, str]) -> set[str]:
    """Return the numbers that are keys of a sheet of true or false alone; none where they are certain."""
    keyed = [read for read in rows if read.get("answer")]
    if len({read["answer"] for read in keyed}) < _FEWEST or not all(
        re.fullmatch("[0-2]", read["answer"]) for read in keyed
    ):
        return set()
    asked = [_asked(read) for read in keyed]
    for read, each in zip(keyed, asked, strict=True):
        named = type_of(read["type"], dict(codes)) if read.get("type") else ItemType.TRUE_FALSE
        if named is not ItemType.TRUE_FALSE or not each.says_truth:
            return set()
    pairs = [each.key for each in asked if is_pair_of_truth(each.unpacked.options)]
    counting = counting_of((), pairs)
    meant = [truth_meant(each.key, each.unpacked.options, counting) for each in asked]
    return {each.key for each in asked} if any(each is not None and each.doubt for each in meant) else set()
