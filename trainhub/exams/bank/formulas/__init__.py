"""Formulas of questions: written in LaTeX, kept in one form, drawn, said in words, exchanged as MathML."""

from trainhub.exams.bank.formulas.drawing import EM, Drawing, drawing_of, outlines
from trainhub.exams.bank.formulas.mathml import mathml_of
from trainhub.exams.bank.formulas.reading import read_latex
from trainhub.exams.bank.formulas.saying import spoken
from trainhub.exams.bank.formulas.tree import Unreadable
from trainhub.exams.bank.formulas.writing import latex_of, line_of

__all__ = [
    "EM", "Drawing", "Unreadable", "drawing_of", "latex_of", "line_of", "mathml_of", "outlines", "read_latex",
    "spoken",
]  # fmt: skip
