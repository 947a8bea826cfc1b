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
from PIL import Image, ImageDraw

from trainhub.exams.bank.exchange.files import read_content

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
    from trainhub.exams.bank.media import clean_medium
    from trainhub.kernel.errors import Invalid
    def peak():
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(each.split()[1]) for each in lines if each.startswith("VmHWM")) / 1024
    content = Path(sys.argv[1]).read_bytes()
    before, began = peak(), time.process_time()
    try:
        if "picture" in sys.argv[2:]:
            clean = clean_medium(content)
            said = f"taken {clean.content_type} {clean.width}x{clean.height}"
        else:
            rows = read_content(content).rows
            said = str({f"{row.outcome} {row.reason}" for row in rows})
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
ESSAY = '<extendedTextInteraction responseIdentifier="R"/>'
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
    full = "".join(f'<row r="{each + 2}">{"<c><v>4</v></c>" * 60}</row>' for each in range(19_000))
    yield "more cells than a bank has", lambda: workbook("", full)
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
    "more cells than a bank has",
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

    times, megabytes, said = measured(path)

    assert times < TIMES and megabytes < MEGABYTES, (name, times, megabytes, said)
    assert said.strip()


def measured(path, *more):
    """What a file costs: the least of up to three looks, as work beside makes one dearer, never cheaper."""
    found = _look(path, *more)
    for _each in range(2):
        if found[0] < TIMES:
            break
        found = min(found, _look(path, *more))
    return found


def _look(path, *more):
    command = [sys.executable, "-c", READ, str(path), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    times, megabytes, said = done.stdout.split(maxsplit=2)
    return float(times), float(megabytes), said


def written(image, form="PNG", **more):
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def moving(size=960, frames=200):
    squares = []
    for number in range(frames):
        squares.append(Image.new("P", (size, size)))
        squares[-1].putpalette([0, 0, 0, 255, 255, 255])
        ImageDraw.Draw(squares[-1]).rectangle((number, number, number + 40, number + 40), fill=1)
    return written(squares[0], "GIF", save_all=True, append_images=squares[1:], duration=50, loop=0)


def of_many_passes():
    whole = written(Image.new("RGB", (3600, 3600)), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * 400 + whole[-2:]


def photograph(form="JPEG", **more):
    bands = [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)]
    return written(Image.merge("RGB", [each.resize((4032, 3024)) for each in bands]), form, **more)


def many_pictures(questions=8, each=12):
    """A package of little items that show much: each picture has a colour of its own."""
    parts = {}
    for number in range(questions):
        names = [f"p{number}-{which}.png" for which in range(each)]
        shown = "".join(f'<img src="{name}" alt="{name}"/>' for name in names)
        parts[f"{number}.xml"] = ITEM.format(f"<itemBody><p>q{number} {shown}</p>{ESSAY}</itemBody>")
        for which, name in enumerate(names):
            parts[name] = written(Image.new("1", (3000, 3600 + number * each + which)))
    return package(**parts)


PICTURES = {
    "two hundred frames": (moving, "points"),
    "24 million points": (lambda: written(Image.new("RGB", (6000, 4000))), "points"),
    "13 million clear points": (lambda: written(Image.new("RGBA", (3600, 3600))), "taken"),
    "a large WebP": (lambda: written(Image.new("RGB", (4000, 3000)), "WEBP", lossless=True), "points"),
    "a WebP": (lambda: written(Image.new("RGBA", (2400, 1800)), "WEBP", lossless=True), "taken"),
    "a JPEG of 24 million points": (lambda: written(Image.new("RGB", (6000, 4000)), "JPEG"), "taken"),
    "a JPEG of many passes": (of_many_passes, "passes"),
    "a photograph": (photograph, "taken image/jpeg 2400x1800"),
    "a photograph in passes": (
        lambda: photograph(progressive=True, subsampling=0),
        "taken image/jpeg 2016x1512",
    ),
    "a photograph as PNG": (lambda: photograph("PNG"), "taken image/png 2400x1800"),
    "a little moving picture": (lambda: moving(300, 100), "taken image/gif"),
}


LOOKED_AT = ("two hundred frames", "24 million points", "13 million clear points", "a photograph in passes")


@pytest.mark.parametrize(
    "name", [each if each in LOOKED_AT else pytest.param(each, marks=pytest.mark.long) for each in PICTURES]
)
def test_a_picture_that_explodes_on_decoding_is_refused_and_a_photograph_is_not(name, tmp_path):
    make, expected = PICTURES[name]
    path = tmp_path / "picture"
    path.write_bytes(make())

    times, megabytes, said = measured(path, "picture")

    assert times < TIMES and megabytes < MEGABYTES, (name, times, megabytes, said)
    assert expected in said


def test_pictures_that_cost_much_together_are_named_in_the_report(tmp_path):
    path = tmp_path / "package.zip"
    path.write_bytes(many_pictures())

    times, megabytes, said = measured(path)

    assert times < TIMES and megabytes < MEGABYTES, (times, megabytes, said)
    assert "p7-0.png: The pictures of this file have too many points together" in said


def test_the_same_picture_in_many_questions_counts_once(app):
    shown = written(Image.new("1", (3600, 3600)))
    image = '<p><img src="a.png" alt="a"/></p>'
    parts = {f"{n}.xml": ITEM.format(f"<itemBody>{image}<p>q{n}</p>{ESSAY}</itemBody>") for n in range(20)}

    with app.test_request_context():
        rows = read_content(package(**parts, **{"a.png": shown})).rows

    assert [len(row.media) for row in rows] == [1] * 20
