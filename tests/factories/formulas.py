"""LaTeX of the grammar that formulas of questions have, made up of all its parts."""

from __future__ import annotations

from hypothesis import strategies as st

from trainhub.exams.bank.formulas.symbols import ACCENTS, FENCES, GRIDS, SIGNS, Kind

_SPACED = [f"{sign.command} " for sign in SIGNS.values() if sign.kind is not Kind.SPACE]
_PLAIN = [
    "x", "Y", "0", "12", "3.14", "9.80665", "a<b", "f(x)", "|x|", "50\\%", "x'", "x\\,y", "压力", "Δ",
    "\\mathrm{kN}", "\\mathrm{m}", "\\mathrm{CO_{2}}", "\\text{ 当 a\\_b }", "\\text{if \\& <b>}",
    "\\text{压强}",
]  # fmt: skip
_SHAPES = [
    "{0}{1}{2}", "\\frac{{{0}}}{{{1}}}", "\\sqrt{{{0}{1}}}", "\\sqrt[{{{0}}}]{{{1}}}", "{{{0}}}_{{{1}}}",
    "{{{0}}}^{{{1}}}", "{{{0}{1}}}^{{{2}}}", "{{{0}}}_{{{1}}}^{{{2}}}", "\\left{3} {0}{1}\\right{4} ",
    "{5}{{{0}{1}}}",
    "\\begin{{{6}}}{0} & {1} \\\\ {2}\\end{{{6}}}", "\\begin{{array}}{{lr}}{0} & {1} \\\\ {2}\\end{{array}}",
]  # fmt: skip
_LINES = ["{0} \\\\ {1} \\\\[2pt] {2}", "{0} & {1} \\\\ {2}", "{0} \\newline {1}"]
"""Shapes of a whole formula: within brackets or a fraction no line ends."""


@st.composite
def formulas(draw, depth=3, may_break=True):
    """Draw the LaTeX of a formula."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(st.sampled_from(_SPACED) if draw(st.booleans()) else st.sampled_from(_PLAIN))
    parts = [draw(formulas(depth - 1, may_break=False)) for _each in range(3)]
    grids = GRIDS.keys() - {"array"}
    around = [draw(st.sampled_from(sorted(each))) for each in (FENCES, FENCES, ACCENTS, grids)]
    shapes = _LINES if may_break and draw(st.booleans()) else _SHAPES
    return draw(st.sampled_from(shapes)).format(*parts, *around)
