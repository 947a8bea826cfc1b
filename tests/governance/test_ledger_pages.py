"""How an auditor finds a decision in the ledger, and takes its proof away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.people import make_account, make_organisation
from trainhub.governance.duties import record_grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.ledger import append
from trainhub.ledger.sequencing import sequence, sign_head
from trainhub.ledger.signing import public_key
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty


@pytest.fixture
def auditor(app):
    """The id of somebody who audits."""
    with transaction():
        person, authority = make_account().person, make_organisation(OrganisationKind.AUTHORITY)
        today = clock.today()
        record_grant(person, Duty.AUDIT, authority, today, today + timedelta(days=365), by=None)
        return person.id


def test_the_auditor_finds_a_decision_by_its_day_its_number_and_its_leaf(auditor, client):
    earlier = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)
    with clock.set_to(earlier), transaction():
        old = append("sitting.opened", by=None, side="exam", sitting="OLD-ONE")
    with clock.set_to(earlier + timedelta(days=1)), transaction():
        new = append("sitting.opened", by=None, side="exam", sitting="NEW-ONE")
    with transaction():
        sequence()
        sign_head()
        found = old.id, old.leaf_hash, new.id
    client.sign_in(db.session.get_one(Person, auditor))

    def shown(**wanted):
        page = client.get("/oversight/ledger", query_string=wanted | {"lang": "en"}).text
        return [name for name in ("OLD-ONE", "NEW-ONE") if name in page]

    assert shown(kind="sitting.opened") == ["OLD-ONE", "NEW-ONE"]
    assert shown(kind="sitting.opened", day="2026-07-02") == ["OLD-ONE"], (
        "20:00 in London is the next day here"
    )
    assert shown(kind="sitting.opened", day="2026-07-01") == []
    assert shown(sought=found[0]) == shown(sought=found[1]) == shown(sought=found[1].upper()) == ["OLD-ONE"]
    assert shown(sought=found[2]) == ["NEW-ONE"]
    assert shown(sought="999999999") == shown(sought="no such leaf") == []
    assert shown(day="9999-12-31", kind="sitting.opened") == ["OLD-ONE", "NEW-ONE"], (
        "no day: as if it were none"
    )
    page = client.get("/oversight/ledger?lang=en").text
    assert f"trainhub ledger check proof-17.json --key {public_key().hex()}" in page
