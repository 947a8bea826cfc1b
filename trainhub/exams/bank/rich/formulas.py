r"""Formulas in a rich text: LaTeX between ``\(`` and ``\)``, or ``\[`` and ``\]`` for a line of its own.

In a text they are characters like any other, so that cleaning, storing and Moodle know nothing of them; read
into nodes they are elements. One that cannot be read stays characters, and a question with it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from trainhub.exams.bank.formulas import Unreadable, drawing_of, latex_of, line_of, read_latex, spoken
from trainhub.kernel.i18n import _

if TYPE_CHECKING:
    from trainhub.exams.bank.rich.nodes import Element, Node

FORMULAS = ("formula", "equation")
"""Tags of the nodes: within a line, and on a line of its own."""

_INNER = r"((?:[^\\]|\\[^()\[\]])*?)"
FOUND = re.compile(rf"(?<!\\)\\(?:\({_INNER}\\\)|\[{_INNER}\\\])")
"""A formula in characters; what it holds is in the first group, or if it has its own line in the second."""

MOST_SPLIT = 200
"""So many formulas of a text are looked at; a question may have fewer."""

_BEGUN = re.compile(r"(?<!\\)\\[(\[]")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def split(text: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a text: the tag of a formula, empty for characters, and what it holds."""
    at = 0
    for found in islice(FOUND.finditer(text), MOST_SPLIT):
        latex = canonical_latex(found[1] if found[1] is not None else found[2])
        if latex is None:
            continue
        if found.start() > at:
            yield "", text[at : found.start()]
        yield FORMULAS[found[1] is None], latex
        at = found.end()
    if at < len(text):
        yield "", text[at:]


def canonical_latex(latex: str) -> str | None:
    """Return a formula in its one form, None if it cannot be read."""
    try:
        return latex_of(read_latex(latex))
    except Unreadable:
        return None


def begun(text: str) -> str:
    """Return what stands in a text of characters where a formula begins, shortened; empty if none does."""
    found = _BEGUN.search(text)
    return "" if found is None else text[found.start() : found.start() + 60]


def problem_in(text: str) -> str:
    """Return why characters that begin like a formula are none, empty if none begins."""
    start = _BEGUN.search(text)
    if start is None:
        return ""
    found = FOUND.match(text, start.start())
    if found is None:
        sign = "\\)" if start[0] == "\\(" else "\\]"
        return _("It does not end with “%(sign)s”, or layout stands in it.", sign=sign)
    try:
        read_latex(found[1] if found[1] is not None else found[2])
    except Unreadable as problem:
        return str(problem)
    return ""


def undrawable(element: Element) -> str:
    """Return why a formula cannot be drawn, empty if it can."""
    try:
        drawing_of(element.name, element.tag == "equation")
    except Unreadable as problem:
        return str(problem)
    return ""


def written(tag: str, latex: str) -> str:
    """Return a formula as it stands in a text."""
    return f"\\({latex}\\)" if tag == "formula" else f"\\[{latex}\\]"


def kept_whole(html: str) -> str:
    """Return what an author wrote with the signs of its formulas as characters: ``a<b`` is no tag in there.

    Ends of lines in a formula become spaces; what was written as ``&lt;`` before stays what it was.
    """
    return FOUND.sub(lambda found: _escaped(found[0]), html)


def _escaped(formula: str) -> str:
    told = re.sub(r"&(?:lt|gt|amp);", lambda found: _ENTITIES[found[0]], formula)
    return " ".join(told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split("\n"))


def for_typing(html: str) -> str:
    """Return a stored text with the signs of its formulas as one types them: ``kept_whole`` undone."""
    return FOUND.sub(
        lambda found: re.sub(r"&(?:lt|gt|amp);", lambda sign: _ENTITIES[sign[0]], found[0]), html
    )


def line(element: Element) -> str:
    """Return a formula in one line of plain characters."""
    return line_of(read_latex(element.name))


def said(element: Element, language: str) -> str:
    """Return a formula in words; where there are none, its LaTeX."""
    try:
        return spoken(read_latex(element.name), language)
    except Unreadable:
        return element.name


def formulas_in(nodes: tuple[Node, ...]) -> Iterator[Element]:
    """Yield the formulas of a text, in order."""
    for node in nodes:
        if not isinstance(node, str):
            if node.tag in FORMULAS:
                yield node
            yield from formulas_in(node.children)


def texts_in(nodes: tuple[Node, ...]) -> Iterator[str]:
    """Yield the characters of a text that are no formula, piece by piece."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            yield from texts_in(node.children)
