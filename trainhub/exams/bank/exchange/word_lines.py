"""What a line of a Word document is by its beginning: a heading, a question, an option."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from trainhub.exams.bank.exchange.key_lists import Part
from trainhub.exams.bank.exchange.word_judging import type_named
from trainhub.exams.bank.exchange.word_standing_out import NOTHING, Stress
from trainhub.exams.bank.reading.sections import ENGLISH

_HEADING = re.compile(
    r"\s*(?:第?([一二三四五六七八九十]+)\s*(?:[、.．]|部分?[、:：\s]*|[）)])"
    r"|[（(]([一二三四五六七八九十]+)[）)])\s*(.*)"
)
_BARE = re.compile(
    r"\s*[【\[]?\s*((?:单项?|多项?|不定项)选(?:择题?|题)|选择题|判断(?:改错)?题|是非题"
    r"|填空题|简答题|问答题|论述题|计算题|案例(?:分析)?题)\s*[】\]]?\s*([（(].{0,60}[）)])?\s*[:：]?\s*"
)
_ENGLISH = re.compile(
    rf"\s*(?:(?:part|section)\s+([ivx]{{1,4}}|\d{{1,2}}|[a-e])\s*[.:：、)—-]{{0,2}}\s*|([ivx]{{1,4}})\s*[.、)]\s*)?"
    rf"((?:{ENGLISH}|short[\s-]*answers?|matching)(?:\s*questions?)?)\s*(?:[（(].{{0,60}}[)）])?\s*[:：.]?\s*",
    re.IGNORECASE,
)
_LONGEST_HEADING = 120
_BARE_NUMBER = re.compile(
    r"\s*(\d{1,3}(?:\.\d{1,3}){1,3}(?=\s)|\d{1,3}(?=\s))[\s　]+([\u4e00-\u9fff（(《“][^\n]{3,})", re.DOTALL
)
_KIND = (
    r"(?:考试)?((?:单|多|不定)项?选(?:择题?|题)?|单选|多选|判断题?|是非题|填空题?|简答题?|问答题?|论述题?)"
    r"\s{0,9}(?:[,，、:：]?\s{0,9}\d{1,2}(?:\.\d)?\s{0,9}分)?"
)
_KIND_BEFORE = re.compile(rf"\s*[（(【\[]\s*{_KIND}\s*[】\])）]\s*(\S.*)", re.DOTALL)
_KIND_BEHIND = re.compile(rf"[（(【\[]\s{{0,9}}{_KIND}[】\])）]\s{{0,9}}\*?\s{{0,9}}\Z")
"""So platforms write it behind a question, with an asterisk where it must be answered: 甲是？[单选题] *"""
_PAGE = re.compile(
    r"\s*(?:第\s*\d{1,4}\s*页(?:[\s,，/（(]*共\s*\d{1,4}\s*页[)）]?)?|[-—–]\s*\d{1,4}\s*[-—–])\s*"
)
_CHAPTER = re.compile(
    r"\s*(?:第\s*[一二三四五六七八九十百\d]{1,4}\s*(?:[章节篇编讲]|单元|部分)[^。；;，,？?]{0,40}"
    r"|(?:模拟)?(?:试卷|试题|套题|练习)\s*[一二三四五六七八九十\d]{1,3})\s*"
)
_QUESTIONS = re.compile(r".{0,12}(?<!问)(?<!主)(?<!标)题\s*(?:[（(，,。:：].*)?")
NUMBER = re.compile(
    r"\s*(?:第\s*(\d{1,4})\s*题\s*[.．、:：]?|[（(【\[]?\s*(\d{1,4})\s*[)）】\].．、])\s*(?!\d)(.*)",
    re.DOTALL,
)
OPTION = re.compile(r"\s*[（(]?([A-HＡ-Ｈ])\s*[.．、:：)）]\s*(.*)", re.DOTALL)
_CASE = re.compile(
    r"\s*[（(【\[]?\s*(?:案例|事故案例|背景|材料|资料|情景|题干)\s*[一二三四五六七八九十\d]{0,3}\s*[）)】\]]?\s*(?:[:：]|\Z)"
)
_TO_BE_READ = re.compile(r"[^？?]{0,200}(?:根据|阅读|依据|结合)[^？?]{0,30}(?:回答|完成|分析)")


@dataclass(frozen=True)
class Line:
    """A line of a document (文档行).

    Args:
        where: its place.
        text: what it says.
        pictures: names of those that stand in it.
        is_listed: whether Word numbers it with a number that is not known.
        stress: what stands out in it.
    """

    where: str
    text: str
    pictures: tuple[str, ...] = ()
    is_listed: bool = False
    stress: Stress = NOTHING


Block = TypeVar("Block")


def with_ahead(blocks: Iterable[Block]) -> Iterator[tuple[Block, str]]:
    """Yield each line or table with the next line that says something, or nothing before a table.

    They are read no further than that, so that a file with too many questions is refused before its end.
    """
    waiting: list[Block] = []
    for block in blocks:
        said = block.text if isinstance(block, Line) else ""
        if said or not isinstance(block, Line):
            yield from ((each, said) for each in waiting)
            waiting = []
        waiting.append(block)
    yield from ((each, "") for each in waiting)


def heading_in(text: str) -> Part | None:
    """Return the heading of a part of questions that a line is, if it is one."""
    found = _HEADING.fullmatch(text)
    if found is not None:
        title = found[3].strip()
        is_one = type_named(title) is not None or _QUESTIONS.fullmatch(title) is not None
        return Part(found[1] or found[2], title) if is_one or "答案" in title else None
    english = _ENGLISH.fullmatch(text) if len(text) <= _LONGEST_HEADING else None
    if english is not None:
        return Part((english[1] or english[2] or "").upper(), english[3])
    return Part("", text.strip()) if _BARE.fullmatch(text) is not None else None


def bare_number(text: str) -> tuple[int | None, str] | None:
    """Return a number without a sign behind it and the question (5 戊是什么？); None for one of sections."""
    found = _BARE_NUMBER.fullmatch(text)
    if found is None:
        return None
    return (None if "." in found[1] else int(found[1])), found[2]


def kind_beside(stem: str) -> tuple[str, str]:
    """Return the type that stands in brackets before or behind a question, and the question without it.

    Behind a question （判断） may be its own word, or the key in its bracket.
    """
    found = _KIND_BEFORE.fullmatch(stem)
    if found is not None:
        return found[1], found[2]
    behind = _KIND_BEHIND.search(stem)
    if behind is None or not stem[: behind.start()].strip():
        return "", stem
    if behind[0][0] in "（(" and not re.search("[题选]", behind[1]):
        return "", stem
    return behind[1], stem[: behind.start()].rstrip()


def is_title(text: str, ahead: str) -> bool:
    """Tell whether a line stands between questions: a page's number, a chapter above the next question."""
    if _PAGE.fullmatch(text):
        return True
    is_next = begins_question(ahead) or heading_in(ahead) is not None or _CHAPTER.fullmatch(ahead) is not None
    return is_next and _CHAPTER.fullmatch(text) is not None


def begins_question(text: str) -> bool:
    """Tell whether a line begins with the number of a question."""
    found = NUMBER.fullmatch(text)
    return found is not None and bool(found[3].strip())


def begins_case(text: str) -> bool:
    """Tell whether a line begins what several questions rest on: a case, or words to be read for them."""
    return bool(_CASE.match(text) or _TO_BE_READ.match(text))


def is_in_brackets(text: str) -> bool:
    """Tell whether the number of a line stands in brackets."""
    return text.lstrip().startswith(("（", "("))


def is_option(text: str) -> bool:
    """Tell whether a line is an option with its letter."""
    return OPTION.fullmatch(text) is not None
