"""Files made to cost much: each ends within two seconds of the processor and a hundred megabytes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006"
TIMES, MEGABYTES = 22, 110
"""The first is two seconds where a sum of two million squares, taken in the same process, takes 0.09; of the
second ten are for the reader's own modules, which are loaded with the first file."""

READ = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from trainhub.exams.bank.exchange.files import read_content
    from trainhub.kernel.errors import Invalid
    def peak():
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(each.split()[1]) for each in lines if each.startswith("VmHWM")) / 1024
    content = Path(sys.argv[1]).read_bytes()
    before, began = peak(), time.process_time()
    try:
        said = str({str(row.outcome) for row in read_content(content).rows})
    except Invalid as refusal:
        said = str(refusal)
    cost, memory, began = time.process_time() - began, peak() - before, time.process_time()
    sum(number * number for number in range(2_000_000))
    print(cost / (time.process_time() - began), memory, said)
    """
)


def package(**parts):
    """A package that is not told by its ratio: it holds noise as well."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("noise.bin", os.urandom(700_000))
    return target.getvalue()


def word(body, **parts):
    beside = {f"word/{name}.xml": content for name, content in parts.items()}
    whole = f'<w:document xmlns:w="{WORD}" xmlns:m="m"><w:body>{body}</w:body></w:document>'
    return package(**{"word/document.xml": whole, **beside})


