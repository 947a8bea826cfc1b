"""What belongs to the items of one centre is not there for officers of another, whatever number they try."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.bank.test_no_word_in_clear import words_in
from tests.factories.delivery import make_seated_sitting
from tests.factories.life_of_a_paper import CHOICE, SAID, TWIN, WRITTEN, Life
from tests.factories.people import make_officer, make_organisation
from trainhub import handover
from trainhub.exams import bank as room
from trainhub.exams import papers
from trainhub.exams.bank import Draft, ItemBody, ItemType, bulk, comments, sources
from trainhub.exams.bank.alike.leaks import compare_practice
from trainhub.exams.bank.bulk_one import Order
from trainhub.exams.bank.flags import Finding, raise_flags
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Bank, HeldRow, Import
from trainhub.exams.bank.models_alike import Leak, Pair
from trainhub.exams.bank.models_bulk import BulkDeed
from trainhub.exams.bank.models_comments import Comment
from trainhub.exams.bank.models_sources import ItemFlag, Source, SourceKind
from trainhub.exams.marking import Correction, KeyChange
from trainhub.exams.marking.models_judging import Judgement, WrittenResponse
from trainhub.exams.papers.enemies import set_apart
from trainhub.exams.papers.models import Assembly, Blueprint, Enemy, Paper
from trainhub.exams.sittings.models import Candidate, SittingState
from trainhub.kernel import jobs
from trainhub.kernel.db import Base, db, transaction
from trainhub.kernel.written_workbooks import write_workbook
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty

ACCESS = Path(__file__).parent / "access"
ROOMS = ("bank", "papers", "marking")
SECRETS = (*CHOICE, *WRITTEN, *SAID.values(), TWIN)
FAKE = "999999"
FORM = {
    "verdict": "different",
    "reason": "看看会怎样，没有别的",
    "text": "看看会怎样",
    "note": "看看会怎样",
    "basis": "看看会怎样",
    "form": "gift",
    "agrees": "1",
    "q": CHOICE[0],
    "passphrase": "correct horse number 0",
    "points": ["1", "1"],
    "marks": "1",
    "kind": "void",
}


def routes():
    """Every route of the rooms that names an object, with a duty that its guard lets in."""
    for name in ROOMS:
        for line in (ACCESS / f"{name}.txt").read_text().splitlines():
            call, guard = (part.strip() for part in line.split("|"))
            method, rule = call.split()
            for duty in guard.split(" + ") if "<" in rule else ():
                if not duty.startswith("oversight"):
                    yield method, rule, duty


def first(model, column):
    return db.session.scalar(select(column).select_from(model).limit(1))


def objects():
    """What the names in the rules may stand for, by the beginning of the rule."""
    sitting = db.session.scalar(select(Candidate)).sitting.code
    paper = db.session.scalar(select(Paper.code).where(Paper.state == "assembled"))
    sealed = db.session.scalar(select(Paper.code).where(Paper.state == "sealed"))
    change = first(KeyChange, KeyChange.code)
    found = {
        "pair_id": first(Pair, Pair.id),
        "leak_id": first(Leak, Leak.id),
        "import_id": first(Import, Import.id),
        "held_id": first(HeldRow, HeldRow.id),
        "bulk_id": first(BulkDeed, BulkDeed.id),
        "item_code": db.session.scalar(select(WrittenResponse.item_code)),
        "comment_code": db.session.scalar(select(Comment)).review.code,
        "flag_code": first(ItemFlag, ItemFlag.code),
        "source_code": first(Source, Source.code),
        "sitting": sitting,
        "kind": "booklet",
        "candidate_code": first(Candidate, Candidate.code),
        "change_code": change,
        "correction_code": first(Correction, Correction.code),
        "response_code": first(WrittenResponse, WrittenResponse.code),
        "judgement_code": first(Judgement, Judgement.code),
    }
    codes = {
        "/exam/bank/": first(Bank, Bank.code),
        "/exam/papers/assemblies": first(Assembly, Assembly.code),
        "/exam/papers/blueprints": first(Blueprint, Blueprint.code),
        "/exam/papers/enemies": first(Enemy, Enemy.code),
        "/exam/papers/<code>/opening": sealed,
        "/exam/papers/<code>/printed": sealed,
        "/exam/papers/<code>": paper,
        "/exam/marking/": sitting,
        "/exam/statistics/": sitting,
    }
    assert all(found.values()) and all(codes.values()), (found, codes)
    return found, codes


def address_of(rule, found, codes, *, real):
    code = next((value for start, value in codes.items() if rule.startswith(start)), FAKE)
    known = {**found, "code": code} if real else {}
    return re.sub(r"<(\w+)>", lambda name: str(known.get(name[1], FAKE)), rule)


@pytest.fixture
def world(app, client):
    """The life of a paper, and of everything else that a bank has one."""
    life = Life()
    life.hold()
    life.mark()
    life.correct()
    author, reviewer = life.staff["author"], life.staff["reviewer"]
    client.sign_in(life.person(author))
    code = db.session.get_one(Bank, life.bank_id).code
    rows = [["单选题", f"{CHOICE[0]}？", f"A.{CHOICE[1]}**A**B.{CHOICE[2]}", "A", ""]]
    book = write_workbook("Sheet1", ["题型", "题目", "选项", "答案", "解析"], rows)
    client.post(f"/exam/bank/{code}/import", data={"file": (BytesIO(book), "题.xlsx"), "submit_items": "y"})
    jobs.run_pending()
    db.session.rollback()
    with transaction():
        _fill(life, life.person(author), life.person(reviewer))
    return life


def _fill(life, author, reviewer):
    bank = db.session.get_one(Bank, life.bank_id)
    body = ItemBody(f"{CHOICE[3]}。", (), ("T",))
    draft = room.write_item(bank, Draft(ItemType.TRUE_FALSE, body), by=author)
    room.submit([newest_version(draft)], by=author)
    comments.comment(newest_version(draft), "", SAID["note"], by=reviewer)
    set_apart(life.items[:2], by=author)
    bulk.begin(bank, Order("retire", reason=SAID["note"]), [(code, "1") for code in life.items], by=reviewer)
    sources.record_source(bank.organisation_id, sources.Edition(SourceKind.LAW, "盲板作业办法"), by=author)
    raise_flags(
        bank.organisation_id, "S-1", [Finding(life.items[0], 1, "too_easy", {"facility": 1})], by=None
    )
    officer = life.person(life.staff["paper_officer"])
    papers.assemble(db.session.query(Blueprint).one(), by=officer)
    school = make_organisation(OrganisationKind.TRAINING_BODY)
    told = f"{CHOICE[0]}（ ）。\nA. {CHOICE[1]}\nB. {CHOICE[2]}\n答案：A"
    teacher = make_officer(Duty.MANAGE_COURSES, school)
    handover.hand_over_practice_questions([told], "SAFETY-MANAGER", school, by=teacher)
    compare_practice()


def kept_rows():
    """How many rows every table of the rooms has, and what stands in those that an act would change."""
    tables = [each for each in Base.metadata.sorted_tables if each.name.split("_")[0] in ROOMS]
    found = {each.name: [tuple(row) for row in db.session.execute(select(each))] for each in tables}
    db.session.rollback()
    return found


def told(answer):
    """What the page itself says, without what differs between any two of them."""
    main = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    return re.sub(r"[0-9a-f]{16,}", "", main[0] if main else answer.text)


def try_one(client, method, addresses):
    """Ask for what is there and what is not; return what tells the two apart, or should not be said."""
    data = FORM if method == "POST" else None
    real, fake = (client.open(each, method=method, data=data) for each in addresses)
    wrong = []
    if real.status_code not in (403, 404) or real.status_code != fake.status_code:
        wrong.append(f"{real.status_code} and {fake.status_code}")
    elif told(real) != told(fake):
        wrong.append("another page")
    return wrong + words_in(real.data, SECRETS)


@pytest.fixture
def officers(world):
    """An officer of another centre for each duty there, and what that centre has itself."""
    with transaction():
        centre = make_organisation(OrganisationKind.EXAM_CENTRE)
        found = {duty.value: make_officer(duty, centre).id for duty in Duty if duty.value.startswith("exam:")}
        author = db.session.get_one(Person, found[Duty.AUTHOR_ITEMS.value])
        bank = room.add_bank("BANK-OTHER", "别处的题库", "SAFETY-MANAGER", centre, by=author)
        sitting = make_seated_sitting(state=SittingState.MARKED)
        sitting.organisation = centre
        own = {"/exam/bank/": bank.code, "/exam/marking/": sitting.code, "/exam/statistics/": sitting.code}
    return found, own


def test_no_object_of_another_centre_is_there_for_its_officers(world, officers, client):
    (found, codes), before, tried = objects(), kept_rows(), 0
    wrong = {}
    for method, rule, duty in routes():
        client.sign_in(db.session.get_one(Person, officers[0][duty]))
        addresses = [address_of(rule, found, codes, real=each) for each in (True, False)]
        tried += 1
        if said := try_one(client, method, addresses):
            wrong[method, rule, duty] = said
    assert wrong == {} and tried > 80
    assert kept_rows() == before


def test_nor_by_the_way_of_what_is_their_own(world, officers, client):
    """Their own bank or sitting in the address, and behind it a number of another centre's."""
    (found, _codes), before, tried = objects(), kept_rows(), 0
    wrong = {}
    for method, rule, duty in routes():
        code = next((value for start, value in officers[1].items() if rule.startswith(start)), None)
        if code is None or "<code>" not in rule or rule.count("<") == 1:
            continue
        client.sign_in(db.session.get_one(Person, officers[0][duty]))
        own = rule.replace("<code>", code)
        addresses = [address_of(own, found, {}, real=each) for each in (True, False)]
        tried += 1
        if said := try_one(client, method, addresses):
            wrong[method, rule, duty] = said
    assert wrong == {} and tried > 12
    assert kept_rows() == before
