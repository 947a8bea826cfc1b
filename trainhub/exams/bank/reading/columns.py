"""Finding the header of a sheet of questions by what its words mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_uppercase

from trainhub.exams.bank.content import LETTERS

_HEADINGS = {
    "type": """题型 试题类型 题目类型 试题题型 类型 题类 type questiontype""",
    "stem": """题目 题目内容 题干 题干内容 问题 问题内容 试题 试题内容 试题题干 题目题干 内容 试题描述
        题目描述 题干描述 question questiontext stem""",
    "options": """选项 题目选项 试题选项 备选答案 备选项 选项内容 options choices""",
    "answer": """答案 题目答案 试题答案 正确答案 标准答案 参考答案 正确选项 正确项 答案选项
        answer key correctanswer correct""",
    "explanation": """解析 答案解析 试题解析 题目解析 解释 说明 explanation analysis""",
    "level": """难度 题目难度 试题难度 难易度 难易程度 难度等级 level difficulty""",
    "cognitive": """认知层次 认知水平 能力层次 cognitivelevel""",
    "targets": """匹配项 配对项 右侧选项 matches""",
    "rubric": """评分标准 评分细则 评分要点 采分点 rubric""",
    "longest": """字数上限 字数限制 最多字数 longest""",
    "credit": """得分规则 计分规则 credit""",
    "point": """知识点 知识点名称 考点 章节 章 knowledgepoint chapter""",
    "source": """依据 法规依据 出处 来源 法规 条款 source article""",
    "picture": """图片 是否有图片 配图 image picture""",
    "ignored": """序号 编号 题号 原题号 作业种类 题目分类 分类 题库 标签 所属范围 考试人员类型 分值 分数
        正确答案文本 答案文本 备注 no id category tags score marks""",
}
_BROAD = frozenset(
    """章节 章 chapter 考点 来源 出处 条款 法规 source 说明 解释 analysis level 难易度""".split()
)
"""Headings that give way to another of the same meaning, for they can mean more."""
MEANINGS = {word: meaning for meaning, words in _HEADINGS.items() for word in words.split()}
COLUMN_LETTERS = ascii_uppercase
"""Letters of options that a file can have in columns of their own, more than a question can have."""
_OPTION = re.compile(
    r"(?:备选答案|备选项?|选项|答案|option)?([a-h])(?:选项|项|option)?"
    r"|(?:备选答案|备选项?|选项|答案|option)([i-z])(?:选项|项|option)?|([i-z])(?:选项|项|option)"
)
_COUNTED = re.compile(r"(?:备选项?|选项|option|choice)([1-8一二三四五六七八])")
_COUNTS = "一二三四五六七八"
_BRACKETS = re.compile(r"[(\[【].*?(?:[)\]】]|$)|[*＊:：\s]")
_CODES = re.compile(r"(\d)\s*[-:：.、]?\s*([^\d\s,，、;；()（）]+)")
_NUMBER = re.compile(r"[0-9一二三四五六七八九十]+$")
HEADER_WITHIN = 30


@dataclass(frozen=True)
class Header:
    """Where a sheet's columns are.

    Args:
        row: of the header, from 0.
        columns: place of each meaning.
        options: place of each option's own column, by letter.
        codes: what numbers in the column of types stand for, where the heading says so.
        unknown: headings that mean nothing to us.
        truths: what numbers in the column of keys stand for, ``T`` or ``F``, where somebody said so.
    """

    row: int
    columns: dict[str, int]
    options: dict[str, int]
    codes: dict[str, str]
    unknown: tuple[str, ...]
    truths: Mapping[str, str] = field(default_factory=dict)

    @property
    def used(self) -> frozenset[int]:
        """Places of the columns that are read."""
        read = {place for meaning, place in self.columns.items() if meaning != "ignored"}
        return frozenset(read | set(self.options.values()))


def is_broad(heading: str) -> bool:
    """Tell whether a heading gives way to another one of the same meaning."""
    return _word(heading) in _BROAD


LONGEST_HEADING = 40
"""A longer cell without a remark in brackets is no heading. Every row of a sheet is looked at for one."""


def _word(heading: str) -> str:
    if len(heading) > LONGEST_HEADING and not _BRACKETS.search(heading):
        return ""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", heading)).lower()


@lru_cache(maxsize=10_000)
def meaning_of(heading: str) -> str | None:
    """Return what a heading means: a name of ours, ``option:A``, or None."""
    word = _word(heading)
    if word in MEANINGS:
        return MEANINGS[word]
    if MEANINGS.get(_NUMBER.sub("", word)) == "ignored":
        return "ignored"
    if (counted := _COUNTED.fullmatch(word)) is not None:
        return f"option:{COLUMN_LETTERS[_place(counted[1])]}"
    option = _OPTION.fullmatch(word)
    letter = option and (option[1] or option[2] or option[3])
    return f"option:{letter.upper()}" if letter else None


def _place(number: str) -> int:
    return _COUNTS.index(number) if number in _COUNTS else int(number) - 1


def counts_options(heading: str) -> bool:
    """Tell whether a heading names an option by its number: 选项1."""
    return _COUNTED.fullmatch(_word(heading)) is not None


def meanings_of(headings: Sequence[str]) -> list[str | None]:
    """Return what the headings of a row mean; a bare letter from I on may be the next option."""
    found: list[str | None] = []
    for heading in headings:
        meaning, word = meaning_of(heading), _word(heading).upper()
        if meaning is None and word in COLUMN_LETTERS[len(LETTERS) :] and len(word) == 1:
            before = f"option:{chr(ord(word) - 1)}"
            meaning = f"option:{word}" if before in found else None
        found.append(meaning)
    return found


def with_one_head(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return rows of which headings in two lines (选项 above A, B, C) stand in one, the lower."""
    found = [list(cells) for cells in rows]
    for place in range(min(len(found) - 1, HEADER_WITHIN)):
        upper, lower = found[place], found[place + 1]
        told = {meaning_of(cell) for cell in upper}
        same = {cell for cell in upper if cell.strip()}
        below = [meaning_of(cell) or "" for cell in lower if cell.strip() and cell not in same]
        if not {"stem", "answer"} <= told or len(below) < 2 or not all(map(_is_option, below)):
            continue
        found[place + 1] = [
            cell if cell.strip() else upper[column] if column < len(upper) else ""
            for column, cell in enumerate(lower)
        ]
        found[place] = ["" for _cell in upper]
    return found


