"""Aiken: a question, its lettered options and a line with the key; the plainest of all forms."""

from __future__ import annotations

import re

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.encodings import text_of, tidy
from trainhub.exams.bank.exchange.found import Question, as_row, rejected
from trainhub.exams.bank.exchange.limits import LONGEST_QUESTION, LOOKED_AT, lines_of, require_few, too_long
from trainhub.exams.bank.reading.numbering import number_of, without_number
from trainhub.exams.bank.reading.workbook import ParsedFile, Row
from trainhub.kernel.i18n import _

OPTION = re.compile(r"[(（]?([A-Za-h])\s*[.)．）、]\s*(.*\S)")
ANSWER = re.compile(r"ANSWER\s*[:：](.*)", re.IGNORECASE)
_ANSWERS = re.compile(r"^[ \t]*ANSWER[ \t]*[:：]", re.IGNORECASE | re.MULTILINE)
_KEY = re.compile(r"[A-Z](?:[\s,，、]*[A-Z])*")
_REASON = re.compile(
    r"(?:答案)?解析\s*[:：]|(?:explanation|feedback|rationale|reason)\s*[:：]", re.IGNORECASE
)


def looks_like_aiken(text: str) -> bool:
    """Tell whether a text has options followed by a line with the key."""
    lines = [line for each in text[:LOOKED_AT].splitlines() if (line := each.strip())]
    pairs = zip(lines, lines[1:], strict=False)
    return any(OPTION.fullmatch(above) and ANSWER.fullmatch(below) for above, below in pairs)


def read_aiken(content: bytes) -> ParsedFile:
    """Read an Aiken file; a block without a key is rejected, it does not vanish.

    Raises:
        Invalid: it has more questions than are read at once.
    """
    rows: list[Row | tuple[Question, str, int]] = []
    question: Question | None = None
    size, above, is_apart = 0, "", False
    text = tidy(text_of(content))
    require_few(sum(1 for _found in _ANSWERS.finditer(text)))
    for number, raw in enumerate(lines_of(text), start=1):
        line = raw.strip()
        size += len(line)
        if question is not None and is_apart and line and not _goes_on(question, line):
            rows.append((question, "", size - len(line)))
            question = None
        if question is None and ANSWER.fullmatch(line):
            rows.append(rejected(f"line {number}", _("A key stands here without a question."), line))
        elif question is None:
            size = len(line)
            question = Question(f"line {number}", line) if line else None
            if _REASON.match(line) and question is not None:
                question.doubts.append(_of_another())
        elif answer := ANSWER.fullmatch(line):
            rows.append((question, answer.group(1).strip(), size))
            question = None
        elif size <= LONGEST_QUESTION:
            _continue(question, line, above)
        above, is_apart = line, not line and question is not None and bool(question.options)
    rows += [] if question is None else [(question, "", size)]
    _without_numbers([each[0] for each in rows if isinstance(each, tuple)])
    return ParsedFile(tuple(each if isinstance(each, Row) else _finished(*each) for each in rows), ())


def _without_numbers(questions: list[Question]) -> None:
    """Take away the numbers of questions if they count all of them; one alone may be a quantity."""
    if len(questions) > 1 and all(number_of(each.stem) == due for due, each in enumerate(questions, start=1)):
        for due, question in enumerate(questions, start=1):
            question.stem = without_number(question.stem, due)


def _goes_on(question: Question, line: str) -> bool:
    """Tell whether the next option of a question, or its key, stands below an empty line; that is a doubt."""
    option, due = OPTION.fullmatch(line), chr(ord(question.names[-1]) + 1)
    goes_on = ANSWER.fullmatch(line) is not None or (option is not None and option.group(1).upper() == due)
    if goes_on:
        question.doubts.append(_("Empty lines stand within the question."))
    return goes_on


def _of_another() -> str:
    return _("What stands above the question may belong to the one before it.")


def _continue(question: Question, line: str, above: str) -> None:
    option = OPTION.fullmatch(line)
    due = chr(ord("A") + len(question.options))
    if option is not None and (
        option.group(1).upper() == due or (question.options and option.group(1).isupper())
    ):
        question.names.append(option.group(1).upper())
        question.options.append(option.group(2))
    elif line and not question.options:
        question.stem += f"\n{line}"
        if not above and not question.doubts:
            question.doubts.append(_of_another())
    elif line:
        question.options[-1] += f"\n{line}"


def _finished(question: Question, answer: str, size: int) -> Row:
    if size > LONGEST_QUESTION:
        return rejected(question.where, too_long(), question.stem)
    if not question.options:
        return rejected(question.where, _("The question has no options."), question.stem)
    question.kind = ItemType.SINGLE
    if answer and not _KEY.fullmatch(answer.upper()):
        reason = _("The key “%(key)s” names no option of the question.", key=answer[:20])
        return rejected(question.where, reason, question.stem, question.kind)
    question.key = sorted(set(re.findall(r"[A-Z]", answer.upper())))
    if len(question.key) > 1:
        question.kind = ItemType.MULTIPLE
    if len(set(question.names)) < len(question.names):
        return rejected(question.where, _("Two options bear one letter."), question.stem, question.kind)
    question.keys = "".join(question.names)
    return as_row(question)
