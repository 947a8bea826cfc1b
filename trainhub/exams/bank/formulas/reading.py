"""LaTeX read into the parts of a formula: a short list of commands, no macros, bounds on size and depth."""

from __future__ import annotations

from functools import lru_cache

from trainhub.exams.bank.formulas.characters import character_part, joined, words_part
from trainhub.exams.bank.formulas.grids import below_each_other, grid_of, sides_of
from trainhub.exams.bank.formulas.symbols import (
    ACCENTS,
    ALIASES,
    BREAK,
    ENVIRONMENTS,
    FENCES,
    GRIDS,
    IGNORED,
    SIGNS,
)
from trainhub.exams.bank.formulas.tokens import tokens_of
from trainhub.exams.bank.formulas.tree import (
    Accent,
    Fence,
    Fraction,
    Letter,
    Mark,
    Number,
    Part,
    Root,
    Row,
    Scripts,
    Unreadable,
    Upright,
    only,
)
from trainhub.exams.bank.formulas.writing import latex_of, line_of
from trainhub.kernel.i18n import _

LONGEST = 1000
DEEPEST = 10
MOST_PARTS = 300
_FRACTIONS = frozenset({"\\frac", "\\dfrac", "\\tfrac", "\\cfrac"})
_UPRIGHT = frozenset({"\\mathrm", "\\operatorname", "\\mathsf"})
_TEXT = frozenset({"\\text", "\\mbox", "\\textrm"})
_PRIMES = {"'": 1, "′": 1, "″": 2}


