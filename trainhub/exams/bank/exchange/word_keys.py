"""Where Word documents keep the key of a question: on a line of its own, behind its text, in its brackets."""

from __future__ import annotations

import re
from collections.abc import Container

from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.exams.bank.reading.keys import parted

KEY = re.compile(
    r"\s{0,9}[【\[（(]?\s{0,9}(?:(?:本题|正确|参考|标准|试题)?(?:的)?答案|正确选项|(?:correct\s{1,3}|right\s{1,3})?answer|答(?=\s{0,9}[:：](?![^\n]*_{2}))|ans(?=\s{0,9}[:：.])\.?|key(?=\s{0,9}[:：]))\s{0,9}[】\])）]?"
    r"\s{0,9}(?:(?:应该?)?[是为选])?\s{0,9}[:：]?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_SOMEBODYS = re.compile(
    r"\s{0,9}[（(【]?(?:你|我|您|考生|学员|学生)的?(?:答案|作答|选择|选项)\s{0,9}"
    r"(?:】\s{0,9}[:：]?|[:：]|(?=[A-H√×]{1,8}(?:\s|[）)]|\Z))|\Z)\s{0,9}[A-Ha-h√×对错]{0,8}[）)]?"
)
"""What a platform writes beside the key: the answer of who took the test."""
_BEHIND = re.compile(
    r"\s{0,9}(?:[【\[（(]\s{0,9})?(?:本题|正确|参考|标准|试题)?答案\s*(?:[】\]]\s*[:：]?|[:：]|[是为]\s*[:：]?)\s*(?=\S)"
)
_EDGE = re.compile(r"[（(【\[]\s{0,9}([^（）()【】\[\]]{1,20}?)\s{0,9}[）)】\]]")
_END = re.compile(r"\s*[。.？?！!;；]?\s*\Z")
_INSIDE = re.compile(
    r"[（(]\s*([A-HＡ-Ｈ](?:[\s,，、]*[A-HＡ-Ｈ]){0,7})\s*[）)]|_{2,}\s*([A-H]{1,8})\s*_{2,}"
)
_TRAILING = re.compile(r"(?:(?<=[？?。：:])\s*|\s{1,20})([A-HＡ-Ｈ]{1,8}|[√✓×✗]|对|错|正确|错误)\s*\Z")
_BEFORE = re.compile(
    r"\s{0,9}(?:[（(【\[]\s{0,9}([^（）()【】\[\]\d]{0,6}?)\s{0,9}[）)】\]]|([√✓×✗]))\s{0,9}"
    r"(?=\d{1,4}\s{0,9}[.．、](?!\d))"
)
BEFORE_A_NUMBER = frozenset("（(【[√✓×✗")
"""What a line begins with that has a key, or the place for one, before its number."""
_NUMBER = re.compile(r"\s*(\d{1,4})\s*[.．、]\s*")
_SIGN = re.compile(r"[√✓✔×✗✘╳]|不?对|不?正确|错误?|是|否")
_EMPTY = "（  ）"


def turned(text: str, due: Container[int]) -> str:
    """Return a line with what stands in brackets before its number behind the number: （√）1、… 1、（√）…

    Letters are the key only before a number that is ``due``: others belong to options such as （C）1.5 m.
    """
    found = _BEFORE.match(text)
    number = None if found is None else _NUMBER.match(text, found.end())
    if found is None or number is None:
        return text
    said = found[1] if found[2] is None else found[2]
    is_key = letters(said) is not None and int(number[1]) in due
    if said and not _SIGN.fullmatch(said) and not is_key:
        return text
    return f"{text[found.end() : number.end()]}（{said or '  '}）{text[number.end() :]}"


def split_key(text: str, *, is_written: bool = False) -> tuple[str, str]:
    """Return a line without the key that stands behind its words, and the key; empty if none does.

    Args:
        text: the line.
        is_written: whether the key may be words of any kind, as that of a blank.
    """
    text = _SOMEBODYS.sub("", text) if "答案" in text else text
    for found in _BEHIND.finditer(text):
        said = text[found.end() :].strip().rstrip("）)】]")
        key, _why = parted(said)
        if found.start() and (is_written or letters(key) is not None or truth(key) is not None):
            return text[: found.start()].rstrip(), said
    return text, ""


def is_somebodys(text: str) -> bool:
    """Tell whether a line is the answer of who took the test, which platforms write beside the key."""
    return bool(text.strip()) and _SOMEBODYS.fullmatch(text) is not None


def alone(text: str) -> str:
    """Return what a line says beside the answer of whoever took the test; all of it if that stands alone."""
    rest = _SOMEBODYS.sub("", text)
    return rest if KEY.fullmatch(rest) and rest.strip() else text


def edge_key(stem: str, *, has_options: bool) -> tuple[str, str] | None:
    """Return the key in the brackets at the end of a question, of one without options also at its beginning.

    Returns:
        The key and the question with its brackets empty; None if there is none.
    """
    brackets = list(_EDGE.finditer(stem))
    for place in brackets[::-1]:
        is_edge = _END.match(stem, place.end()) or (not has_options and not stem[: place.start()].strip())
        said = re.sub(r"^(?:正确)?答案\s*[:：]?\s*", "", place[1])
        is_key = letters(said) is not None if has_options else _SIGN.fullmatch(said) is not None
        if is_edge and (is_key or (has_options and re.fullmatch("[①-⑧]{1,8}", said))):
            return said, f"{stem[: place.start()]}{_EMPTY}{stem[place.end() :]}"
    return None


def proposed_key(stem: str, *, has_options: bool) -> tuple[str, str] | None:
    """Return a key that may stand within a question: a person is to say so.

    Returns:
        The key and the question without it; None if there is none, or more than one.
    """
    if has_options:
        inside = list(_INSIDE.finditer(stem))
        if len(inside) == 1:
            (found,) = inside
            empty = _EMPTY if found[1] else "____"
            return found[1] or found[2], f"{stem[: found.start()]}{empty}{stem[found.end() :]}"
    else:
        for found in _EDGE.finditer(stem):
            is_edge = _END.match(stem, found.end()) or not stem[: found.start()].strip()
            if is_edge and truth(found[1]) is not None:
                return found[1], f"{stem[: found.start()]}{_EMPTY}{stem[found.end() :]}"
    trailing = _TRAILING.search(stem)
    if trailing is None or (letters(trailing[1]) is not None) != has_options:
        return None
    return trailing[1], stem[: trailing.start()].rstrip()
