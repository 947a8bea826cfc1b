"""How the lines of a document begin: other habits of numbers and letters, written as the usual ones."""

from __future__ import annotations

import re

from trainhub.exams.bank.content import LETTERS, ItemType
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_keys import edge_key, split_key
from trainhub.exams.bank.exchange.word_lines import OPTION, Line, heading_in
from trainhub.exams.bank.exchange.word_standing_out import SIGN
from trainhub.kernel.i18n import _

_CHOICES = (None, ItemType.SINGLE, ItemType.MULTIPLE)
_OFTEN = frozenset(" \t【[（(答解正标参试题问QqNn√✓✔☑☒□☐■*＊★●○abcdefgh") | frozenset(
    "ａｂｃｄｅｆｇｈABCDEFGHＡＢＣＤＥＦＧＨ"
)
"""With what a line begins that may have to be written anew."""
_KIND_FIRST = re.compile(
    r"\A\s{0,9}([【\[（(]\s{0,3}(?:单项?选?择?|多项?选?择?|不定项选?择?|判断|是非|填空|简答|问答|论述)题?\s{0,3}[】\])）])"
    r"\s{0,9}(\d{1,4}\s{0,3}[.．、)）])\s*(?=\D)"
)
_NAMED = re.compile(
    r"\A\s{0,9}(?:Question|Q|No\.?|试题|题目|问题)\s{0,3}(\d{1,4})\s{0,3}[.．、:：)）]\s*", re.IGNORECASE
)
_SPREAD = re.compile(
    r"\A(\s{0,9}[【\[（(]?\s{0,3}(?:正\s?确|参\s?考|标\s?准)?\s?)(答|解)\s{1,6}(案|析)(?=\s*[】\])）:：])"
)
_SIGNED = re.compile(r"\s{0,9}([√✓✔☑☒□☐■*＊★●○])\s{0,3}(?=[（(]?[A-HＡ-Ｈ]\s{0,3}[.．、:：)）])")
_CHOSEN = frozenset("√✓✔☑☒■*＊★●")
_SMALL = re.compile(r"(?:^|(?<=\s)|(?<=[;；]))([（(]?)([a-hａ-ｈ])(?=\s{0,3}[.．、:：)）]\s{0,9}\S)")
_BARE = re.compile(
    r"(?:^|(?<=\s))([A-HＡ-Ｈ])(\s{1,9}(?=[^\s.．、:：)）])|(?=[\u4e00-\u9fff])(?![类级型项区栋座车公股组相]))"
)
_FROM_WIDE = str.maketrans("ａｂｃｄｅｆｇｈＡＢＣＤＥＦＧＨ", "abcdefghABCDEFGH")
_WORDS = re.compile(r"[\u4e00-\u9fff]|[A-Za-z]{2}")
_IN_BRACKETS = re.compile(r"\s*[（(]?\s*(\d)\s*[)）]\s*(?!\d)(\S.*)", re.DOTALL)
_LONGEST = 400


def usual(text: str) -> str:
    """Return a line whose number or word for the key stands as most people write it."""
    if text[:1] not in _OFTEN:
        return text
    text = _KIND_FIRST.sub(r"\2 \1", text, count=1)
    text = _NAMED.sub(r"\1. ", text, count=1)
    return _SPREAD.sub(lambda found: re.sub(r"\s", "", found.group()), text, count=1)


def lettered(text: str, open_: Draft | None, ahead: str) -> str:
    """Return a line of options with capital letters and a sign behind them, whatever they have.

    Small letters (a. b.), and letters with nothing behind them (A 甲), are options only where the next one is
    due, and the first only where the second follows.
    """
    if open_ is None or text[:1] not in _OFTEN or len(text) > _LONGEST or not _may_offer(open_):
        return text
    signed = _SIGNED.match(text)
    if signed is not None:
        option = OPTION.fullmatch(text[signed.end() :])
        if option is not None and signed[1] in _CHOSEN:
            open_.stressed.append((SIGN, f"{option[1].translate(_FROM_WIDE)}."))
            open_.signs.add(signed[1])
        return text[signed.end() :] if option is not None else text
    for pattern in (_SMALL, _BARE):
        due = len(open_.options)
        if due == 0 and _first(pattern, text, 1) is None and not _begins(pattern, ahead, 1):
            continue
        if due < len(LETTERS) and _begins(pattern, text, due):
            return _written(pattern, text, open_)
    return text


