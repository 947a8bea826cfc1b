"""Options that are counted: ① 甲 ② 乙, or 1) 甲 2) 乙 below a question numbered otherwise."""

from __future__ import annotations

import re

from trainhub.exams.bank.content import LETTERS, ItemType
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_keys import edge_key
from trainhub.exams.bank.reading.answers import letters
from trainhub.kernel.i18n import _

_SIGNS = "①②③④⑤⑥⑦⑧"
_START = re.compile(
    r"(?:(?<=[\s;；。:：？?）)])|^)(?:([①-⑧])\s{0,3}[.．、:：]?|[（(]?([1-8])[)）])\s{0,9}", re.MULTILINE
)
_COUNTED = re.compile(r"[\s,，、;；.。()（）和与及]*[①-⑧][①-⑧\s,，、;；.。()（）和与及]*")
_NUMBERS = re.compile(r"[(（]?[1-8][)）]?(?:[\s,，、;；和与及]*[(（]?[1-8][)）]?)*[.。]?")
_LONGEST = 5_000


def settle_counted(draft: Draft) -> None:
    """Give a choice its options where they are counted, and its key names some of them.

    A key that is letters, numbers, or the signs out of order is held: it may count something else.
    """
    is_choice = type_named(draft.heading) in (None, ItemType.SINGLE, ItemType.MULTIPLE)
    if draft.options or not is_choice or ("①" not in draft.stem and draft.counted < 2):
        return
    found = _parted(draft)
    if found is None:
        return
    stem, options = found
    edge = edge_key(stem, has_options=True) if draft.key is None else None
    key = draft.key if edge is None else edge[0]
    if key is None or not _names(key, options):
        return
    draft.stem, draft.options = stem, options
    said = [_SIGNS.index(each) for each in key if each in _SIGNS]
    if not said:
        draft.doubts.append(_("The options are counted, but the key does not count in the same way."))
    elif said != sorted(set(said)) or (len(said) == len(options) and type_named(draft.heading) is None):
        draft.doubts.append(_("The key may say in what order the options come."))
        draft.key, draft.stem = None, stem if edge is None else edge[1]


def _names(key: str, options: list[tuple[str, str]]) -> bool:
    """Tell whether a key can mean options that are counted."""
    if _COUNTED.fullmatch(key):
        return all(_SIGNS.index(each) < len(options) for each in key if each in _SIGNS)
    if _NUMBERS.fullmatch(key):
        return True
    named = letters(key)
    return named is not None and set(named) <= {letter for letter, _text in options}


def _parted(draft: Draft) -> tuple[str, list[tuple[str, str]]] | None:
    """Return the question and its options; None unless all follow one another and say something."""
    if len(draft.stem) > _LONGEST:
        return None
    starts: list[tuple[int, int]] = []
    for found in _START.finditer(draft.stem):
        number = _SIGNS.index(found[1]) + 1 if found[1] else int(found[2]) if draft.counted > 1 else 0
        if number == len(starts) + 1:
            starts.append((found.start(), found.end()))
    ends = [begin for begin, _end in starts[1:]] + [len(draft.stem)]
    texts = [
        draft.stem[begin:end].strip(" \t\n;；") for (_begin, begin), end in zip(starts, ends, strict=True)
    ]
    stem = draft.stem[: starts[0][0]].strip() if starts else ""
    if len(texts) < 2 or not all(texts) or not stem:
        return None
    return stem, list(zip(LETTERS, texts, strict=False))
