"""Whether a request comes from where its sitting demands: the room's network, the locked browser.

Asked on every call of a candidate. What a sitting demands is kept in the process for a few seconds, so a call
costs a look into two dictionaries. `docs/lockdown.md` says what this proves and what not.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app
from sqlalchemy import select

from trainhub.config import Settings
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.models_of_surroundings import Cause, Surroundings
from trainhub.exams.delivery.places import Place, Whose, forget_places, place_of
from trainhub.exams.delivery.seb_keys import is_among, request_hash
from trainhub.exams.delivery.seb_settings import START_PATH, public_address
from trainhub.exams.sites.models import RoomNetwork
from trainhub.exams.sites.networks import Network, is_inside, read_address
from trainhub.kernel.db import glancing
from trainhub.kernel.errors import DomainError
from trainhub.kernel.i18n import _l

DEMANDS_KEPT_S = 5.0
MOST_KEPT = 10_000
PAGES = (START_PATH, f"{START_PATH}?next=1", f"{START_PATH}?unsent=1")
"""Pages whose own hash a call may show: scripts of the modern web view know that of their page alone."""
ENTRY_PAGES = (*PAGES, f"{START_PATH}/enter")

SENTENCES = {
    Cause.NETWORK: _l("This machine is not in the network of your exam room. Tell the invigilator."),
    Cause.NO_KEY: _l("This exam is taken in Safe Exam Browser, set up for it. Tell the invigilator."),
    Cause.CONFIGURATION: _l(
        "Safe Exam Browser runs with another configuration than that of this sitting. Tell the invigilator."
    ),
    Cause.BROWSER: _l("This version of Safe Exam Browser is not among those allowed. Tell the invigilator."),
}


@dataclass(frozen=True)
class Refusal:
    """Why a call is turned away.

    Args:
        cause: what did not fit.
        attempt_code: whose call.
        address: from which it came, as far as it can be told.
    """

    cause: Cause
    attempt_code: str
    address: str
    reason: str = "surroundings"
    status: int = 403

    @property
    def sentence(self) -> Any:
        """What the person reads."""
        return SENTENCES[self.cause]


class WrongSurroundings(DomainError):
    """A call does not come from where its sitting demands."""

    status = 403
    reason = "surroundings"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


@dataclass(frozen=True)
class Demands:
    """What the machines of one room of a sitting must show."""

    networks: tuple[Network, ...] | None
    config_key: str | None
    browser_keys: tuple[str, ...]


Room = tuple[int, int | None]
"""A sitting, and a room of a site; None where the sitting has no rooms."""
_Kept = dict[Room, tuple[float, Demands | None]]


def check(
    attempt_code: str,
    environ: Mapping[str, Any],
    *,
    app: Flask | None = None,
    pages: tuple[str, ...] = PAGES,
) -> Refusal | None:
    """Tell why a candidate's call is turned away, or None.

    Args:
        attempt_code: whose call it says it is; one that does not exist is not turned away here.
        environ: the request as WSGI has it.
        app: whose database and settings; the current one unless given, as before any application context.
        pages: whose hashes the call may show instead of its own address's.
    """
    return _check(("code", attempt_code), environ, app, pages)


def check_token(token: str, environ: Mapping[str, Any], *, app: Flask | None = None) -> Refusal | None:
    """Tell why the call of the machine that holds a token is turned away, or None."""
    return _check(("token_hash", hash_token(token)), environ, app, PAGES)


def _check(
    whose: Whose, environ: Mapping[str, Any], app: Flask | None, pages: tuple[str, ...]
) -> Refusal | None:
    app = app or current_app._get_current_object()  # type: ignore[attr-defined]
    place = place_of(app, whose)
    demands = None if place is None else _demands(app, place)
    if place is None or demands is None:
        return None
    settings: Settings = app.config["SETTINGS"]
    address = client_address(environ, settings.proxies)
    cause = _mismatch(demands, environ, address, settings, pages)
    return None if cause is None else Refusal(cause, place.attempt_code, address)


def require(attempt_code: str, environ: Mapping[str, Any], *, pages: tuple[str, ...] = PAGES) -> None:
    """Let a call pass that comes from where its sitting demands.

    Raises:
        WrongSurroundings: it does not.
    """
    refusal = check(attempt_code, environ, pages=pages)
    if refusal is not None:
        raise WrongSurroundings(refusal)


def _mismatch(
    demands: Demands, environ: Mapping[str, Any], address: str, settings: Settings, pages: tuple[str, ...]
) -> Cause | None:
    if demands.networks is not None and not is_inside(read_address(address), demands.networks):
        return Cause.NETWORK
    if demands.config_key is None:
        return None
    site = public_address(settings.public_url)
    addresses = (site + asked_path(environ), *(site + page for page in pages))
    shown = environ.get("HTTP_X_SAFEEXAMBROWSER_CONFIGKEYHASH", "")
    if not shown:
        return Cause.NO_KEY
    if not is_among(shown, [request_hash(each, demands.config_key) for each in addresses]):
        return Cause.CONFIGURATION
    if not demands.browser_keys:
        return None
    shown = environ.get("HTTP_X_SAFEEXAMBROWSER_REQUESTHASH", "")
    expected = [request_hash(each, key) for each in addresses for key in demands.browser_keys]
    return None if is_among(shown, expected) else Cause.BROWSER


def asked_path(environ: Mapping[str, Any]) -> str:
    """Return path and query as asked for; the host comes from the settings, never from the request."""
    path = _quoted(str(environ.get("PATH_INFO", "")))
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


@lru_cache(1024)
def _quoted(path: str) -> str:
    return quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=-._~")


def client_address(environ: Mapping[str, Any], proxies: int) -> str:
    """Return the address that asks: our own proxies are believed, as many as there are, and nobody else.

    Args:
        environ: the request; one that went through werkzeug's ProxyFix has been judged already.
        proxies: how many proxies of ours stand in front.
    """
    direct = str(environ.get("REMOTE_ADDR", ""))
    if not proxies or "werkzeug.proxy_fix.orig" in environ:
        return direct
    hops = [each.strip() for each in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    return hops[-proxies] if len(hops) >= proxies and hops[-proxies] else direct


def forget(app: Flask) -> None:
    """Forget what this process remembers, as after a change that must hold at once here."""
    forget_places(app)
    app.extensions.pop("surroundings", None)


def _demands(app: Flask, place: Place) -> Demands | None:
    kept: _Kept = app.extensions.setdefault("surroundings", {})
    now = time.monotonic()
    room = (place.sitting_id, place.room_id)
    until, demands = kept.get(room, (0.0, None))
    if until < now:
        demands = _read_demands(app, *room)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[room] = (now + DEMANDS_KEPT_S, demands)
    return demands


def _read_demands(app: Flask, sitting_id: int, room_id: int | None) -> Demands | None:
    columns = Surroundings.__table__.c
    wanted = select(columns.network_only, columns.lockdown, columns.config_key, columns.browser_exam_keys)
    rooms = select(RoomNetwork.network).where(RoomNetwork.room_id == room_id)
    with app.app_context(), glancing() as connection:
        row = connection.execute(wanted.where(columns.sitting_id == sitting_id)).one_or_none()
        if row is None or not (row.network_only or row.lockdown):
            return None
        networks = connection.scalars(rooms).all() if row.network_only else []
    return Demands(
        networks=tuple(ipaddress.ip_network(each) for each in networks) if row.network_only else None,
        config_key=row.config_key if row.lockdown else None,
        browser_keys=tuple(row.browser_exam_keys),
    )
