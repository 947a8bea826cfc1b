"""How the command ends where it cannot go on: it says what and where, in JSON too if that is asked for."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError, ProgrammingError

from trainhub.config import BadSetting, read_settings
from trainhub.kernel.cipher import Undecipherable
from trainhub.kernel.keys import MissingKey

_JSON = "trainhub.cli.json"
_ALWAYS = "trainhub.cli.always"
_NO_TABLE = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")


class BadContent(click.ClickException):
    """What stands in a file that was handed in cannot be used: refused, status 1.

    A file that is not there, or an option that does not exist, is bad usage: status 2.
    """

    exit_code = 1


class Commands(click.Group):
    """A group whose commands say what an instance, a file or the usage lacks; never by a traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note whether JSON is asked for: usage is refused before the option of a command is read."""
        ctx.meta[_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it lacks, or a bad file, ends it with status 1, and bad usage with 2."""
        try:
            return super().invoke(ctx)
        except (click.UsageError, BadContent) as problem:
            _print_error(ctx, problem.format_message())
            raise
        except Exception as problem:
            reason = _reason(problem)
            if reason is None:
                raise
            _print_error(ctx, reason)
            raise click.ClickException(reason) from None


def answers_with(always: dict[str, Any]) -> None:
    """Say what the JSON object of the present command always holds, also where it is refused."""
    click.get_current_context().meta[_ALWAYS] = always


def always_held() -> dict[str, Any]:
    """Return what the JSON object of the present command always holds."""
    always: dict[str, Any] = click.get_current_context().meta.get(_ALWAYS, {})
    return always


def _print_error(ctx: click.Context, reason: str) -> None:
    if ctx.meta.get(_JSON):
        always = ctx.meta.get(_ALWAYS, {})
        click.echo(json.dumps({**always, "error": reason, "facts": []}, ensure_ascii=False))


def _reason(problem: Exception) -> str | None:
    """Return what the surroundings of a command lack; None if it is no fault of theirs."""
    if isinstance(problem, (BadSetting, MissingKey)):
        return str(problem)
    if isinstance(problem, OSError) and problem.filename:
        return f"{problem.filename}: {problem.strerror}"
    if isinstance(problem, Undecipherable):
        return f"{read_settings().keys}: what is stored cannot be deciphered with the keys in this folder"
    if isinstance(problem, (ArgumentError, ImportError)):
        return _of_address()
    return _of_database(problem) if isinstance(problem, DBAPIError) else None


def _of_address() -> str | None:
    """Return what is wrong with the address of the database; None if nothing is."""
    try:
        make_url(read_settings().database_url).get_dialect().import_dbapi()
    except (ArgumentError, ImportError) as problem:
        return f"TRAINHUB_DATABASE_URL cannot be used: {problem}"
    return None


def _of_database(problem: DBAPIError) -> str | None:
    url = make_url(read_settings().database_url).render_as_string()
    told = f"{type(problem.orig).__name__}: {problem.orig}"
    if any(each in told for each in _NO_TABLE):
        return f"the database {url} has not the tables of this version; run: trainhub db upgrade"
    # Its subclasses beside these two are faults of the program, of which the whole story is wanted.
    is_out_of_reach = isinstance(problem, OperationalError) or type(problem) is DatabaseError
    if isinstance(problem, ProgrammingError) or not is_out_of_reach:
        return None
    return f"the database {url} cannot be used: {' '.join(str(problem.orig).split())}"
