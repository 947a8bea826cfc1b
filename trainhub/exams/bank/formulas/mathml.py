"""A formula as MathML: for other programs, and for the one that draws it."""

from __future__ import annotations

from html import escape

from trainhub.exams.bank.formulas.symbols import ACCENTS, GRIDS, SIGNS, Kind
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
)
from trainhub.exams.bank.formulas.writing import latex_of

SPACE = "http://www.w3.org/1998/Math/MathML"
TEX = "application/x-tex"
_SPACES = {"\\,": "0.167em", "\\quad": "1em"}
_BELOW = ("\\underline",)
SIDES = {"l": "left", "c": "center", "r": "right"}


def mathml_of(row: Row, is_block: bool) -> str:
    """Return a formula as MathML with its LaTeX beside it, as one text of XML without a namespace."""
    form = ' display="block"' if is_block else ""
    return (
        f"<math{form}><semantics>{shape_of(row)}"
        f'<annotation encoding="{TEX}">{escape(latex_of(row))}</annotation></semantics></math>'
    )


def shape_of(part: Part) -> str:
    """Return the MathML of a part."""
    return _leaf(part) if isinstance(part, Leaf) else _whole(part)


def _leaf(part: Leaf) -> str:
    match part:
        case Number(text):
            return f"<mn>{text}</mn>"
        case Letter(text):
            return f"<mi>{text}</mi>"
        case Upright(text):
            return f'<mi mathvariant="normal">{text}</mi>'
        case Text(text):
            # Space at the edge of an element would be taken away by who reads the XML.
            edges = "\u00a0" if text[:1] == " " else "", "\u00a0" if text[-1:] == " " else ""
            return f"<mtext>{edges[0]}{escape(text.strip(' '))}{edges[1]}</mtext>"
        case Mark(command):
            return _mark(command)


def _whole(part: Whole) -> str:
    match part:
        case Row(parts):
            inner = "".join(map(shape_of, parts))
            return inner if len(parts) == 1 else f"<mrow>{inner}</mrow>"
        case Fraction(above, below):
            return f"<mfrac>{shape_of(above)}{shape_of(below)}</mfrac>"
        case Root(inside, degree):
            return _root(shape_of(inside), degree)
        case Scripts(base, sub, sup):
            return _scripts(base, sub, sup)
        case Fence(left, inside, right):
            return f"<mrow>{_fence(left)}{shape_of(inside)}{_fence(right)}</mrow>"
        case Accent(command, inside):
            return _accent(command, inside)
        case Grid():
            return _grid(part)


def _root(inside: str, degree: Row | None) -> str:
    return f"<msqrt>{inside}</msqrt>" if degree is None else f"<mroot>{inside}{shape_of(degree)}</mroot>"


def _accent(command: str, inside: Row) -> str:
    name, attribute = ("munder", "accentunder") if command in _BELOW else ("mover", "accent")
    stretches = str(command in ("\\overline", "\\underline")).lower()
    sign = f'<mo stretchy="{stretches}">{ACCENTS[command][0]}</mo>'
    return f'<{name} {attribute}="true">{shape_of(inside)}{sign}</{name}>'


def _mark(command: str) -> str:
    sign = SIGNS[command]
    shown = escape(sign.shown)
    match sign.kind:
        case Kind.SPACE:
            return f'<mspace width="{_SPACES[command]}"/>'
        case Kind.LETTER:
            is_upright = sign.shown.isupper() or not sign.shown.isalpha()
            return f'<mi mathvariant="normal">{shown}</mi>' if is_upright else f"<mi>{shown}</mi>"
        case Kind.FUNCTION:
            return f"<mi>{shown}</mi>"
        case Kind.LIMIT:
            return f'<mo movablelimits="true">{shown}</mo>'
        case Kind.BIG:
            return f'<mo largeop="true">{shown}</mo>'
        case _:
            return (
                f'<mo stretchy="false">{shown}</mo>'
                if sign.shown in "()[]{}|‖⟨⟩⌊⌋⌈⌉/"
                else f"<mo>{shown}</mo>"
            )


def _fence(command: str) -> str:
    shown = "" if command == "." else escape(SIGNS[command].shown)
    return f'<mo fence="true" stretchy="true">{shown}</mo>'


def _scripts(base: Part, sub: Row | None, sup: Row | None) -> str:
    moves = isinstance(base, Mark) and (
        SIGNS[base.command].kind is Kind.LIMIT or base.command in ("\\sum", "\\prod", "\\bigcup", "\\bigcap")
    )
    inner = shape_of(base) + "".join(shape_of(each) for each in (sub, sup) if each is not None)
    if sub is not None and sup is not None:
        name = "munderover" if moves else "msubsup"
    elif sub is not None:
        name = "munder" if moves else "msub"
    else:
        name = "mover" if moves else "msup"
    return f"<{name}>{inner}</{name}>"


def _grid(grid: Grid) -> str:
    lines = "".join(
        "<mtr>" + "".join(f"<mtd>{shape_of(cell)}</mtd>" for cell in row) + "</mtr>" for row in grid.rows
    )
    sides = _sides(grid)
    table = f'<mtable columnalign="{sides}">{lines}</mtable>' if sides else f"<mtable>{lines}</mtable>"
    left, right = GRIDS[grid.name]
    if not left:
        return table
    return f"<mrow>{_fence(left)}{table}{_fence(right) if right != '.' else ''}</mrow>"


def _sides(grid: Grid) -> str:
    """Return on which side the cells of each column stand, empty for those of a matrix."""
    if grid.name == "aligned":
        pairs = max(1, (len(grid.rows[0]) + 1) // 2)
        return " ".join(["right left"] * pairs)
    if grid.name == "array":
        return " ".join(SIDES[each] for each in grid.columns)
    return {"cases": "left", "gathered": "center"}.get(grid.name, "")
