"""``trainhub serve | worker | demo``: one process that serves, one that works, one that shows everything."""

from __future__ import annotations

import errno
import gc
import os
import resource
import socket
import sys
import time

import click
from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from sqlalchemy.orm import configure_mappers

from trainhub.app import create_app
from trainhub.cli.databases import prepare
from trainhub.config import Settings, Side, read_settings
from trainhub.demo import build as demo_build
from trainhub.demo.cast import LEARNERS
from trainhub.demo.on_paper import ON_PAPER, WRITTEN, sheets
from trainhub.demo.people import id_number
from trainhub.kernel import jobs, migrations
from trainhub.kernel.checkpointing import start_checkpointing
from trainhub.kernel.connecting import open_ahead
from trainhub.kernel.db import db
from trainhub.kernel.durability import unsafe_settings
from trainhub.kernel.housekeeping import Housekeeper
from trainhub.kernel.i18n import in_language
from trainhub.kernel.logs import configure_logging
from trainhub.separation.walls import walls

THREADS = 32
BACKLOG = 4_096
CONNECTIONS = 16_384
"""Connections that a process holds at once. Granian counts the resting ones, too, and browsers keep theirs
open: with its own limit, 1,024 for all processes, the next candidate would wait for ever."""
GARBAGE = 20_000
"""New objects after which the collector looks; requests leave few cycles behind."""
PORTS = click.IntRange(1, 65535)
TAKEN_SECONDS = 3
"""How long a port may stay taken: the processes of who served there a moment ago may still be ending."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address at which it listens.")
@click.option("--port", type=PORTS, default=8000, show_default=True, help="Port at which it listens.")
@click.option(
    "--side",
    type=click.Choice([side.value for side in Side]),
    help="What this process serves; TRAINHUB_SIDE, or all, unless given.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
def serve(host: str, port: int, side: str | None, workers: int) -> None:
    """Serve the site."""
    if side:
        os.environ["TRAINHUB_SIDE"] = side
    _require_free(host, port)
    _require_ready()
    _serve(host, port, workers)


def _serve(host: str, port: int, workers: int = 1) -> None:
    os.environ.setdefault("TRAINHUB_PUBLIC_URL", f"http://{host}:{port}")
    # Each connection is an open file; how many the system allows is not what it begins with.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # The processes are forked from this one: what is ready here is shared by all of them.
    warm_up()
    Granian(
        "trainhub.cli.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        websockets=False,
        # nginx speaks HTTP/1.1 to it. Finding out the version of a connection costs 9 kB of memory while
        # it is open: with 10,000 candidates 85 MB.
        http=HTTPModes.http1,
        factory=True,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
    ).serve()


def _require_free(host: str, port: int) -> None:
    """Refuse a port on which somebody listens: Granian would share it, and both would answer in turn."""
    until = time.monotonic() + TAKEN_SECONDS
    while (problem := _why_not(host, port)) is not None:
        if problem.errno != errno.EADDRINUSE:
            raise click.ClickException(f"cannot serve at {host}, port {port}: {problem.strerror}")
        if time.monotonic() > until:
            raise click.ClickException(
                f"port {port} of {host} is taken: something serves there already; "
                "stop it, or choose another with --port"
            )
        time.sleep(0.1)


def _why_not(host: str, port: int) -> OSError | None:
    """Return why nobody can listen there now, or None if one can."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # Connections that merely linger from before do not take a port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        return problem
    return None


def application() -> Flask:
    """Return the application of a serving process, with its worker and its housekeeping started."""
    configure_logging()
    app = create_app()
    warm_up()
    if signs := demo_build.read_sign_ins(app.config["SETTINGS"].instance):
        app.config["DEMO_SIGN_INS"] = signs
    if not app.config["SETTINGS"].redis_url:
        jobs.start_worker(app)
    Housekeeper(app).start()
    with app.app_context():
        start_checkpointing(db.engine)
        open_ahead(db.engine)
    return app


def warm_up() -> None:
    """Do before the first request what would otherwise be paid by it, in the middle of a rush.

    The mappers are configured, and everything that lives as long as the process is taken out of the sight of
    the collector, which would look through all of it again and again under load.
    """
    configure_mappers()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


@click.command()
def worker() -> None:
    """Run background jobs in a process of its own, until it is stopped."""
    _require_ready()
    configure_logging()
    app = create_app()
    Housekeeper(app).start()
    consumer = jobs.start_worker(app)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        consumer.stop(graceful=True)


def _require_ready() -> Settings:
    """Return the settings of an instance that can be served; say what is missing otherwise."""
    settings = read_settings()
    with create_app(settings).app_context():
        stands = migrations.current(db.engine)
        if stands == migrations.newest():
            _say_walls()
            _say_unsafe_settings()
        db.engine.dispose()
    if stands != migrations.newest():
        raise click.ClickException(
            f"the database stands at {stands or 'nothing'}, this program needs {migrations.newest()}; "
            "run: trainhub db upgrade"
        )
    return settings


def _say_walls() -> None:
    """Say which of the four walls stand here, and why not the others."""
    for wall in walls():
        stands = "stands" if wall.stands else "is missing"
        with in_language("en"):
            click.echo(f"wall {wall.name}: {stands}. {wall.why}", err=True)


def _say_unsafe_settings() -> None:
    """Warn of a database server on which a power cut takes what was acknowledged."""
    for name in unsafe_settings(db.engine):
        click.echo(
            f"WARNING: {name} is off in PostgreSQL: a power cut may take acknowledged answers", err=True
        )


@click.command()
@click.option("--port", type=PORTS, default=8000, show_default=True, help="Port of 127.0.0.1.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and begin again.")
@click.option("--build-only", is_flag=True, help="Build the content, but do not serve.")
def demo(port: int, reset: bool, build_only: bool) -> None:
    """Serve the site with demo content on this machine alone; built the first time, kept afterwards."""
    settings = read_settings()
    if not build_only:
        _require_free("127.0.0.1", port)
    try:
        if reset:
            demo_build.throw_away(settings)
        if demo_build.is_missing(settings):
            click.echo("Building the demo content (a minute or two the first time) …", err=True)
            demo_build.build(settings, lambda step: click.echo(f"  {step}", err=True))
        else:
            prepare(settings)
    except demo_build.NoDemoHere as problem:
        raise click.ClickException(str(problem)) from None
    _print_sign_ins(settings, port)
    if not build_only:
        _serve("127.0.0.1", port)


def _sheets_of_the_demo() -> list[str]:
    """Return what is needed to enter answer sheets of the demo, if it has some: nobody has them in hand."""
    found = sheets()
    if not found:
        return []
    lines = ["", f"Answer sheets of {ON_PAPER} / 答题纸 (ticket number  control code):"]
    lines += [f"  {ticket:<22}{control}" for ticket, control in found]
    return [*lines, f"  on each of them / 每张答题纸所填: {'  '.join(WRITTEN)}"]


def _print_sign_ins(settings: Settings, port: int) -> None:
    signs = demo_build.read_sign_ins(settings.instance)
    with create_app(settings).app_context():
        lines = [f"  {username:<22}{password}  {duty}" for username, duty, password in signs]
        lines += ["", "ID numbers of the learners / 学员身份证号:"]
        lines += [f"  {role.username:<22}{id_number(role)}" for role in LEARNERS]
        lines += _sheets_of_the_demo()
        db.engine.dispose()
    heading = "Sign-ins of the demo / 演示账号 (user name  password  duty):"
    click.echo("\n".join([f"trainhub: http://127.0.0.1:{port}/", "", heading, *lines]))
    sys.stdout.flush()
