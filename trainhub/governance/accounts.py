"""Opening accounts, and the first start: three different people, each with one administration duty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from trainhub import ledger
from trainhub.governance.duties import duties_of, ending_soon, in_force, record_grant
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Account, Organisation, Person
from trainhub.people.persons import clean_name, record_person
from trainhub.people.sign_in import end_all_sessions, open_account
from trainhub.separation.duties import Duty
from trainhub.separation.models import SamePerson
from trainhub.separation.register import current

UNUSED_FOR = timedelta(days=30)
FIRST_DUTIES = (Duty.ADMINISTER_SYSTEM, Duty.ADMINISTER_SECURITY, Duty.AUDIT)


def get_account(username: str) -> Account:
    """Return an account by user name.

    Raises:
        NotFound: there is none.
    """
    statement = select(Account).options(joinedload(Account.person)).where(Account.username == username)
    account = db.session.scalar(statement)
    if account is None:
        raise NotFound(_l("There is no such account."))
    return account


def listed(wanted: str, kinds: Sequence[str]) -> Select[Account]:
    """Return the statement of accounts by user name.

    Args:
        wanted: a person's name or a part of a user name; empty for all.
        kinds: names of ``KINDS``, all of which hold.
    """
    statement = select(Account).options(joinedload(Account.person)).order_by(Account.username)
    statement = statement.where(*(KINDS[each]() for each in kinds))
    if not wanted:
        return statement
    # Asked of each table by itself: joined, all rows of both are put together to be looked through.
    of_persons = Account.person_id.in_(select(Person.id).where(Person.name == wanted))
    return statement.where(Account.username.contains(wanted, autoescape=True) | of_persons)


def open_account_for(name: str, id_number: str | None, username: str, *, by: Person) -> str:
    """Record a person and open an account with a random first password.

    Returns:
        The password, to be handed over once; it is kept nowhere.

    Raises:
        Forbidden: the acting person does not administer the system.
        Invalid: name, number or user name cannot be used.
    """
    if Duty.ADMINISTER_SYSTEM not in duties_of(by):
        raise Forbidden(_l("Accounts are opened by the system administrator."))
    person = record_person(name, id_number, by=by)
    password = readable_code(14)
    open_account(person, username, password, by=by)
    return password


def unneeded() -> ColumnElement[bool]:
    """Return the condition that an account is of no use: a month old, no duty now or to come, no learner."""
    held = select(Grant.person_id).where(Grant.revoked_at.is_(None), Grant.ends_on >= clock.today())
    learners = select(Person.id).where(Person.id_number_hash.is_not(None))
    return and_(
        Account.active,
        Account.created_at < clock.now() - UNUSED_FOR,
        Account.person_id.not_in(held),
        Account.person_id.not_in(learners),
    )


def ending() -> ColumnElement[bool]:
    """Return the condition that a duty of the account's person ends soon."""
    return Account.person_id.in_(select(Grant.person_id).where(ending_soon()))


def unidentified() -> ColumnElement[bool]:
    """Return the condition that somebody holds a duty whose ID number is not on record.

    Only by the number does the house find out that two records are of one human being.
    """
    held = select(Grant.person_id).where(in_force(clock.today()))
    numbered = select(Person.id).where(Person.id_number_hash.is_not(None))
    joined = select(SamePerson.person_id).where(current(SamePerson))
    return and_(
        Account.active,
        Account.person_id.in_(held),
        Account.person_id.not_in(numbered),
        Account.person_id.not_in(joined),
    )


KINDS = {"ending": ending, "unneeded": unneeded, "unidentified": unidentified}
"""What a list of accounts can be narrowed to, by the name in its address."""


def close_account(account: Account, *, by: Person) -> None:
    """Close an account: nobody signs in with it any more, its sessions end; what was done stays on record.

    Raises:
        Forbidden: the acting person does not administer the system, or would close their own.
        Conflict: it is closed already, or its person still holds a duty.
    """
    lock("person", account.person_id)
    db.session.refresh(account)
    if Duty.ADMINISTER_SYSTEM not in duties_of(by) or account.person_id == by.id:
        raise Forbidden(_l("Accounts are closed by the system administrator, never one's own."))
    if not account.active:
        raise Conflict(_("This account is closed already."))
    if duties_of(account.person):
        raise Conflict(_("This person still holds a duty. It is withdrawn first."))
    account.active = False
    end_all_sessions(account.person_id)
    ledger.append("account.closed", by=by, side="core", person=account.person_id)


def first_start(
    people: list[tuple[str, str, str]], organisation: Organisation, until: date
) -> list[tuple[Person, Duty]]:
    """Make the three administrators of a new instance: three people, one duty each, nobody with more.

    Args:
        people: name, user name and password of the system, the security and the audit administrator,
            in this order; nobody's ID number is known yet, so that no two may bear one name.
        organisation: for whom they administer.
        until: last day of their duty.

    Returns:
        The persons with their duties.

    Raises:
        Invalid: there are not three, or two of them are the same.
        Conflict: the instance has administrators already.
    """
    lock("first-start", 0)
    if db.session.scalar(select(Grant.id).limit(1)):
        raise Conflict(_("This instance has administrators already."))
    different = {clean_name(name) for name, _username, _password in people}
    if (
        len(people) != 3
        or len(different) != 3
        or len({username for _name, username, _password in people}) != 3
    ):
        raise Invalid(_("Three different people are needed: system, security and audit administrator."))
    started = []
    for (name, username, password), duty in zip(people, FIRST_DUTIES, strict=True):
        person = record_person(name, by=None)
        open_account(person, username, password, by=None)
        record_grant(person, duty, organisation, clock.today(), until, by=None)
        started.append((person, duty))
    return started
