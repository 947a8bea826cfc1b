"""What the key of a choice or of a true or false question means: certain, or only to be proposed.

Letters and words of options are certain. Numbers count the options where nothing else can be meant. A range,
letters of other scripts and one thing or another are held.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainhub.exams.bank.content import FALSE, LETTERS, TRUE, ItemType, Option
from trainhub.exams.bank.reading.answers import (
    bare,
    by_words,
    is_repeated,
    letters,
    truth,
    truth_of,
)
from trainhub.kernel.i18n import _

_WHY = re.compile(
    r"[\s。；;，,]{0,9}[【\[（(]?\s{0,9}(?:答案)?(?:解析|分析|解释|理由)\s{0,9}[】\]）)]?\s{0,9}[:：]?\s{0,9}"
)
_LONGEST_KEY = 200
_CORRECTED = re.compile(
    r"\s{0,9}(错误?|×|不正确|不对|F)\s{0,9}[,，。.;；:：、\s]\s{0,9}((?:应|改|正确|理由|原因|因为).*)",
    re.DOTALL,
)
_CIRCLED = re.compile(r"[①-⑳⑴-⒇]")
_NUMBERS = re.compile(
    r"\(?\d(?:\.0)?\)?(?:(?:[\s,、;/&和与及]+|(?<=\))(?=\())\(?\d(?:\.0)?\)?)*[.。]?|\d{2,8}"
)
_ALL = re.compile(
    r"(?:[A-H]{2,8})?(?:全选|全部(?:选项|都选|正确)?|都选|(?:以上|上述)?(?:选项)?(?:全部?|都|均|皆)(?:是|对|正确|选)|以上全部|ALL)[。.]?"
)
_OF_ALL = re.compile(r"(?:以上|上述|前述|[A-H][、,]).{0,6}(?:都|均|全|皆|是|对|不)|全都")
_RANGE = re.compile(r"([A-H])\s*(?:-+|~|—+|–|至|到)\s*([A-H])")
_MARKED = re.compile(r"(?:([A-H])\s*[√✓✔][\s,、;]*)+")
_ASKED = re.compile(r"([A-H](?:[\s,、]*[A-H])*)\s*[?]+")
_OTHERWISE = re.compile(
    r"[A-H](?:[\s,、]*[A-H])*\s*(?:或者?|OR)\s*[A-H](?:[\s,、]*[A-H])*|(?:除|非|不选|排除).{0,4}[A-H].{0,4}"
)
_SCRIPTS = ("甲乙丙丁戊己庚辛", "ⅠⅡⅢⅣⅤⅥⅦⅧ", "一二三四五六七八")
_ALIKE = str.maketrans("АВСЕНΑΒΕΗ", "ABCEHABEH")
"""Cyrillic and Greek letters that look like those of options."""


@dataclass(frozen=True)
class Counting:
    """How the keys of a sheet name options, as far as all of them together tell (答案计数方式).

    Args:
        from_one: whether its numbers count options from 1, because one names the last and none is 0.
        by_letters: whether keys of choices are letters.
        pairs_from_one: whether so it is where right and wrong are offered.
        from_zero: whether its numbers seem to count options from 0, because one of them is.
    """

    from_one: bool = False
    by_letters: bool = False
    pairs_from_one: bool = False
    from_zero: bool = False


NOT_TOLD = Counting()


@dataclass(frozen=True)
class Meant:
    """What a key means (答案含义).

    Args:
        keys: options, or ``T`` or ``F``; a proposal only where there is a doubt, and then perhaps empty.
        doubt: why a person has to look; empty where it is certain.
        note: what a person should know although it is certain.
    """

    keys: tuple[str, ...]
    doubt: str = ""
    note: str = ""


def parted(text: str) -> tuple[str, str]:
    """Return a key and the reason that stands behind it in the same cell; no reason if there is none."""
    found = _WHY.search(text, 0, _LONGEST_KEY)
    if found is not None:
        key, why = text[: found.start()], text[found.end() :].strip()
        if why and (letters(key) is not None or truth(key) is not None):
            return key, why
    corrected = _CORRECTED.fullmatch(text)
    return (corrected[1], corrected[2].strip()) if corrected is not None else (text, "")


def counting_of(choices: Iterable[tuple[str, int]], pairs: Iterable[str] = ()) -> Counting:
    """Return how the keys of a sheet name options.

    Args:
        choices: keys of choices, each with the number of its options.
        pairs: keys of questions that offer right and wrong.
    """
    said, largest, by_letters, fits, below = set[int](), False, False, True, True
    for text, count in choices:
        by_letters = by_letters or (letters(text) is not None)
        numbers = _numbers(text) or ()
        said |= set(numbers)
        fits = fits and max(numbers, default=0) <= count
        below = below and max(numbers, default=0) < count
        largest = largest or (bool(numbers) and max(numbers) == count)
    of_pairs = {each for text in pairs for each in _numbers(text) or ()}
    from_one = largest and fits and 0 not in said and not by_letters
    return Counting(from_one, by_letters, 2 in of_pairs and 0 not in of_pairs, below and 0 in said)


def _numbers(text: str) -> tuple[int, ...] | None:
    """Return the numbers that a key lists; digits without anything between them are one each."""
    word = bare(text) if len(text) <= _LONGEST_KEY else ""
    if not _NUMBERS.fullmatch(word):
        return None
    return tuple(int(each) for each in re.findall(r"\d", re.sub(r"\.0", "", word)))


def choice_meant(
    text: str, options: Sequence[Option], kind: ItemType, stem: str = "", counting: Counting = NOT_TOLD
) -> Meant | None:
    """Return what the key of a choice means; None if it names no option.

    Args:
        text: the key.
        options: of the question.
        kind: its type.
        stem: its text, which may have numbers of its own.
        counting: what the other keys of the sheet tell.
    """
    known = {option.key for option in options}
    named = letters(text)
    if named is not None:
        if is_repeated(text):
            return Meant((), _("A letter stands twice in the key “%(key)s”.", key=text[:20]))
        return Meant(named) if set(named) <= known else None
    said, counted = by_words(text, options), _counted(text, options, stem, counting)
    if said:
        is_certain = counted is None or counted.keys in ((), said) or counting.by_letters
        return Meant(said, "" if is_certain else _unsure_of(text))
    if counted is not None or len(text) > _LONGEST_KEY:
        return counted
    meant = _of_truth(text, options) or _all_of(text, options, kind) or _otherwise(text, known, kind)
    return meant


def _unsure_of(text: str) -> str:
    return _("It is not certain which options the key “%(key)s” means.", key=text[:20])


def _counted(text: str, options: Sequence[Option], stem: str, counting: Counting) -> Meant | None:
    """Return the options that a key counts, None if it counts none."""
    numbers = _numbers(text)
    if numbers is None or not options:
        return None
    count = len(options)
    if len(set(numbers)) < len(numbers) or max(numbers) > count or (0 in numbers and max(numbers) == count):
        return None
    if _CIRCLED.search(text) and list(numbers) != sorted(numbers):
        # Signs out of order say in what order something comes.
        return Meant((), _unsure_of(text))
    first = 0 if 0 in numbers or counting.from_zero else 1
    keys = tuple(sorted(options[each - first].key for each in numbers))
    is_circled = bool(_CIRCLED.search(text))
    own = any(_CIRCLED.search(each) for each in (stem, *(option.text for option in options)))
    if (is_circled and not own) or (counting.from_one and not is_circled):
        note = _(
            "The key counts the options: %(key)s is %(letters)s.", key=text[:20], letters="、".join(keys)
        )
        return Meant(keys, note=note)
    if is_circled:
        return Meant((), _("The key “%(key)s” may count what the question counts.", key=text[:20]))
    return Meant(keys, _("The key “%(key)s” seems to count the options.", key=text[:20]))


def _of_truth(text: str, options: Sequence[Option]) -> Meant | None:
    """Return the option that says right or wrong as the key does, in another word."""
    said = truth(text)
    found = [option.key for option in options if truth(option.text) == said]
    return Meant(tuple(found)) if said is not None and len(options) == 2 and len(found) == 1 else None


def _all_of(text: str, options: Sequence[Option], kind: ItemType) -> Meant | None:
    """Return all options where a key says so; an option that says so itself leaves it to a person."""
    if not _ALL.fullmatch(bare(text).upper()):
        return None
    speaking = [option.key for option in options if _OF_ALL.search(option.text)]
    if speaking:
        proposed = tuple(speaking) if len(speaking) == 1 and kind is ItemType.SINGLE else ()
        return Meant(proposed, _unsure_of(text))
    if kind is not ItemType.MULTIPLE:
        return None
    keys = tuple(option.key for option in options)
    note = _("The key “%(key)s” names all options.", key=text[:20])
    return Meant(keys, note=note)


def _otherwise(text: str, known: set[str], kind: ItemType) -> Meant | None:
    """Return what is only proposed: a range, letters with signs or of another script."""
    word = unicodedata.normalize("NFKC", bare(text).translate(_ALIKE)).upper()
    proposed: tuple[str, ...] = ()
    if (range_ := _RANGE.fullmatch(word)) is not None:
        inner = LETTERS[LETTERS.index(range_[1]) : LETTERS.index(range_[2]) + 1]
        proposed = tuple(inner) if kind is ItemType.MULTIPLE else ()
    elif _MARKED.fullmatch(word) or _ASKED.fullmatch(word):
        proposed = tuple(sorted(set(re.findall(r"[A-H]", word))))
    elif (named := letters(word)) is not None:
        proposed = named
    elif not _OTHERWISE.fullmatch(word):
        proposed = _scripted(text)
        if not proposed:
            return None
    elif not set(re.findall(r"[A-H]", word)) <= known:
        return None
    if not set(proposed) <= known:
        return None
    return Meant(proposed, _unsure_of(text))


def _scripted(text: str) -> tuple[str, ...]:
    """Return the options that signs of another series name: 甲丙, Ⅰ、Ⅲ."""
    signs = re.sub(r"[\s、,，;；和及与。.]", "", text)
    for series in _SCRIPTS:
        if signs and len(set(signs)) == len(signs) and set(signs) <= set(series):
            return tuple(sorted(LETTERS[series.index(sign)] for sign in signs))
    return ()


def truth_meant(text: str, options: Sequence[Option], counting: Counting = NOT_TOLD) -> Meant | None:
    """Return what the key of a true or false question means; None if it says neither right nor wrong.

    Args:
        text: the key.
        options: that say right and wrong, if it has any.
        counting: what the keys of choices of the sheet tell.
    """
    numbers = _numbers(text)
    if numbers is not None:
        return _number_meant(text, numbers, options, counting) if len(numbers) == 1 else None
    said = truth_of(text, options)
    if said is not None:
        return Meant((said,))
    named = letters(text)
    if not options and named in (("A",), ("B",)):
        reason = _("The key names an option, but the row has no options; A is usually “right”.")
        return Meant((TRUE if named == ("A",) else FALSE,), reason)
    return None


def _number_meant(
    text: str, numbers: Sequence[int], options: Sequence[Option], counting: Counting
) -> Meant | None:
    """Return what a number says: 1 right and 0 wrong, or the first option and the second."""
    (number,) = numbers
    if number > 2:
        return None
    readings = (
        [] if _CIRCLED.search(text) or (number == 2 and not options) else [TRUE if number == 1 else FALSE]
    )
    meant = [truth(option.text) or "" for option in options]
    if meant and number:
        readings.append(meant[number - 1])
    counts_from_zero = not (counting.by_letters or counting.from_one or counting.pairs_from_one)
    if meant and number < 2 and counts_from_zero and not _CIRCLED.search(text):
        readings.append(meant[number])
    if not meant and not readings:
        reason = _("The key is a number that counts; 1 is usually “right”, 2 “wrong”.")
        return Meant((TRUE if number == 1 else FALSE,), reason)
    return Meant((readings[0],), "" if len(set(readings)) == 1 else _unsure_of(text))
