"""Formulas of Word documents (OMML) read as LaTeX; what formulas here have not is refused by its name."""

from __future__ import annotations

from collections.abc import Callable

from lxml.etree import _Element

from trainhub.exams.bank.formulas.mathml_in import fenced, signs, text_of
from trainhub.exams.bank.formulas.reading import DEEPEST, read_latex
from trainhub.exams.bank.formulas.symbols import BREAK, SIGNS
from trainhub.exams.bank.formulas.tree import Unreadable
from trainhub.exams.bank.formulas.writing import latex_of
from trainhub.kernel.i18n import _

_FENCES = {
    "(": "(", ")": ")", "[": "[", "]": "]", "{": "\\{", "}": "\\}", "|": "|", "‖": "\\|",
    "〈": "\\langle", "〉": "\\rangle", "⟨": "\\langle", "⟩": "\\rangle",
    "⌊": "\\lfloor", "⌋": "\\rfloor", "⌈": "\\lceil", "⌉": "\\rceil", "": ".",
}  # fmt: skip
_ACCENTS = {
    "\u0305": "\\bar", "\u0304": "\\bar", "¯": "\\bar", "\u20d7": "\\vec", "\u20d1": "\\vec",
    "\u0302": "\\hat", "\u0303": "\\tilde", "\u0307": "\\dot", "\u0308": "\\ddot", "": "\\hat",
}  # fmt: skip


def latex_of_omml(math: _Element) -> str:
    """Return a formula as LaTeX in its one form.

    Args:
        math: the element ``oMath`` with plain names, without namespaces.

    Raises:
        Unreadable: it holds what formulas here have not.
    """
    return latex_of(read_latex(_row(math, 0)))


def _row(element: _Element | None, depth: int) -> str:
    if element is None:
        return ""
    if depth > 2 * DEEPEST:
        raise Unreadable(_("The formula is too deeply nested."))
    return "".join(_part(each, depth) for each in element)


def _part(element: _Element, depth: int) -> str:
    tag = str(element.tag)
    if tag.endswith("Pr") or tag in ("bookmarkStart", "bookmarkEnd", "proofErr"):
        return ""
    maker = _MAKERS.get(tag)
    if maker is None:
        raise Unreadable(_("Formulas here have no “%(command)s”.", command=tag[:20]))
    return maker(element, depth + 1)


def _of(element: _Element, name: str, depth: int) -> str:
    return _row(element.find(name), depth)


def _setting(element: _Element, path: str, default: str) -> str:
    found = element.find(path)
    return default if found is None else found.get("val") or ""


def _is_on(element: _Element, path: str) -> bool:
    found = element.find(path)
    return found is not None and (found.get("val") or "1") not in ("0", "off", "false")


def _run(element: _Element, _depth: int) -> str:
    """Return the characters of a run; words in it are words, a name of a function is one."""
    text = "".join(each.text or "" for each in element.iter("t"))
    if element.find("br") is not None or element.find("rPr/brk") is not None:
        return f"{BREAK} {signs(text)}"
    if _is_on(element, "rPr/nor"):
        return text_of(text)
    name = text.strip()
    if f"\\{name}" in SIGNS:
        return f"\\{name} "
    if _setting(element, "rPr/sty", "i") == "p" and name.isascii() and name.isalpha():
        return f"\\mathrm{{{name}}}"
    return signs(text)


def _fraction(element: _Element, depth: int) -> str:
    above, below = _of(element, "num", depth), _of(element, "den", depth)
    kind = _setting(element, "fPr/type", "bar")
    if kind == "lin":
        return f"{{{above}}}/{{{below}}}"
    if kind == "noBar":
        return f"\\begin{{matrix}}{above}\\\\{below}\\end{{matrix}}"
    return f"\\frac{{{above}}}{{{below}}}"


def _root(element: _Element, depth: int) -> str:
    degree = "" if _is_on(element, "radPr/degHide") else _of(element, "deg", depth)
    return (f"\\sqrt[{{{degree}}}]" if degree else "\\sqrt") + f"{{{_of(element, 'e', depth)}}}"


def _scripts(element: _Element, depth: int) -> str:
    said = f"{{{_of(element, 'e', depth)}}}"
    for sign, name in (("_", "sub"), ("^", "sup")):
        if element.find(name) is not None:
            said += f"{sign}{{{_of(element, name, depth)}}}"
    return said


def _before(element: _Element, depth: int) -> str:
    sub, sup = _of(element, "sub", depth), _of(element, "sup", depth)
    return f"{{}}_{{{sub}}}^{{{sup}}}{_of(element, 'e', depth)}"


def _big(element: _Element, depth: int) -> str:
    said = signs(_setting(element, "naryPr/chr", "∫") or "∫").strip()
    for sign, name in (("_", "sub"), ("^", "sup")):
        if not _is_on(element, f"naryPr/{name}Hide") and element.find(f"{name}/*") is not None:
            said += f"{sign}{{{_of(element, name, depth)}}}"
    return f"{said} {_of(element, 'e', depth)}"


def _brackets(element: _Element, depth: int) -> str:
    left, right = _setting(element, "dPr/begChr", "("), _setting(element, "dPr/endChr", ")")
    if left not in _FENCES or right not in _FENCES:
        raise Unreadable(_("Formulas here have no “%(command)s”.", command=left or right))
    between = signs(_setting(element, "dPr/sepChr", "|"))
    inside = between.join(_row(each, depth) for each in element.iterfind("e"))
    return fenced(_FENCES[left], inside, _FENCES[right])


def _matrix(element: _Element, depth: int) -> str:
    lines = [" & ".join(_row(cell, depth) for cell in line.iterfind("e")) for line in element.iterfind("mr")]
    return "\\begin{matrix}" + " \\\\ ".join(lines) + "\\end{matrix}"


def _lines(element: _Element, depth: int) -> str:
    """Return lines below each other; a “&” in them is where they are aligned."""
    said = " \\\\ ".join(_row(each, depth) for each in element.iterfind("e"))
    lines = said.replace("\\& ", "&")
    name = "gathered" if lines == said else "aligned"
    return f"\\begin{{{name}}}{lines}\\end{{{name}}}"


def _function(element: _Element, depth: int) -> str:
    return f"{_of(element, 'fName', depth)} {_of(element, 'e', depth)}"


def _accent(element: _Element, depth: int) -> str:
    sign = _setting(element, "accPr/chr", "\u0302")
    if sign not in _ACCENTS:
        raise Unreadable(_("Formulas here have no “%(command)s”.", command=sign))
    return f"{_ACCENTS[sign]}{{{_of(element, 'e', depth)}}}"


def _bar(element: _Element, depth: int) -> str:
    name = "\\overline" if _setting(element, "barPr/pos", "bot") == "top" else "\\underline"
    return f"{name}{{{_of(element, 'e', depth)}}}"


def _limit(element: _Element, depth: int) -> str:
    return f"{_of(element, 'e', depth).strip()}_{{{_of(element, 'lim', depth)}}}"


_MAKERS: dict[str, Callable[[_Element, int], str]] = {
    "r": _run,
    "oMath": _row,
    "f": _fraction,
    "rad": _root,
    "sSub": _scripts,
    "sSup": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "nary": _big,
    "d": _brackets,
    "m": _matrix,
    "eqArr": _lines,
    "func": _function,
    "acc": _accent,
    "bar": _bar,
    "limLow": _limit,
    "box": lambda element, depth: _of(element, "e", depth),
}
