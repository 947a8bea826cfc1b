"""Forms on paper: every type as a candidate reads it, no key in the booklet, each opened by its own rule."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tests.factories.bank import make_bank, make_paper, make_staff
from tests.factories.every_type import EVERY_TYPE, WORKSHOP, options
from tests.factories.opening import make_opening_officers, make_waiting_sitting, passphrase_of
from tests.factories.people import give_duty
from trainhub.exams import papers
from trainhub.exams.bank.content import Credit, ItemBody, ItemType, Medium, Option
from trainhub.exams.bank.details import CaseSet, Part, Region
from trainhub.exams.bank.items import Draft, newest_version, write_item
from trainhub.exams.bank.media import ChangedMedium, bring
from trainhub.exams.bank.rich import clean_html
from trainhub.exams.bank.vault import body_of
from trainhub.exams.bank.wording import words_of
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.models import PrintedForm
from trainhub.exams.papers.printed import print_form, printables
from trainhub.exams.papers.printed_sealing import require_printable
from trainhub.exams.papers.printing import Cover, answer_sheet_pdf, booklet_pdf, key_sheet_pdf
from trainhub.exams.papers.printing.booklet import NUMERALS
from trainhub.exams.papers.printing.questions import ASKS, unprintable
from trainhub.exams.sittings.models import SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import in_language
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.models import Saw
from trainhub.separation.report_ledger import facts_of_entry

PAPER = PaperContent(
    "P-1",
    "SAFETY-MANAGER",
    60,
    20,
    tuple(
        PaperItem(number, f"Q-{number}", 1, kind, 4, body)
        for number, (kind, body) in enumerate(
            ((kind, body) for kind, body in EVERY_TYPE.items() if kind in ASKS), start=1
        )
    ),
)
COVER = Cover("安全生产管理人员", "某市考试中心", "P-1", "A1B2 C3D4")


def squeezed(text):
    return "".join(text.split())


def text_of(pdf):
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def pictures_in(pdf):
    drawn = [page.get_contents().get_data() for page in PdfReader(io.BytesIO(pdf)).pages]
    return sum(page.count(b" Do") for page in drawn)


def test_the_booklet_says_every_type_whole_without_a_key_and_the_key_sheet_every_key(app, staff):
    bank = make_bank(staff)
    bring(bank, WORKSHOP, by=staff.author)
    scene = write_item(bank, Draft(ItemType.HAZARD_SPOTTING, PAPER.items[-1].body, None), by=staff.author)
    whole = replace(PAPER, items=(*PAPER.items[:-1], replace(PAPER.items[-1], item_code=scene.code)))
    with app.test_request_context("/"):
        booklet, pages = booklet_pdf(whole, COVER)
        sheet, _pages = answer_sheet_pdf(whole, COVER)
        key, _pages = key_sheet_pdf(whole, COVER)
        words = [words_of(each.type, each.body) for each in PAPER.items]
    every = [*words, *(part for whole in words for part in whole.parts)]
    text, keys = text_of(booklet), text_of(key)

    for each in every:
        said = [each.stem, *(line.text for line in (*each.options, *each.targets))]
        assert [line for line in said if squeezed(line) not in text] == []
        assert [line for line in each.key if squeezed(line) not in keys] == []
    assert "；参考答案：先审批，再清理。最多" in keys
    assert not re.search(r"[;()](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[;()]", re.sub(r"\(\d\)", "", keys))
    # The picture of the hazards: in the booklet, on the answer sheet, and with its regions in the key.
    assert [pictures_in(each) for each in (booklet, sheet, key)] == [1, 1, 1]
    for secret in ("1.637", "办理动火审批", "先审批", "贰", "安全帽"):
        assert secret not in text
        assert secret not in text_of(sheet)
    read = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(booklet)).pages]
    assert all(said in page for page in read for said in ("P-1", "A1B2C3D4", f"共{pages}页"))
    # All rules stand on the title page, and each heading on the page of its first question.
    assert "6.考试结束时" in read[0] and "一、" not in read[0]
    for number, each in enumerate(words, start=1):
        (page,) = (page for page in read if f"{NUMERALS[number - 1]}、" in page)
        assert f"{number}.{squeezed(each.stem)}" in page


def test_what_is_earned_in_part_and_by_each_question_of_a_case_is_told_as_on_the_screen(app):
    case = next(each for each in PAPER.items if each.type == ItemType.CASE_SET)
    partial = PAPER.items[2]
    pairs = zip(PAPER.items, (1, 2, 1), strict=False)
    parts = tuple(Part(each.type, each.body, weight) for each, weight in pairs)
    even = replace(case, body=replace(case.body, detail=CaseSet(parts)))
    strict = replace(partial, body=replace(partial.body, credit=Credit.ALL_OR_NOTHING))
    asked = (partial, even, strict, replace(even, marks=3))
    items = tuple(replace(each, number=number) for number, each in enumerate(asked, start=1))
    with app.test_request_context("/"), in_language("en"):
        booklet, _pages = booklet_pdf(replace(PAPER, items=items), COVER)
    _title, *texts = re.split("[一二三四]、", text_of(booklet))
    rule = squeezed("any wrong option chosen earns nothing at all")
    assert [rule in text for text in texts] == [True, True, False, True]
    assert [len(re.findall(told, texts[1])) for told in ("1mark(?!s)", "2marks")] == [2, 1]
    assert [texts[3].count(f"{weight}of4partsofthemarks") for weight in (1, 2)] == [2, 1]


def test_a_heading_goes_to_the_next_page_with_a_long_first_question_and_no_line_ends_with_a_bracket(app):
    long = ItemBody("受限空间（含地下有限空间）作业。" * 40, options("甲", "乙"), ("A",))
    truths = [replace(PAPER.items[0], number=number) for number in range(1, 25)]
    items = (*truths, replace(PAPER.items[1], number=25, body=long))
    with app.test_request_context("/"):
        booklet, _pages = booklet_pdf(replace(PAPER, items=items), COVER)
    *_before, last = [page.extract_text() for page in PdfReader(io.BytesIO(booklet)).pages]
    assert "二、" in last and "25." in last
    assert not any(line.endswith("（") for line in last.splitlines())


@pytest.fixture
def staff(app):
    return make_staff()


@pytest.fixture
def officers(staff):
    return make_opening_officers(staff.centre)


@pytest.fixture
def paper(staff, officers):
    paper = make_paper(staff)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, "好卷", by=staff.paper_reviewer)
    papers.seal_paper(paper, officers, by=staff.paper_reviewer, printed=True)
    db.session.flush()
    return paper


def opened(paper, officers, minutes=10):
    sitting = make_waiting_sitting(paper, minutes_to_start=minutes)
    for number in (0, 1):
        papers.give_share(paper, sitting.code, passphrase_of(number), by=officers[number])
    return sitting


def test_officers_print_the_booklet_once_two_have_opened_the_paper_and_the_key_after_the_sitting(
    staff, officers, paper
):
    forms = db.session.scalars(select(PrintedForm).where(PrintedForm.paper_id == paper.id)).all()
    assert {form.kind for form in forms} == {"booklet", "answer_sheet", "key"}
    assert not any(form.content_sealed.startswith(b"%PDF") for form in forms)
    sitting = make_waiting_sitting(paper)
    with pytest.raises(Conflict, match=paper.code):
        print_form(paper.code, "booklet", sitting.code, by=officers[2])

    for number in (0, 1):
        papers.give_share(paper, sitting.code, passphrase_of(number), by=officers[number])
    assert print_form(paper.code, "booklet", sitting.code, by=officers[2]).startswith(b"%PDF")
    with pytest.raises(Conflict):
        print_form(paper.code, "key", sitting.code, by=officers[2])
    sitting.state = SittingState.CLOSED
    db.session.flush()
    assert print_form(paper.code, "key", sitting.code, by=officers[2]).startswith(b"%PDF")
    with pytest.raises(Conflict):
        print_form(paper.code, "booklet", sitting.code, by=officers[2])

    entries = db.session.scalars(select(Entry).where(Entry.kind == "paper.form_printed")).all()
    told = [(entry.by_id, facts_of_entry(entry)["form"]) for entry in entries]
    assert told == [(officers[2].id, "booklet"), (officers[2].id, "key")]
    assert officers[2].id in db.session.scalars(select(Saw.person_id).where(Saw.paper_code == paper.code))


def test_only_who_may_print_is_led_to_the_printed_papers(client, staff, paper):
    address, people = f"/exam/papers/{paper.code}", (staff.paper_officer.id, staff.paper_reviewer.id)
    db.session.commit()
    led = []
    for person_id in people:
        client.sign_in(db.session.get_one(Person, person_id))
        main = client.get(address).text.partition("<main")[2]
        led.append((client.get("/exam/papers/printed").status_code, "/exam/papers/printed" in main))
    assert led == [(403, False), (200, True)]


def test_what_is_not_printed_yet_is_said_on_the_page_of_printed_papers(client, officers, paper):
    sitting = make_waiting_sitting(paper, minutes_to_start=600)
    address = f"/exam/papers/{paper.code}/printed/booklet/{sitting.code}"
    db.session.commit()
    client.sign_in(officers[0])
    answer = client.post(address)
    assert answer.status_code == 409 and "data-focus" in answer.text and "<table" in answer.text


def test_the_key_waits_for_every_sitting_that_uses_the_paper(officers, paper):
    sitting = opened(paper, officers)
    later = make_waiting_sitting(paper, minutes_to_start=9000)
    sitting.state = SittingState.CLOSED
    db.session.flush()

    with pytest.raises(Conflict):
        print_form(paper.code, "key", sitting.code, by=officers[0])
    with pytest.raises(Conflict):
        print_form(paper.code, "booklet", later.code, by=officers[0])
    assert all(each.problem for each in printables(paper))


def test_who_knows_the_key_or_has_no_duty_prints_no_booklet(staff, officers, paper):
    sitting = opened(paper, officers)
    for person in (staff.author, staff.paper_reviewer):
        with pytest.raises(NotFound):
            print_form(paper.code, "booklet", sitting.code, by=person)
    give_duty(staff.paper_reviewer, Duty.OPEN_PAPERS, staff.centre)
    with pytest.raises(Forbidden):
        print_form(paper.code, "booklet", sitting.code, by=staff.paper_reviewer)


def test_by_the_clock_nothing_is_printed_before_the_sitting_begins_and_an_altered_form_never(staff, officers):
    paper = make_paper(staff)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, by=staff.paper_reviewer)
    papers.seal_paper(paper, by=staff.paper_reviewer, printed=True)
    sitting = make_waiting_sitting(paper)
    with pytest.raises(Conflict):
        print_form(paper.code, "answer_sheet", sitting.code, by=officers[0])
    sitting.starts_at = clock.now() - timedelta(minutes=1)
    db.session.flush()
    assert print_form(paper.code, "answer_sheet", sitting.code, by=officers[0])

    form = db.session.scalars(select(PrintedForm).where(PrintedForm.kind == "answer_sheet")).one()
    other = db.session.scalars(select(PrintedForm).where(PrintedForm.kind == "booklet")).one()
    form.content_sealed = other.content_sealed
    db.session.flush()
    with pytest.raises(Conflict):
        print_form(paper.code, "answer_sheet", sitting.code, by=officers[0])


def test_a_question_that_cannot_be_put_on_paper_is_named(app):
    film = Medium("a.mp4", "0" * 64, "video/mp4")
    items = [replace(PAPER.items[0], body=replace(PAPER.items[0].body, media=(film,))), *PAPER.items[1:]]
    assert unprintable(items) == [1]
    timed = replace(EVERY_TYPE["hazard_spotting"].detail, regions=(Region("未戴安全帽", (), 1000, 2000),))
    hazards = replace(PAPER.items[-1], body=replace(PAPER.items[-1].body, detail=timed, media=(film,)))
    with pytest.raises(Invalid, match="10"):
        require_printable((*PAPER.items[:-1], hazards))


TABLE = (
    "<table><tr><th>检查项目</th><th>标准</th></tr><tr><td rowspan='2'>灭火器</td>"
    "<td>压力在<strong>绿区</strong></td></tr><tr><td>铅封完好，每月检查一次，并做好记录</td></tr></table>"
)


def make_rich(staff, bank):
    """A question with a picture, a table and a list, and one whose options are pictures."""
    bring(bank, WORKSHOP, by=staff.author)
    picture = Medium("workshop.png", WORKSHOP.digest, "image/png", "车间")
    stem = (
        "<p>看图，面积 5 m<sup>2</sup> 的<u>车间</u>：</p><img src='workshop.png'>"
        f"<ol><li>先检查</li><li>再作业</li></ol>{TABLE}<p>哪项正确？</p>"
    )
    stem = clean_html(stem)
    body = ItemBody(stem, options("甲", "乙", "丙"), ("B",), rich=True, media=(picture,))
    shown = tuple(Option(key, f'{key} 处：<img src="workshop.png">') for key in "ABCD")
    other = ItemBody("选出合格的现场。", shown, ("A",), rich=True, media=(picture,))
    return [write_item(bank, Draft(ItemType.SINGLE, each, None), by=staff.author) for each in (body, other)]


def test_pictures_tables_and_lists_are_printed_and_sealed_with_the_paper(staff):
    bank = make_bank(staff)
    first, second = make_rich(staff, bank)
    items = tuple(
        PaperItem(number, each.code, 1, "single", 2, body_of(newest_version(each)))
        for number, each in enumerate((first, second), start=1)
    )
    assert unprintable(items) == []
    with in_language("zh"):
        pdf, _pages = booklet_pdf(replace(PAPER, items=items), COVER)
    text = text_of(pdf)
    for said in ("看图，面积5m2的车间：", "1.先检查", "2.再作业", "压力在绿区", "铅封完好", "哪项正确？"):
        assert said in text
    assert pictures_in(pdf) == 5
    # A file that is not what the question says it is keeps the paper from being sealed with forms.
    other = replace(items[0].body.media[0], content_type="image/jpeg")
    changed = replace(items[0], body=replace(items[0].body, media=(other,)))
    with pytest.raises(ChangedMedium):
        booklet_pdf(replace(PAPER, items=(changed,)), COVER)
