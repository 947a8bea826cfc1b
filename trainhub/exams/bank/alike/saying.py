"""What a question says, for comparing: its texts without what may differ between two tellings of it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.details import Blanks, CaseSet, Matching, Number, Rubric, Scene
from trainhub.exams.bank.texts import words_in

FIGURE = "#"
_NUMERALS = "〇零一二两三四五六七八九十百千万"
_UNITS = "年月日天时分秒周季度个名人次倍米层级类种项条台套处件吨升岁步点节米毫厘公千元页章"
_NUMBER = re.compile(rf"\d+(?:\.\d+)?|[{_NUMERALS}]+(?=[{_UNITS}])")
_NO_WORD = re.compile(r"[\W_]")
# Words of grammar: which of them a telling of a question takes does not make it another question.
_GRAMMAR = re.compile(
    "应当|应该|必须|需要|可以|立即|立刻|马上|及时|尽快|进行|以及|并且|而且|或者|对于|关于|由于|因此|所以|如果|属于|[的了着地之其该须应需要将把被于在对由和与及并且或等为是]"
)
# Phrases that half of all questions share say nothing about which question it is.
_FRAME = re.compile(
    "(?:在)?(?:以下|下列|下述|下面)(?:各项|选项|几项|叙述|说法|描述|表述|做法|行为|情况|措施)?(?:中)?|"
    "(?:哪个|哪些|哪一项|哪项|哪种|哪几项|什么)|(?:说法|叙述|描述|表述)|(?:根据|按照|依据)(?:有关)?(?:规定)?|"
    "(?:判断|单选|多选)题"
)
_DIGIT = {each: value for value, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACE = {"十": 10, "百": 100, "千": 1000, "万": 10000}


@dataclass(frozen=True)
class Saying:
    """One text of a question (题干或选项).

    Args:
        text: as written, without tags, of full width or half.
    """

    text: str

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """The figures in it, in order; three is the same in either script."""
        return tuple(_value(found) for found in _NUMBER.findall(self.text))

    @cached_property
    def plain(self) -> str:
        """Its words: figures as one sign, without punctuation, grammar and common frames."""
        parts = [_NO_WORD.sub("", _FRAME.sub("", part)) for part in _NUMBER.split(self.text)]
        return _GRAMMAR.sub("", FIGURE.join(parts)).lower()

    @cached_property
    def signs(self) -> frozenset[str]:
        """The characters of its words."""
        return frozenset(self.plain)


@dataclass(frozen=True)
class Said:
    """All that a question says: what it asks, what it offers, and which of it is right.

    Args:
        stem: the question.
        options: what it offers or holds beside; their order is no matter.
        key: the texts that are right, or ``T`` / ``F``; empty where it is not known.
    """

    stem: Saying
    options: tuple[Saying, ...] = ()
    key: frozenset[str] = frozenset()

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each character stands in it."""
        return Counter("".join([each.plain for each in (self.stem, *self.options)]))

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The pieces by which it is sketched: single characters and pairs, whatever the order of options."""
        found: set[str] = set()
        for each in (self.stem, *self.options):
            text = each.plain
            found.update(text)
            found.update(text[place : place + 2] for place in range(len(text) - 1))
        return frozenset(found)


def _value(number: str) -> str:
    if number[0].isdecimal():
        return number.lstrip("0") or "0"
    total = part = 0
    for each in number:
        if each in _PLACE:
            total, part = total + (part or 1) * _PLACE[each], 0
        else:
            part = part * 10 + _DIGIT[each]
    return str(total + part)


def saying(text: str) -> Saying:
    """Return a text for comparing."""
    return Saying(unicodedata.normalize("NFKC", text))


def said_by(body: ItemBody) -> Said:
    """Return what an item says, whatever its type."""
    options = {option.key: saying(words_in(body, option.text)) for option in body.options}
    others = tuple(saying(text) for text in _more(body) if text)
    key = frozenset(options[each].plain if each in options else each for each in body.answer)
    return Said(saying(words_in(body, body.stem)), (*options.values(), *others), key)


def _more(body: ItemBody) -> Iterator[str]:
    """Tell what a type holds beside stem and options, as far as a candidate reads it or writes it."""
    match body.detail:
        case Blanks(blanks):
            yield from (blank.accepted[0] for blank in blanks if blank.accepted)
        case Number(value, _, unit):
            yield f"{value}{unit}"
        case Matching(targets):
            yield from (words_in(body, target.text) for target in targets)
        case Rubric(criteria):
            yield from (criterion.text for criterion in criteria)
        case Scene(_, regions):
            yield from (region.name for region in regions)
        case CaseSet(parts):
            for part in parts:
                yield words_in(part.body, part.body.stem)
                yield from (words_in(part.body, option.text) for option in part.body.options)
                yield from _more(part.body)


_OPTION = re.compile(r"^\s*[A-H]\s*[.、．。:：)）]\s*(?=\S)")
_KEY_LINE = re.compile(r"^\s*(?:正确)?答案\s*[:：]|^\s*(?:解析|依据)\s*[:：]")


def said_in(text: str) -> Said:
    """Return what a question says that is written down as lines: the question, then what it offers."""
    stem: list[str] = []
    options: list[Saying] = []
    for line in text.splitlines():
        if not line.strip() or _KEY_LINE.match(line):
            continue
        if _OPTION.match(line):
            options.append(saying(_OPTION.sub("", line)))
        elif not options:
            stem.append(line.strip())
    return Said(saying("".join(stem)), tuple(options))
