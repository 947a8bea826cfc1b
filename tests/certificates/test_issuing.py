"""Issuing certificates: for whom, by whom, once each, and what is written down."""

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, text

from tests.factories.certificates import (
    Story,
    make_centre,
    make_issuer,
    make_objection,
    make_result,
)
from trainhub.certificates.authority import prepare_authority
from trainhub.certificates.issuing import (
    drafts_for,
    draw_and_sign,
    enter,
    issue_for_sitting,
    last_day,
    require_issuable,
)
from trainhub.certificates.models import Certificate
from trainhub.certificates.register import find_certificate, waiting_sittings
from trainhub.exams.marking.models import Result, ResultState
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, NotFound, Refused
from trainhub.kernel.i18n import in_language
from trainhub.ledger import Entry
from trainhub.people.messages import own_messages
from trainhub.people.models import Message, Person
from trainhub.separation.duties import Duty


def _count():
    return db.session.scalar(select(func.count(Certificate.id)))


def test_every_passed_and_published_result_gets_a_certificate(app):
    story = Story(names=("欧阳若琳", "王建国", "赵敏"))

    assert issue_for_sitting(story.code, story.issuer_id) == 3
    names = {row.holder_name for row in db.session.scalars(select(Certificate))}
    assert names == {"欧阳若琳", "王建国", "赵敏"}


def test_a_failed_an_unpublished_and_an_objected_result_get_none(app):
    story = Story()
    with transaction():
        make_result(story.sitting, story.publisher, "未及格", marks=79)
        make_result(story.sitting, story.publisher, "未公布", state=ResultState.MARKED)
        make_objection(make_result(story.sitting, story.publisher, "有异议"))

    assert [row.holder_name for row in story.issue()] == ["欧阳若琳"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE marking_result SET passed = 1, marks = 91 WHERE marks = 61",
        "UPDATE marking_result SET person_id = published_by_id WHERE marks = 91",
        "UPDATE marking_result SET state = 'published', published_at = marked_at WHERE marks = 95",
        "UPDATE handover_outcome SET passed = 1; UPDATE marking_result SET passed = 1",
    ],
)
def test_a_result_changed_in_the_database_after_its_publication_gets_none(app, change):
    story = Story()
    with transaction():
        make_result(story.sitting, story.publisher, "不合格者", marks=61)
        waiting = make_result(story.sitting, story.publisher, "未公布者", marks=95, state=ResultState.MARKED)
        waiting.marked_at = clock.now()
    with transaction():
        for each in change.split(";"):
            db.session.execute(text(each))

    with pytest.raises(Conflict, match="与公布时不符"):
        story.issue()
    assert _count() == 0


def test_issuing_twice_issues_once(app):
    story = Story(names=("欧阳若琳", "王建国"))
    story.issue()

    with pytest.raises(Conflict):
        issue_for_sitting(story.code, story.issuer_id)

    assert _count() == 2


