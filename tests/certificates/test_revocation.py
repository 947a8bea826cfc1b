"""Revoking: by another officer, with a reason, once, and everybody is told."""

import pytest
from sqlalchemy import select

from tests.factories.certificates import Story
from trainhub.certificates.revocation import revoke
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid, Refused
from trainhub.ledger import Entry
from trainhub.people.models import Message

REASON = "成绩经复核无效"


@pytest.fixture
def issued(app):
    story = Story()
    story.certificate = story.issue()[0]
    return story


def test_another_officer_revokes_and_it_leaves_a_trail(issued):
    with transaction():
        revoke(issued.certificate, REASON, by=issued.other_issuer)

    assert issued.certificate.state == "revoked"
    entry = db.session.scalars(select(Entry).where(Entry.kind == "certificate.revoked")).one()
    assert issued.certificate.number in entry.body
    assert REASON not in entry.body
    subjects = db.session.scalars(select(Message.subject)).all()
    assert "certificate.revoked" in subjects


def test_the_issuer_does_not_revoke_their_own(issued):
    with pytest.raises(Refused) as refusal, transaction():
        revoke(issued.certificate, REASON, by=issued.issuer)

    assert refusal.value.rule.id == "S-14"
    assert issued.certificate.state == "valid"


def test_a_reason_is_demanded(issued):
    with pytest.raises(Invalid), transaction():
        revoke(issued.certificate, "   ", by=issued.other_issuer)


def test_a_revoked_certificate_is_not_revoked_again(issued):
    with transaction():
        revoke(issued.certificate, REASON, by=issued.other_issuer)

    with pytest.raises(Conflict), transaction():
        revoke(issued.certificate, REASON, by=issued.other_issuer)
