"""Moodle's XML: each question by its type; what has no place here is named."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import unquote

from lxml.etree import _Element

from trainhub.exams.bank.content import FALSE, TRUE, Credit, ItemType
from trainhub.exams.bank.details import LONGEST_RESPONSE, Blank, Blanks, Criterion, Number, Rubric, Unit
from trainhub.exams.bank.exchange.carrying import Carrying
from trainhub.exams.bank.exchange.carrying_formulas import from_html as with_latex
from trainhub.exams.bank.exchange.cloze import read_cloze
from trainhub.exams.bank.exchange.facts import read_facts, read_reasons, source_in
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, as_row, decimal_of, rejected
from trainhub.exams.bank.exchange.gift import pair_up
from trainhub.exams.bank.exchange.limits import LONGEST_MARKUP, require_few, too_long
from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.moodle_files import PLUGIN, files_of
from trainhub.exams.bank.exchange.moodle_gaps import read_gaps
from trainhub.exams.bank.exchange.moodle_markers import read_markers
from trainhub.exams.bank.exchange.moodle_notes import note_what_is_left
from trainhub.exams.bank.exchange.standing import standing_in
from trainhub.exams.bank.exchange.wording import Wording, from_either, from_html, plain
from trainhub.exams.bank.reading.answers import truth
from trainhub.exams.bank.reading.workbook import ParsedFile, Row
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_LEVELS = re.compile(r"(?<!/)/(?!/)")
_POINTS = re.compile(r"(\d+)\t(.*)", re.DOTALL)


def read_moodle(content: bytes) -> ParsedFile:
    """Read a file of Moodle's questions.

    Raises:
        Invalid: it is no such file.
    """
    root = parse(content)
    if root.tag != "quiz":
        raise Invalid(_("This is no file of Moodle's questions."))
    require_few(len(root))
    rows: list[Row] = []
    warnings: list[tuple[str, str]] = []
    point = ""
    for element in root:
        where = f"line {element.sourceline}"
        if element.tag != "question":
            warnings.append(
                (where, _("“%(name)s” is no question and was left aside.", name=str(element.tag)[:40]))
            )
        elif element.get("type") == "category":
            point = _LEVELS.split(element.findtext("category/text") or "")[-1].replace("//", "/").strip()
        else:
            rows.append(read_question(element, where, point))
    return ParsedFile(tuple(rows), tuple(warnings))


def read_question(element: _Element, where: str, point: str) -> Row:
    """Read one question."""
    facts = next(
        (found for tag in element.iterfind("tags/tag/text") if (found := read_facts(tag.text or ""))), None
    )
    if sum(_length(each) for each in element.iter()) > LONGEST_MARKUP:
        return rejected(where, too_long(LONGEST_MARKUP))
    kind = element.get("type") or ""
    reader = _READERS.get(kind)
    held, used = files_of(element), set()

    def file_of(named: str) -> bytes | None:
        name = unquote(named.removeprefix(PLUGIN)).lstrip("/")
        used.add(name)
        return held.get(name)

    question = Question(where, point=point, is_exact=facts is not None, carrying=Carrying(file_of))
    question.is_rich = facts is not None and "rich" in facts
    if not question.is_exact:
        _take_formulas(element)
    question.stem = _said(question, element.find("questiontext"))
    if reader is None:
        reason = _("Questions of the type “%(name)s” cannot be taken in.", name=kind[:40])
        return rejected(where, reason, question.stem)
    question.explanation = _said(question, element.find("generalfeedback"))
    if question.is_exact and not question.is_rich:
        question.explanation, question.source = read_reasons(question.explanation)
    note_what_is_left(question, element)
    facts = facts or {}
    question.source = source_in(facts) or question.source
    question.stands(standing_in(facts))
    question.keys = facts.get("keys", "")
    question.credit = Credit(facts.get("credit", Credit.ALL_OR_NOTHING))
    try:
        reader(question, element, facts)
    except Unfit as problem:
        return rejected(where, str(problem), question.stem, question.kind)
    beside = [name.rpartition("/")[2][:60] for name in held if name not in used]
    if beside:
        question.doubts.append(
            _("The question shows files that are not taken in yet: %(names)s.", names="、".join(beside))
        )
    return as_row(question)


def _length(element: _Element) -> int:
    """Return how long the words of an element are, those of its files aside."""
    return len(element.tail or "") + (0 if element.tag == "file" else len(element.text or ""))


def _take_formulas(element: _Element) -> None:
    for holder in element.iter():
        text = holder.find("text")
        if text is not None and text.text and holder.get("format") == "html":
            text.text = with_latex(text.text)


def _wording(holder: _Element | None) -> Wording:
    """Return what an element with a format and a text says."""
    if holder is None:
        return Wording("")
    text, form = holder.findtext("text") or "", holder.get("format") or "html"
    if form == "html":
        return from_html(text)
    return plain(text) if form in ("plain_text", "markdown") else from_either(text)


def _said(question: Question, holder: _Element | None) -> str:
    """Return what an element says to a question; what we wrote ourselves is not tidied."""
    if question.is_exact and not question.is_rich:
        return "" if holder is None else holder.findtext("text") or ""
    return question.says(_wording(holder))


def _told(question: Question, text: str) -> str:
    """Return words that are no HTML."""
    return text if question.is_exact else plain(text).text


def _fraction(answer: _Element) -> float:
    try:
        return float(answer.get("fraction") or 0)
    except ValueError:
        return 0.0


def _read_choice(question: Question, element: _Element, facts: dict[str, str]) -> None:
    is_single = (element.findtext("single") or "true").strip().lower() in ("true", "1")
    question.kind = ItemType.SINGLE if is_single else ItemType.MULTIPLE
    fractions = []
    for place, answer in enumerate(element.iterfind("answer")):
        question.options.append(_said(question, answer))
        question.names.append(str(place))
        fractions.append(_fraction(answer))
    if is_single:
        best = max(fractions, default=0.0)
        if 0 < best < 100:
            question.doubts.append(_("No answer of the file earns the whole mark."))
        question.key = [str(place) for place, each in enumerate(fractions) if each == best and each > 0]
        if any(0 < each < best for each in fractions):
            question.notes.append(_("Answers that earn a part of the marks count as wrong here."))
        if len(question.key) > 1:
            question.kind = ItemType.MULTIPLE
            question.doubts.append(_("Several answers are right, each alone; is it a multiple choice?"))
        return
    question.key = [str(place) for place, each in enumerate(fractions) if each > 0]
    if not question.is_exact:
        question.notes.append(
            _("In the file parts of the answer earn marks; here only the whole answer does.")
        )


def _read_truth(question: Question, element: _Element, facts: dict[str, str]) -> None:
    question.kind = ItemType.TRUE_FALSE
    texts = [(_fraction(each), _said(question, each).strip()) for each in element.iterfind("answer")]
    right = [truth(text) for fraction, text in texts if fraction > 0]
    if right not in ([TRUE], [FALSE]):
        raise Unfit(_("The key says neither right nor wrong."))
    question.key = [each for each in right if each is not None]


def _read_short(question: Question, element: _Element, facts: dict[str, str]) -> None:
    question.kind = ItemType.FILL_IN
    answers = list(element.iterfind("answer"))
    accepted = [_told(question, each.findtext("text") or "") for each in answers if _fraction(each) >= 100]
    if len(accepted) < len(answers):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))
    if not accepted or not all(accepted):
        raise Unfit(_("The question has no key."))
    if any(re.search(r"(?<!\\)\*", text) for text in accepted):
        question.doubts.append(_("The key holds an asterisk that stands for any text."))
    accepted = [text.replace("\\*", "*") for text in accepted]
    exactly = (element.findtext("usecase") or "0").strip() == "1"
    question.detail = Blanks((Blank(tuple(accepted), exactly),), "any_order" in facts)
    if BLANK not in question.stem and not question.is_exact:
        question.stem += f" {BLANK}"


def _read_number(question: Question, element: _Element, facts: dict[str, str]) -> None:
    question.kind = ItemType.NUMERIC
    answers = [each for each in element.iterfind("answer") if _fraction(each) >= 100]
    if not answers:
        raise Unfit(_("The question has no key."))
    if len(answers) > 1:
        question.doubts.append(_("Several numbers or ranges are right; one alone can be the key."))
    if any(0 < _fraction(each) < 100 for each in element.iterfind("answer")):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))
    unit, others = "", []
    for each in element.iterfind("units/unit"):
        name, factor = (each.findtext("unit_name") or "").strip(), decimal_of(each.findtext("multiplier"))
        if factor == 1 and not unit:
            unit = name
        elif factor > 0:
            others.append(Unit(name, Decimal(1) / factor))
    tolerance = decimal_of(answers[0].findtext("tolerance") or "0")
    question.detail = Number(decimal_of(answers[0].findtext("text")), tolerance, unit, tuple(others))


def _read_matching(question: Question, element: _Element, facts: dict[str, str]) -> None:
    question.kind = ItemType.MATCHING
    texts: list[str] = []
    for each in element.iterfind("subquestion"):
        left = _said(question, each)
        said = each.findtext("answer/text") or ""
        right = question.says(from_html(said)) if question.is_rich else _told(question, said)
        if not right:
            raise Unfit(_("A pair of the matching has no right side."))
        if right not in texts:
            texts.append(right)
        if left:
            question.options.append(left)
            question.key.append(f"{len(question.options) - 1} {texts.index(right)}")
    pair_up(question, texts, [key for key in facts.get("targets", "").split(",") if key])


def _read_ordering(question: Question, element: _Element, facts: dict[str, str]) -> None:
    question.kind = ItemType.ORDERING
    texts = [_said(question, each) for each in element.iterfind("answer")]
    order = facts.get("order", "")
    if len(order) == len(texts):
        letters = question.keys if sorted(question.keys) == sorted(order) else "".join(sorted(order))
        placed = sorted(range(len(texts)), key=lambda place: letters.index(order[place]))
        question.options = [texts[place] for place in placed]
        question.names = [order[place] for place in placed]
        question.key = list(order)
        return
    places = [_fraction(each) for each in element.iterfind("answer")]
    if len(set(places)) == len(places) and places != sorted(places):
        question.doubts.append(_("The lines stand in another order than their own numbers say."))
    question.options, question.names = texts, [str(place) for place in range(len(texts))]
    question.key = list(question.names)


def _read_essay(question: Question, element: _Element, facts: dict[str, str]) -> None:
    question.kind = ItemType.CONSTRUCTED
    if (element.findtext("responseformat") or "").strip() == "noinline":
        raise Unfit(_("Answers that are files cannot be taken in."))
    if decimal_of(element.findtext("attachmentsrequired") or "0") > 0:
        question.doubts.append(_("Answers that are files cannot be taken in."))
    said = _said(question, element.find("graderinfo"))
    criteria, model = [], said
    if question.is_exact:
        lines, _mark, model = said.partition("\n\n") if not said.startswith("\n\n") else ("", "", said[2:])
        found = [_POINTS.fullmatch(line) for line in lines.split("\n") if line]
        criteria = [Criterion(each.group(2), int(each.group(1))) for each in found if each is not None]
    longest = facts.get("longest", "")
    question.detail = Rubric(
        tuple(criteria), model, int(longest) if longest.isdecimal() else LONGEST_RESPONSE
    )


def _read_cloze(question: Question, element: _Element, facts: dict[str, str]) -> None:
    read_cloze(question, facts)


_READERS = {
    "multichoice": _read_choice,
    "multichoiceset": _read_choice,
    "truefalse": _read_truth,
    "shortanswer": _read_short,
    "numerical": _read_number,
    "matching": _read_matching,
    "ordering": _read_ordering,
    "essay": _read_essay,
    "cloze": _read_cloze,
    "gapselect": read_gaps,
    "ddwtos": read_gaps,
    "ddmarker": read_markers,
}
