"""Formulas of questions: one form, drawn, said in words, carried out and back; hostile ones refused."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from tests.factories.every_type import options
from tests.factories.formulas import formulas
from trainhub.exams.bank.content import ItemBody, ItemType, check_body, same_question, texts_of
from trainhub.exams.bank.exchange.writing import carried
from trainhub.exams.bank.formulas import (
    Unreadable,
    drawing_of,
    latex_of,
    line_of,
    mathml_of,
    outlines,
    read_latex,
    spoken,
)
from trainhub.exams.bank.formulas.mathml import shape_of
from trainhub.exams.bank.formulas.mathml_in import latex_of_mathml
from trainhub.exams.bank.layout import for_editing, to_html, with_layout
from trainhub.exams.bank.rich import as_html, as_lists, canonical, nodes_of
from trainhub.exams.papers.printing.atoms import Style
from trainhub.exams.papers.printing.formulas import beyond, printed
from trainhub.exams.papers.printing.laying import Setting, blocks
from trainhub.kernel.errors import Invalid
from trainhub.kernel.figures import figure_of
from trainhub.kernel.pdf import Document
from trainhub.kernel.typeface import broken_lines, text_width

PRESSURE = r"p=\frac{F}{S}"
QUESTION = ItemBody("压强为 \\(p = \\frac FS\\)，则", options("\\(F<pS\\)", "\\[F=pS\\]"), ("B",))


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def readable(latex):
    """Return a formula in its one form."""
    return latex_of(read_latex(latex))


@given(formulas())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_formula_has_one_form_is_drawn_and_said_and_comes_back_from_mathml(latex):
    form = readable(latex)
    row = read_latex(form)
    assert latex_of(row) == form
    drawing = drawing_of(form)
    assert re.fullmatch(r"[Mlqcz0-9 -]+", drawing.path)
    assert drawing.width > 0 and list(outlines(drawing))
    for language in ("zh", "en"):
        assert re.search(r"\w|,|;", spoken(row, language)) and "\\" not in spoken(row, language)
    assert line_of(row).isprintable()
    told = etree.fromstring(mathml_of(row, is_block=False))
    assert latex_of_mathml(told) == form
    text = f"甲 \\({form}\\) 乙"
    html = to_html(text, True)
    assert canonical(html) and to_html(for_editing(html), True) == html
    assert [each[0] for each in as_lists(nodes_of(html, ())) if isinstance(each, list)] == ["formula"]


@given(formulas())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_formula_comes_back_from_qti_and_moodle_as_it_went_out(latex):
    form = readable(latex)
    body = with_layout(replace(QUESTION, stem=f"已知 \\({form}\\)，\\[{form}\\] 求？"), True, ())
    check_body(ItemType.SINGLE, body)
    for exchange, version in (("qti", "2.2"), ("qti", "3.0"), ("moodle", "2.2")):
        assert carried(ItemType.SINGLE, body, exchange, version).lost == ()


HOSTILE = {
    r"\def\a{\a\a}\a": "def", r"\newcommand{\x}{\x}\x": "newcommand", r"\input{/etc/passwd}": "input",
    r"\href{javascript:alert(1)}{x}": "href", r"\begin{array}{c|c}1\end{array}": "array", "{" * 5000: "1000",
    "{" * 400 + "}" * 400: "nested", r"\frac" * 200: "nested", "x^" * 400: "stands",
    "+".join(["x"] * 400): "complicated", r"\sqrt{" * 100: "nested", "a$b": r"\$", "x^{2": "early", "x}": "}",
    r"\left(x": "early", r"\text{\foo}": "Words", "<script>alert(1)</script>\u202e": "\u202e", "": "empty",
    r"\frac{a\\b}{2}": "within", r"\left(a\\b\right)": "within", r"x^{a\newline b}": "within",
    "a%b\\": "stands", r"\begin{matrix}" + "1&" * 100 + r"\end{matrix}": "cells", "x^2^3": "stands",
}  # fmt: skip


@pytest.mark.parametrize("latex", HOSTILE)
def test_hostile_formulas_are_refused_with_a_reason(latex, app):
    begun = time.process_time()
    with app.test_request_context("/?lang=en"), pytest.raises(Unreadable, match=HOSTILE[latex]):
        read_latex(latex)
    assert time.process_time() - begun < 5  # no explosion; how long it takes on a good day is not the matter


def test_a_question_with_a_formula_that_cannot_be_read_is_refused_by_name(app):
    with app.test_request_context("/?lang=en"):
        for stem, reason in ((r"设 \(\foo\) 为", r"\\foo"), (r"设 \(a<b>b</b>", "does not end")):
            body = with_layout(replace(QUESTION, stem=stem), True, ())
            with pytest.raises(Invalid, match=reason):
                check_body(ItemType.SINGLE, body)
        body = with_layout(replace(QUESTION, stem=r"\(x\) " * 61), True, ())
        with pytest.raises(Invalid, match="60 formulas"):
            check_body(ItemType.SINGLE, body)


SAID = {
    r"p=\frac{F}{S}": ("p 等于 大写 S 分之 大写 F", "p equals capital F over capital S"),
    r"\sqrt{2}": ("根号 2", "the square root of 2"),
    r"\sqrt[3]{a+b}": ("3 次根号下 a 加 b，根号结束，", "the cube root of a plus b, end root,"),
    r"x^2-y_1": ("x 的平方 减 y 下标 1", "x squared minus y sub 1"),
    r"10^{-3}\,\mathrm{m}": ("10 的 减 3 次方 米", "10 to the power minus 3 metres"),
    r"\frac{a+b}{2}\le\alpha": (
        "分数，分子 a 加 b，分母 2，分数结束， 小于等于 阿尔法",
        "the fraction with numerator a plus b and denominator 2, end fraction, is at most alpha",
    ),
    r"\sum_{i=1}^n x_i": ("从 i 等于 1 到 n 求和， x 下标 i", "the sum from i equals 1 to n of x sub i"),
    r"20^\circ\ge50\%": ("20 度 大于等于 百分之 50", "20 degrees is at least 50 percent"),
    r"a&=b\\[1ex]c&<d": (
        "共 2 行，第 1 行： a 等于 b，第 2 行： c 小于 d，各行结束，",
        "2 lines, line 1: a equals b, line 2: c is less than d, end lines,",
    ),
    r"5\,\mathrm{kN}/\mathrm{m}^2": ("5 千牛 除以 米 的平方", "5 kilonewtons divided by metres squared"),
}


@pytest.mark.parametrize("latex", SAID)
def test_formulas_are_said_as_people_say_them(latex):
    row = read_latex(latex)
    assert (spoken(row, "zh"), spoken(row, "en")) == SAID[latex]


def test_a_formula_counts_in_comparing_and_is_found_as_one_types_it():
    rich, other = (
        with_layout(replace(QUESTION, stem=f"压强 \\({latex}\\) 是"), True, ())
        for latex in (r"a(b+c)", r"ab+c")
    )
    again = with_layout(replace(QUESTION, stem=r"压强 \( a ( b + c ) \) 是"), True, ())
    assert same_question(ItemType.SINGLE, rich) != same_question(ItemType.SINGLE, other)
    assert same_question(ItemType.SINGLE, rich) == same_question(ItemType.SINGLE, again)
    assert texts_of(with_layout(QUESTION, True, ()))[0] == "压强为 p=F/S，则"


def test_a_plain_question_stays_plain_and_what_is_stored_is_read_without_trust():
    check_body(ItemType.SINGLE, replace(QUESTION, stem=r"价格 $5 与 $6，C:\(x)"))
    shown = str(as_html(nodes_of(r"<p>\(&lt;script&gt;\) \(\evil\) \(a&lt;b\)</p>", ()), lambda digest: None))
    assert "<script" not in shown and shown.count("<svg") == 2 and r"\(\evil\)" in shown


def test_a_formula_is_printed_as_outlines_within_its_line():
    nodes = nodes_of("压强 \\(\\frac{F}{S}\\) 是" + "，很长" * 40 + "\\[\\sum_{i=1}^n x_i\\]完", ())
    text = printed(nodes)
    sign, other = (each for each in text if figure_of(each))
    assert printed(nodes) == text and sum(sign in line for line in broken_lines(text, 10, 60)) == 1
    assert text_width(sign, 10) > text_width("S", 8) and max(beyond(other, 20)) > 0 == max(beyond("S", 20))
    laid = blocks(nodes, Setting(Style(10), 60, {}))
    assert sum(block.width for block in laid) > 3 * 60 and laid[-2].height > laid[-1].height
    document = Document("exam", "试卷")
    document.new_page()
    document.text(18, 40, text, 10)
    laid[-2].draw(document, 18, 60)
    assert document.bytes().startswith(b"%PDF")


MATHML = {
    "<mrow><mi>sin</mi><mo>&#8289;</mo><mi>x</mi></mrow>": r"\sin x",
    "<mfenced><mi>a</mi><mi>b</mi></mfenced>": r"\left(a,b\right)",
    "<mrow><mo>(</mo><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>)</mo></mrow>": r"\left(\frac{1}{2}\right)",
    "<mstyle><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover></mstyle>": r"\sum_{i}^{n}",
    "<mrow><mo>{</mo><mtable><mtr><mtd><mi>x</mi></mtd></mtr></mtable></mrow>": r"\begin{cases}x\end{cases}",
    "<mover><mi>x</mi><mo>¯</mo></mover>": r"\bar{x}",
    "<mn>5</mn><mtext>&#160;kg</mtext>": r"5\text{ kg}",
    "<mi>a</mi><mo linebreak='newline'>=</mo><mi>b</mi>": r"\begin{gathered}a \\ =b\end{gathered}",
    "<mi>a</mi><mspace linebreak='newline'/><mi>b</mi>": r"\begin{gathered}a \\ b\end{gathered}",
    "<mtable columnalign='left right'><mtr><mtd><mi>a</mi></mtd><mtd><mtable displaystyle='true'><mtr><mtd>"
    "<mi>b</mi></mtd></mtr></mtable></mtd></mtr></mtable>": r"\begin{array}{lr}"
    r"a & \begin{gathered}b\end{gathered}\end{array}",
}


@pytest.mark.parametrize("inner", MATHML)
def test_mathml_of_other_programs_is_read(inner):
    assert latex_of_mathml(etree.fromstring(f"<math>{inner}</math>")) == MATHML[inner]


def test_what_mathml_holds_that_formulas_have_not_is_refused_and_a_lie_beside_it_does_not_count():
    with pytest.raises(Unreadable, match="menclose"):
        latex_of_mathml(etree.fromstring("<math><menclose><mi>x</mi></menclose></math>"))
    shape = shape_of(read_latex("x+1"))
    lie = (
        f'<math><semantics>{shape}<annotation encoding="application/x-tex">y</annotation></semantics></math>'
    )
    assert latex_of_mathml(etree.fromstring(lie)) == "x+1"
