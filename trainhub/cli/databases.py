"""``trainhub db upgrade | downgrade | check``: tables, keys and the figures of the law."""

from __future__ import annotations

import sys

import click

from trainhub import regulations
from trainhub.app import create_app
from trainhub.cli.acting import say, says_json
from trainhub.config import Settings, read_settings
from trainhub.kernel import keys, migrations
from trainhub.kernel.db import db, transaction


@click.group("db")
def database() -> None:
    """Bring the database to this version, back, or look where it stands."""


@database.command("upgrade")
@says_json
def upgrade(as_json: bool) -> None:
    """Make missing keys, run missing migrations, and bring in the figures of the law."""
    made, revision = prepare(read_settings())
    keys_made = ", ".join(made) or "none"
    text = f"The database stands at {revision}. Keys made: {keys_made}."
    say({"revision": revision, "keys_made": made}, text, as_json)


def prepare(settings: Settings) -> tuple[list[str], str]:
    """Bring an instance to the form that this program needs.

    Returns:
        The names of the keys that were made, and the revision of the database.
    """
    made = keys.create_missing_keys(settings.keys)
    with create_app(settings).app_context():
        migrations.upgrade(db.engine)
        with transaction():
            regulations.load_figures()
        db.session.remove()
        db.engine.dispose()
    return made, migrations.newest()


@database.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="Tables of later revisions are dropped with what is in them. Go on?")
@says_json
def downgrade(revision: str, as_json: bool) -> None:
    """Walk the migrations back to REVISION (``base`` for all)."""
    with create_app().app_context():
        migrations.downgrade(db.engine, revision)
    say({"revision": revision}, f"The database stands at {revision}.", as_json)


@database.command("check")
@says_json
def check(as_json: bool) -> None:
    """Tell whether the database stands where this program needs it; status 1 if not."""
    with create_app().app_context():
        stands, needed = migrations.current(db.engine), migrations.newest()
    fits = stands == needed
    words = f"The database stands at {stands or 'nothing'}; this program needs {needed}."
    say({"revision": stands, "needed": needed, "fits": fits}, words, as_json)
    sys.exit(0 if fits else 1)
