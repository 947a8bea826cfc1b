"""The ``trainhub`` command: what operators script, and what outsiders check us with."""

from __future__ import annotations

import click

from trainhub import __version__
from trainhub.cli.certificates import certificate
from trainhub.cli.databases import database
from trainhub.cli.items import items
from trainhub.cli.roster import roster
from trainhub.cli.serving import demo, serve, worker
from trainhub.cli.users import user


@click.group()
@click.version_option(__version__, prog_name="trainhub")
def main() -> None:
    """Training and examination for work-safety qualifications, kept apart (考培分离)."""


for command in (serve, demo, worker, database, user, items, roster, certificate):
    main.add_command(command)
