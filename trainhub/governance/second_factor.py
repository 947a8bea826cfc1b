"""Which duties ask for a second factor at sign-in, and that nothing opens without it.

GB/T 22239-2019 (等级保护), 8.1.4.1 d: two kinds of proof identify a user, one of them by cryptography.
"""

from __future__ import annotations

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from trainhub.governance.duties import duties_of
from trainhub.governance.guards import current_duties
from trainhub.kernel.db import lock
from trainhub.kernel.errors import Forbidden
from trainhub.kernel.i18n import _, _l, for_any_reader
from trainhub.kernel.web import wants_json
from trainhub.people import messages, second_factor
from trainhub.people.models import Account, Person
from trainhub.separation.duties import ADMINISTRATION, EXAMINATION, Duty

AT_THE_DESK = frozenset({Duty.INVIGILATE, Duty.ASSESS, Duty.INSPECT, Duty.ENTER_SHEETS})
"""Done in the exam room, beside others and under the eyes of the desk; there nobody has a telephone."""

NEEDING = ADMINISTRATION | {Duty.SUPERVISE} | (EXAMINATION - AT_THE_DESK)
"""Duties by which somebody administers, sees questions before an exam, or decides about results and staff."""

OPEN_WITHOUT = frozenset(
    {"people.second_factor", "people.begin_second_factor", "people.confirm_second_factor"}
)
NEEDED = _l("Your duties ask for a second factor at sign-in. Set it up first.")


def lacks_it(person: Person) -> bool:
    """Tell whether a person who has proved a password alone holds a duty that asks for more."""
    return current_app.config["SETTINGS"].second_factor and bool(duties_of(person) & NEEDING)


def install(app: Flask) -> None:
    """Let whoever lacks a second factor that their duties ask for do nothing but set it up."""
    app.before_request(_ask)


def _ask() -> ResponseReturnValue | None:
    if not current_app.config["SETTINGS"].second_factor or request.endpoint in (
        None,
        "static",
        *OPEN_WITHOUT,
    ):
        return None
    guard = getattr(current_app.view_functions[request.endpoint or ""], "__guard__", None)
    if guard is None or guard.label == "open" or not current_user.is_authenticated:
        return None
    if current_user.has_two_factors or not current_duties() & NEEDING:
        return None
    if request.method != "GET" or wants_json():
        raise Forbidden(NEEDED)
    return redirect(url_for("people.second_factor"))


def reset(account: Account, *, by: Person) -> None:
    """End the second factor of somebody who has lost it; they are told, and set up another one.

    One security administrator is enough: who resets it does not know the password, and who knows the
    password has nobody else's duty.

    Raises:
        Forbidden: the acting person does not administer security, or it is their own.
        Conflict: there is none.
    """
    lock("person", account.person_id)
    if Duty.ADMINISTER_SECURITY not in duties_of(by) or account.person_id == by.id:
        raise Forbidden(_l("A second factor is reset by the security administrator, never one's own."))
    second_factor.reset(account, by=by)
    with for_any_reader():
        said = _(
            "Your second factor was ended by the security administrator. Set up another at your next "
            "sign-in. If you did not ask for this, tell the bureau at once."
        )
    messages.tell(account.person, "account.second_factor.reset", said, side="oversight")
