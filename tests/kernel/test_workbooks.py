"""Workbooks of strangers are judged by their content before a parser sees them; ours execute nothing."""

import re
import zipfile
from io import BytesIO

import openpyxl
import pytest

from trainhub.kernel import workbooks
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import in_language
from trainhub.kernel.workbooks import read_sheets
from trainhub.kernel.written_workbooks import write_workbook


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


def workbook_bytes():
    book = openpyxl.Workbook()
    book.active.append(["姓名", 1, 2.5, True])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(path, change):
    """Write a workbook whose parts went through ``change(name, content)``; None drops a part."""
    with (
        zipfile.ZipFile(BytesIO(workbook_bytes())) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            content = change(part.filename, source.read(part))
            if content is not None:
                target.writestr(part.filename, content)
    return path


def refused(path):
    with pytest.raises(Invalid) as refusal:
        read_sheets(path)
    return str(refusal.value)


def test_cells_arrive_as_text_with_their_kind_beside(tmp_path):
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook_bytes())
    sheet = read_sheets(path)[0]
    assert sheet.rows == [["姓名", "1", "2.5", "TRUE"]]
    assert sheet.numbers == {(1, 1), (1, 2)}


def test_a_character_that_a_cell_names_by_its_number_brings_no_nul(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["张_x0000_三"])
    book.save(tmp_path / "b.xlsx")
    assert read_sheets(tmp_path / "b.xlsx")[0].rows == [["张三"]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not an Excel workbook"),
        (b"<script>alert(1)</script>", "not an Excel workbook"),
        (b"PK\x03\x04 broken", "damaged"),
        (workbooks._OLE + b"\0" * 100, "old form"),
        (workbooks._OLE + b"\0" * 100 + workbooks._ENCRYPTED, "password"),
    ],
)
def test_what_is_no_open_workbook_is_refused_by_content_whatever_its_name(tmp_path, content, reason):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    assert reason in refused(path)


def test_another_zip_is_no_workbook(tmp_path):
    path = tmp_path / "roster.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<x/>")
    assert "not an Excel workbook" in refused(path)


def test_macros_are_refused(tmp_path):
    path = repacked(tmp_path / "m.xlsx", lambda _name, content: content)
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"x")
    assert "macros" in refused(path)


def test_zip_bomb_is_not_unpacked(tmp_path):
    path = repacked(tmp_path / "z.xlsx", lambda _name, content: content)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/big.xml", b"0" * (20 << 20))
    assert "unreasonably large" in refused(path)


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_workbook_of_too_many_values_is_refused_before_any_is_looked_at(tmp_path, monkeypatch, prefix):
    monkeypatch.setattr(workbooks, "MAX_FILLED", 30)
    monkeypatch.setattr(workbooks.Grid, "read", lambda *_content: pytest.fail("it was looked at"))
    names = f'xmlns{":x" if prefix else ""}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    cell = f"<{prefix}c><{prefix}v>1</{prefix}v></{prefix}c>"

    def change(name, content):
        if name != "xl/worksheets/sheet1.xml":
            return content
        rows = f"<{prefix}row>{cell * 31}</{prefix}row>"
        data = f"<{prefix}sheetData>{rows}</{prefix}sheetData>"
        return f"<{prefix}worksheet {names}>{data}</{prefix}worksheet>".encode()

    assert "30" in refused(repacked(tmp_path / "full.xlsx", change))


def test_a_workbook_whose_cells_are_styled_and_empty_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_FILLED", 30)
    row = b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
    styled = b"".join(row % (number, number, number) for number in range(2, 60))

    def change(_name, content):
        return content.replace(b"</sheetData>", styled + b"</sheetData>")

    (sheet,) = read_sheets(repacked(tmp_path / "styled.xlsx", change))
    assert sheet.rows[0] == ["姓名", "1", "2.5", "TRUE"]


def test_entities_are_refused(tmp_path):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'

    def change(name, content):
        return bomb + content if name == "xl/worksheets/sheet1.xml" else content

    assert "no workbook needs" in refused(repacked(tmp_path / "e.xlsx", change))


