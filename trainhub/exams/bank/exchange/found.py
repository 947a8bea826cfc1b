"""A question found in a file, whatever its form: judged as good, to be held, or to be rejected."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from trainhub.exams.bank.content import LETTERS, Credit, ItemBody, ItemType, Option, check_body
from trainhub.exams.bank.details import Blanks, CaseSet, Detail, Matching, Number, Rubric, Scene
from trainhub.exams.bank.exchange.carrying import HOLDABLE, Carrying, settled, without_marks
from trainhub.exams.bank.exchange.limits import spend
from trainhub.exams.bank.exchange.standing import Standing
from trainhub.exams.bank.exchange.wording import Wording
from trainhub.exams.bank.layout_formulas import unread_in, with_formulas
from trainhub.exams.bank.media import media_of
from trainhub.exams.bank.reading.answers import is_pair_of_truth, truth
from trainhub.exams.bank.reading.given_away import told_in
from trainhub.exams.bank.reading.rows import Outcome, Row
from trainhub.exams.bank.texts import words_in
from trainhub.exams.bank.twins import twins_in
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

BLANK = "____"
_SHOWING = ("img", "object", "audio", "video", "source")
_LONGEST_CELL = 500
_KEY_IN_DETAIL = (
    ItemType.FILL_IN, ItemType.NUMERIC, ItemType.CONSTRUCTED, ItemType.CASE_SET, ItemType.HAZARD_SPOTTING,
)  # fmt: skip
_CHECKED = (ItemType.SINGLE, ItemType.MULTIPLE, ItemType.TRUE_FALSE)


class Unfit(Exception):
    """A question that is to be rejected, with its reason."""


@dataclass
class Question:
    """A question as a reader of some form gathers it.

    Args:
        where: line, or file of the package.
        stem: what it asks.
        kind: its type.
        options: texts in the order of the file.
        names: by what the file calls the options, in the same order.
        key: names of the right ones.
        detail: what else the type holds.
        explanation: why.
        source: article of the law it rests on.
        point: knowledge point.
        level: how hard it is, 1 to 3.
        cognitive: what it asks of the mind.
        credit: what a partly right response earns.
        doubts: reasons to hold it.
        notes: what a person should know.
        keys: letters of the options, if they are not A, B, C and so on.
        is_exact: written by this program, so that nothing is guessed.
        is_rich: written by this program with layout.
        carrying: its layout and files.
        effort: what it has cost to read so far.
    """

    where: str
    stem: str = ""
    kind: ItemType | None = None
    options: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    detail: Detail | None = None
    explanation: str = ""
    source: str = ""
    point: str = ""
    level: int | None = None
    cognitive: str = ""
    credit: Credit = Credit.ALL_OR_NOTHING
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    keys: str = ""
    is_exact: bool = False
    is_rich: bool = False
    carrying: Carrying = field(default_factory=Carrying)
    effort: int = 0

    def stands(self, standing: Standing) -> None:
        """Take over where an item of our own stands."""
        self.point, self.level = standing.point or self.point, standing.level
        self.cognitive = standing.cognitive

    def says(self, wording: Wording) -> str:
        """Return the text of a wording; what neither plain text nor layout holds is a reason to hold it."""
        self.effort = spend(self.effort, wording.html or wording.text)
        laid = self._laid_out(wording)
        if laid is not None:
            return laid
        if wording.files and self.carrying.problems:
            self.doubts += self.carrying.problems
            self.carrying.problems.clear()
        elif wording.files:
            names = "、".join(name.rpartition("/")[2][:60] or name[:60] for name in wording.files)
            self.doubts.append(
                _("The question shows files that are not taken in yet: %(names)s.", names=names)
            )
        others = [name for name in wording.lost if name not in _SHOWING]
        if others:
            names = "、".join(others)
            self.doubts.append(_("The text holds what plain text cannot show: %(names)s.", names=names))
        elif wording.lost and not wording.files:
            self.doubts.append(_("The question shows a file that is not named."))
        if wording.is_stressed and not self.is_exact:
            note = _("Words that stood out (bold, slanted, underlined) are taken in as plain text.")
            if note not in self.notes:
                self.notes.append(note)
        return wording.text

    def _laid_out(self, wording: Wording) -> str | None:
        """Return a wording with its layout where it has one that the bank keeps."""
        if not wording.html or not (self.is_rich or (wording.lost and HOLDABLE.issuperset(wording.lost))):
            return None
        return self.carrying.laid_out(wording.html)


def decimal_of(text: str | None) -> Decimal:
    """Return the number that a text says.

    Raises:
        Unfit: it says none, or one that no exam asks for.
    """
    word = (text or "").strip().replace("−", "-")
    try:
        value = Decimal(word)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or len(word) > 40 or abs(value.adjusted()) > 30:
        raise Unfit(_("The key “%(key)s” is no number.", key=word[:20]))
    return value


def rejected(where: str, reason: str, text: str = "", kind: ItemType | None = None) -> Row:
    """Return the row of a question that cannot be taken in."""
    return Row(where, Outcome.REJECTED, kind, None, reason, {"stem": without_marks(text)[:_LONGEST_CELL]})


def as_row(question: Question) -> Row:
    """Judge a question."""
    where, kind = question.where, question.kind
    if not (question.stem if question.is_exact else question.stem.replace(BLANK, "")).strip():
        return rejected(where, _("The question has no text."), kind=kind)
    if kind is None:
        return rejected(where, _("The type of the question cannot be told."), question.stem)
    try:
        body = settled(_body(question, kind), question.carrying)
        if not question.is_exact:
            question.doubts += [each for each in (unread_in(body), twins_in(body)) if each]
            body = with_formulas(_without_key(question, body))
    except Unfit as problem:
        return rejected(where, str(problem), question.stem, question.kind)
    kind = question.kind or kind
    row = Row(
        where, Outcome.GOOD, kind, body, "", _cells(question, kind, body), question.point, question.level
    )
    notes = (*question.notes, *question.carrying.notes)
    row = _checked(replace(row, notes=notes), kind, body, question.doubts)
    return with_files(row, question.carrying, {medium.digest for medium in media_of(body)})


def _without_key(question: Question, body: ItemBody) -> ItemBody:
    """Return a body whose question does not say its key; one that seems to say another is doubted."""
    told = None if question.kind is None else told_in(body, question.kind)
    if told is None:
        return body
    question.doubts += [told.doubt] if told.doubt else []
    question.notes += [told.note] if told.note else []
    return replace(body, stem=told.stem)


def with_files(row: Row, carrying: Carrying, shown: Container[str]) -> Row:
    """Return a row with its files: a good one with those that it shows, a held one with all that came."""
    if row.outcome is Outcome.REJECTED:
        return row
    is_held = row.outcome is Outcome.HELD
    kept = [pair for pair in carrying.media.values() if is_held or pair[1].digest in shown]
    media = {clean.digest: clean for clean in (*row.media, *(clean for _medium, clean in kept))}
    named = tuple(dict.fromkeys((*row.named, *(medium for medium, _clean in kept)))) if is_held else ()
    return replace(row, media=tuple(media.values()), named=named)


def _checked(row: Row, kind: ItemType, body: ItemBody, doubts: Sequence[str]) -> Row:
    """Say of a row what its body makes of it; a type that the bank does not keep yet is held."""
    try:
        check_body(kind, body)
    except Invalid as problem:
        reason = str(problem)
        if kind in _CHECKED and not doubts:
            return replace(row, outcome=Outcome.REJECTED, body=None, reason=reason)
        reasons = " ".join(dict.fromkeys([*doubts, reason]))
        return replace(row, outcome=Outcome.HELD, body=None if kind in _CHECKED else body, reason=reasons)
    if doubts:
        return replace(row, outcome=Outcome.HELD, reason=" ".join(dict.fromkeys(doubts)))
    return row


def _body(question: Question, kind: ItemType) -> ItemBody:
    letters = question.keys or LETTERS + "IJKLMNOPQRSTUVWXYZ"
    if len(question.options) > len(letters):
        raise Unfit(_("A choice has two to eight options, each with a letter of its own."))
    options = tuple(Option(key, text) for key, text in zip(letters, question.options, strict=False))
    if kind is ItemType.SINGLE and not question.is_exact and is_pair_of_truth(options):
        question.kind = kind = ItemType.TRUE_FALSE
    answer = _answer(question, kind, options)
    if kind is ItemType.TRUE_FALSE and options:
        said = {option.key: truth(option.text) for option in options}
        answer, options = (str(said[answer[0]]),), ()
    return ItemBody(
        question.stem,
        options,
        answer,
        question.explanation,
        question.source,
        question.credit,
        question.detail,
    )


def _answer(question: Question, kind: ItemType, options: Sequence[Option]) -> tuple[str, ...]:
    """Return the key in letters.

    Raises:
        Unfit: there is none, or it names what is not there.
    """
    if kind in _KEY_IN_DETAIL:
        return ()
    if not question.key:
        raise Unfit(_("The question has no key."))
    if kind is ItemType.MATCHING or (kind is ItemType.TRUE_FALSE and not options):
        return tuple(question.key)
    names = question.names or [option.key for option in options]
    if len(set(names)) < len(names):
        raise Unfit(_("Two options bear one letter."))
    letters = {name: option.key for name, option in zip(names, options, strict=True)}
    missing = [name for name in question.key if name not in letters]
    if missing:
        shown = "、".join(missing)[:40]
        raise Unfit(_("The key “%(key)s” names no option of the question.", key=shown))
    named = [letters[name] for name in question.key]
    if kind is ItemType.ORDERING:
        return tuple(named)
    chosen = tuple(sorted(set(named)))
    if len(chosen) > 1 and kind in (ItemType.SINGLE, ItemType.TRUE_FALSE):
        raise Unfit(_("A single choice has exactly one key."))
    return chosen


def _cells(question: Question, kind: ItemType, body: ItemBody) -> dict[str, str]:
    """Return what a person sees of a held question; also what it is known by when it comes again."""
    lines = [f"{option.key}. {words_in(body, option.text)}" for option in body.options]
    answer = "".join(body.answer)
    match question.detail:
        case Blanks(blanks):
            answer = "；".join(" / ".join(blank.accepted) for blank in blanks)
        case Number(value, tolerance, unit):
            answer = f"{value} ± {tolerance} {unit}".strip()
        case Matching(targets):
            lines += [f"{target.key}. {words_in(body, target.text)}" for target in targets]
        case Rubric(criteria, model):
            answer = "\n".join([*(f"{each.points} {each.text}" for each in criteria), model])
        case Scene(regions=regions):
            answer = "\n".join(each.name for each in regions)
        case CaseSet(parts):
            lines += [
                f"{number}. {words_in(part.body, part.body.stem)}" for number, part in enumerate(parts, 1)
            ]
            answer = "；".join("".join(part.body.answer) for part in parts)
    cells = {
        "type": kind.value,
        "stem": words_in(body, body.stem),
        "options": "\n".join(lines),
        "answer": answer,
        "explanation": words_in(body, body.explanation),
        "source": body.source_article,
        "cognitive": question.cognitive,
    }
    return {name: text for name, text in cells.items() if text}


def numbered(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows with places that differ, so that each can be found: the second at one place is its #2."""
    seen: dict[str, int] = {}
    result = []
    for row in rows:
        seen[row.where] = seen.get(row.where, 0) + 1
        again = seen[row.where]
        result.append(row if again == 1 else replace(row, where=f"{row.where} #{again}"))
    return tuple(result)
