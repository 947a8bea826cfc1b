"""What tests of authors' pages share: a bank with its people, and a window of one of them."""

from __future__ import annotations

from tests.factories.bank import make_bank, make_staff
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person


def make_place():
    """A bank: its code, its author, its reviewer."""
    with transaction():
        staff = make_staff()
        return make_bank(staff).code, staff.author.id, staff.reviewer.id


def signed_in(context, client, address, person_id):
    """A new window of somebody who is signed in."""
    client.sign_in(db.session.get_one(Person, person_id))
    cookie = client.get_cookie("trainhub")
    context.add_cookies([{"name": "trainhub", "value": cookie.value, "url": address}])
    db.session.rollback()
    return context.new_page()
