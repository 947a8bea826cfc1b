"""Formulas in files of other programs: taken in as formulas, or named; a price is none."""

from __future__ import annotations

import pytest

from tests.bank.exchange.office import SPACE, document
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome

WORD_MATHS = "http://schemas.openxmlformats.org/officeDocument/2006/math"


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def run(text):
    return f"<m:r><m:t>{text}</m:t></m:r>"


def maths(inner):
    """A numbered question of Word with a formula in it, and its options."""
    begun = f'<w:p xmlns:m="{WORD_MATHS}" xmlns:w="{SPACE}"><w:r><w:t>1. 求 </w:t></w:r>'
    question = f"{begun}<m:oMath>{inner}</m:oMath><w:r><w:t> 的值。</w:t></w:r></w:p>"
    (row,) = read_content(document("一、单选题", question, "A. 1", "B. 2", "答案：B")).rows
    return row


OMML = {
    f"<m:f><m:num>{run('F')}</m:num><m:den>{run('S')}</m:den></m:f>": r"\frac{F}{S}",
    f"<m:rad><m:radPr><m:degHide m:val='1'/></m:radPr><m:deg/><m:e>{run('x+1')}</m:e></m:rad>": r"\sqrt{x+1}",
    f"<m:sSubSup><m:e>{run('x')}</m:e><m:sub>{run('i')}</m:sub><m:sup>{run('2')}</m:sup></m:sSubSup>":
        "x_{i}^{2}",
    "<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>" + run("i=1") + "</m:sub><m:sup>" + run("n")
    + "</m:sup><m:e>" + run("α≤β") + "</m:e></m:nary>": r"\sum_{i=1}^{n}\alpha\le\beta",
    f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=')'/></m:dPr><m:e>{run('0')}</m:e></m:d>":
        r"\left[0\right)",
    f"<m:d><m:e><m:m><m:mr><m:e>{run('a')}</m:e><m:e>{run('b')}</m:e></m:mr></m:m></m:e></m:d>":
        r"\left(\begin{matrix}a & b\end{matrix}\right)",
    f"<m:eqArr><m:e>{run('a&amp;=b')}</m:e><m:e>{run('&amp;=c')}</m:e></m:eqArr>":
        r"\begin{aligned}a & =b \\  & =c\end{aligned}",
    f"{run('a=b')}<m:r><m:rPr><m:brk/></m:rPr><m:t>=c</m:t></m:r>":
        r"\begin{gathered}a=b \\ =c\end{gathered}",
    "<m:func><m:fName><m:r><m:rPr><m:sty m:val='p'/></m:rPr><m:t>sin</m:t></m:r></m:fName><m:e>" + run("x")
    + "</m:e></m:func>": r"\sin x",
}  # fmt: skip


@pytest.mark.parametrize("inner", OMML)
def test_a_formula_of_word_is_taken_in(inner):
    row = maths(inner)
    assert (row.outcome, row.body.rich, row.reason) == (Outcome.GOOD, True, "")
    assert row.body.stem == f"求 \\({OMML[inner]}\\) 的值。".replace("&", "&amp;")


def test_what_formulas_here_have_not_holds_a_question_of_word():
    assert maths(f"<m:borderBox><m:e>{run('x')}</m:e></m:borderBox>").outcome is Outcome.HELD


def moodle(stem, form="html"):
    return (
        f'<quiz><question type="truefalse"><questiontext format="{form}"><text><![CDATA[{stem}]]></text>'
        "</questiontext><answer fraction='100'><text>true</text></answer></question></quiz>"
    ).encode()


def test_moodle_writes_formulas_between_its_own_signs():
    (row,) = read_content(
        moodle("<p>若 \\(a &lt; b\\)，则 $$\\frac12$$ 而价格 $5 与 $6。</p>"), "moodle"
    ).rows
    assert row.outcome is Outcome.GOOD
    assert row.body.stem == "若 \\(a&lt;b\\)，则\\[\\frac{1}{2}\\]而价格 $5 与 $6。"
    told = (
        "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> &amp; <math><menclose><mi>x</mi></menclose></math>"
    )
    (row,) = read_content(moodle(told), "moodle").rows
    assert row.outcome is Outcome.HELD and row.body.stem.startswith(r"\(\frac{1}{2}\) &amp; ")
    (row,) = read_content(moodle(r"若 \(\foo\)"), "moodle").rows
    assert row.outcome is Outcome.HELD and r"\foo" in row.reason


QTI = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="a" title="a">
<responseDeclaration identifier="R" cardinality="single" baseType="identifier"><correctResponse>
<value>A</value></correctResponse></responseDeclaration><itemBody><p>求 <m:math xmlns:m="http://www.w3.org/1998/Math/MathML">{}
</m:math> 的值</p><choiceInteraction responseIdentifier="R" maxChoices="1"><simpleChoice identifier="A">1
</simpleChoice><simpleChoice identifier="B">2</simpleChoice></choiceInteraction></itemBody>
</assessmentItem>"""


def test_mathml_of_a_stranger_is_taken_in_or_holds_its_question():
    shapes = (
        "<m:mfrac><m:mi>F</m:mi><m:mi>S</m:mi></m:mfrac>",
        "<m:menclose><m:mi>x</m:mi></m:menclose>",
    )
    good, held = (read_content(QTI.format(each).encode(), "qti").rows[0] for each in shapes)
    assert (good.outcome, good.body.stem) == (Outcome.GOOD, r"求 \(\frac{F}{S}\) 的值")
    assert held.outcome is Outcome.HELD and "math" in held.reason


def test_gift_holds_formulas_too():
    (row,) = read_content("::a::求 \\(\\frac\\{1\\}\\{2\\}\\) 的值 {=1 ~2}".encode(), "gift").rows
    assert (row.outcome, row.body.stem) == (Outcome.GOOD, r"求 \(\frac{1}{2}\) 的值")


def test_a_cell_with_a_formula_becomes_one_and_a_price_does_not():
    cells = (
        "题型,题干,选项A,选项B,答案\n单选,压强 \\(p=F/S\\) 是,$5 与 $6,\\(x^2\\),A\n单选,价 $5$ 元,甲,乙,A\n"
    )
    rows = read_content((cells + "单选,设 \\(\\foo\\),丙,丁,A\n").encode(), "csv").rows
    assert [row.outcome for row in rows] == [Outcome.GOOD, Outcome.GOOD, Outcome.HELD]
    assert [option.text for option in rows[0].body.options] == ["$5 与 $6", "\\(x^{2}\\)"]
    assert (rows[0].body.rich, rows[1].body.rich) == (True, False)
    assert r"\foo" in rows[2].reason
