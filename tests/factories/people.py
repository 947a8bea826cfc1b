"""Persons, organisations, accounts and officers for tests."""

import hashlib
import secrets
from datetime import date, timedelta
from itertools import count

from sqlalchemy import select

from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.id_numbers import check_character
from trainhub.people.models import Account, OrganisationKind, Person, SignIn
from trainhub.people.organisations import record_organisation
from trainhub.people.persons import record_person
from trainhub.separation.models import Granted

_number = count(1)
_FAMILY = "王李张刘陈杨赵黄周吴"
_GIVEN = "伟芳娜敏静强磊军洋勇"


def make_id_number(born=date(1990, 3, 7), place="370200"):
    """A well-formed ID number that nobody had in this run."""
    body = f"{place}{born:%Y%m%d}{next(_number) % 1000:03d}"
    return body + check_character(body + "0")


def make_person(name=None, id_number=None):
    """A person on record; the ID number is made up unless given."""
    place = next(_number)
    name = name or _FAMILY[place % 10] + _GIVEN[place // 10 % 10] + _GIVEN[place % 7]
    return record_person(name, id_number or make_id_number(), by=None)


def make_organisation(kind=OrganisationKind.ENTERPRISE, name=None, code=None, district="东港区"):
    """An organisation of a kind."""
    place = next(_number)
    return record_organisation(code or f"ORG-{place}", name or f"机构{place}", kind, district, by=None)


def make_account(person=None, username=None):
    """An account that can be signed in to through ``client.sign_in``; its password matches nothing."""
    person = person or make_person()
    account = Account(
        person_id=person.id, username=username or f"user-{next(_number)}", password_hash="unusable"
    )
    db.session.add(account)
    db.session.flush()
    return account


def make_officer(duty, organisation=None, name=None):
    """A person with an account who holds a duty for an organisation from yesterday for ten years."""
    person = make_person(name)
    make_account(person)
    organisation = organisation or make_organisation(OrganisationKind.EXAM_CENTRE)
    give_duty(person, duty, organisation)
    return person


def give_duty(person, duty, organisation, days=3650):
    """Let a person hold a duty from yesterday on, whatever the rules say."""
    today = clock.today()
    period = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=days)}
    db.session.add(Grant(person_id=person.id, organisation_id=organisation.id, duty=duty, **period))
    db.session.add(
        Granted(
            person_id=person.id,
            duty=str(duty),
            organisation_code=organisation.code,
            **period,
            source="grant",
            void=False,
        )
    )
    db.session.flush()


def begin_session_for(person):
    """Begin a session of a person and return its token; what was pending so far is committed."""
    db.session.commit()
    token, person_id = secrets.token_urlsafe(32), person.id
    with transaction():
        account = db.session.scalar(select(Account).where(Account.person_id == person_id))
        account = account or make_account(db.session.get_one(Person, person_id))
        now = clock.now()
        row = SignIn(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            account_id=account.id,
            started_at=now,
            expires_at=now + timedelta(hours=12),
            used_at=now + timedelta(hours=12),
        )
        db.session.add(row)
    return token
