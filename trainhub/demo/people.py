"""The demo's first start and its people: three administrators, each granting only what is theirs to grant."""

from __future__ import annotations

from datetime import timedelta

from trainhub.demo.cast import ADMINISTRATORS, EVERYBODY, LEARNERS, ORGANISATIONS, STAFF, Role
from trainhub.demo.world import World
from trainhub.governance.accounts import first_start
from trainhub.governance.duties import grant
from trainhub.kernel import clock
from trainhub.kernel.db import transaction
from trainhub.people.id_numbers import check_character
from trainhub.people.organisations import record_organisation
from trainhub.people.persons import give_phone, record_person
from trainhub.people.sign_in import open_account

SINCE = timedelta(days=200)
LASTS = timedelta(days=3 * 365)
FORMER = ("贾文斌", "former-clerk")
"""Somebody who has left: name and user name of an account that is to be closed."""


def build(world: World) -> None:
    """Record organisations and people, open accounts, grant the duties, all of it 200 days ago."""
    with clock.set_to(clock.now() - SINCE):
        _begin(world)
        for role in (*STAFF, *LEARNERS):
            _bring_in(world, role)
        with transaction():
            system = world.persons["sysadmin"]
            former = record_person(*FORMER[:1], by=system)
            open_account(former, FORMER[1], world.password, by=system)


def _begin(world: World) -> None:
    with transaction():
        bureau = record_organisation(*ORGANISATIONS[0], by=None)
        world.organisations.add(bureau.code, bureau.id)
        three = [(role.name, role.username, world.password) for role in ADMINISTRATORS]
        started = first_start(three, bureau, clock.today() + LASTS)
        for role, (person, _duty) in zip(ADMINISTRATORS, started, strict=True):
            world.persons.add(role.username, person.id)
        system = started[0][0]
        for code, name, kind, district in ORGANISATIONS[1:]:
            recorded = record_organisation(code, name, kind, district, by=system)
            world.organisations.add(code, recorded.id)


def _bring_in(world: World, role: Role) -> None:
    with transaction():
        system, security = world.persons["sysadmin"], world.persons["secadmin"]
        person = record_person(role.name, id_number(role), by=system)
        open_account(person, role.username, world.password, by=system)
        if role.phone:
            give_phone(person, role.phone)
        for duty in role.duties:
            organisation = world.organisations[role.organisation]
            last = clock.today() + SINCE + timedelta(days=role.ends_in_days)
            grant(person, duty, organisation, clock.today(), last, by=security)
        world.persons.add(role.username, person.id)


def id_number(role: Role) -> str | None:
    """Return the ID number of a learner of the demo; the place code 379998 belongs to nobody."""
    if not role.born:
        return None
    body = f"379998{role.born}{900 + EVERYBODY.index(role):03d}"
    return body + check_character(body + "0")
