"""``trainhub db upgrade | downgrade | check``: tables, keys and the figures of the law."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from trainhub import regulations
from trainhub.app import create_app
from trainhub.cli.acting import say, says_json
from trainhub.config import Settings, Side, read_settings
from trainhub.kernel import keys, migrations, roles
from trainhub.kernel.db import db, transaction
from trainhub.kernel.planning import count_all


@click.group("db")
def database() -> None:
    """Bring the database to this version, back, or look where it stands."""


@database.command("upgrade")
@says_json
def upgrade(as_json: bool) -> None:
    """Make missing keys, run missing migrations, and bring in the figures of the law."""
    made, revision, roles_made = prepare(read_settings())
    keys_made = ", ".join(made) or "none"
    text = f"The database stands at {revision}. Keys made: {keys_made}."
    if roles_made.roles and not roles_made.missing:
        text += f" Roles: {', '.join(roles_made.roles.values())}."
    for role in roles_made.missing:
        text += f'\nThis login may not make roles. Somebody who may: CREATE ROLE "{role}" NOLOGIN;'
    answer = {"revision": revision, "keys_made": made, "roles": roles_made.roles}
    say({**answer, "roles_missing": list(roles_made.missing)}, text, as_json)


def prepare(settings: Settings) -> tuple[list[str], str, roles.RolesMade]:
    """Bring an instance to the form that this program needs.

    Returns:
        The names of the keys that were made, the revision of the database, and the roles of the sides.
    """
    made = keys.create_missing_keys(settings.keys, settings.side)
    with create_app(replace(settings, side=Side.ALL)).app_context():
        migrations.upgrade(db.engine)
        with transaction():
            regulations.load_figures()
        count_all(db.engine)
        roles_made = roles.install(db.engine)
        db.session.remove()
        db.engine.dispose()
    return made, migrations.newest(), roles_made


@database.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="Tables of later revisions are dropped with what is in them. Go on?")
@says_json
def downgrade(revision: str, as_json: bool) -> None:
    """Walk the migrations back to REVISION (``base`` for all)."""
    with create_app(replace(read_settings(), side=Side.ALL)).app_context():
        migrations.downgrade(db.engine, revision)
    say({"revision": revision}, f"The database stands at {revision}.", as_json)


@database.command("check")
@says_json
def check(as_json: bool) -> None:
    """Tell whether the database stands where this program needs it, rights included; status 1 if not."""
    with create_app(replace(read_settings(), side=Side.ALL)).app_context():
        stands, needed = migrations.current(db.engine), migrations.newest()
        wrong = roles.differences(db.engine) if stands == needed else None
    fits = stands == needed and not wrong
    words = f"The database stands at {stands or 'nothing'}; this program needs {needed}."
    if wrong is None:
        words += " It has no roles of the sides."
    else:
        words += "".join(f"\n{each}" for each in wrong) or " Every right is as its table declares it."
    say({"revision": stands, "needed": needed, "fits": fits, "rights": wrong}, words, as_json)
    sys.exit(0 if fits else 1)
