"""What a file tells by itself: every way of changing one is told apart, and none is called genuine."""

import shutil
import subprocess
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader

from trainhub.certificates import authority, examination
from trainhub.certificates.document import Facts, draw
from trainhub.certificates.examination import Verdict, Why, examine
from trainhub.certificates.verification import verify_offline
from trainhub.kernel.documents import signing

FACTS = Facts(
    number="KH2026-7F3K-9QWD-2MXP",
    holder="欧阳若琳",
    qualification="安全生产管理人员",
    qualification_en="safety manager",
    examined_on=date(2026, 11, 10),
    site="海川职业技术学院考点",
    issued_on=date(2026, 11, 23),
    valid_to=date(2029, 11, 22),
    authority="海川市应急管理局",
    verify_url="https://kp.example.cn/verify/KH2026-7F3K-9QWD-2MXP",
    verify_page="https://kp.example.cn/verify",
    national_lookup="cx.mem.gov.cn",
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("authority")
    authority._make(folder)
    return authority._files(folder)


@pytest.fixture(scope="module")
def root(files):
    return files.root.read_bytes()


@pytest.fixture(scope="module")
def genuine(files):
    return signing.sign(draw(FACTS), files, signer=authority.ISSUER_NAME, reason="考核合格证明")


def test_a_signed_sheet_is_genuine(genuine, root):
    found = examine(genuine, root)

    assert (found.verdict, found.why) == (Verdict.GENUINE, Why.WHOLE)
    assert found.number == FACTS.number
    assert found.valid_to == "2029-11-22"


def test_an_appended_revision_is_altered(genuine, root):
    writer = IncrementalPdfFileWriter(BytesIO(genuine))
    writer.root["/Lang"] = generic.pdf_string("en")
    writer.update_root()
    target = BytesIO()
    writer.write(target)

    assert examine(target.getvalue(), root).why is Why.REVISION_APPENDED


def test_bytes_after_the_end_are_altered(genuine, root):
    assert examine(genuine + b"\n% more\n%%EOF\n", root).verdict is Verdict.ALTERED


def test_another_signer_with_our_name_is_foreign_and_said_to_imitate_us(root, tmp_path):
    authority._make(tmp_path)
    forged = signing.sign(
        draw(FACTS), authority._files(tmp_path), signer=authority.ISSUER_NAME, reason="考核合格证明"
    )

    found = examine(forged, root)

    assert (found.verdict, found.why) == (Verdict.FOREIGN, Why.SAME_NAME_OTHER_KEY)


def test_a_sheet_without_signature_is_incomplete(root):
    found = examine(draw(FACTS), root)

    assert (found.verdict, found.why) == (Verdict.INCOMPLETE, Why.SIGNATURE_MISSING)


def test_what_is_no_pdf_is_unreadable(root):
    assert examine(b"GIF89a", root).verdict is Verdict.UNREADABLE
    assert examine(b"", root).verdict is Verdict.UNREADABLE


def test_a_huge_file_is_not_even_looked_at(root):
    assert examine(b"%PDF-" + bytes(examination.MAXIMUM_BYTES), root).why is Why.TOO_LARGE


def test_compressed_objects_are_never_unfolded(root):
    assert examine(b"%PDF-1.7\n1 0 obj <</Type /ObjStm>> endobj\n%%EOF\n", root).verdict is Verdict.FOREIGN


def test_where_nothing_was_ever_issued_nothing_is_ours(genuine):
    assert examine(genuine, None).verdict is Verdict.FOREIGN


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_truncated_file_is_never_more_than_incomplete(data, genuine, root):
    length = data.draw(st.integers(5, len(genuine) - 8))

    assert examine(genuine[:length], root).verdict is Verdict.INCOMPLETE


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_changed_bit_anywhere_is_altered(data, genuine, root):
    place = data.draw(st.integers(8, len(genuine) - 40))
    changed = bytearray(genuine)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))

    found = examine(bytes(changed), root)

    assert found.verdict in (Verdict.ALTERED, Verdict.INCOMPLETE, Verdict.FOREIGN)
    if place > 1000 and b"ByteRange" in changed and found.verdict is not Verdict.ALTERED:
        # The names that lead to the signature (/AcroForm, /FT) are some dozen bytes: then none is found.
        is_beside = abs(place - genuine.index(b"/ByteRange")) < 240 or b"/ObjStm" in changed
        assert is_beside or found.why is Why.SIGNATURE_MISSING


def test_every_digit_of_the_signature_counts_although_no_signature_covers_it(genuine, root):
    start = genuine.index(b"/Contents <") + len(b"/Contents <")
    end = start + len(genuine[start : start + 8192].rstrip(b"0>"))
    for place in [*range(start, start + 160, 3), *range(start + 160, end + 4, 23)]:
        digit = b"0" if genuine[place : place + 1] != b"0" else b"1"
        changed = genuine[:place] + digit + genuine[place + 1 :]
        assert examine(changed, root).verdict is Verdict.ALTERED, place - start


def test_hexadecimal_digits_in_another_case_are_altered(genuine, root):
    start = genuine.index(b"/Contents <") + len(b"/Contents <")
    body = genuine[start : start + 8192].lower()

    assert examine(genuine[:start] + body + genuine[start + 8192 :], root).why is Why.SIGNATURE_REWRITTEN


def test_offline_an_expired_sheet_is_expired_and_a_valid_one_admits_what_it_does_not_know(genuine, root):
    assert verify_offline(genuine, root, date(2029, 11, 23)).verdict is Verdict.EXPIRED
    assert verify_offline(genuine, root, date(2029, 11, 22)).why is Why.REGISTER_NOT_ASKED


def test_the_sheet_says_that_it_is_no_national_certificate_and_holds_no_id_number(genuine):
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(genuine)).pages).replace("\n", "")

    assert "不是国家统一的" in text
    assert "cx.mem.gov.cn" in text
    assert FACTS.holder in text
    assert FACTS.number in text
    assert len(PdfReader(BytesIO(genuine)).pages) == 1


def test_a_character_that_the_face_does_not_hold_is_named_and_not_an_empty_box(files):
    rare = Facts(**{**FACTS.__dict__, "holder": "王\U00031234"})
    text = PdfReader(BytesIO(draw(rare))).pages[0].extract_text()

    assert "U+31234" in text


@pytest.mark.skipif(not (shutil.which("pdfsig") and shutil.which("certutil")), reason="needs poppler and NSS")
def test_a_reader_that_knows_only_the_root_finds_it_valid_and_the_whole_file_covered(
    genuine, files, tmp_path
):
    database, sheet = f"sql:{tmp_path}", tmp_path / "sheet.pdf"
    sheet.write_bytes(genuine)
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    subprocess.run(
        ["certutil", "-A", "-d", database, "-n", "root", "-t", "CT,C,C", "-i", str(files.root)], check=True
    )

    told = subprocess.run(
        ["pdfsig", "-nssdir", database, str(sheet)], capture_output=True, text=True, check=True
    ).stdout

    assert "Signature is Valid" in told
    assert "Certificate is Trusted" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