@lru_cache(maxsize=512)
def read_latex(text: str) -> Row:
    """Return a formula in its one form: what it writes is read as the same again.

    Raises:
        Unreadable: it holds what formulas here have not, or is too large.
    """
    if len(text) > LONGEST:
        raise Unreadable(_("A formula has %(most)s characters at most.", most=LONGEST))
    row = _Reader(text).whole()
    for _again in range(3):
        written = latex_of(row)
        if len(written) > 2 * LONGEST:
            break
        reread = _Reader(written).whole()
        if reread == row:
            return row
        row = reread
    raise Unreadable(_("The formula is too complicated; write it more simply."))


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)
        self.at = 0
        self.depth = 0
        self.count = 0

    def whole(self) -> Row:
        lines = self.lines(())
        if self.at < len(self.tokens):
            raise self.misplaced(self.tokens[self.at])
        if len(lines) == 1 and len(lines[0]) > 1:
            raise self.misplaced("&")
        row = below_each_other(lines)
        if not line_of(row).strip():
            raise Unreadable(_("The formula is empty."))
        return row

    @staticmethod
    def misplaced(sign: str) -> Unreadable:
        if sign == BREAK:
            return Unreadable(
                _(
                    "A line of a formula cannot end (“%(sign)s”) within brackets, a fraction or braces. "
                    "End it outside of them, or write two formulas.",
                    sign=sign,
                )
            )
        return Unreadable(_("In the formula “%(sign)s” stands where it cannot stand.", sign=sign[:20]))

    def peek(self) -> str:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        sign = self.peek()
        if not sign:
            raise Unreadable(_("The formula ends too early."))
        self.at += 1
        return sign

    def expect(self, wanted: str) -> None:
        sign = self.take()
        if sign != wanted:
            raise self.misplaced(sign)

    def row(self, ends: tuple[str, ...], upright: bool = False) -> Row:
        """Read parts up to one of some tokens, which stays."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(_("The formula is too deeply nested."))
        parts: list[Part] = []
        while (sign := self.peek()) and sign not in ends:
            part = self.scripted(upright)
            if isinstance(part, Row) and part.parts:
                parts.extend(part.parts)
            elif not isinstance(part, Row):
                parts.append(part)
        self.depth -= 1
        return Row(tuple(joined(parts)))

    def scripted(self, upright: bool) -> Part:
        """Read a part with what is raised and lowered behind it."""
        base = Row(()) if self.peek() in ("^", "_", *_PRIMES) else self.part(upright)
        sub: Row | None = None
        sup: Row | None = None
        raised = False
        while (sign := self.peek()) in ("^", "_", "\\limits", "\\nolimits", *_PRIMES):
            self.at += 1
            if sign == "_":
                if sub is not None:
                    raise self.misplaced(sign)
                sub = self.argument(upright)
            elif sign == "^":
                if raised:
                    raise self.misplaced(sign)
                raised = True
                sup = Row((*(sup.parts if sup else ()), *self.argument(upright).parts))
            elif sign in _PRIMES:
                sup = Row((*(sup.parts if sup else ()), *[Mark("\\prime")] * _PRIMES[sign]))
        sub, sup = (row if row is not None and row.parts else None for row in (sub, sup))
        if sub is None and sup is None:
            return base
        return Scripts(only(base) if isinstance(base, Row) else base, sub, sup)

    def argument(self, upright: bool = False) -> Row:
        """Read what a command or a script takes: a group, or one part."""
        if self.peek() == "{":
            return self.group(upright)
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(_("The formula is too deeply nested."))
        if self.peek() in ("^", "_", "}", "&", BREAK):
            raise self.misplaced(self.peek())
        # Of a number without braces a script takes one digit: x^23 is x squared and 3.
        sign = self.peek()
        if sign[:1].isdigit() and len(sign) > 1:
            self.tokens[self.at] = sign[1:].removeprefix(".") if sign[1:2] != "." else sign[1:]
            part: Part = Number(sign[0])
        else:
            part = self.part(upright)
        self.depth -= 1
        return part if isinstance(part, Row) else Row((part,))

    def group(self, upright: bool = False) -> Row:
        self.expect("{")
        row = self.row(("}",), upright)
        self.expect("}")
        return row

    def raw(self) -> str:
        """Read the characters of a group as they are."""
        self.expect("{")
        pieces: list[str] = []
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            pieces.append(self.tokens[self.at])
            self.at += 1
        self.expect("}")
        return "".join(pieces)

    def part(self, upright: bool) -> Part:
        """Read one part."""
        self.count += 1
        if self.count > MOST_PARTS:
            raise Unreadable(_("The formula is too complicated; write it more simply."))
        if self.peek() == "{":
            return self.group(upright)
        sign = self.take()
        special = self.special(sign, upright)
        if special is not None:
            return special
        if sign in IGNORED:
            return Row(())
        return self.named(sign, upright)

    def special(self, sign: str, upright: bool) -> Part | None:
        """Read what a command with arguments makes of them; None if it is none."""
        if sign in _FRACTIONS:
            return Fraction(self.argument(upright), self.argument(upright))
        if sign in ACCENTS:
            return Accent(sign, self.argument(upright))
        if sign in _UPRIGHT:
            return self.argument(upright=True)
        if sign in _TEXT:
            return words_part(self.raw())
        maker = {"\\sqrt": self.root, "\\left": self.fence, "\\begin": self.grid}.get(sign)
        return None if maker is None else maker(upright)

    def root(self, upright: bool) -> Part:
        degree = None
        if self.peek() == "[":
            self.at += 1
            degree = self.row(("]",), upright)
            self.expect("]")
        return Root(self.argument(upright), degree if degree is not None and degree.parts else None)

    def fence(self, upright: bool) -> Part:
        left = self.delimiter()
        inside = self.row(("\\right",), upright)
        self.expect("\\right")
        return Fence(left, inside, self.delimiter())

    def delimiter(self) -> str:
        sign = self.take()
        named = ALIASES.get(sign, {"<": "\\langle", ">": "\\rangle"}.get(sign, sign))
        if named not in FENCES:
            raise self.misplaced(sign)
        return named

    def grid(self, upright: bool) -> Part:
        said = self.raw()
        name = ENVIRONMENTS.get(said, said)
        if name not in GRIDS:
            raise Unreadable(_("Formulas here have no “%(command)s”.", command=f"\\begin{{{said[:20]}}}"))
        sides = sides_of(self.raw()) if name == "array" else ""
        rows = self.lines(("\\end",), upright)
        self.expect("\\end")
        if self.raw() != said:
            raise self.misplaced("\\end")
        if not any(cell.parts for cell in rows[-1]):
            rows.pop()
        return grid_of(name, rows, sides)

    def lines(self, ends: tuple[str, ...], upright: bool = False) -> list[list[Row]]:
        """Read cells side by side and lines below each other, up to one of some tokens, which stays."""
        lines: list[list[Row]] = [[]]
        while True:
            lines[-1].append(self.row(("&", BREAK, *ends), upright))
            sign = self.peek()
            if sign not in ("&", BREAK):
                return lines
            self.at += 1
            if sign == BREAK:
                lines.append([])

    def named(self, sign: str, upright: bool) -> Part:
        """Read a number, a letter, or a sign with a name."""
        sign = ALIASES.get(sign, sign)
        if sign[0].isdigit() and sign.isascii():
            return Number(sign)
        if len(sign) == 1 and sign.isascii() and sign.isalpha():
            return Upright(sign) if upright else Letter(sign)
        if sign in SIGNS:
            return Mark(sign)
        if len(sign) == 1 and sign not in "\\{}&^_#$%~":
            return character_part(sign)
        if len(sign) > 1 and sign != BREAK:
            raise Unreadable(_("Formulas here have no “%(command)s”.", command=sign[:20]))
        raise self.misplaced(sign)