def test_cell_at_the_far_corner_is_refused_before_a_grid_is_built(tmp_path):
    def change(name, content):
        return content.replace(b'r="B1"', b'r="XFD1048576"') if name.endswith("sheet1.xml") else content

    assert "more than" in refused(repacked(tmp_path / "c.xlsx", change))


CORNER = b'<c r="XFD30001"><v>1</v></c>'
FAR = {
    "blanks around the sign": CORNER.replace(b'r="', b'r = "'),
    "a new line before the sign": CORNER.replace(b'r="', b'r\n="'),
    "an end of a tag in a value": CORNER.replace(b"<c ", b'<c a=">" '),
    "a prefix with a hyphen": CORNER.replace(b"<c ", b"<a-b:c ").replace(b"</c>", b"</a-b:c>"),
    "a letter by its number": CORNER.replace(b"XFD", b"&#88;FD"),
    "small letters": CORNER.replace(b"XFD", b"xfd"),
    "no place, a row with blanks": b'</row><row r = "30001"><c><v>1</v></c>',
    "no place, behind many others": b"<c/>" * 250 + b"<c><v>1</v></c>",
    "no place, behind one that says it": b'<c r="GR1"/><c><v>1</v></c>',
}


@pytest.mark.parametrize("how", FAR)
def test_no_cell_stands_where_it_was_not_looked_for(tmp_path, monkeypatch, how):
    """Whoever reads them would build a grid of half a million million cells, and the process would end."""
    monkeypatch.setattr(workbooks.python_calamine.CalamineWorkbook, "from_object", None)

    def put(name, content):
        end = b"</row></sheetData>"
        return content.replace(end, FAR[how] + end) if name == "xl/worksheets/sheet1.xml" else content

    assert refused(repacked(tmp_path / "far.xlsx", put))


@pytest.mark.parametrize("place", ["xl/elsewhere/sheet1.xml", "xl/worksheets/sheet1.XML", "xl/sheet.bin"])
def test_a_sheet_is_looked_at_wherever_it_lies(tmp_path, place):
    source = repacked(tmp_path / "a.xlsx", lambda _name, content: content)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "moved.xlsx", "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.startswith("xl/worksheets/"):
                content = content.replace(b"</row></sheetData>", CORNER + b"</row></sheetData>")
            if part.filename.endswith(("workbook.xml.rels", "[Content_Types].xml")):
                content = content.replace(b"/xl/worksheets/sheet1.xml", b"/" + place.encode())
            name = place if part.filename.startswith("xl/worksheets/") else part.filename
            new.writestr(name, content)

    assert "rows" in refused(tmp_path / "moved.xlsx")


