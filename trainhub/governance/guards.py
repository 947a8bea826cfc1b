"""The guard that asks for a duty: ``@requires(Duty.ARRANGE_SITTINGS)``."""

from __future__ import annotations

from collections.abc import Callable

from flask import g

from trainhub.governance.duties import duties_of
from trainhub.kernel.access import Guard, View, check_signed_in, wear
from trainhub.kernel.errors import Forbidden
from trainhub.kernel.i18n import _l
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


def requires(*duties: Duty) -> Callable[[View], View]:
    """Let in whoever holds any of the duties today."""
    wanted = frozenset(duties)

    def check() -> None:
        check_signed_in()
        if not wanted & current_duties():
            raise Forbidden(_l("This page belongs to a duty that you do not hold."))

    return wear(Guard(" + ".join(sorted(wanted)), check))


def current_duties() -> frozenset[Duty]:
    """Return the signed-in person's duties, asked once a request."""
    if "duties" not in g:
        g.duties = duties_of(current_person())
    held: frozenset[Duty] = g.duties
    return held
