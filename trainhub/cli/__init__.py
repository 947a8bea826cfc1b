"""The ``trainhub`` command: what operators script, and what outsiders check us with."""

from __future__ import annotations

from typing import Any

import click

from trainhub import __version__
from trainhub.cli.bench import bench
from trainhub.cli.certificates import certificate
from trainhub.cli.databases import database
from trainhub.cli.items import items
from trainhub.cli.keys import keys
from trainhub.cli.ledger import ledger
from trainhub.cli.papers import papers
from trainhub.cli.roster import roster
from trainhub.cli.separation import separation
from trainhub.cli.serving import demo, serve, worker
from trainhub.cli.staffing import staffing
from trainhub.cli.users import user
from trainhub.config import BadSetting
from trainhub.kernel.keys import MissingKey


class Commands(click.Group):
    """A group whose commands say in one line what an instance lacks."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a bad setting or a missing key ends it with status 1."""
        try:
            return super().invoke(ctx)
        except (BadSetting, MissingKey) as problem:
            raise click.ClickException(str(problem)) from None


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
