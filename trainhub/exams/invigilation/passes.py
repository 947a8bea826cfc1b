"""The pass of a desk: what a page shows so that its board is answered without asking the database who it is.

It says which address it opens, which rooms are seen there and until when, and is bound to the sign-in of
the browser that holds it: in another browser it opens nothing. It is renewed by a request that passes every
guard, before it ends. Once the sign-in has ended, as with every duty that is withdrawn, or somebody else is
appointed to the sitting, it opens nothing either (``standing``).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from itsdangerous import BadData, URLSafeSerializer

from trainhub.kernel import clock

LASTS = timedelta(seconds=60)
HEADER = "X-Desk-Pass"


@dataclass(frozen=True, slots=True)
class DeskPass:
    """What somebody may look at for the next minute.

    Args:
        address: of the board.
        sitting_id: whose board; None where it is that of exam centres.
        numbers: which rooms of the sitting, or which centres; None for all rooms.
        staff: the mark of who was appointed to the sitting when it was issued.
        sign_in: the secret of the sign-in that it is bound to, once it was read.
    """

    address: str
    sitting_id: int | None
    numbers: frozenset[int] | None
    staff: str = ""
    sign_in: str = field(default="", repr=False)


def issue_pass(app: Flask, granted: DeskPass, sign_in: str) -> str:
    """Return a pass as it travels.

    Args:
        app: whose key signs.
        granted: what it opens.
        sign_in: the session's secret of whoever it is for.
    """
    until = int((clock.now() + LASTS).timestamp())
    numbers = None if granted.numbers is None else sorted(granted.numbers)
    facts = [granted.address, granted.sitting_id, numbers, granted.staff, until, _bound_to(sign_in)]
    written: str = _signer(app).dumps(facts)
    return written


def read_pass(app: Flask, written: str, address: str, cookies: Mapping[str, str]) -> DeskPass | None:
    """Return what a pass opens, or None if it is none, over, or for another address or sign-in."""
    try:
        for_address, sitting_id, numbers, staff, until, bound = _signer(app).loads(written)
    except (BadData, ValueError, TypeError):
        return None
    sign_in = _sign_in(app, cookies.get(app.config["SESSION_COOKIE_NAME"], ""))
    if for_address != address or clock.now().timestamp() >= until or not sign_in:
        return None
    if not hmac.compare_digest(bound, _bound_to(sign_in)):
        return None
    return DeskPass(address, sitting_id, None if numbers is None else frozenset(numbers), staff, sign_in)


def _bound_to(sign_in: str) -> str:
    return hashlib.sha256(b"desk|" + sign_in.encode()).hexdigest()[:32]


def _sign_in(app: Flask, cookie: str) -> str:
    serializer: Any = app.extensions.get("desk-sessions")
    if serializer is None:
        interface: Any = app.session_interface
        serializer = app.extensions["desk-sessions"] = interface.get_signing_serializer(app)
    try:
        found = serializer.loads(cookie, max_age=int(app.permanent_session_lifetime.total_seconds()))
    except BadData:
        return ""
    return str(found.get("sign-in", "")) if isinstance(found, dict) else ""


def _signer(app: Flask) -> URLSafeSerializer:
    signer: URLSafeSerializer | None = app.extensions.get("desk-passes")
    if signer is None:
        key = app.config["SECRET_KEY"]
        signer = app.extensions["desk-passes"] = URLSafeSerializer(key, salt="trainhub desk pass")
    return signer
