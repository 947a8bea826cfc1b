"""MathML of other programs read as LaTeX; what formulas here have not is refused by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.formulas.mathml import SIDES, TEX, shape_of
from trainhub.exams.bank.formulas.reading import DEEPEST, read_latex
from trainhub.exams.bank.formulas.symbols import ACCENTS, BREAK, CHARACTERS, GRIDS, SIGNS
from trainhub.exams.bank.formulas.tree import Unreadable
from trainhub.exams.bank.formulas.writing import latex_of
from trainhub.kernel.i18n import _

_OPENING = {
    "(": "(",
    "[": "[",
    "{": "\\{",
    "|": "|",
    "‖": "\\|",
    "⟨": "\\langle",
    "⌊": "\\lfloor",
    "⌈": "\\lceil",
}
_CLOSING = {
    ")": ")",
    "]": "]",
    "}": "\\}",
    "|": "|",
    "‖": "\\|",
    "⟩": "\\rangle",
    "⌋": "\\rfloor",
    "⌉": "\\rceil",
}
_SIGNS_ABOVE = {
    "¯": "\\bar", "‾": "\\bar", "ˉ": "\\bar", "―": "\\overline", "_": "\\bar", "→": "\\vec",
    "⃗": "\\vec", "⇀": "\\vec", "^": "\\hat", "ˆ": "\\hat", "~": "\\tilde", "˜": "\\tilde",
    "˙": "\\dot", ".": "\\dot", "¨": "\\ddot", "-": "\\bar",
}  # fmt: skip
_BELOW = ("_", "―", "¯", "‾", "\u0332")
_AROUND = {sides: name for name, sides in GRIDS.items() if sides[0]}
_LONG = "\\overline"
_NEW_LINES = ("newline", "indentingnewline")
_WORD = re.compile(r"[A-Za-z]{2,20}")


def latex_of_mathml(math: _Element) -> str:
    """Return a formula as LaTeX in its one form.

    Args:
        math: the element ``math`` with plain names, without namespaces.

    Raises:
        Unreadable: it holds what formulas here have not.
    """
    told = _told_beside(math)
    return latex_of(read_latex(_row(list(math)))) if told is None else told


def _told_beside(math: _Element) -> str | None:
    """Return the LaTeX beside a formula, if it says exactly what the formula says."""
    annotation = next((each for each in math.iter("annotation") if each.get("encoding") == TEX), None)
    shape = None if annotation is None else annotation.getprevious()
    if annotation is None or shape is None:
        return None
    try:
        row = read_latex(annotation.text or "")
    except Unreadable:
        return None
    return latex_of(row) if _same(etree.fromstring(shape_of(row)), shape) else None


def _same(one: _Element, other: _Element) -> bool:
    alike = one.tag == other.tag and dict(one.attrib) == dict(other.attrib) and len(one) == len(other)
    alike = alike and (one.text or "").strip(" \n\t") == (other.text or "").strip(" \n\t")
    return alike and all(_same(left, right) for left, right in zip(one, other, strict=True))


def _row(elements: Sequence[_Element], depth: int = 0) -> str:
    """Return elements side by side; brackets around all of them grow with them."""
    if depth > 2 * DEEPEST:
        raise Unreadable(_("The formula is too deeply nested."))
    shown = [each for each in elements if isinstance(each.tag, str)]
    if len(shown) >= 2 and _is_fence(shown[0]):
        table = shown[1] if len(shown) in (2, 3) and shown[1].tag == "mtable" else None
        left, right = _said(shown[0]), _said(shown[-1]) if _is_fence(shown[-1]) else ""
        name = _AROUND.get((_OPENING.get(left, ""), _CLOSING.get(right, ".")))
        if table is not None and name is not None and (name == "cases" or not _columns(table).strip("c")):
            return _table(table, name, depth)
        if _is_fence(shown[-1]) and (left in _OPENING or not left) and (right in _CLOSING or not right):
            inside = "".join(_part(each, depth) for each in shown[1:-1])
            return fenced(_OPENING.get(left, "."), inside, _CLOSING.get(right, "."))
    return "".join(_part(each, depth) for each in shown)


def fenced(left: str, inside: str, right: str) -> str:
    """Return LaTeX between brackets that grow with it."""
    return f"\\left{left} {inside}\\right{right} "


def _is_fence(element: _Element) -> bool:
    if element.tag != "mo" or element.get("stretchy") == "false":
        return False
    said = _said(element)
    return said in _OPENING or said in _CLOSING or (not said and element.get("fence") == "true")


def _said(element: _Element) -> str:
    return "".join((element.text or "").split())


def _part(element: _Element, depth: int) -> str:
    """Return one element as LaTeX."""
    tag = str(element.tag)
    if tag in ("math", "mrow", "mstyle", "mpadded", "merror"):
        return _row(list(element), depth + 1)
    if tag == "semantics":
        return _row(list(element)[:1], depth + 1)
    maker = _MAKERS.get(tag)
    if maker is None:
        raise Unreadable(_("Formulas here have no “%(command)s”.", command=tag[:20]))
    return maker(element, depth)


def _inner(element: _Element, depth: int) -> str:
    return _row(list(element), depth + 1)


def _parts(element: _Element, count: int, depth: int) -> list[str]:
    found = [_row([each], depth + 1) for each in element if isinstance(each.tag, str)]
    if len(found) != count:
        raise Unreadable(_("The formula cannot be read."))
    return found


def _name(element: _Element, _depth: int) -> str:
    """Return letters: one is a quantity, several are a function or stand upright."""
    text = _said(element)
    if f"\\{text}" in SIGNS:
        return f"\\{text} "
    if len(text) == 1 and element.get("mathvariant") == "normal" and text.isascii() and text.isalpha():
        return f"\\mathrm{{{text}}}"
    return f"\\mathrm{{{text}}}" if _WORD.fullmatch(text) else signs(text)


def signs(text: str) -> str:
    """Return characters as the commands by which they are known here."""
    return "".join(_sign(each) for each in text if not each.isspace())


def _sign(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    named = CHARACTERS.get(character, "\\" + character if character in "#$_&" else character)
    return f"{named} " if named[:1] == "\\" else named


def _operator(element: _Element, _depth: int) -> str:
    text = _said(element)
    if element.get("linebreak") in _NEW_LINES:
        is_behind = element.get("linebreakstyle") == "after"
        return f"{signs(text)}{BREAK} " if is_behind else f"{BREAK} {signs(text)}"
    if f"\\{text}" in SIGNS:
        return f"\\{text} "
    return f"\\mathrm{{{text}}}" if _WORD.fullmatch(text) else signs(text)


def _text(element: _Element, _depth: int) -> str:
    return text_of(element.text or "")


def text_of(text: str) -> str:
    """Return words of a formula as LaTeX."""
    if not text.strip():
        return "\\," if text else ""
    return "\\text{" + re.sub(r"([%&_#$])", r"\\\1", text.replace("\u00a0", " ")) + "}"


def _space(element: _Element, _depth: int) -> str:
    if element.get("linebreak") in _NEW_LINES:
        return f"{BREAK} "
    found = re.match(r"\s*([0-9.]+)em", element.get("width") or "")
    return "\\quad " if found is not None and float(found[1]) >= 0.7 else "\\,"


def _fraction(element: _Element, depth: int) -> str:
    above, below = _parts(element, 2, depth)
    if re.match(r"0[^1-9]*\Z", element.get("linethickness") or "1"):
        return f"\\left(\\begin{{matrix}}{above}\\\\{below}\\end{{matrix}}\\right)"
    return f"\\frac{{{above}}}{{{below}}}"


def _root(element: _Element, depth: int) -> str:
    inside, degree = _parts(element, 2, depth)
    return f"\\sqrt[{{{degree}}}]{{{inside}}}"


def _scripts(order: str) -> Callable[[_Element, int], str]:
    """Return what reads a base with what is below and above it."""

    def read(element: _Element, depth: int) -> str:
        base, *others = _parts(element, 1 + len(order), depth)
        if order == "^" and str(element.tag) == "mover":
            accent = _SIGNS_ABOVE.get(_said(list(element)[1])) if list(element)[1].tag == "mo" else None
            if accent is not None:
                stretched = accent == "\\bar" and _is_long(list(element)[0])
                return f"{_LONG if stretched else accent}{{{base}}}"
        if order == "_" and str(element.tag) == "munder" and _said(list(element)[1]) in _BELOW:
            return f"\\underline{{{base}}}"
        return f"{{{base}}}" + "".join(f"{sign}{{{each}}}" for sign, each in zip(order, others, strict=True))

    return read


def _is_long(element: _Element) -> bool:
    return len("".join(str(each) for each in element.itertext()).strip()) > 1


def _fenced(element: _Element, depth: int) -> str:
    left, right = element.get("open", "("), element.get("close", ")")
    between = [_sign(each) for each in element.get("separators", ",") if not each.isspace()] or [""]
    cells = [_row([each], depth + 1) for each in element]
    inside = "".join(
        (between[min(place, len(between)) - 1] if place else "") + cell for place, cell in enumerate(cells)
    )
    if (left and left not in _OPENING) or (right and right not in _CLOSING):
        raise Unreadable(_("The formula cannot be read."))
    return fenced(_OPENING.get(left, "."), inside, _CLOSING.get(right, "."))


def _table(element: _Element, name: str, depth: int) -> str:
    if any(isinstance(each.tag, str) and each.tag != "mtr" for each in element):
        raise Unreadable(_("The formula cannot be read."))
    lines = [
        " & ".join(_row(list(cell), depth + 1) for cell in line.iterfind("mtd"))
        for line in element.iterfind("mtr")
    ]
    sides = f"{{{_columns(element)}}}" if name == "array" else ""
    return f"\\begin{{{name}}}{sides}" + " \\\\ ".join(lines) + f"\\end{{{name}}}"


def _columns(element: _Element) -> str:
    """Return the side of each column of a table, as far as it says one: ``l``, ``c`` or ``r``."""
    letters = {name: letter for letter, name in SIDES.items()}
    return "".join(letters.get(each, "c") for each in (element.get("columnalign") or "").split())


def _bare_table(element: _Element, depth: int) -> str:
    """Return a table without brackets: lines below each other, an array, or a matrix."""
    columns = _columns(element)
    widest = max((len(line.findall("mtd")) for line in element.iterfind("mtr")), default=0)
    if columns[:2] == "rl":
        return _table(element, "aligned", depth)
    if widest == 1 and (columns[:1] == "c" or (not columns and element.get("displaystyle") == "true")):
        return _table(element, "gathered", depth)
    return _table(element, "array" if columns.strip("c") else "matrix", depth)


_MAKERS: dict[str, Callable[[_Element, int], str]] = {
    "mn": lambda element, _depth: signs(_said(element)),
    "mi": _name,
    "mo": _operator,
    "mtext": _text,
    "ms": _text,
    "mspace": _space,
    "mfrac": _fraction,
    "msqrt": lambda element, depth: f"\\sqrt{{{_inner(element, depth)}}}",
    "mroot": _root,
    "msub": _scripts("_"),
    "msup": _scripts("^"),
    "msubsup": _scripts("_^"),
    "munder": _scripts("_"),
    "mover": _scripts("^"),
    "munderover": _scripts("_^"),
    "mfenced": _fenced,
    "mtable": _bare_table,
}

assert all(each in ACCENTS for each in _SIGNS_ABOVE.values())
