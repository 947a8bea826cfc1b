"""The lines of a document as they come by: each begins a question, goes on with one, or is left aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exchange.key_lists import Part
from trainhub.exams.bank.exchange.limits import require_few
from trainhub.exams.bank.exchange.word_answers import goes_on_answering
from trainhub.exams.bank.exchange.word_beginnings import (
    begins_without_number,
    is_bracketed,
    is_counted_option,
    lettered,
)
from trainhub.exams.bank.exchange.word_going_on import go_on, is_beside, take_key_above, with_options
from trainhub.exams.bank.exchange.word_judging import Draft, type_named
from trainhub.exams.bank.exchange.word_keys import split_key
from trainhub.exams.bank.exchange.word_lines import (
    NUMBER,
    Line,
    bare_number,
    begins_case,
    heading_in,
    is_in_brackets,
    is_option,
    is_title,
    kind_beside,
)
from trainhub.kernel.i18n import _

_ENDS = "。.！!：:；;）)】"
"""With what a line ends above a first question that is certainly not its beginning."""


class Questions:
    """Gathers the questions of a document and what was left aside."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.drafts: list[Draft] = []
        self.warnings: list[tuple[str, str]] = []
        self.part: Part | None = None
        self._is_case = False
        self._left = ""

    @property
    def title(self) -> str:
        """The heading that holds now; nothing where there is none."""
        return "" if self.part is None else self.part.title

    def due(self) -> Sequence[int]:
        """Return the numbers of which one should begin the next question."""
        last = self.drafts[-1] if self.drafts else None
        begins = last is None or last.part is not self.part
        return (1,) if last is None else (*((1,) if begins else ()), (last.number or 0) + 1)

    def take_question(self, line: Line, ahead: str, open_: Draft | None) -> None:
        """Give a line to the question it belongs to.

        Args:
            line: the line.
            ahead: the next one that says anything.
            open_: the question to which it belongs, if it begins none.
        """
        if open_ is not None and is_title(line.text, ahead):
            self.warnings.append((line.where, _("A title between questions was left aside.")))
            return
        above, self._left = self._left, ""
        text = lettered(line.text, open_, ahead)
        line = line if text == line.text else replace(line, text=text)
        part = heading_in(line.text)
        if part is not None:
            self.part, self._is_case = part, False
            return
        draft = self._begun(line, ahead, open_)
        if draft is None:
            self._go_on(line, open_)
            return
        if above and draft.number is None:
            draft.stem = f"{above}\n{draft.stem}"
            draft.doubts.append(
                _("The line above may be the beginning of the question.")
                if open_ is None
                else _("What stands above the question may belong to the one before it.")
            )
        self.begin(draft, line)

    def _begun(self, line: Line, ahead: str, open_: Draft | None) -> Draft | None:
        """Return the question that a line begins; None if it begins none."""
        text, number = line.text, NUMBER.fullmatch(line.text)
        if number is not None and number[3].strip():
            if is_counted_option(line, open_, ahead) or goes_on_answering(open_, text, ahead):
                return None
            draft = Draft(line.where, number[3].strip(), "", number=int(number[1] or number[2]))
            draft.is_in_brackets, draft.is_bracketed = is_in_brackets(text), is_bracketed(text)
            return draft
        beyond = bare_number(text)
        if beyond and (open_ is None or open_.own_key or len(open_.options) > 1):
            is_over = open_ is None or open_.last == "key"
            is_next = beyond[0] is None or is_over or beyond[0] in self.due()
            return Draft(line.where, beyond[1], "", number=beyond[0]) if is_next else None
        is_free = open_ is None or open_.key is not None or bool(open_.options)
        is_listed = line.is_listed and bool(text) and not is_option(text) and is_free
        if is_listed or begins_without_number(line, open_, ahead, self.title):
            return Draft(line.where, text, "")
        return None

    def _go_on(self, line: Line, open_: Draft | None) -> None:
        """Give a line to the question that is open, or say that it was left aside."""
        text = line.text
        if open_ is not None:
            if text and (is_beside(open_, text) or self._is_over(open_)):
                self.warnings.append((line.where, _("Text below the key of a question was left aside.")))
                self._is_case = self._is_case or begins_case(text)
                self._left = text
            elif text:
                open_.counted += is_counted_option(line, open_, "2) …")
                go_on(open_, text)
                if open_.last in ("stem", "option"):
                    _note(open_, line)
            _show(open_, line.pictures)
        elif text:
            self.warnings.append((line.where, _("Text before the first question was left aside.")))
            self._is_case = self._is_case or begins_case(text)
            self._left = text if self.part is not None and text[-1] not in _ENDS else ""

    def _is_over(self, draft: Draft) -> bool:
        """Tell whether a question is at its end: below a new heading nothing adds to its reason."""
        return draft.part is not self.part and draft.last in ("explanation", "source")

    def begin(self, draft: Draft, line: Line | None = None) -> None:
        """Take a question that begins with a line."""
        if self._is_case:
            draft.doubts.append(_("The case above, on which the question may rest, was left aside."))
        draft.part = self.part
        named, draft.stem = kind_beside(draft.stem)
        draft.heading = named or self.title
        is_written = type_named(draft.heading) in (ItemType.FILL_IN, ItemType.NUMERIC)
        draft.stem, key = split_key(draft.stem, is_written=is_written)
        draft.stem = with_options(draft, draft.stem)
        if not named:
            named, draft.stem = kind_beside(draft.stem)
            draft.heading = named or self.title
        if key:
            take_key_above(draft, key)
        self.drafts.append(draft)
        require_few(len(self.drafts))
        if line is not None:
            _note(draft, line)
            _show(draft, line.pictures)


def _note(draft: Draft, line: Line) -> None:
    """Note what stands out in a line of a question."""
    draft.stressed += line.stress.pieces
    if line.stress.told:
        draft.underlined.append((line.text, line.stress.told))


def _show(draft: Draft, pictures: tuple[str, ...]) -> None:
    """Note where pictures belong: to the option that was read last, else to the question."""
    place = len(draft.options) if draft.last == "option" else 0
    draft.pictures += [(place, each) for each in pictures]
