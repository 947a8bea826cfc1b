"""Printed Chinese is embedded, carries the word of its side on every page, and never shows an empty box."""

import hashlib
from io import BytesIO

import pytest
from pypdf import PdfReader

from trainhub.kernel import pdf, typeface


def pages_of(document):
    return PdfReader(BytesIO(document.bytes())).pages


@pytest.mark.parametrize(("side", "word"), [("training", "培训"), ("exam", "考试"), ("oversight", "监督")])
def test_every_page_carries_the_word_of_its_side(side, word):
    document = pdf.Document(side, "标题", "Title")
    document.new_page()
    document.new_page()
    assert all(word in page.extract_text() for page in pages_of(document))


def test_only_the_embedded_face_is_used():
    document = pdf.Document("exam", "标题")
    document.new_page()
    document.text(20, 40, "低压电工作业", 12, strong=True)
    for page in pages_of(document):
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font["/FontDescriptor"]


def test_names_with_rare_characters_of_the_national_table_print():
    assert typeface.missing_characters("龑䶮𬭚𫖯喆㛃𫗴𪩘〇") == []


def test_character_without_a_glyph_is_named_by_its_code_point():
    assert typeface.missing_characters("吉𠮷吉") == ["𠮷"]
    assert typeface.printable("王𠮷\u200b\n明") == "王〔U+20BB7〕 明"


def test_lines_break_between_chinese_characters_and_latin_words_and_not_before_a_full_stop():
    lines = typeface.broken_lines("考生应当携带有效身份证件。Please bring your identity card.", 10, 40)
    assert "".join(lines).replace(" ", "") == "考生应当携带有效身份证件。Pleasebringyouridentitycard."
    assert not any(line.startswith("。") for line in lines)
    assert all(typeface.text_width(line, 10) <= 44 for line in lines)


def test_long_table_goes_on_with_its_heading_on_the_next_page():
    document = pdf.Document("exam", "名单")
    document.new_page()
    document.table(15, 30, [20, 60], [["座位", "姓名"], *([number, "张三"] for number in range(80))])
    pages = pages_of(document)
    assert len(pages) > 1
    assert all("座位" in page.extract_text() for page in pages)


def test_face_is_the_one_that_was_chosen():
    folder = typeface.FONT_FILE.parent
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
