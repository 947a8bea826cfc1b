"""The sign-ins of a demo on its front page, so that a visitor can be anybody with one click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub.governance.duties import duties_of
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l
from trainhub.people.models import Account

SIDES = (
    ("training", _l("Training")),
    ("exam", _l("Examination")),
    ("oversight", _l("Oversight")),
    ("", _l("Those who learn and sit exams")),
)
_SIDE_OF_DUTY = {"training": "training", "exam": "exam", "oversight": "oversight", "system": "oversight"}


@dataclass(frozen=True)
class Door:
    """A sign-in of the demo: who it is, what they do, and with what they sign in."""

    username: str
    name: str
    label: Any
    password: str


@dataclass(frozen=True)
class Doors:
    """The sign-ins of one side."""

    side: str
    title: Any
    doors: Sequence[Door]


def doors_of_demo(sign_ins: Sequence[tuple[str, Any, str]] | None) -> list[Doors]:
    """Return the sign-ins of a demo by side; nothing if this is none."""
    if not sign_ins:
        return []
    names = [username for username, _label, _password in sign_ins]
    statement = select(Account).options(joinedload(Account.person)).where(Account.username.in_(names))
    accounts = {account.username: account for account in db.session.scalars(statement)}
    found: dict[str, list[Door]] = {side: [] for side, _title in SIDES}
    for username, label, password in sign_ins:
        if account := accounts.get(username):
            door = Door(username, account.person.name, label, password)
            found[_side_of(account)].append(door)
    return [Doors(side, title, found[side]) for side, title in SIDES if found[side]]


def _side_of(account: Account) -> str:
    sides = {_SIDE_OF_DUTY.get(duty.side, "training") for duty in duties_of(account.person)}
    return min(sides, default="")
