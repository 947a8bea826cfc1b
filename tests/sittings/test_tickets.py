"""Tickets: one page each, a QR code that tells nothing, and no empty boxes."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.factories.sittings import make_arranged_sitting, make_candidate, make_sitting
from tests.worlds import built_once
from trainhub.exams.sittings.plan import candidates_of
from trainhub.exams.sittings.tickets import (
    QR_PREFIX,
    candidate_by_check_in,
    last_ticket_file,
    print_tickets,
    read_ticket_file,
    ticket_of,
)
from trainhub.kernel import jobs, storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import in_language
from trainhub.people.persons import id_number_of


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


@pytest.fixture
@built_once
def sitting(house):
    """A sitting with three seated candidates."""
    with transaction():
        return make_arranged_sitting(house.centre, house.by, house.second)


def test_ticket_says_who_where_and_when_with_the_id_number_masked(sitting):
    candidate = candidates_of(sitting)[0]
    text = PdfReader(BytesIO(print_tickets([ticket_of(candidate)]))).pages[0].extract_text()
    for word in (candidate.person.name, candidate.ticket_number, "准考证", "考试", "第1机房"):
        assert word in text
    assert id_number_of(candidate.person) not in text


def test_every_font_of_a_ticket_is_embedded(sitting):
    page = PdfReader(BytesIO(print_tickets([ticket_of(candidates_of(sitting)[0])]))).pages[0]
    for font in page["/Resources"]["/Font"].values():
        assert "/FontFile2" in font["/FontDescriptor"]


def test_qr_code_holds_a_random_code_and_nothing_else(sitting):
    candidate = candidates_of(sitting)[0]
    content = ticket_of(candidate).check_in
    assert content == QR_PREFIX + candidate.check_in_code
    assert candidate_by_check_in(content).id == candidate.id
    assert candidate_by_check_in(candidate.ticket_number).id == candidate.id
    assert candidate_by_check_in(QR_PREFIX + candidate.code) is None


def test_no_ticket_without_a_seat(house):
    with transaction():
        candidate = make_candidate(make_sitting(house.centre, house.by), house.by)
    with pytest.raises(Conflict, match="before a seat"):
        ticket_of(candidate)


def test_all_tickets_come_in_one_sealed_file(house, sitting):
    with transaction():
        jobs.start("sittings.tickets", "t", by=house.by, sitting_code=sitting.code, by_id=house.by.id)
    db.session.rollback()
    jobs.run_pending()
    file = last_ticket_file(sitting)
    assert not storage.read(file.file_key).startswith(b"%PDF")
    assert len(PdfReader(BytesIO(read_ticket_file(sitting, file.id))).pages) == 3


def test_file_of_another_sitting_is_not_handed_out(house, sitting):
    with transaction():
        jobs.start("sittings.tickets", "t", by=house.by, sitting_code=sitting.code, by_id=house.by.id)
        other = make_sitting(house.centre, house.by, days=8)
    db.session.rollback()
    jobs.run_pending()
    with pytest.raises(NotFound):
        read_ticket_file(other, last_ticket_file(sitting).id)
