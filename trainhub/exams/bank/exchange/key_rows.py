"""Lists of keys in other words and shapes: ``Answer key``, 题号 above 答案, all parts in one line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from trainhub.exams.bank.exchange.key_lists import Part, compact
from trainhub.exams.bank.exchange.word_judging import Draft
from trainhub.kernel.i18n import _

_ENGLISH = re.compile(
    r"\s{0,9}(?:the\s{1,9})?(?:(?:correct|model)?\s{0,9}answers?\s{0,9}keys?|(?:correct\s{1,9})?answers|keys"
    r"|solutions|(?:answer|key)(?=\s{0,9}[:：]?\s{0,9}\d))\s{0,9}(?:[:：]\s{0,9}|(?=\d)|\Z)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\s*[|｜]?\s*(?:题号|序号)[\s:：|｜]+((?:\d{1,4}[\s|｜]+)+\d{1,4})[\s|｜]*")
_KEYS = re.compile(r"\s*[|｜]?\s*(?:参考|正确|标准)?答案[\s:：|｜]+(\S.*)", re.DOTALL)
_APART = re.compile(r"[\s|｜]+")
_PARTS = re.compile(r"(?:\A|(?<=[\s;；。]))第?([一二三四五六七八九十]{1,3})(?:部分|大题)?\s*[、.．:：]\s*")
_BRACKETED = re.compile(r"[（(\[【]\s*(\d{1,4})\s*[)）\]】]\s*")
_CIRCLED = re.compile("[①-⑳]")
_SIGN = re.compile(r"正确|错误|[A-HＡ-ＨTF√✓✔×✗✘╳xX对错]")
_SIGNS = re.compile(rf"(?:(?:{_SIGN.pattern})[\s,，、;；.。/|]*)+")
_LONGEST = 20_000
_FEWEST = 3
"""Of so many questions one alone with a key, the last, looks like a list that was not understood."""


def in_our_words(text: str) -> str:
    """Return a line that begins a list of keys in English as one that does so in Chinese."""
    found = _ENGLISH.match(text)
    return text if found is None else f"参考答案：{text[found.end() :]}"


def is_row_of_numbers(text: str) -> bool:
    """Tell whether a line is a row of numbers of questions (题号 1 2 3), below which their keys stand."""
    return "号" in text and len(text) <= _LONGEST and _NUMBERS.fullmatch(text) is not None


def from_rows(numbers: str, keys: str) -> str:
    """Return a row of numbers and the row of keys below it in one line, 1.A 2.B; nothing if they are none."""
    counted, said = _NUMBERS.fullmatch(numbers), _KEYS.fullmatch(keys)
    if counted is None or said is None:
        return ""
    ones = [each for each in _APART.split(counted[1]) if each]
    others = [each for each in _APART.split(said[1]) if each]
    if len(ones) != len(others):
        return ""
    line = " ".join(f"{number}.{key}" for number, key in zip(ones, others, strict=True))
    return line if compact(line, "") else ""


def by_parts(text: str) -> list[tuple[Part, str]]:
    """Return the keys of each part of a line that has those of several: 一、1-2 AB 二、1.√ ."""
    pieces = _PARTS.split(text) if len(text) <= _LONGEST else [text]
    if pieces[0].strip() or len(pieces) < 3:
        return []
    found = []
    for ordinal, said in zip(pieces[1::2], pieces[2::2], strict=True):
        start = re.search(r"\d", said)
        keys = said[start.start() :] if start is not None else ""
        if not compact(keys, ""):
            return []
        title = said[: len(said) - len(keys)].strip(" \t:：、")
        found.append((Part(ordinal, title), keys))
    return found


def in_brackets(text: str) -> str:
    """Return keys whose numbers stand in brackets or circles, (1)A (2)B or ①A②B, as 1.A 2.B."""
    if len(text) > _LONGEST:
        return ""
    circled = _CIRCLED.sub(lambda found: f" {ord(found[0]) - ord('①') + 1}.", text)
    line = _BRACKETED.sub(r" \1.", circled).strip()
    return line if line != text.strip() and compact(line, "", 2) else ""


def doubt_lone_keys(drafts: Sequence[Draft], said: Collection[int]) -> None:
    """Doubt the key of a last question where none above it has one: it may be the keys of all.

    Args:
        drafts: the questions of a document, once its lists of keys were given to them.
        said: which of them had a key at themselves, by their place.
    """
    is_one_alone = len(said) == 1 and len(drafts) - 1 in said and all(map(_is_bare, drafts[:-1]))
    if is_one_alone and drafts[-1].part is not drafts[0].part:
        _doubt(drafts)
        return
    begin = 0
    for end in range(1, len(drafts) + 1):
        if end < len(drafts) and drafts[end].part is drafts[begin].part:
            continue
        if end - 1 in said and end - begin > 1 and all(map(_is_bare, drafts[begin : end - 1])):
            _doubt(drafts[begin:end])
        begin = end


def _is_bare(draft: Draft) -> bool:
    return draft.filled is None and draft.own_key is None and not draft.doubts


def _doubt(drafts: Sequence[Draft]) -> None:
    last = drafts[-1]
    key = last.own_key or ""
    signs = _SIGN.findall(key) if _SIGNS.fullmatch(key.strip()) else []
    if len(signs) == len(drafts):
        for draft, sign in zip(drafts, signs, strict=True):
            draft.key = sign
            draft.doubts.append(_("A row of signs below the last question seems to be the keys of all."))
    elif len(drafts) >= _FEWEST:
        last.doubts.append(_("Of the questions here the last alone has a key; it may be that of all."))
