"""Who acts on the command line, and how it speaks: a short text, or one JSON object; 1 when refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import click
from flask import Flask

from trainhub.app import create_app
from trainhub.cli.ending import always_held
from trainhub.governance.second_factor import NEEDED, lacks_it
from trainhub.kernel import i18n
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import DomainError, NotSignedIn, Refused
from trainhub.kernel.i18n import _
from trainhub.people.persons import get_person
from trainhub.people.second_factor import check, is_set_up
from trainhub.people.sign_in import authenticate, own_account
from trainhub.separation.refusals import record_refusal

Command = TypeVar("Command", bound=Callable[..., Any])


def says_json(command: Command) -> Command:
    """Give a command the option to answer in JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def asks_who(command: Command) -> Command:
    """Give a command the options by which the acting person signs in."""
    password = click.option(
        "--password", envvar="TRAINHUB_PASSWORD", show_envvar=True, help="Asked for unless given."
    )
    code = click.option(
        "--code",
        envvar="TRAINHUB_CODE",
        show_envvar=True,
        expose_value=False,
        callback=_keep_code,
        help="Of a second factor; asked for unless given.",
    )
    return click.option("--as", "username", help="User name of who acts.")(password(code(command)))


def _keep_code(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    context.meta["code"] = value


def acting(username: str | None, password: str | None) -> str:
    """Return the id of the person who signs in for this command; failures count towards the lock-out.

    Raises:
        NotSignedIn: nobody is named, name and password do not fit, or the second factor is wrong or missing.
    """
    if not username:
        raise NotSignedIn(_("Say who acts: --as USER."))
    secret = password or click.prompt("Password", hide_input=True, err=True)
    with transaction():
        account = authenticate(username, secret)
        found = None if account is None else (account.person_id, is_set_up(account), lacks_it(account.person))
    if found is None:
        raise NotSignedIn(_("User name and password do not fit together."))
    person_id, has_second_factor, lacks = found
    if has_second_factor:
        _take_code(person_id)
    elif lacks:
        raise NotSignedIn(str(NEEDED))
    return person_id


def _take_code(person_id: str) -> None:
    code = click.get_current_context().meta.get("code") or click.prompt("Code", err=True)
    with transaction():
        fits = check(own_account(get_person(person_id)), code)
    if not fits:
        raise NotSignedIn(_("This code does not fit, was used before, or the account is locked."))


@contextmanager
def application(as_json: bool) -> Iterator[None]:
    """Run a command inside the application; what is refused is said and ends it with status 1."""
    with create_app().app_context():
        try:
            yield
        except DomainError as refusal:
            db.session.rollback()
            record_refusal(refusal)
            refuse(refusal, as_json)


@contextmanager
def speaking(as_json: bool) -> Iterator[None]:
    """Run a command that only computes: it has the languages of the house, and needs no instance of it."""
    bare = Flask("trainhub")
    i18n.install(bare)
    with bare.app_context():
        try:
            yield
        except DomainError as refusal:
            refuse(refusal, as_json)


def refuse(refusal: DomainError, as_json: bool) -> NoReturn:
    """Say why nothing was done."""
    rule = f"{refusal.rule.id}: " if isinstance(refusal, Refused) else ""
    facts = [str(fact) for fact in refusal.facts] if isinstance(refusal, Refused) else []
    if as_json:
        told = {**always_held(), "error": f"{rule}{refusal}", "facts": facts}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        lines = [*f"{rule}{refusal}".splitlines(), *(f"  {fact}" for fact in facts)]
        click.echo("\n".join(map(as_line, lines)), err=True)
    sys.exit(1)


def as_line(text: str) -> str:
    """Return what a file says of itself as one line for a terminal, which obeys none of its signs.

    Names inside a package are a stranger's: an escape sequence in one would be carried out by the terminal.
    """
    return "".join(each if each.isprintable() else "�" for each in text)


def say(answer: dict[str, Any], text: str, as_json: bool) -> None:
    """Print the answer of a command."""
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else text)