@pytest.mark.parametrize("filled", [1, 200_000])
def test_a_stray_cell_in_the_last_corner_is_not_paid_for_with_a_grid(tmp_path, monkeypatch, filled):
    monkeypatch.setattr(workbooks.python_calamine.CalamineWorkbook, "from_object", None)
    cells = b"<c><v/></c>" * 100
    rows = b"".join(b"<row>" + cells + b"</row>" for _row in range(filled // 100))
    corner = b'</row><row r="20000"><c r="GR20000"><v>1</v></c>'

    def put(name, content):
        end = b"</row></sheetData>"
        return content.replace(end, b"</row>" + rows + b"<row>" + corner + end)

    with monkeypatch.context() as lenient:
        lenient.setattr(workbooks, "MAX_RATIO", 10_000)
        assert "unreasonably large" in refused(repacked(tmp_path / "corner.xlsx", put))


def test_one_part_is_not_built_for_a_hundred_sheets(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks.python_calamine.CalamineWorkbook, "from_object", None)

    def put(name, content):
        if name == "xl/_rels/workbook.xml.rels":
            one = content[content.index(b"<Relationship ") : content.index(b"/>") + 2]
            others = b"".join(re.sub(rb'Id="[^"]*"', b'Id="x%d"' % each, one) for each in range(100))
            return content.replace(one, one + others)
        sheets = b"".join(b'<sheet name="S%d" sheetId="%d" r:id="x%d"/>' % (n, n + 9, n) for n in range(100))
        space = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        sheets = sheets.replace(b"<sheet ", b"<sheet " + space + b" ")
        return content.replace(b"</sheets>", sheets + b"</sheets>")

    assert "no workbook needs" in refused(repacked(tmp_path / "same.xlsx", put))


def test_a_stray_cell_among_many_that_are_filled_is_read(tmp_path):
    rows = b"".join(b"<row>" + b"<c><v>1</v></c>" * 10 + b"</row>" for _row in range(3000))
    stray = b'<row r="3002"><c r="EZ3002"><v>1</v></c></row></sheetData>'
    path = repacked(
        tmp_path / "stray.xlsx", lambda _name, content: content.replace(b"</sheetData>", rows + stray)
    )
    assert len(read_sheets(path)[0].rows) == 3002


def test_a_sheet_in_letters_of_two_bytes_is_not_opened(tmp_path):
    def double(name, content):
        return content.decode().encode("utf-16") if name == "xl/worksheets/sheet1.xml" else content

    assert "no workbook needs" in refused(repacked(tmp_path / "utf16.xlsx", double))


SHARED = {
    "plain": b'<c r="A{0}" t="s"><v>0</v></c>',
    "blanks around the sign": b'<c r="A{0}" t = "s"><v>0</v></c>',
    "a blank in the tag": b'<c r="A{0}" t="s"><v >0</v ></c>',
    "a digit by its number": b'<c r="A{0}" t="s"><v>&#48;</v></c>',
    "a sign before it": b'<c r="A{0}" t="s"><v>+0</v></c>',
    "in a section of characters": b'<c r="A{0}" t="s"><v><![CDATA[0]]></v></c>',
    "behind a comment": b'<c r="A{0}" t="s"><!-- --><v>0</v></c>',
}


@pytest.mark.parametrize("how", SHARED)
def test_one_long_string_that_a_thousand_cells_share_is_not_written_out(tmp_path, monkeypatch, how):
    monkeypatch.setattr(workbooks.python_calamine.CalamineWorkbook, "from_object", None)
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 2 << 20)
    rows = b"".join(
        b"<row>" + SHARED[how].replace(b"{0}", str(number).encode()) + b"</row>" for number in range(2, 1000)
    )
    strings = b"<sst><si><t>" + b"long " * 1000 + b"</t></si></sst>"

    path = repacked(
        tmp_path / "strings.xlsx",
        lambda _name, content: content.replace(b"</sheetData>", rows + b"</sheetData>"),
    )
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/sharedStrings.xml", strings)

    assert refused(path)


def test_what_programs_write_is_read(tmp_path):
    """Formatted cells up to the last column, formulas that give texts, cells without a place."""
    cells = (
        b'<c r="B1" s="1" t="str"><f>A1</f><v>x</v></c><c r="C1" t="s"/><c r="D1"></c>'
        b'<c><v xml:space="preserve">7</v></c><c r="XFD1" s="3"/>'
    )

    def put(name, content):
        return content.replace(b"</row></sheetData>", cells + b"</row></sheetData>")

    [sheet] = read_sheets(repacked(tmp_path / "usual.xlsx", put))
    assert sheet.rows[0][4] == "7"
    assert (1, 1) in sheet.formulas


def test_missing_part_is_called_damaged(tmp_path):
    def change(name, content):
        return None if name == "xl/_rels/workbook.xml.rels" else content

    assert "damaged" in refused(repacked(tmp_path / "d.xlsx", change))


def test_written_cells_are_text_and_never_formulas(tmp_path):
    evil = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "a\x00b", None, 7]
    path = tmp_path / "w.xlsx"
    path.write_bytes(write_workbook("a/b:c", ["=header"], [evil]))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    cells = sheet[2]
    assert {cell.data_type for cell in (*sheet[1], *cells) if cell.value is not None} == {"s"}
    assert all(cell.quotePrefix for cell in cells[:5])
    assert cells[5].value == "ab"
    assert sheet.title == "a b c"
