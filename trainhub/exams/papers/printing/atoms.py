"""What stands in a line: runs of characters, and small things drawn among them, each with its measures.

A new node that stands within a line is one function in ``INLINE``: it returns the atoms of an element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from reportlab.lib.units import mm

from trainhub.exams.bank.rich import Element, Node, Nodes
from trainhub.exams.papers.printing.formulas import printed
from trainhub.kernel.figures import reach
from trainhub.kernel.pdf import INK, Document
from trainhub.kernel.typeface import NO_LINE_END, NO_LINE_START, pieces, text_width

ABOVE, BELOW = 0.40, 0.15
"""Of a size in points: how far characters reach above and below their line, in millimetres."""


@dataclass(frozen=True)
class Style:
    """How characters are written."""

    size: float
    strong: bool = False
    under: bool = False
    rise: float = 0.0


Draw = Callable[[Document, float, float], None]
"""(document, left, baseline): draw an atom there."""


@dataclass(frozen=True)
class Atom:
    """What a line is not broken within.

    Args:
        width: in millimetres.
        above: how far it reaches above its line.
        below: how far below.
        text: its characters, if it has any; those of one style side by side are written at once.
        style: of the characters.
        draw: how it is drawn, if it is no text.
    """

    width: float
    above: float
    below: float
    text: str = ""
    style: Style | None = None
    draw: Draw | None = None

    @property
    def is_space(self) -> bool:
        """Whether it vanishes at the ends of a line."""
        return self.text == " "

    @property
    def may_begin(self) -> bool:
        """Whether a line may begin with it."""
        return self.text not in NO_LINE_START or not self.text


def text_atoms(text: str, style: Style) -> Iterator[Atom]:
    """Yield the atoms of characters: Chinese one by one, Latin by words."""
    for piece in pieces(text):
        yield Atom(
            text_width(piece, style.size),
            style.size * ABOVE + style.rise,
            style.size * BELOW - min(style.rise, 0),
            piece,
            style,
        )


def _strong(element: Element, style: Style) -> Iterator[Atom | Node]:
    yield from inline(element.children, replace(style, strong=True))


def _under(element: Element, style: Style) -> Iterator[Atom | Node]:
    yield from inline(element.children, replace(style, under=True))


def _above(element: Element, style: Style) -> Iterator[Atom | Node]:
    raised = replace(style, size=style.size * 0.68, rise=style.rise + style.size * 0.13)
    yield from inline(element.children, raised)


def _below(element: Element, style: Style) -> Iterator[Atom | Node]:
    lowered = replace(style, size=style.size * 0.68, rise=style.rise - style.size * 0.06)
    yield from inline(element.children, lowered)


def _formula(element: Element, style: Style) -> Iterator[Atom | Node]:
    sign = printed((element,))
    above, below = (each * style.size / mm for each in reach(sign))
    yield Atom(text_width(sign, style.size), above + style.rise, below - style.rise, sign, style)


def _equation(element: Element, style: Style) -> Iterator[Atom | Node]:
    yield Element("br")
    yield from _formula(element, style)
    yield Element("br")


INLINE: dict[str, Callable[[Element, Style], Iterator[Atom | Node]]] = {
    "strong": _strong,
    "em": _strong,
    "u": _under,
    "sup": _above,
    "sub": _below,
    "formula": _formula,
    "equation": _equation,
}
"""How each element within a line is written; one without an entry stands on its own, or its words do."""


def inline(nodes: Nodes, style: Style) -> Iterator[Atom | Node]:
    """Yield the atoms of nodes, and whatever stands between lines as it is."""
    for node in nodes:
        if isinstance(node, str):
            yield from text_atoms(node, style)
        elif node.tag in INLINE:
            yield from INLINE[node.tag](node, style)
        elif node.name and node.medium is None:
            # Nothing of a question may be lost in print: what nobody has drawn yet is written as it is.
            yield from text_atoms(node.name, style)
        else:
            yield node


def broken(atoms: Sequence[Atom], width: float) -> list[list[Atom]]:
    """Break atoms into lines of a width."""
    lines: list[list[Atom]] = []
    line: list[Atom] = []
    used = 0.0
    for atom in atoms:
        if line and used + atom.width > width and atom.may_begin and not atom.is_space:
            line, carried = _ended(line)
            lines.append(line)
            line, used = carried, sum(each.width for each in carried)
        if atom.is_space and not line:
            continue
        line.append(atom)
        used += atom.width
    return [*lines, line] if line else lines


def _ended(line: list[Atom]) -> tuple[list[Atom], list[Atom]]:
    """Part a full line from an opening bracket at its end, which goes with what it opens."""
    last = len(line)
    while last > 1 and line[last - 1].text in NO_LINE_END:
        last -= 1
    return line[:last], line[last:]


def draw_line(document: Document, left: float, y: float, line: Sequence[Atom]) -> None:
    """Draw a line of atoms whose characters stand at the height of ``y``."""
    run: list[Atom] = []
    for atom in line:
        if run and (atom.style is None or atom.style != run[0].style):
            left = _draw_run(document, left, y, run)
            run = []
        if atom.draw is not None:
            atom.draw(document, left, y)
            left += atom.width
        else:
            run.append(atom)
    if run:
        _draw_run(document, left, y, run)


def _draw_run(document: Document, left: float, y: float, run: Sequence[Atom]) -> float:
    style = run[0].style or Style(10.0)
    text, width = "".join(each.text for each in run), sum(each.width for each in run)
    document.text(left, y - style.rise, text, style.size, strong=style.strong)
    if style.under:
        document.line(left, y + 1.0, left + width, y + 1.0, colour=INK)
    return left + width
