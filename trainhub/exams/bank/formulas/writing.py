"""A formula written: as LaTeX in its one form, and in one line of plain characters."""

from __future__ import annotations

import re

from trainhub.exams.bank.formulas.symbols import LINES, SIGNS
from trainhub.exams.bank.formulas.tree import (
    Accent,
    Fence,
    Fraction,
    Grid,
    Leaf,
    Letter,
    Mark,
    Number,
    Part,
    Root,
    Row,
    Scripts,
    Text,
    Upright,
    Whole,
    only,
)

_NEEDS_SPACE = re.compile(r"\\[A-Za-z]+\Z")
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")


def latex_of(part: Part) -> str:
    """Return a formula as LaTeX in its one form."""
    return _leaf(part) if isinstance(part, Leaf) else _whole(part)


def _leaf(part: Leaf) -> str:
    match part:
        case Number(text) | Letter(text):
            return text
        case Mark(command):
            return command
        case Upright(text):
            return f"\\mathrm{{{text}}}"
        case Text(text):
            return "\\text{" + re.sub(r"([%&_#])", r"\\\1", text) + "}"


def _whole(part: Whole) -> str:
    match part:
        case Row(parts):
            return _side_by_side([latex_of(each) for each in parts])
        case Fraction(above, below):
            return f"\\frac{{{latex_of(above)}}}{{{latex_of(below)}}}"
        case Root(inside, degree):
            told = f"[{{{latex_of(degree)}}}]" if degree is not None else ""
            return f"\\sqrt{told}{{{latex_of(inside)}}}"
        case Scripts(base, sub, sup):
            return _scripts(base, sub, sup)
        case Fence(left, inside, right):
            return _side_by_side([f"\\left{left}", latex_of(inside), f"\\right{right}"])
        case Accent(command, inside):
            return f"{command}{{{latex_of(inside)}}}"
        case Grid(name, rows, columns):
            lines = " \\\\ ".join(" & ".join(map(latex_of, row)) for row in rows)
            sides = f"{{{columns}}}" if columns else ""
            return f"\\begin{{{name}}}{sides}{lines}\\end{{{name}}}"


def _side_by_side(pieces: list[str]) -> str:
    written = ""
    for piece in pieces:
        if piece[:1].isalpha() and piece[:1].isascii() and _NEEDS_SPACE.search(written):
            written += " "
        written += piece
    return written


def _scripts(base: Part, sub: Row | None, sup: Row | None) -> str:
    said = latex_of(base)
    if isinstance(base, Row | Scripts):
        said = f"{{{said}}}"
    told = f"_{{{latex_of(sub)}}}" if sub is not None else ""
    return said + told + (f"^{{{latex_of(sup)}}}" if sup is not None else "")


def line_of(part: Part) -> str:
    """Return a formula in one line of plain characters, as one types it: (a+b)/√(x²)."""
    if isinstance(part, Mark):
        return _shown(part.command)
    return part.text if isinstance(part, Leaf) else _whole_line(part)


def _whole_line(part: Whole) -> str:
    match part:
        case Row(parts):
            return "".join(map(line_of, parts))
        case Fraction(above, below):
            return f"{_grouped(above)}/{_grouped(below)}"
        case Root(inside, degree):
            return (line_of(degree) if degree is not None else "") + f"√{_grouped(inside)}"
        case Scripts(base, sub, sup):
            said = _grouped(base) if isinstance(base, Row | Scripts | Fraction) else line_of(base)
            return said + _script(sub, "_") + _script(sup, "^")
        case Fence(left, inside, right):
            before, behind = ("" if each == "." else _shown(each) for each in (left, right))
            return before + line_of(inside) + behind
        case Accent(_command, inside):
            return _grouped(inside)
        case Grid(name, rows):
            between = "" if name in LINES else ", "
            return "(" + "; ".join(between.join(map(line_of, row)) for row in rows) + ")"


def _shown(command: str) -> str:
    shown = SIGNS[command].shown
    return {"−": "-", "∗": "*", "⋅": "·", "\u2009": " ", "\u2003": " ", "∣": "|"}.get(shown, shown)


def _grouped(part: Part) -> str:
    inner = only(part) if isinstance(part, Row) else part
    said = line_of(part)
    return f"({said})" if isinstance(inner, Row | Fraction) and len(said) > 1 else said


def _script(row: Row | None, sign: str) -> str:
    if row is None:
        return ""
    said = line_of(row)
    if said in ("°", "∘", "′", "′′"):
        return said.replace("∘", "°")
    small = said.translate(_RAISED if sign == "^" else _LOWERED)
    if len(said) <= 3 and not set(small) & set(said):
        return small
    return f"{sign}{_grouped(row)}"
