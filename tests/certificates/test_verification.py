"""Verifying against the register: what is ours, whole, known, in force."""

import hashlib
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, update

from tests.factories.certificates import Story
from trainhub.certificates.examination import Verdict, Why
from trainhub.certificates.models import Certificate
from trainhub.certificates.numbers import parse_number
from trainhub.certificates.revocation import revoke
from trainhub.certificates.verification import verify_number, verify_pdf
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db, transaction

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def issued(app):
    story = Story()
    certificate = story.issue()[0]
    story.certificate, story.data = certificate, storage.read(certificate.document_key)
    return story


def test_an_issued_file_is_genuine(issued):
    found = verify_pdf(issued.data)

    assert found.verdict is Verdict.GENUINE
    assert found.certificate == issued.certificate


def test_a_changed_byte_is_altered_and_names_no_certificate(issued):
    place = issued.data.index(b"endstream") - 20
    changed = issued.data[:place] + bytes([issued.data[place] ^ 1]) + issued.data[place + 1 :]

    found = verify_pdf(changed)

    assert found.verdict is Verdict.ALTERED
    assert found.certificate is None


def test_a_revoked_one_is_revoked_by_file_and_by_number(issued):
    with transaction():
        revoke(issued.certificate, "成绩经复核无效", by=issued.other_issuer)

    assert verify_pdf(issued.data).verdict is Verdict.REVOKED
    assert verify_number(issued.certificate.number).verdict is Verdict.REVOKED


def test_it_is_valid_on_its_last_day_and_expired_on_the_next(issued):
    last = issued.certificate.valid_to
    noon = datetime(last.year, last.month, last.day, 12, tzinfo=CHINA)
    with clock.set_to(noon):
        assert verify_pdf(issued.data).verdict is Verdict.GENUINE
    with clock.set_to(noon + timedelta(days=1)):
        assert verify_pdf(issued.data).verdict is Verdict.EXPIRED
        assert verify_number(issued.certificate.number).verdict is Verdict.EXPIRED


def test_a_file_signed_with_our_key_that_the_register_does_not_know_is_not_ours(issued):
    with transaction():
        db.session.execute(delete(Certificate))

    assert verify_pdf(issued.data).why is Why.NOT_IN_REGISTER


def test_another_file_under_a_number_of_ours_is_altered(issued):
    other = hashlib.sha256(b"another").hexdigest()
    with transaction():
        db.session.execute(update(Certificate).values(document_hash=other))

    assert verify_pdf(issued.data).why is Why.NOT_WHAT_WE_ISSUED


def test_a_number_may_be_typed_carelessly(issued):
    number = issued.certificate.number
    for typed in (number.lower(), number.replace("-", ""), f"  {number.replace('-', ' ')} "):
        assert verify_number(typed).verdict is Verdict.GENUINE


@pytest.mark.parametrize(
    "text", ["", "KH2026", "KH2026-0000-1111-IIII", "1' OR 1=1 --", "T110101199003070018"]
)
def test_what_cannot_be_a_number_is_none(text):
    assert parse_number(text) is None
