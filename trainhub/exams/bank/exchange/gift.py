"""GIFT: questions of every simple type as text with signs; read as its inventors read it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trainhub.exams.bank.content import FALSE, TRUE, Credit, ItemType
from trainhub.exams.bank.details import Blank, Blanks, Matching, Number, Rubric, Target
from trainhub.exams.bank.exchange.encodings import text_of, tidy
from trainhub.exams.bank.exchange.facts import read_facts, read_reasons, source_in
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, as_row, decimal_of, rejected
from trainhub.exams.bank.exchange.limits import (
    LONGEST_QUESTION,
    LOOKED_AT,
    MOST_ANSWERS,
    lines_of,
    require_few,
    too_long,
    too_many,
)
from trainhub.exams.bank.exchange.standing import standing_in
from trainhub.exams.bank.exchange.wording import Wording, from_either, from_html, plain
from trainhub.exams.bank.reading.workbook import ParsedFile, Row
from trainhub.kernel.i18n import _

_NAME = re.compile(r"\s*::((?:\\.|[^\\])*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_TRUTH = re.compile(r"\s*(T|TRUE|F|FALSE)\s*(?:#.*)?", re.DOTALL | re.IGNORECASE)
_CATEGORY = re.compile(r"\s*\$CATEGORY:\s*(.*)")
_SIGNS = re.compile(r"\\([~=#{}:\\n])")
_BEGINS = re.compile(r"\\.?|[=~]", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


@dataclass(frozen=True)
class _Answer:
    """One answer of a block: its sign, its weight if given, its text as it stands there."""

    sign: str
    weight: float | None
    text: str


def looks_like_gift(text: str) -> bool:
    """Tell whether a text holds answers in braces, as far as its beginning tells."""
    is_open = False
    for found in _BRACE.finditer(text, 0, LOOKED_AT):
        if is_open and found.group() == "}":
            return True
        is_open = is_open or found.group() == "{"
    return False


def read_gift(content: bytes) -> ParsedFile:
    """Read a GIFT file; blank lines part its questions.

    Raises:
        Invalid: it has more questions than are read at once.
    """
    blocks: list[tuple[str, str, str, dict[str, str] | None]] = []
    point, facts, begin = "", None, 0
    block: list[str] = []
    for number, line in enumerate(lines_of(tidy(text_of(content))), start=1):
        category = _CATEGORY.fullmatch(line) if not block else None
        if line.lstrip().startswith("//"):
            facts = read_facts(line.strip()[2:]) or facts
        elif category is not None:
            point = category.group(1).strip().rpartition("/")[2].strip()
        elif line.strip():
            begin = begin if block else number
            block.append(line)
        elif block:
            blocks.append((f"line {begin}", "\n".join(block), point, facts))
            block, facts = [], None
            require_few(len(blocks))
    return ParsedFile(tuple(_read_block(*each) for each in blocks), ())


def _read_block(where: str, text: str, point: str, facts: dict[str, str] | None) -> Row:
    if len(text) > LONGEST_QUESTION:
        return rejected(where, too_long(), text)
    named = _NAME.match(text)
    text = text[named.end() :] if named else text
    form = _FORMAT.match(text)
    text = text[form.end() :] if form else text
    begin, end = _place(text, "{"), -1
    if begin >= 0:
        inner = _place(text[begin + 1 :], "}")
        end = begin + 1 + inner if inner >= 0 else -1
    if begin < 0 or end < 0:
        reason = _("The text has no answers in braces.") if begin < 0 else _("A brace is not closed.")
        return rejected(where, reason, text)
    if max(_place(text, "{", end), _place(text, "}", end + 1)) >= 0:
        reason = _(
            "Braces stand behind the answers; does the next question begin there? Part them by an empty line."
        )
        return rejected(where, reason, text)
    question = Question(where, point=point, is_exact=facts is not None)
    before, answers, after = text[:begin], text[begin + 1 : end], text[end + 1 :]
    missing = BLANK if after.strip() else ""
    written = f"{before.strip()} {missing} {after.strip()}".strip() if missing else before
    question.stem = question.says(_wording(written, form.group(1) if form else "moodle"))
    if form and form.group(1) == "markdown":
        question.notes.append(_("The text is Markdown; its signs stay as they are."))
    try:
        _read_answers(question, answers, facts or {})
    except Unfit as problem:
        return rejected(where, str(problem), question.stem, question.kind)
    if question.kind is ItemType.FILL_IN and not question.is_exact and BLANK not in question.stem:
        question.stem += f" {BLANK}"
    return as_row(question)


def _wording(text: str, form: str) -> Wording:
    said = _unescaped(text)
    if form == "html":
        return from_html(said)
    return plain(said) if form in ("plain", "markdown") else from_either(said)


def _place(text: str, sign: str, start: int = 0) -> int:
    """Return where a sign stands that is not escaped, -1 if nowhere."""
    place = text.find(sign, start)
    while place >= 0:
        before = text[start:place]
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return place
        place = text.find(sign, place + 1)
    return -1


def _unescaped(text: str) -> str:
    return _SIGNS.sub(lambda found: "\n" if found.group(1) == "n" else found.group(1), text)


def _read_answers(question: Question, text: str, facts: dict[str, str]) -> None:
    feedback = _place(text, "####")
    if feedback >= 0:
        question.explanation = question.says(_wording(text[feedback + 4 :], "plain"))
        if question.is_exact:
            question.explanation, question.source = read_reasons(question.explanation)
        text = text[:feedback]
    if _place(text.lstrip().removeprefix("#"), "#") >= 0:
        question.notes.append(_("What the file says after an answer (feedback) is left away."))
    question.source = source_in(facts) or question.source
    question.stands(standing_in(facts))
    question.keys = facts.get("keys", "")
    question.credit = Credit(facts.get("credit", Credit.ALL_OR_NOTHING))
    said = _TRUTH.fullmatch(text)
    if not text.strip():
        question.kind, question.detail = ItemType.CONSTRUCTED, Rubric(())
    elif said is not None:
        question.kind = ItemType.TRUE_FALSE
        question.key = [TRUE if said.group(1).upper().startswith("T") else FALSE]
    elif text.lstrip().startswith("#"):
        _read_number(question, text.strip()[1:])
    else:
        _read_listed(question, _answers(text), facts)


def _answers(text: str) -> list[_Answer]:
    starts = [found.start() for found in _BEGINS.finditer(text) if found[0][0] != "\\"]
    if len(starts) > MOST_ANSWERS:
        raise Unfit(too_many())
    if not starts or text[: starts[0]].strip():
        raise Unfit(_("The answers in the braces cannot be read."))
    found = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start + 1 : end]
        comment = _place(piece, "#")
        piece = piece if comment < 0 else piece[:comment]
        weight = _WEIGHT.match(piece)
        found.append(
            _Answer(
                text[start],
                float(weight.group(1)) if weight else None,
                piece[weight.end() :] if weight else piece,
            )
        )
    return found


def _read_number(question: Question, text: str) -> None:
    question.kind = ItemType.NUMERIC
    answers = _answers(text) if text.strip().startswith("=") else [_Answer("=", None, text)]
    whole = [each.text for each in answers if each.weight is None or each.weight >= 100]
    if not whole:
        raise Unfit(_("The question has no key."))
    if len(whole) < len(answers):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))
    if len(whole) > 1:
        question.doubts.append(_("Several numbers or ranges are right; one alone can be the key."))
    said = whole[0]
    comment = _place(said, "#")
    said = (said if comment < 0 else said[:comment]).replace("\\", "").strip()
    if ".." in said:
        low, high = (decimal_of(each) for each in said.split("..", 1))
        question.detail = Number((low + high) / 2, abs(high - low) / 2)
    else:
        value, _colon, tolerance = said.partition(":")
        question.detail = Number(decimal_of(value), decimal_of(tolerance.strip() or "0"))


def _read_listed(question: Question, answers: list[_Answer], facts: dict[str, str]) -> None:
    kind = facts.get("type", "")
    pairs = [_place(each.text, "->") for each in answers]
    if kind == ItemType.MATCHING or (not kind and all(place >= 0 for place in pairs) and len(pairs) > 1):
        _read_pairs(question, answers, facts)
    elif any(each.sign == "~" for each in answers):
        _read_choice(question, answers, facts.get("type", ""))
    else:
        _read_blank(question, answers, facts)


def _read_choice(question: Question, answers: list[_Answer], written: str) -> None:
    for place, answer in enumerate(answers):
        form = _FORMAT.match(answer.text)
        text = answer.text[form.end() :] if form else answer.text
        question.options.append(question.says(_wording(text, form.group(1) if form else "moodle")))
        question.names.append(str(place))
        if answer.sign == "=" or (answer.weight or 0) > 0:
            question.key.append(str(place))
    if written in (ItemType.SINGLE, ItemType.MULTIPLE):
        question.kind = ItemType(written)
        return
    full = [each for each in answers if each.sign == "=" or (each.weight or 0) >= 100]
    weighted = any(each.sign == "~" and each.weight is not None and 0 < each.weight < 100 for each in answers)
    question.kind = ItemType.SINGLE
    if weighted and not full:
        question.kind = ItemType.MULTIPLE
        question.notes.append(
            _("In the file parts of the answer earn marks; here only the whole answer does.")
        )
    elif len(full) > 1:
        question.kind = ItemType.MULTIPLE
        question.doubts.append(_("Several answers are right, each alone; is it a multiple choice?"))
    elif weighted:
        question.key = [str(answers.index(full[0]))]
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))


def _read_pairs(question: Question, answers: list[_Answer], facts: dict[str, str]) -> None:
    question.kind = ItemType.MATCHING
    keys = [key for key in facts.get("targets", "").split(",") if key]
    texts: list[str] = []
    for answer in answers:
        place = _place(answer.text, "->")
        if place < 0:
            raise Unfit(_("A pair of the matching has no “->”."))
        left, right = (_unescaped(each).strip() for each in (answer.text[:place], answer.text[place + 2 :]))
        if right not in texts:
            texts.append(right)
        if left:
            question.options.append(left)
            question.key.append(f"{len(question.options) - 1} {texts.index(right)}")
    pair_up(question, texts, keys)


def pair_up(question: Question, texts: list[str], keys: list[str]) -> None:
    """Give a matching its right side and its pairs; until now they are places such as ``0 2``.

    Args:
        question: whose key the pairs are.
        texts: the right side in the order of the file.
        keys: their numbers, where a file of ours says them; by these the right side is put in order.
    """
    letters = question.keys or "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if len(question.options) > len(letters):
        raise Unfit(_("The matching has too many pairs."))
    names = keys if len(keys) == len(texts) else [str(place + 1) for place in range(len(texts))]
    targets = [Target(name, text) for name, text in zip(names, texts, strict=True)]
    question.detail = Matching(tuple(sorted(targets, key=lambda each: (len(each.key), each.key))))
    pairs = (pair.split() for pair in question.key)
    question.key = sorted(f"{letters[int(left)]}{names[int(right)]}" for left, right in pairs)


def _read_blank(question: Question, answers: list[_Answer], facts: dict[str, str]) -> None:
    question.kind = ItemType.FILL_IN
    whole = [each for each in answers if each.weight is None or each.weight >= 100]
    if len(whole) < len(answers):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))
    accepted = [_unescaped(each.text).strip() for each in whole]
    if not accepted or not all(accepted):
        raise Unfit(_("The question has no key."))
    if not question.is_exact and any("*" in text for text in accepted):
        question.doubts.append(_("The key holds an asterisk that stands for any text."))
    question.detail = Blanks((Blank(tuple(accepted), facts.get("cases") == "1"),), "any_order" in facts)