def paragraph(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def row(number, strings):
    cells = (
        f'<c r="{name}{number}" t="s"><v>{each}</v></c>'
        for name, each in zip("ABCDEFGH", strings, strict=False)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def workbook(strings, rows):
    head = "".join(f"<si><t>{each}</t></si>" for each in ("题目", "选项A", "选项B", "答案", "甲", "乙", "A"))
    relation, packed = f'<Relationship Type="{RELATIONS}/', f'xmlns="{PACKED}/relationships"'
    return package(
        **{
            "[Content_Types].xml": f'<Types xmlns="{PACKED}/content-types"/>',
            "_rels/.rels": f'<Relationships {packed}>{relation}officeDocument" Id="r1"'
            ' Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships {packed}>{relation}worksheet"'
            f' Id="r1" Target="worksheets/sheet1.xml"/>{relation}sharedStrings" Id="r2"'
            ' Target="sharedStrings.xml"/></Relationships>',
            "xl/sharedStrings.xml": f'<sst xmlns="{SHEETS}">{head}{strings}</sst>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEETS}"><sheetData>{row(1, [0, 1, 2, 3])}{rows}'
            "</sheetData></worksheet>",
        }
    )


def raised(number):
    up = '<r><rPr><vertAlign val="superscript"/></rPr><t>up</t></r>'
    return f"<si><r><t>电流{number}</t></r>{up}</si>"


def moodle(text, count=1):
    question = (
        f'<question type="essay"><questiontext format="html"><text>{text}</text></questiontext></question>'
    )
    return f"<quiz>{question * count}</quiz>".encode()


def escaped(markup):
    return f"<![CDATA[{markup}]]>"


def manifest(count):
    resource = '<resource identifier="r{0}" type="item" href="{0}.xml"><file href="{0}.xml"/></resource>'
    inner = "".join(resource.format(number) for number in range(count))
    return f'<manifest xmlns="x" identifier="m"><resources>{inner}</resources></manifest>'


ASKED = "".join(paragraph(f"{number}. 甲？") for number in range(1, 9999))
NUMBER = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
LEVEL = '<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="{}"/></w:lvl>'
COLUMNS = "题目,选项A,选项B,答案\n"
CLOZE = b'<question type="cloze"><questiontext><text>%s</text></questiontext></question>'
LONG_KEYS = "".join(paragraph(f"{each}-{each + 900} {'A' * 901}") for each in range(1, 9000, 20))
ITEM = '<assessmentItem xmlns="x">{}</assessmentItem>'
SQUARES = "".join(each * 2000 for each in ("<msqrt>", "</msqrt>"))
TABLE = f"<table>{'<tr><td>a</td></tr>' * 9000}</table>"


def of_word():
    yield "runs of Word", lambda: word("<w:p>" + "<w:r><w:t>甲</w:t></w:r>" * 600_000 + "</w:p>")
    yield "questions of Word", lambda: word(paragraph("1. x") * 60_000)
    many = "".join(paragraph(f"{each % 9999}.A") for each in range(60_000))
    yield "keys of Word", lambda: word(ASKED + paragraph("参考答案") + many)
    yield "long rows of keys", lambda: word(ASKED + paragraph("参考答案") + LONG_KEYS)
    titles = (paragraph("参考答案") + paragraph("9. 乙")) * 30_000
    yield "titles of keys", lambda: word(ASKED + titles)
    numbering = (
        f'<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="1">{LEVEL.format("%1" * 100_000)}'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    counted = f"<w:p>{NUMBER}<w:r><w:t>x</w:t></w:r></w:p>" * 15_000
    yield "a numbering of Word", lambda: word(counted, numbering=numbering)
    deep = "<m:f><m:num>" * 45 + "</m:num></m:f>" * 45
    yield "formulas of Word", lambda: word(f"<w:p><m:oMath>{deep}</m:oMath></w:p>{paragraph('1. x')}" * 1000)


def of_workbooks():
    one = row(2, [7, 4, 5, 6])
    yield "raised letters of Excel", lambda: workbook("".join(map(raised, range(100_000))), one)
    cells = "".join(row(each + 2, [7] * 8) for each in range(19_000))
    yield "a long string in every cell", lambda: workbook(f"<si><t>{'甲' * 20_000}</t></si>", cells)
    yield "a million strings", lambda: workbook("<si><t>twenty letters in all</t></si>" * 1_000_000, one)


def of_moodle():
    yield "formulas of MathML", lambda: moodle(escaped(f"<math>{'<mi>a</mi>' * 1900}</math>"), 900)
    yield "deep formulas", lambda: moodle(escaped(f"<math>{SQUARES}</math>"), 300)
    yield "many formulas", lambda: moodle(escaped("<math><mi>a</mi></math>" * 400_000))
    yield "raised letters of HTML", lambda: moodle(escaped("x<sup>a</sup>" * 10_000), 100)
    yield "tables", lambda: moodle(escaped(TABLE), 80)
    yield "signs of tags", lambda: moodle(escaped("<" * 6_000_000))
    yield "holes", lambda: b"<quiz>" + CLOZE % (b"{1:SA:=a}" * 5000) * 300 + b"</quiz>"
    long = f'甲</text><file name="a" encoding="base64">{"AAAA" * 2_400_000}</file><text>'
    yield "a file in base64", lambda: moodle(long)


def of_texts():
    latex = '"' + r"\(" * 20_000 + '",一,二,A\n'
    yield "LaTeX", lambda: (COLUMNS + latex * 100).encode()
    yield "macros of LaTeX", lambda: (COLUMNS + '"\\(' + r"\def\a{\a\a}\a" * 1000 + '\\)",x,y,A\n').encode()
    yield "a line of CSV", lambda: (COLUMNS + "甲," * 4_500_000).encode()
    yield "answers of GIFT", lambda: ("Q {=a " + "~b " * 15_000 + "}\n\n").encode() * 380
    yield "pairs of GIFT", lambda: ("Q {" + "=a->b " * 8000 + "}\n\n").encode() * 380
    yield "names of GIFT", lambda: ("::" * 24_000 + " {=a}\n\n").encode() * 380
    yield "keys of Aiken", lambda: ("Q\nA. x\nB. y\nANSWER: " + "A " * 20_000 + "x\n").encode() * 380


def of_qti():
    yield "a manifest", lambda: package(**{"imsmanifest.xml": manifest(100_000)})
    named = '<assessmentItemRef href="a.xml"/>' * 150_000
    yield "a test", lambda: package(**{"t.xml": f'<assessmentTest xmlns="x">{named}</assessmentTest>'})
    taking = ITEM.format('<include href="p.xml"/>' * 50_000)
    yield "texts taken in", lambda: package(**{"a.xml": taking, "p.xml": f"<div>{'甲' * 300_000}</div>"})
    yield "large items", lambda: package(**{f"{n}.xml": ITEM.format("甲" * 3_000_000) for n in range(7)})


HOSTILE = dict([*of_word(), *of_workbooks(), *of_moodle(), *of_texts(), *of_qti()])


QUICK = (
    "runs of Word",
    "keys of Word",
    "raised letters of Excel",
    "a long string in every cell",
    "formulas of MathML",
    "answers of GIFT",
    "holes",
    "signs of tags",
    "texts taken in",
    "a manifest",
)
"""Those that are looked at each time: one of each way of costing much. The others are a long form."""


@pytest.mark.parametrize(
    "name", [each if each in QUICK else pytest.param(each, marks=pytest.mark.long) for each in HOSTILE]
)
def test_a_file_made_to_cost_much_costs_little(name, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(HOSTILE[name]())

    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    times, megabytes, said = done.stdout.split(maxsplit=2)
    assert float(times) < TIMES and float(megabytes) < MEGABYTES, (name, done.stdout)
    assert said.strip()
