"""Items as GIFT, Aiken and tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from trainhub.exams.bank.content import LETTERS, ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, Matching, Number
from trainhub.exams.bank.exchange.facts import facts_of, write_facts, write_reasons
from trainhub.exams.bank.exchange.standing import Pair, Standing, stood
from trainhub.exams.bank.exchange.tables import guarded
from trainhub.kernel.workbooks import write_workbook

_OPTIONS = tuple(f"选项{letter}" for letter in LETTERS)
HEADINGS = ("题型", "题目", *_OPTIONS, "答案", "解析", "依据", "知识点", "难度", "认知层次")
_WORDS = {ItemType.SINGLE: "单选题", ItemType.MULTIPLE: "多选题", ItemType.TRUE_FALSE: "判断题"}
_LEVELS = {None: "", 1: "易", 2: "中", 3: "难"}
_COGNITIVE = {"": "", "remember": "识记", "understand": "理解", "apply": "应用"}
_SIGNS = re.compile(r"([~=#{}:\\])")


def write_gift(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> bytes:
    """Return items as GIFT; a type that it has not stays out."""
    blocks = []
    for number, (kind, body, standing) in enumerate(stood(items, standings), start=1):
        answers = _gift_answers(kind, body)
        if answers is not None:
            why = write_reasons(body)
            feedback = f"####{_escaped(why)}" if why else ""
            mark = write_facts(facts_of(kind, body) | standing.facts)
            blocks.append(
                f"// {mark}\n::{number:05d}::[plain]{_escaped(body.stem)} {{{answers}{feedback}}}\n"
            )
    return "\n".join(blocks).encode()


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text).replace("\n", "\\n")


def _gift_answers(kind: ItemType, body: ItemBody) -> str | None:
    match kind, body.detail:
        case ItemType.TRUE_FALSE, _:
            return body.answer[0]
        case ItemType.SINGLE, _:
            lines = [
                f"{'=' if each.key in body.answer else '~'}[plain]{_escaped(each.text)}"
                for each in body.options
            ]
        case ItemType.MULTIPLE, _:
            part = f"{100 / max(1, len(body.answer)):.5f}".rstrip("0").rstrip(".")
            weights = {True: part, False: "-100"}
            lines = [
                f"~%{weights[each.key in body.answer]}%[plain]{_escaped(each.text)}" for each in body.options
            ]
        case _, Blanks((blank,)) if blank.tolerance is None:
            lines = [f"=%100%{_escaped(text)}" for text in blank.accepted]
        case _, Number(value, tolerance, "", ()):
            return f"#{value}:{tolerance}"
        case _, Matching(targets):
            texts = {target.key: target.text for target in targets}
            pairs = {pair[0]: pair[1:] for pair in body.answer}
            lines = [
                f"={_escaped(each.text)} -> {_escaped(texts.get(pairs.get(each.key, ''), ''))}"
                for each in body.options
            ]
            lines += [f"= -> {_escaped(texts[key])}" for key in texts if key not in pairs.values()]
        case _:
            return None
    return "\n" + "\n".join(lines) + "\n"


def write_aiken(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> bytes:
    """Return the single choices among items as Aiken, which has no place for where they stand."""
    blocks = []
    for kind, body in items:
        if kind is ItemType.SINGLE:
            lines = [f"{option.key}. {option.text}" for option in body.options]
            blocks.append("\n".join([body.stem, *lines, f"ANSWER: {body.answer[0]}", ""]))
    return "\n".join(blocks).encode()


def _cells(items: Sequence[Pair], standings: Sequence[Standing]) -> list[list[str]]:
    rows = []
    for kind, body, standing in stood(items, standings):
        if kind in _WORDS:
            options = {option.key: option.text for option in body.options}
            said = {"T": "正确", "F": "错误"}.get("".join(body.answer), "".join(body.answer))
            texts = [options.get(letter, "") for letter in LETTERS]
            place = [standing.point, _LEVELS[standing.level], _COGNITIVE[standing.cognitive]]
            rows.append(
                [_WORDS[kind], body.stem, *texts, said, body.explanation, body.source_article, *place]
            )
    return rows


def write_csv(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> bytes:
    """Return the choices and true or false questions among items as a table that no spreadsheet computes."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([guarded(cell) for cell in row] for row in _cells(items, standings))
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def write_excel(items: Sequence[Pair], standings: Sequence[Standing] = ()) -> bytes:
    """Return the choices and true or false questions among items as a workbook."""
    return write_workbook("题目", HEADINGS, _cells(items, standings))