def _is_option(meaning: str) -> bool:
    return meaning.startswith("option:")


def find_header(rows: Sequence[Sequence[str]], *, is_typed: bool = False) -> Header | None:
    """Return the header of a sheet: the row that names the question, its key, and type or options.

    Args:
        rows: of the sheet.
        is_typed: whether its name or a heading in it says the type, so that no column need.
    """
    best: Header | None = None
    for place, cells in enumerate(rows[:HEADER_WITHIN]):
        header = header_in(place, cells, is_typed=is_typed)
        if header is None:
            continue
        if best is None or len(header.used) > len(best.used):
            best = header
    return best


def header_in(row: int, cells: Sequence[str], *, is_typed: bool = False) -> Header | None:
    """Return the header that a row is: it names the question, its key, and type or options."""
    columns: dict[str, int] = {}
    options: dict[str, int] = {}
    unknown = []
    for place, (cell, meaning) in enumerate(zip(cells, meanings_of(cells), strict=True)):
        if meaning is None:
            unknown += [cell.strip()] if cell.strip() else []
        elif meaning.startswith("option:"):
            options.setdefault(meaning[-1], place)
        elif meaning != "ignored" and (meaning not in columns or _gives_way(cells, columns[meaning], place)):
            columns[meaning] = place
    has_options = "options" in columns or len(options) >= 2
    if not {"stem", "answer"} <= columns.keys() or not (has_options or is_typed or "type" in columns):
        return None
    ordered = {letter: options[letter] for letter in COLUMN_LETTERS if letter in options}
    codes = codes_in(cells[columns["type"]]) if "type" in columns else {}
    return Header(row, columns, ordered, codes, tuple(unknown))


def _gives_way(cells: Sequence[str], earlier: int, later: int) -> bool:
    """Tell whether the earlier of two columns of one meaning has the broader heading."""
    return is_broad(cells[earlier]) and not is_broad(cells[later])


def codes_in(heading: str) -> dict[str, str]:
    """Return what numbers mean in a heading such as 题型（0单选，1判断，2多选）."""
    return {number: words for number, words in _CODES.findall(unicodedata.normalize("NFKC", heading))}


def read_cells(cells: list[str], header: Header) -> dict[str, str]:
    """Return the cells of a row by their meaning; options of separate columns as ``option:A`` …"""
    found = {name: cells[place].strip() for name, place in header.columns.items() if place < len(cells)}
    for letter, place in header.options.items():
        if place < len(cells) and cells[place].strip():
            found[f"option:{letter}"] = cells[place].strip()
    return found
