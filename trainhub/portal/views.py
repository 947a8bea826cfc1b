"""The front page, the home pages that answer what one has to do next, and every page's way around."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from trainhub.governance.guards import current_duties
from trainhub.kernel.access import open_to_all, signed_in
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import LANGUAGES, _, _l, choose_language
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.people.sign_in import current_person
from trainhub.portal.demo_doors import doors_of_demo
from trainhub.portal.waiting import gather, side_of
from trainhub.separation.duties import Duty

portal = Blueprint("portal", __name__)

SIDES = {"training": _l("Training"), "exam": _l("Examination"), "oversight": _l("Oversight")}
_DUTY_SIDES = {"training": "training", "exam": "exam", "oversight": "oversight", "system": "oversight"}


@portal.get("/")
@open_to_all("the front page says what trainhub is")
def front() -> ResponseReturnValue:
    """Show the front page, with the public pages that this process serves."""
    return render_template("portal/front.html", doors=doors_of_demo(current_app.config.get("DEMO_SIGN_INS")))


@portal.get("/home")
@signed_in
def home() -> ResponseReturnValue:
    """Lead to the home page of the side on which the person has most to do."""
    duties = current_duties()
    sides = _sides_of(duties)
    if not duties:
        person = current_person()
        sides.sort(key=lambda side: not gather(_rooms_of(side, duties), person, duties).count)
    return redirect(url_for(".side_home", side=sides[0]))


def _rooms_of(side: str, duties: frozenset[Duty]) -> list[Room]:
    """Return the rooms of a side, and those of others that have a page for a duty of this side."""
    rooms: tuple[Room, ...] = current_app.extensions["rooms"]
    return [
        room
        for room in rooms
        if side_of(room) == side or any(_is_for(entry, side, duties) for entry in room.navigation)
    ]


def _is_for(entry: NavigationEntry, side: str, duties: frozenset[Duty]) -> bool:
    """Tell whether an entry is for a duty of a side that the person holds, whatever room it leads to."""
    return any(duty.side == side and duty in entry.duties for duty in duties)


@portal.get("/home/<side>")
@signed_in
def side_home(side: str) -> ResponseReturnValue:
    """Show what waits for the person on one side."""
    duties = current_duties()
    if side not in SIDES:
        raise NotFound(_l("There is no such page."))
    if side not in _sides_of(duties):
        flash(_("You have no duty on that side; this is your own home page."), "info")
        return redirect(url_for(".home"))
    own = _rooms_of(side, duties)
    return render_template(
        "portal/home.html",
        side=side,
        side_name=SIDES[side],
        waiting=gather(own, current_person(), duties),
        held=[duty for duty in Duty if duty in duties and _DUTY_SIDES.get(duty.side, "training") == side],
    )


def _sides_of(duties: frozenset[Duty]) -> list[str]:
    """Return the sides on which a person has a home: of the duties first, then both wings."""
    sides: list[str] = [
        side
        for side in ("exam", "training", "oversight")
        if side in {_DUTY_SIDES.get(d.side) for d in duties}
    ]
    return sides + [side for side in ("training", "exam") if side not in sides]


def install_navigation(app: Flask, rooms: tuple[Room, ...]) -> None:
    """Give every page its side, its navigation and the way across to the other side."""
    app.extensions["rooms"] = rooms
    sides = {blueprint.name: side_of(room) for room in rooms for blueprint in room.blueprints}

    @app.context_processor
    def navigation() -> dict[str, Any]:
        signed = current_user.is_authenticated
        duties = current_duties() if signed else frozenset()
        side, room_name = g.get("stands_in") or (sides.get(request.blueprint or "", "core"), "")
        side = (request.view_args or {}).get("side") or side
        return {
            "current_person": current_person() if signed else None,
            "duty_names": {duty.value for duty in duties},
            "duty_label": lambda value: Duty(value).label,
            "side": side,
            "site_name": _("trainhub"),
            "language": choose_language(),
            "language_urls": {language: _with_language(language) for language in LANGUAGES},
            "navigation": _menu(rooms, side, room_name, duties) if signed else [],
            "homes": _homes(duties) if signed else [],
        }


def _menu(
    rooms: tuple[Room, ...], side: str, room_name: str, duties: frozenset[Duty]
) -> list[dict[str, Any]]:
    """Return the menu, with the entry marked under which this page stands; ``page`` if it is that page."""
    entries = _entries(rooms, side, duties)
    here = _entry_of_room(rooms, room_name, entries) if room_name else _entry_above(request.path, entries)
    return [_my_tasks(side, duties)] + [
        {
            "label": entry.label,
            "url": url_for(entry.endpoint),
            "current": "page" if request.endpoint == entry.endpoint else "true" if entry is here else "",
        }
        for entry in entries
    ]


def _entries(rooms: tuple[Room, ...], side: str, duties: frozenset[Duty]) -> list[NavigationEntry]:
    held = {duty.value for duty in duties}
    return [
        entry
        for room in sorted(rooms, key=lambda room: side_of(room) == "core")
        for entry in room.navigation
        if side_of(room) in (side, "core") or _is_for(entry, side, duties)
        if not entry.duties or held & set(entry.duties)
    ]


def _entry_above(path: str, entries: list[NavigationEntry]) -> NavigationEntry | None:
    """Return the entry whose address, or one beside it, a page's own address goes on from, the nearest."""
    above = {
        f"{url_for(endpoint).rstrip('/')}/": entry
        for entry in entries
        for endpoint in (entry.endpoint, *entry.beside)
    }
    found = [address for address in above if f"{path.rstrip('/')}/".startswith(address)]
    return above[max(found, key=len)] if found else None


def _entry_of_room(
    rooms: tuple[Room, ...], name: str, entries: list[NavigationEntry]
) -> NavigationEntry | None:
    """Return the first entry of a room, one for a duty before one for everybody."""
    own = [entry for room in rooms if room.name.rpartition(".")[2] == name for entry in room.navigation]
    return next(
        iter(sorted((each for each in own if each in entries), key=lambda each: not each.duties)), None
    )


def _my_tasks(side: str, duties: frozenset[Duty]) -> dict[str, Any]:
    has_home = side in _sides_of(duties)
    url = url_for("portal.side_home", side=side) if has_home else url_for("portal.home")
    current = "page" if request.endpoint == "portal.side_home" else ""
    return {"label": _l("My tasks"), "url": url, "current": current}


def _homes(duties: frozenset[Duty]) -> list[dict[str, Any]]:
    return [
        {"side": side, "label": SIDES[side], "url": url_for("portal.side_home", side=side)}
        for side in _sides_of(duties)
    ]


def _with_language(language: str) -> str:
    arguments = request.args.to_dict(flat=False) | {"lang": [language]}
    return f"{_path_that_can_be_asked()}?{urlencode(arguments, doseq=True)}"


def _path_that_can_be_asked() -> str:
    """Return this page's path, or the nearest one above it where it is the answer to a form alone."""
    path = request.path
    rules = current_app.create_url_adapter(request)
    while request.method == "POST" and rules is not None and len(path) > 1:
        if rules.test(path, method="GET"):
            break
        path = path.rpartition("/")[0] or "/"
    return path


room = Room(name="portal", side="core", blueprints=(portal,))
