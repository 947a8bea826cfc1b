"""Lists of keys part by part: 单选：1-3 ABC, 一、1.A 2.B, and rows of signs without numbers (判断题：√×√)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainhub.exams.bank.exchange.key_lists import Entry, Part, compact
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_lines import heading_in
from trainhub.kernel.i18n import _

_PARTS = re.compile(
    r"(?:\A|(?<=[\s;；。,，]))(?:[（(]?(?:第?([一二三四五六七八九十]{1,3})(?:部分|大题)?)\s{0,3}[、.．:：)）]\s{0,3})?"
    r"((?:单项?|多项?|不定项)选(?:择题?|题)?|单选|多选|选择题|判断题?|是非题|填空题?)?(?:答案)?\s{0,3}[:：]?\s{0,9}"
    r"(?=\d|[A-HＡ-ＨTF√✓✔×✗✘╳对错正误])"
)
_SIGN = re.compile(r"正确|错误|[A-HＡ-ＨTF√✓✔×✗✘╳对错]")
_SIGNS = re.compile(rf"(?:(?:{_SIGN.pattern})[\s,，、;；.。/|]*)+")
_APART = re.compile(r"[\s,，、;；.。/|]+")
_LONGEST, _LONGEST_TITLE, _LONGEST_KIND = 20_000, 80, 8


def part_by_part(text: str) -> list[tuple[Part, str]]:
    """Return the parts of a line of keys, each with what is said of it: 一、1-2 AB 二、1.√, 单选：ABC.

    Returns:
        Nothing where the line is anything else.
    """
    starts = [each for each in _PARTS.finditer(text) if each[1] or each[2]] if len(text) <= _LONGEST else []
    if not starts or text[: starts[0].start()].strip():
        return []
    ends = [each.start() for each in starts[1:]] + [len(text)]
    found = [
        (Part(each[1] or "", each[2] or ""), text[each.end() : end].strip(" \t;；。,，"))
        for each, end in zip(starts, ends, strict=True)
    ]
    return found if all(compact(said, "") or _SIGNS.fullmatch(said) for _part, said in found) else []


def in_order(drafts: Sequence[Draft], said: str, where: str) -> list[Entry]:
    """Return the keys of a row of signs without numbers, one for each question of its part, as proposals.

    Returns:
        Nothing where it has not as many as questions, or the questions bear no numbers.
    """
    pieces = [each for each in _APART.split(said) if each]
    signs = pieces if len(pieces) == len(drafts) else _SIGN.findall(said)
    if len(signs) != len(drafts) or len(drafts) < 2:
        return []
    entries = [
        Entry(each.number, sign, where, run=1)
        for each, sign in zip(drafts, signs, strict=True)
        if each.number is not None
    ]
    for entry in entries:
        entry.doubts.append(_("A row of signs without numbers seems to be the keys of its part."))
    return entries if len(entries) == len(drafts) else []


def titled(text: str) -> Part | None:
    """Return the heading that stands above the keys of a part in one line: 单选题答案：ABC."""
    found = heading_in(text)
    is_short = found is None and 0 < len(text) <= _LONGEST_KIND and type_named(text) is not None
    return Part("", text) if is_short else found


def below_heading(text: str, where: str) -> tuple[Part | None, list[Entry]]:
    """Return the heading that a line in a list of keys is, if it is one, and the keys in it."""
    if entries := compact(text, where):
        return None, entries
    head, rest = parted(text)
    entries = compact(rest, where)
    return heading_in(head if entries else text), entries


def parted(text: str) -> tuple[str, str]:
    """Return a heading and the keys that stand behind it in the same line; no keys if there are none."""
    for found in re.finditer(r"(?:第\s*)?\d", text[:_LONGEST_TITLE]):
        if compact(text[found.start() :], ""):
            return text[: found.start()].rstrip(" \t:："), text[found.start() :]
    return text, ""
