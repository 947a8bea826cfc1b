"""Formulas on their way in and out: MathML of QTI, formulas of Word, LaTeX between Moodle's signs."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from lxml import etree
from lxml import html as lxml_html
from lxml.etree import _Element

from trainhub.exams.bank.formulas import Unreadable, mathml_of, read_latex
from trainhub.exams.bank.formulas.mathml_in import latex_of_mathml
from trainhub.exams.bank.formulas.omml_in import latex_of_omml
from trainhub.exams.bank.rich.formulas import canonical_latex, split, written

_MATHS = re.compile(r"<math\b[^<>]*>(?:(?!</?math\b).){1,20000}</math>", re.DOTALL | re.IGNORECASE)
_DOLLARS = re.compile(r"\$\$([^$]{1,1000})\$\$")


def from_mathml(root: _Element) -> None:
    """Put LaTeX in the place of the MathML of a file; what cannot be read stays, to be named later."""
    for math in [each for each in root.iter("math")]:
        _replace(math, latex_of_mathml, "equation" if math.get("display") == "block" else "formula")


def from_word(root: _Element) -> None:
    """Put LaTeX in the place of a Word document's formulas; what cannot be read stays."""
    for math in [each for each in root.iter("oMath")]:
        parent = math.getparent()
        alone = parent is not None and parent.tag == "oMathPara"
        latex = _read(math, latex_of_omml)
        if latex is not None:
            tail = math.tail
            math.clear()
            math.tag, math.text, math.tail = "t", written("equation" if alone else "formula", latex), tail


def _read(element: _Element, read: Callable[[_Element], str]) -> str | None:
    try:
        return read(element)
    except Unreadable:
        return None


def _replace(element: _Element, read: Callable[[_Element], str], tag: str) -> None:
    latex, parent, before = _read(element, read), element.getparent(), element.getprevious()
    if latex is None or parent is None:
        return
    text = written(tag, latex) + (element.tail or "")
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)


def from_html(markup: str) -> str:
    r"""Return Moodle's HTML with ``\[ … \]`` for ``$$ … $$`` and LaTeX for MathML, where there is such."""

    def told(found: re.Match[str]) -> str:
        latex = canonical_latex(html.unescape(found[1]))
        return found[0] if latex is None else f"\\[{html.escape(latex, quote=False)}\\]"

    return _MATHS.sub(_told, _DOLLARS.sub(told, markup))


def _told(found: re.Match[str]) -> str:
    try:
        math = lxml_html.fragment_fromstring(found[0])
        tag = "equation" if math.get("display") == "block" else "formula"
        return html.escape(written(tag, latex_of_mathml(math)), quote=False)
    except (Unreadable, etree.ParserError, ValueError):
        return found[0]


def to_mathml(told: _Element) -> None:
    """Put MathML in the place of the formulas in the texts of a tree."""
    for element in list(told.iter()):
        if isinstance(element.tag, str):
            pieces = list(_pieces(element.text or ""))
            element.text = _put(element, 0, pieces)
            parent = element.getparent()
            if parent is not None and element is not told:
                element.tail = _put(parent, parent.index(element) + 1, list(_pieces(element.tail or "")))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    return split(text) if "\\" in text else iter([("", text)] if text else [])


def _put(parent: _Element, place: int, pieces: list[tuple[str, str]]) -> str | None:
    """Insert the formulas of a text from a place on; return the characters before the first."""
    first: str | None = None
    last: _Element | None = None
    for tag, piece in pieces:
        if tag:
            last = etree.fromstring(mathml_of(read_latex(piece), tag == "equation"))
            parent.insert(place, last)
            place += 1
        elif last is None:
            first = (first or "") + piece
        else:
            last.tail = (last.tail or "") + piece
    return first
