"""Hostile files: bombs, entities, slips, passwords and false names are refused, in little memory."""

from __future__ import annotations

import io
import stat
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.packages import MAX_ENTRIES
from trainhub.kernel.errors import Invalid

ROOT = Path(__file__).parents[3]
BILLION = (
    '<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><quiz><question type="essay"><questiontext><text>&i;</text></questiontext></question></quiz>'
)
EXTERNAL = '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question>&x;</question></quiz>'
PARAMETER = '<!DOCTYPE quiz [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><quiz/>'
ITEM = b'<assessmentItem xmlns="x" identifier="i" title="t"><itemBody/></assessmentItem>'


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def package(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_entry(info, content=ITEM):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", ITEM)
        archive.writestr(info, content)
    return target.getvalue()


def link():
    info = zipfile.ZipInfo("b.xml")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def locked():
    content = bytearray(package(**{"a.xml": ITEM}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark) + offset
        content[place] |= 1
    return bytes(content)


def liar():
    """A part that claims to be small and unpacks to much more."""
    content = bytearray(package(**{"a.xml": b" " * (64 << 20)}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.find(mark) + offset
        content[place : place + 4] = struct.pack("<I", 100)
    return bytes(content)


def too_many():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(MAX_ENTRIES + 1):
            archive.writestr(f"{number}.xml", b"")
    return target.getvalue()


@pytest.mark.parametrize("text", [BILLION, EXTERNAL, PARAMETER], ids=["bomb", "external", "parameter"])
def test_xml_that_declares_entities_is_refused(text):
    with pytest.raises(Invalid, match="XML"):
        read_content(text.encode())


def test_xml_that_declares_entities_is_refused_in_utf_16_too():
    with pytest.raises(Invalid, match="XML"):
        read_content(BILLION.replace('<?xml version="1.0"?>', "").encode("utf-16"))


def test_a_document_type_without_entities_is_read_past():
    text = '<!DOCTYPE quiz SYSTEM "quiz.dtd" [<!ELEMENT quiz ANY>]>\n<quiz><question type="essay"/></quiz>'

    (row,) = read_content(text.encode()).rows

    assert row.where == "line 2"


@pytest.mark.parametrize(
    "text", ["<quiz>" * 5000, "<quiz>" + "<a/>" * 400_000 + "</quiz>"], ids=["deep", "wide"]
)
def test_xml_of_unreasonable_depth_or_width_is_refused(text):
    with pytest.raises(Invalid):
        read_content(text.encode())


@pytest.mark.parametrize(
    "make",
    [
        lambda: with_entry("../../etc/a.xml"),
        lambda: with_entry("/etc/a.xml"),
        lambda: with_entry("C:/a.xml"),
        lambda: with_entry("x\\..\\a.xml"),
        lambda: with_entry(link()),
        lambda: with_entry("A.XML"),
        locked,
        too_many,
        lambda: package(**{"a.xml": b" " * (200 << 20)}),
        lambda: package(**{"a.xml": ITEM})[:-30],
        lambda: b"PK\x03\x04" + b"\0" * 100,
    ],
    ids=["slip", "root", "drive", "backslash", "link", "twice", "locked", "many", "bomb", "cut", "none"],
)
def test_a_package_that_reaches_out_or_blows_up_is_refused(make):
    with pytest.raises(Invalid) as refusal:
        read_content(make())

    assert str(refusal.value)


def test_a_part_that_unpacks_to_more_than_it_claims_is_not_read_on():
    assert all(_reasons(liar()))


@pytest.mark.parametrize(
    ("head", "piece", "tail"),
    [
        ("", "{", ""),
        ("Q ", "\\", "{=a}"),
        ("Q {", "~a", "=b}"),
        ("Q\nA. x", " ", "y\nANSWER: A\n"),
        ("Q\nA.", " ", ""),
        ("甲\nA. 乙\nANSWER: A", " ", "A"),
        ("甲\nA. 乙\nANSWER: A\n", "x\n", ""),
        ("", "Q {=a}\n\n", ""),
        ("题目,选项A,选项B,答案\n", ",", ""),
        ("题目,选项A,选项B,答案\n", "\n", "甲"),
        ("题目,选项A,选项B,答案\n", "甲,乙\n", ""),
        ("", ",", ""),
        ("<quiz>", "<question type='essay'/>", "</quiz>"),
        ("<quiz><question type='essay'>", "<file name='a'/>", "</question></quiz>"),
        ("<questestinterop>", "<item/>", "</questestinterop>"),
    ],
)
def test_a_text_that_would_take_hours_or_gigabytes_ends_at_once(head, piece, tail):
    assert all(_reasons((head + piece * (1_000_000 // len(piece)) + tail).encode()))


def _reasons(content):
    try:
        return [row.reason for row in read_content(content).rows]
    except Invalid as refusal:
        return [str(refusal)]


def test_a_package_with_macros_and_an_old_office_file_are_refused():
    with pytest.raises(Invalid):
        read_content(package(**{"word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"}))
    with pytest.raises(Invalid):
        read_content(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_hostile_files_are_refused_within_a_hundred_megabytes(tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"{number}.xml", b" " * (100 << 20))
    for name, content in {
        "bomb.zip": bomb.getvalue(),
        "entities.xml": BILLION.encode(),
        "liar.zip": liar(),
    }.items():
        (tmp_path / name).write_bytes(content)
    script = textwrap.dedent(
        """
        import resource, sys
        from pathlib import Path
        from trainhub.exams.bank.exchange.files import read_content
        from trainhub.kernel.errors import Invalid
        before = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
        resource.setrlimit(resource.RLIMIT_AS, (before + (100 << 20),) * 2)
        for name in sys.argv[1:]:
            try:
                rows = read_content(Path(name).read_bytes()).rows
                assert all(row.reason for row in rows)
            except Invalid:
                pass
            print("refused", Path(name).name)
        """
    )
    names = [str(path) for path in sorted(tmp_path.glob("*.*"))]
    done = subprocess.run(
        [sys.executable, "-c", script, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout.split("\n")[:3] == ["refused bomb.zip", "refused entities.xml", "refused liar.zip"], (
        done.stderr
    )
