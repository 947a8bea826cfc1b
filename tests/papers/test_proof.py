"""The proof of a paper shows every type whole, with key and rule, on paper too."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tests.factories.bank import make_bank, make_staff
from tests.factories.every_type import EVERY_TYPE, WORKSHOP
from trainhub.exams.bank.content import SETTABLE, ItemType
from trainhub.exams.bank.items import Draft, write_item
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.wording import words_of
from trainhub.exams.papers.content import PaperContent, PaperItem, read_content, write_content
from trainhub.exams.papers.proof import proof_pdf
from trainhub.kernel.db import transaction
from trainhub.kernel.i18n import in_language

PAPER = PaperContent(
    "P-1",
    "SAFETY-MANAGER",
    60,
    20,
    tuple(
        PaperItem(number, f"Q-{number}", 1, kind, 4, EVERY_TYPE[kind])
        for number, kind in enumerate(SETTABLE, start=1)
    ),
)


def squeezed(text):
    return "".join(text.split())


@pytest.fixture
def printed(app):
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        bring(bank, WORKSHOP, by=staff.author)
        draft = Draft(ItemType.HAZARD_SPOTTING, EVERY_TYPE[ItemType.HAZARD_SPOTTING])
        code = write_item(bank, draft, by=staff.author).code
    items = tuple(replace(each, item_code=code) if each.body.media else each for each in PAPER.items)
    with app.test_request_context("/"):
        pdf = proof_pdf(replace(PAPER, items=items), "安全生产管理人员", "王审卷")
        words = [words_of(each.type, each.body) for each in PAPER.items]
    reader = PdfReader(io.BytesIO(pdf))
    assert [image.image.size for page in reader.pages for image in page.images] == [(960, 600)]
    text = "".join(page.extract_text() for page in reader.pages)
    return squeezed(text), words


def test_every_stem_option_key_and_rule_is_printed(printed):
    text, words = printed
    for each in [*words, *(part for whole in words for part in whole.parts)]:
        said = [each.stem, *each.key, each.rule, *(line.text for line in (*each.options, *each.targets))]
        assert [line for line in said if squeezed(line) not in text] == []


def test_the_end_of_a_sentence_in_a_key_is_followed_by_no_other_sign(printed):
    text, _words = printed
    assert "；参考答案：先审批，再清理。最多" in text


def test_one_mark_is_one_mark_in_english(app):
    first = PAPER.items[0]
    few = replace(PAPER, items=(replace(first, marks=1), replace(first, number=2, marks=2)))
    with app.test_request_context("/"), in_language("en"):
        reader = PdfReader(io.BytesIO(proof_pdf(few, "Managers", "Wang")))
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    assert "1mark," in text and "2marks," in text


def test_a_sealed_paper_of_every_type_reads_back_as_it_was_written():
    assert read_content(write_content(PAPER)) == PAPER