def test_two_requests_at_once_issue_one_certificate(app):
    story = Story()
    with transaction():
        drafts = [drafts_for(story.sitting)[0] for _ in range(2)]
    files = prepare_authority()
    signed = [draw_and_sign(draft, files) for draft in drafts]
    gate = threading.Barrier(2)
    entered = []

    def one_request(mine):
        with app.app_context():
            gate.wait()
            with transaction():
                by = db.session.get_one(Person, story.issuer_id)
                entered.append(enter(mine, by=by) is not None)

    db.session.rollback()
    threads = [threading.Thread(target=one_request, args=(each,)) for each in signed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(entered) == [False, True]
    assert _count() == 1


def test_the_file_of_the_request_that_came_second_is_thrown_away(app):
    story = Story()
    with transaction():
        draft = drafts_for(story.sitting)[0]
    late = draw_and_sign(draft, prepare_authority())
    story.issue()

    with transaction():
        assert enter(late, by=story.issuer) is None

    with pytest.raises(Exception, match="no longer kept|不再"):
        storage.path(late.document_key)


def test_the_database_itself_refuses_a_second_certificate_for_a_result(app):
    story = Story()
    first = story.issue()[0]
    copy = {c.key: getattr(first, c.key) for c in Certificate.__table__.columns if c.key != "id"}
    with pytest.raises(Exception, match="(?i)unique"), transaction():
        db.session.add(Certificate(**copy | {"number": "KH2026-AAAA", "document_hash": "0"}))


def test_with_a_practical_part_open_no_certificate_is_issued(app):
    story = Story(qualification="LV-ELECTRICIAN")

    with in_language("zh_CN"), pytest.raises(Conflict) as refusal:
        issue_for_sitting(story.code, story.issuer_id)

    assert "理论已合格，实操待考" in str(refusal.value)
    assert _count() == 0


def test_who_published_the_results_does_not_issue_the_certificates(app):
    story = Story()
    with pytest.raises(Refused) as refusal, transaction():
        require_issuable(story.sitting, by=story.publisher)

    assert refusal.value.rule.id == "S-14"


def test_who_published_one_of_the_results_is_refused_for_that_one_too(app):
    story = Story()
    with transaction():
        draft = drafts_for(story.sitting)[0]
    signed = draw_and_sign(draft, prepare_authority())

    with pytest.raises(Refused), transaction():
        enter(signed, by=story.publisher)

    assert _count() == 0


def test_a_result_that_was_taken_back_while_the_sheet_was_drawn_gets_none(app):
    story = Story()
    with transaction():
        draft = drafts_for(story.sitting)[0]
    signed = draw_and_sign(draft, prepare_authority())
    with transaction():
        make_objection(db.session.scalars(select(Result)).one())

    with transaction():
        assert enter(signed, by=story.issuer) is None


def test_issuing_leaves_a_trail_and_tells_the_person(app):
    story = Story()
    certificate = story.issue()[0]

    entry = db.session.scalars(select(Entry).where(Entry.kind == "certificate.issued")).one()
    assert certificate.document_hash in entry.body
    assert certificate.number in entry.body
    assert entry.by_id == story.issuer_id
    message = db.session.scalars(select(Message)).one()
    assert message.person_id == certificate.person_id
    text = own_messages(db.session.get_one(Person, certificate.person_id))[0][1]
    assert text == f"您的考核合格证明（编号 {certificate.number}）已签发，请登录后下载。"


def test_a_number_is_ours_and_has_a_random_tail(app):
    story = Story(names=tuple(f"考生{n}" for n in "一二三四五六"))
    numbers = {row.number for row in story.issue()}

    assert len(numbers) == 6
    assert len({number[7:11] for number in numbers}) > 1


def test_the_progress_is_told(app):
    story = Story(names=tuple(f"考生{n}" for n in range(23)))
    told = []

    issue_for_sitting(story.code, story.issuer_id, lambda done, total: told.append((done, total)))

    assert told == [(10, 23), (20, 23), (23, 23)]


def test_the_validity_comes_from_the_law_of_the_day_of_issue(app):
    story = Story()
    certificate = story.issue()[0]

    assert certificate.issued_on == clock.today()
    assert certificate.valid_to == last_day(clock.today(), 36)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 11, 23), 36, date(2029, 11, 22)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 12, 31), 72, date(2032, 12, 30)),
    ],
)
def test_a_validity_ends_the_day_before(first, months, last):
    assert last_day(first, months) == last


def test_an_officer_of_another_centre_sees_nothing_of_it(app):

    story = Story()
    with transaction():
        stranger = make_issuer(make_centre(), "外地")
    centres = organisations_for(stranger, Duty.ISSUE_CERTIFICATES)
    assert waiting_sittings(centres, stranger) == []
    certificate = story.issue()[0]

    with pytest.raises(NotFound):
        find_certificate(certificate.number, centres=centres)
