"""What the columns of a sheet seem to mean, why, and what about it is unsure: then a person is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from trainhub.exams.bank.content import LETTERS, ItemType
from trainhub.exams.bank.reading.answers import letters, truth
from trainhub.exams.bank.reading.classes import type_of
from trainhub.exams.bank.reading.codes import codes_asked
from trainhub.exams.bank.reading.columns import (
    HEADER_WITHIN,
    Header,
    find_header,
    is_broad,
    meaning_of,
    meanings_of,
)
from trainhub.exams.bank.reading.layouts import IGNORED, Layout, head_of, what_is_wrong
from trainhub.exams.bank.reading.looks import Look
from trainhub.exams.bank.reading.options import unpack
from trainhub.exams.bank.reading.runs import longest_run
from trainhub.exams.bank.reading.sayings import Saying, _l
from trainhub.exams.bank.reading.sections import types_said
from trainhub.kernel.workbooks import Sheet

SHOWN_ROWS, SHOWN_COLUMNS, LONGEST_CELL = 12, 200, 120
_LOOKED_AT = 200
_MOST, _MANY = 0.9, 0.6
_NEEDED = ("stem", "answer", "type", "options")
_EASY_WORDS = frozenset("易 中 难 简单 容易 中等 一般 困难 较难".split())


def settled(sheet: Sheet) -> tuple[Header | None, Look | None]:
    """Return where the columns of a sheet of questions are, or, if that is not sure, what it looks like.

    A sheet that holds no questions has neither.
    """
    header = find_header(sheet.rows, is_typed=bool(types_said(sheet, 0)))
    if header is None:
        look = look_at(sheet)
        if not look.doubts:
            look = replace(look, doubts=(_l("No column says the type, and none holds options."),))
        return None, look if _seems_to_be_questions(look) else None
    look = look_at(sheet, header.row)
    if look.doubts:
        return None, look
    places = {meaning: place for place, meaning in enumerate(look.layout.meanings)}
    columns = {meaning: places.get(meaning, place) for meaning, place in header.columns.items()}
    options = {letter: places.get(f"option:{letter}", place) for letter, place in header.options.items()}
    header = replace(header, columns=columns, options=options)
    codes = codes_asked(sheet, header)
    if not codes:
        return header, None
    doubts = tuple(
        _l(
            "The numbers in %(name)s are explained nowhere.",
            name=f"“{look.layout.head[columns[meaning]][:30]}”",
        )
        for meaning in codes
    )
    return None, replace(look, layout=replace(look.layout, codes=codes), doubts=doubts)


def _seems_to_be_questions(look: Look) -> bool:
    return {"stem", "answer"} <= set(look.layout.meanings)


def look_at(sheet: Sheet, row: int | None = None) -> Look:
    """Return what the columns of a sheet seem to mean, by their headings, then by what stands in them."""
    row = _likely_row(sheet) if row is None else row
    head = head_of(sheet.rows[row]) if row >= 0 else ()
    below = [cells for cells in sheet.rows[row + 1 :] if any(cell.strip() for cell in cells)][:_LOOKED_AT]
    width = min(SHOWN_COLUMNS, max([len(head), *(len(head_of(cells)) for cells in below)], default=0))
    columns = [
        [cells[place].strip() if place < len(cells) else "" for cells in below] for place in range(width)
    ]
    guess = _Guess(head, columns)
    layout = Layout(head, tuple(guess.meanings), sheet.name, row)
    shown = tuple(
        tuple(cell.strip()[:LONGEST_CELL] for cell in cells[:SHOWN_COLUMNS])
        for cells in sheet.rows[:SHOWN_ROWS]
    )
    return Look(layout, tuple(guess.reasons), tuple(guess.doubts), shown)


def _likely_row(sheet: Sheet) -> int:
    """Return the row with the most headings that mean something; -1 if no row has two."""
    best, most = -1, 1
    for row, cells in enumerate(sheet.rows[:HEADER_WITHIN]):
        known = sum(1 for cell in cells if cell.strip() and meaning_of(cell) is not None)
        known = known if all(len(cell.strip()) <= 40 for cell in cells) else 0
        if known > most:
            best, most = row, known
    if best >= 0:
        return best
    first = next((row for row, cells in enumerate(sheet.rows) if len(head_of(cells)) >= 2), 0)
    return first if _reads_like_a_head(sheet, first) else first - 1


def _reads_like_a_head(sheet: Sheet, row: int) -> bool:
    """Tell whether a row of short words stands above rows of which some cell is much longer."""
    if row >= len(sheet.rows):
        return False
    head = [cell.strip() for cell in sheet.rows[row] if cell.strip()]
    says_nothing = all(letters(cell) is None and truth(cell) is None for cell in head)
    return bool(head) and max(len(cell) for cell in head) <= 12 and says_nothing


class _Guess:
    """The meanings of columns as they are found, with reasons and doubts."""

    def __init__(self, head: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
        self.columns = columns
        self.meanings = [IGNORED] * len(columns)
        self.reasons: list[Saying | str] = [""] * len(columns)
        self.doubts: list[Saying] = []
        self.open: set[int] = set()
        self.head = [head[place] if place < len(head) else "" for place in range(len(columns))]
        self._by_heading()
        self._by_content()
        self._check()

    def _name(self, place: int) -> Saying | str:
        return f"“{self.head[place][:30]}”" if self.head[place] else _l("column %(number)s", number=place + 1)

    def _by_heading(self) -> None:
        claims: dict[str, list[int]] = {}
        for place, meaning in enumerate(meanings_of(self.head)):
            if meaning is None or meaning == "picture":
                if meaning is None and any(self.columns[place]):
                    self.open.add(place)
                continue
            if meaning == IGNORED:
                self.reasons[place] = _l("The heading says that it is no part of a question.")
                continue
            claims.setdefault(meaning, []).append(place)
        for meaning, places in claims.items():
            chosen = self._chosen(meaning, places)
            self.meanings[chosen] = meaning
            self.reasons[chosen] = _l("The heading says so.")

    def _chosen(self, meaning: str, places: Sequence[int]) -> int:
        """Return which of the columns that claim a meaning has it; two that differ are a doubt."""
        filled = [place for place in places if any(self.columns[place])] or list(places[:1])
        exact = [place for place in filled if not is_broad(self.head[place])]
        if meaning not in _NEEDED and not meaning.startswith("option:") and exact:
            filled = exact[:1]
        rivals = [place for place in filled if self.columns[place] != self.columns[filled[0]]]
        if rivals:
            names = tuple(self._name(place) for place in (filled[0], *rivals))
            self.doubts.append(_l("%(names)s could be the same thing.", names=names))
            for place in rivals:
                self.reasons[place] = _l(
                    "The heading could mean the same as %(other)s.", other=self._name(filled[0])
                )
        return filled[0]

    def _by_content(self) -> None:
        if self._lacks("answer"):
            self._take("answer", _is_key, _MOST, _l("Its cells are letters, or right and wrong."))
        if self._lacks("type"):
            self._take("type", _is_type, _MOST, _l("Its cells name types of questions."))
        has_options = not self._lacks("options") or any(each.startswith("option:") for each in self.meanings)
        needs_options = not has_options and self._needs_options()
        if needs_options:
            self._take("options", _is_packed, _MANY, _l("Its cells hold several options."))
        if self._lacks("stem"):
            self._take_longest()
        if needs_options and self._lacks("options"):
            self._take_run()
        elif has_options and self._lacks("options"):
            self._take_gaps()
        if self._lacks("level"):
            self._take(
                "level",
                lambda cell: cell in _EASY_WORDS,
                _MOST,
                _l("Its cells say how hard it is."),
                quiet=True,
            )

    def _needs_options(self) -> bool:
        """Tell whether some row is a choice, as far as its type or its key tells."""
        if "type" in self.meanings:
            kinds = {type_of(cell, {}) for cell in self.columns[self.meanings.index("type")] if cell}
            return not kinds or bool(kinds & {ItemType.SINGLE, ItemType.MULTIPLE, None})
        if "answer" in self.meanings:
            keys = self.columns[self.meanings.index("answer")]
            return any(letters(cell) is not None and truth(cell) is None for cell in keys)
        return True

    def _lacks(self, meaning: str) -> bool:
        return meaning not in self.meanings

    def _give(self, place: int, meaning: str, reason: Saying, *, quiet: bool = False) -> None:
        self.meanings[place], self.reasons[place] = meaning, reason
        self.open.discard(place)
        if not quiet:
            name = self._name(place)
            self.doubts.append(_l("%(name)s is understood only by what stands in it.", name=name))

    def _take(
        self, meaning: str, fits: Callable[[str], bool], share: float, reason: Saying, *, quiet: bool = False
    ) -> None:
        """Give a meaning to the open column whose filled cells fit it best, if enough do."""
        best, most = -1, 0.0
        for place in sorted(self.open):
            filled = [cell for cell in self.columns[place] if cell]
            part = sum(1 for cell in filled if fits(cell)) / len(filled) if filled else 0.0
            if part >= share and part > most:
                best, most = place, part
        if best >= 0:
            self._give(best, meaning, reason, quiet=quiet)

    def _take_longest(self) -> None:
        lengths = {
            place: sum(map(len, self.columns[place])) / max(1, len(self.columns[place]))
            for place in self.open
        }
        longest = max(lengths, key=lambda place: lengths[place], default=None)
        if longest is not None and lengths[longest] >= 4:
            self._give(longest, "stem", _l("Its cells are the longest."))

    def _take_run(self) -> None:
        """Take the columns side by side that read like the options A, B and so on."""
        run = longest_run(self.open, self.head, self.columns)[: len(LETTERS)]
        if len(run) >= 2:
            for letter, place in zip(LETTERS, run, strict=False):
                self._give(place, f"option:{letter}", _l("It stands beside others of its kind."))

    def _take_gaps(self) -> None:
        """Take an open column between option columns for the letter that is missing there."""
        for number, letter in enumerate(LETTERS[1:], start=1):
            before, here = f"option:{LETTERS[number - 1]}", f"option:{letter}"
            later = any(f"option:{each}" in self.meanings for each in LETTERS[number + 1 :])
            if here not in self.meanings and before in self.meanings and later:
                place = self.meanings.index(before) + 1
                if place in self.open:
                    self._give(place, here, _l("It stands where this option is missing."))

    def _check(self) -> None:
        missing = [
            name
            for meaning, name in (("stem", _l("the question")), ("answer", _l("the key")))
            if meaning not in self.meanings
        ]
        if missing:
            self.doubts.append(_l("No column was found for %(names)s.", names=tuple(missing)))
            return
        problem = what_is_wrong(self.meanings)
        if problem is not None:
            self.doubts.append(problem)


def _is_key(cell: str) -> bool:
    return letters(cell) is not None or truth(cell) is not None


def _is_type(cell: str) -> bool:
    return len(cell) <= 10 and type_of(cell, {}) is not None


def _is_packed(cell: str) -> bool:
    return len(unpack(cell).options) >= 2
