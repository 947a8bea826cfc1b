"""The ``trainhub`` command: what operators script, and what outsiders check us with."""

from __future__ import annotations

import click

from trainhub import __version__
from trainhub.cli.bench import bench
from trainhub.cli.certificates import certificate
from trainhub.cli.databases import database
from trainhub.cli.ending import Commands
from trainhub.cli.items import items
from trainhub.cli.keys import keys
from trainhub.cli.ledger import ledger
from trainhub.cli.papers import papers
from trainhub.cli.roster import roster
from trainhub.cli.separation import separation
from trainhub.cli.serving import demo, serve, worker
from trainhub.cli.staffing import staffing
from trainhub.cli.users import user


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="trainhub")
def main() -> None:
    """Training and examination for work-safety qualifications, kept apart (考培分离)."""


COMMANDS = (
    serve,
    demo,
    worker,
    database,
    keys,
    user,
    items,
    papers,
    roster,
    certificate,
    separation,
    ledger,
    staffing,
    bench,
)
for command in COMMANDS:
    main.add_command(command)
