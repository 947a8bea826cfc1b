"""``trainhub user start | create | grant | revoke | list``: by the same rules as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import select

from trainhub.cli.acting import acting, application, asks_who, say, says_json
from trainhub.governance import accounts, duties
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Forbidden, NotFound
from trainhub.kernel.i18n import _
from trainhub.people.models import Account, OrganisationKind, Person
from trainhub.people.organisations import get_organisation, record_organisation
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty

ADMINISTRATORS = ("system", "security", "audit")
day_option = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def user() -> None:
    """Accounts and duties."""


@user.command("start")
@click.option("--authority", required=True, help="Full name of the authority that runs this instance.")
@click.option("--district", required=True, help="Its district or city.")
@click.option("--until", type=day_option, required=True, help="Last day of the three duties, as 2027-12-31.")
@click.option(
    "--administrator",
    "given",
    nargs=3,
    multiple=True,
    metavar="NAME USER PASSWORD",
    help="System, security and audit administrator, in this order; asked for unless given.",
)
@says_json
def start(
    authority: str, district: str, until: datetime, given: tuple[tuple[str, str, str], ...], as_json: bool
) -> None:
    """First start: three different people become system, security and audit administrator."""
    people = list(given) or [_ask(which) for which in ADMINISTRATORS]
    with application(as_json), transaction():
        organisation = record_organisation(
            "AUTHORITY", authority, OrganisationKind.AUTHORITY, district, by=None
        )
        started = accounts.first_start(people, organisation, until.date())
        names = [f"{person.name}: {duty.value}" for person, duty in started]
    say({"started": names}, "\n".join(names), as_json)


def _ask(which: str) -> tuple[str, str, str]:
    name = click.prompt(f"Name of the {which} administrator", err=True)
    username = click.prompt("User name", err=True)
    password = click.prompt("Password (10 characters or more)", hide_input=True, confirmation_prompt=True)
    return name, username, password


@user.command("create")
@click.argument("username")
@click.option("--name", required=True, help="As on the ID card.")
@click.option(
    "--id-number", envvar="TRAINHUB_ID_NUMBER", show_envvar=True, help="18 characters, if it is held."
)
@click.option("--as", "acts", help="User name of who acts: the system administrator.")
@click.option(
    "--password",
    envvar="TRAINHUB_PASSWORD",
    show_envvar=True,
    help="Password of who acts; asked for unless given.",
)
@says_json
def create(
    username: str, name: str, id_number: str | None, acts: str | None, password: str | None, as_json: bool
) -> None:
    """Open an account; its first password is printed once and kept nowhere."""
    with application(as_json):
        by_id = acting(acts, password)
        with transaction():
            first = accounts.open_account_for(name, id_number, username, by=get_person(by_id))
    say({"username": username, "password": first}, f"{username}  first password: {first}", as_json)


@user.command("grant")
@click.argument("whom")
@click.argument("duty", type=click.Choice([duty.value for duty in Duty]))
@click.option("--organisation", "code", required=True, help="Code of the organisation.")
@click.option("--from", "starts", type=day_option, help="First day; today unless given.")
@click.option("--until", "ends", type=day_option, required=True, help="Last day.")
@asks_who
@says_json
def grant(
    whom: str,
    duty: str,
    code: str,
    starts: datetime | None,
    ends: datetime,
    username: str | None,
    password: str | None,
    as_json: bool,
) -> None:
    """Grant the DUTY to WHOM (a user name); a separation rule may refuse."""
    with application(as_json):
        by_id = acting(username, password)
        with transaction():
            person = accounts.get_account(whom).person
            first: date = starts.date() if starts else clock.today()
            organisation = get_organisation(code)
            row = duties.grant(person, Duty(duty), organisation, first, ends.date(), by=get_person(by_id))
            number = row.id
    say({"grant": number}, f"Duty granted; its number is {number}.", as_json)


@user.command("revoke")
@click.argument("number", type=int)
@asks_who
@says_json
def revoke(number: int, username: str | None, password: str | None, as_json: bool) -> None:
    """Withdraw the granted duty with NUMBER at once."""
    with application(as_json):
        by_id = acting(username, password)
        with transaction():
            duties.revoke(number, by=get_person(by_id))
    say({"revoked": number}, f"Duty {number} is withdrawn.", as_json)


@user.command("list")
@asks_who
@says_json
def list_users(username: str | None, password: str | None, as_json: bool) -> None:
    """List accounts and the duties in force; for administrators."""
    with application(as_json):
        by_id = acting(username, password)
        with transaction():
            rows = _accounts(get_person(by_id))
    lines = [f"{row['username']}\t{row['name']}\t{', '.join(row['duties'])}" for row in rows]
    say({"users": rows}, "\n".join(lines), as_json)


def _accounts(by: Person) -> list[dict[str, Any]]:
    if not set(accounts.FIRST_DUTIES) & duties.duties_of(by):
        raise Forbidden(_("This act belongs to a duty that you do not hold."))
    held: dict[str, list[str]] = {}
    for row in db.session.scalars(select(Grant).where(duties.in_force(clock.today())).order_by(Grant.id)):
        held.setdefault(row.person_id, []).append(f"{row.id}:{row.duty}@{row.organisation.code}")
    found = db.session.scalars(select(Account).order_by(Account.username)).all()
    if not found:
        raise NotFound(_("There is no such account."))
    return [
        {"username": each.username, "name": each.person.name, "duties": held.get(each.person_id, [])}
        for each in found
    ]
