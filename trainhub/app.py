"""The application factory: the whole wiring on one screen."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from trainhub.cases.views import room as cases
from trainhub.certificates.views import room as certificates
from trainhub.config import Settings, Side, read_settings
from trainhub.courses.views import room as courses
from trainhub.exams.bank.views import room as bank
from trainhub.exams.delivery.views import room as delivery
from trainhub.exams.invigilation.views import room as invigilation
from trainhub.exams.marking.views import room as marking
from trainhub.exams.papers.views import room as papers
from trainhub.exams.sites.views import room as sites
from trainhub.exams.sittings.views import room as sittings
from trainhub.exams.staffing.views import room as staffing
from trainhub.governance import second_factor
from trainhub.governance.identity import room as identity
from trainhub.governance.oversight import room as separation
from trainhub.governance.views import room as governance
from trainhub.handover.views import room as handover
from trainhub.kernel import access, i18n, jobs, keys, logs, pages, planning, texts, web, whole_numbers
from trainhub.kernel.broken_off import TAKING_UP
from trainhub.kernel.db import db
from trainhub.kernel.engines import prepare_engine
from trainhub.kernel.patience import LONGER_S, STILL_S, PatientPool, patiently
from trainhub.kernel.resources import resource_folder
from trainhub.kernel.roles import role_name
from trainhub.kernel.rooms import Room
from trainhub.kernel.turns import TurnTaking
from trainhub.ledger.sequencing import room as ledger
from trainhub.people import limits, sign_in
from trainhub.people.views import room as people
from trainhub.portal.views import install_navigation
from trainhub.portal.views import room as portal
from trainhub.regulations.views import room as regulations
from trainhub.separation.refusals import record_refusal

CORE = (ledger, people, regulations, identity, handover, portal)
TRAINING = (courses, cases)
EXAMINATION = (bank, sites, papers, sittings, staffing, delivery, invigilation, marking, certificates)
OVERSIGHT = (governance, separation)
ROOMS: tuple[Room, ...] = CORE + TRAINING + EXAMINATION + OVERSIGHT

MAXIMUM_UPLOAD = 600 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Read this function as the table of contents.

    ``settings.side`` chooses what this process serves, so an exam room can run a server on which the training
    pages do not exist.

    Args:
        settings: of this process; read from the environment unless given.

    Raises:
        MissingKey: the instance has no session key yet (``trainhub db upgrade`` makes the keys).
    """
    settings = settings or read_settings()
    app = Flask("trainhub", template_folder=str(resource_folder("templates")))
    app.static_folder = str(Path(__file__).parent / "static")
    _configure(app, settings)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine, _role_of(settings))
    web.install(app)
    logs.install(app)
    i18n.install(app)
    texts.install(app)
    whole_numbers.install(app)
    pages.install(app)
    jobs.install(app)
    CSRFProtect(app)
    sign_in.install(app)
    limits.install(app)
    access.install(app)
    second_factor.install(app)
    rooms = rooms_of(settings.side)
    for room in rooms:
        for blueprint in room.blueprints:
            app.register_blueprint(blueprint)
    app.extensions["refusals"] = [record_refusal]
    of_rooms = [chore for room in rooms for chore in room.chores]
    app.extensions["chores"] = [TAKING_UP, *of_rooms, planning.chore()]
    app.extensions["proofs"] = [room.proof for room in proving_rooms(settings.side)]
    witnesses = {room.name: room.witness for room in proving_rooms(settings.side)}
    app.extensions["witnesses"] = witnesses or None
    app.extensions["against-ledger"] = {
        room.name: room.against_ledger for room in proving_rooms(settings.side)
    }
    install_navigation(app, rooms)
    _put_gates(app, rooms, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=keys.read_key(settings.keys, "session"),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=MAXIMUM_UPLOAD,
        SESSION_COOKIE_NAME="trainhub",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
    )


def _put_gates(app: Flask, rooms: tuple[Room, ...], settings: Settings) -> None:
    """Put the rooms' own layers in front of the application, and before all of them who may say who asks."""
    for room in rooms:
        if room.gate is not None:
            app.wsgi_app = room.gate(app, app.wsgi_app)  # type: ignore[method-assign, assignment]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    app.wsgi_app = patiently(app.wsgi_app)  # type: ignore[method-assign, assignment]


def rooms_of(side: Side) -> tuple[Room, ...]:
    """Return the rooms whose routes and jobs exist in a process of a side."""
    if side is Side.ALL:
        return ROOMS
    return tuple(room for room in ROOMS if room.side in ("core", side.value))


def _role_of(settings: Settings) -> str | None:
    database = make_url(settings.database_url).database
    return None if settings.side is Side.ALL else role_name(str(database), settings.side)


def proving_rooms(side: Side) -> tuple[Room, ...]:
    """Return the rooms that a process asks for a proof report: oversight reads all of them, a wing none."""
    return ROOMS if side in (Side.ALL, Side.OVERSIGHT) else ()


def _engine_options(settings: Settings) -> dict[str, object]:
    most_s = STILL_S + LONGER_S
    # What was bound to a statement may be an item's words: no exception and no log shows it.
    told = {"pool_timeout": most_s, "hide_parameters": True}
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        settings.instance.mkdir(parents=True, exist_ok=True)
        return told | {"pool_size": 20, "max_overflow": 30, "connect_args": {"factory": TurnTaking}}
    # Most of what a rush needs is kept: a connection made anew costs more than the call that asks for it.
    return told | {"pool_size": 24, "max_overflow": 6, "poolclass": PatientPool, "pool_pre_ping": True}