def _may_offer(draft: Draft) -> bool:
    is_open = draft.key is None or draft.is_key_above
    return is_open and draft.last in ("stem", "option") and type_named(draft.heading) in _CHOICES


def _begins(pattern: re.Pattern[str], text: str, place: int) -> bool:
    found = pattern.match(text.lstrip()[:_LONGEST])
    return found is not None and _letter(pattern, found) == LETTERS[place] and _says(text, found)


def _says(text: str, found: re.Match[str]) -> bool:
    return _WORDS.search(text.lstrip()[found.end() :]) is not None or found.re is _SMALL


def _letter(pattern: re.Pattern[str], found: re.Match[str]) -> str:
    return found[2 if pattern is _SMALL else 1].translate(_FROM_WIDE).upper()


def _first(pattern: re.Pattern[str], text: str, place: int) -> re.Match[str] | None:
    return next((each for each in pattern.finditer(text) if _letter(pattern, each) == LETTERS[place]), None)


def _written(pattern: re.Pattern[str], text: str, draft: Draft) -> str:
    """Return a line whose letters, as far as they follow one another, stand as capitals with a sign."""
    due = [len(draft.options)]
    draft.is_small = draft.is_small or pattern is _SMALL

    def write(found: re.Match[str]) -> str:
        if due[0] >= len(LETTERS) or _letter(pattern, found) != LETTERS[due[0]]:
            return found.group()
        due[0] += 1
        if pattern is _SMALL:
            return found[1] + LETTERS[due[0] - 1]
        if not found[2]:
            doubt = _("The options cannot be told apart for certain: separators or letters are out of order.")
            draft.doubts += [] if doubt in draft.doubts else [doubt]
        return f"{LETTERS[due[0] - 1]}. "

    return pattern.sub(write, text.lstrip())


def is_counted_option(line: Line, open_: Draft | None, ahead: str) -> bool:
    """Tell whether a line such as ``1) 甲`` is an option of the question above, counted otherwise."""
    found = _IN_BRACKETS.fullmatch(line.text)
    if found is None or open_ is None or not _may_offer(open_) or open_.options or open_.is_bracketed:
        return False
    if int(found[1]) != open_.counted + 1 or edge_key(found[2], has_options=False) or split_key(found[2])[1]:
        return False
    following = _IN_BRACKETS.fullmatch(ahead)
    return open_.counted > 0 or (following is not None and following[1] == "2")


def is_bracketed(text: str) -> bool:
    """Tell whether the number of a line has a bracket behind it."""
    return _IN_BRACKETS.fullmatch(text[:_LONGEST]) is not None


def begins_without_number(line: Line, open_: Draft | None, ahead: str, heading: str) -> bool:
    """Tell whether a line without a number is the next question: its options follow, or it has its key.

    The question above must be complete, or have options: they begin once more only for another one.
    """
    text = line.text
    if not text or OPTION.fullmatch(text) or heading_in(text) is not None:
        return False
    if open_ is not None and not (open_.own_key or len(open_.options) > 1):
        return False
    if _is_first_option(ahead):
        return True
    is_truth = type_named(heading) is ItemType.TRUE_FALSE and (open_ is None or bool(open_.own_key))
    return is_truth and edge_key(text, has_options=False) is not None


def _is_first_option(ahead: str) -> bool:
    found = OPTION.fullmatch(ahead)
    return (found is not None and found[1] in "AＡ") or _begins(_SMALL, ahead, 0)
