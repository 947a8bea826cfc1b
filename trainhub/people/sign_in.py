"""Signing in and out: Argon2id, lock-out after failures, a new session each time, endable from here."""

from __future__ import annotations

import hashlib
import os
import secrets
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app, session
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import joinedload

from trainhub import ledger
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid, NotSignedIn
from trainhub.kernel.i18n import _, _l
from trainhub.people import use
from trainhub.people.models import Account, Person, Proof, SecondFactor, SignIn

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
LASTS = timedelta(hours=12)
TIME_FOR_A_CODE = timedelta(minutes=5)
PASSWORD_LENGTH = 10

_hasher = PasswordHasher()


def _of_nobody(hasher: PasswordHasher) -> str:
    """Return a hash that no password has; comparing with it takes as long as with anybody's."""
    random = (b64encode(os.urandom(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return "$".join(["", "argon2id", "v=19", costs, *random])


_nobody = _of_nobody(_hasher)


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is signed in, as flask-login carries it through a request."""

    def __init__(self, sign_in: SignIn) -> None:
        self.sign_in_id = sign_in.id
        self.person_id = sign_in.account.person_id
        self.has_two_factors = sign_in.proof == Proof.TWO_FACTORS

    @property
    def person(self) -> Person:
        """The person, fresh in the present transaction."""
        person = db.session.get(Person, self.person_id)
        if person is None:
            raise NotSignedIn(_l("Please sign in first."))
        return person


def current_person() -> Person:
    """Return the signed-in person.

    Raises:
        NotSignedIn: nobody is.
    """
    if not current_user.is_authenticated:
        raise NotSignedIn(_l("Please sign in first."))
    user: SignedIn = current_user
    return user.person


def open_account(person: Person, username: str, password: str, *, by: Person | None) -> Account:
    """Give a person a user name and a first password.

    Raises:
        Invalid: the name is taken or has a wrong form, the password is too short, or the person has an
            account.
    """
    username = username.strip().lower()
    if not (3 <= len(username) <= 40) or not username.replace("-", "").replace(".", "").isalnum():
        raise Invalid(_("A user name has 3 to 40 letters, digits, dots and hyphens."), about="username")
    taken = select(Account.id).where((Account.username == username) | (Account.person_id == person.id))
    if db.session.scalar(taken):
        raise Invalid(_("The user name is taken, or the person has an account already."), about="username")
    check_password(password)
    account = Account(person_id=person.id, username=username, password_hash=_hasher.hash(password))
    db.session.add(account)
    ledger.append("account.opened", by=by, side="core", person=person.id)
    return account


def check_password(password: str) -> None:
    """Raise Invalid unless a new password is long enough (NIST SP 800-63B: length, not composition)."""
    if len(password) < PASSWORD_LENGTH:
        raise Invalid(_("A password has at least %(count)s characters.", count=PASSWORD_LENGTH))


class Replaced(Invalid):
    """Another account took the place of this one (账号已合并); said only to whoever knows its password."""

    def __init__(self, username: str) -> None:
        super().__init__(
            _(
                "This account was closed, because two records of you became one. "
                "Sign in with %(username)s instead.",
                username=username,
            )
        )


def authenticate(username: str, password: str) -> Account | None:
    """Check a sign-in; count failures and lock the account after too many.

    Returns:
        The account, or None: the answer and its time are the same for a wrong name, a wrong password and
            a lock.

    Raises:
        Replaced: the password is right, and another account took the place of this one.
    """
    statement = select(Account).where(Account.username == username.strip().lower()).with_for_update()
    account = db.session.scalar(statement)
    matches = _matches(account.password_hash if account else _nobody, password)
    if account is None or not (account.active or account.use_instead):
        return None
    if is_locked(account):
        return None
    if not matches:
        count_failure(account)
        return None
    account.locked_until = None
    if not _awaits_code(account):
        # Else a right password would set back what wrong codes have counted.
        account.failures = 0
    if account.use_instead:
        raise Replaced(account.use_instead)
    return account


def replace_account(account: Account, instead: Account, *, by: Person) -> None:
    """Close an account for good; whoever signs in with it is told which one to use."""
    account.active, account.use_instead = False, instead.username
    end_all_sessions(account.person_id)
    ledger.append(
        "account.replaced", by=by, side="core", person=account.person_id, used_instead=instead.person_id
    )


def hand_over_account(account: Account, person: Person, *, by: Person) -> None:
    """Let an account become that of another record of the same human being; its sessions end."""
    end_all_sessions(account.person_id)
    before, account.person_id = account.person_id, person.id
    db.session.flush()
    db.session.refresh(account)
    ledger.append("account.handed_over", by=by, side="core", person=before, to=person.id)


def count_failure(account: Account) -> bool:
    """Count a wrong password or code; lock the account after too many, and tell whether that happened."""
    account.failures += 1
    if account.failures < TRIES:
        return False
    account.failures = 0
    account.locked_until = clock.now() + LOCKED_FOR
    ledger.append("account.locked", by=None, side="core", person=account.person_id)
    return True


def is_locked(account: Account) -> bool:
    """Tell whether an account is locked after too many failures."""
    return account.locked_until is not None and account.locked_until > clock.now()


def _awaits_code(account: Account) -> bool:
    row = db.session.get(SecondFactor, account.id)
    return row is not None and row.confirmed_at is not None


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def begin_session(account: Account, proof: Proof = Proof.ONE_FACTOR) -> None:
    """Start a new session for an account; what the browser held before ends, copies of it too."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    kept = {name: session[name] for name in _kept_for(account) if name in session}
    _end(session.get("sign-in", ""))
    lasts = TIME_FOR_A_CODE if proof is Proof.AWAITS_CODE else LASTS
    row = SignIn(account_id=account.id, started_at=now, expires_at=now + lasts, used_at=now, proof=proof)
    row.token_hash = _hash(token)
    db.session.add(row)
    session.clear()
    session.update(kept)
    session["sign-in"] = token
    if proof is not Proof.AWAITS_CODE:
        ledger.append("account.signed_in", by=account.person, side="core", proof=proof)


def awaiting_code() -> Account | None:
    """Return whose password was right in this browser just now, and whose code is still to come."""
    now = clock.now()
    row = db.session.scalar(
        select(SignIn)
        .join(SignIn.account)
        .where(
            SignIn.token_hash == _hash(session.get("sign-in", "")),
            SignIn.proof == Proof.AWAITS_CODE,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            Account.active,
        )
    )
    return None if row is None else row.account


def _kept_for(account: Account) -> tuple[str, ...]:
    """Return what stays of a browser's session: of the same account also the mark that its open pages bear.

    Who signs in again in one window sends what was typed in another.
    """
    last = select(SignIn.account_id).where(SignIn.token_hash == _hash(session.get("sign-in", "")))
    return ("language", "csrf_token") if db.session.scalar(last) == account.id else ("language",)


def end_session() -> None:
    """End the present session, here and in the database."""
    _end(session.get("sign-in", ""))
    session.clear()


def _end(token: str) -> None:
    statement = update(SignIn).where(SignIn.token_hash == _hash(token), SignIn.ended_at.is_(None))
    db.session.execute(statement.values(ended_at=clock.now()))


def end_all_sessions(person_id: str) -> None:
    """End every session of a person: after a change of password or a withdrawn duty."""
    accounts = select(Account.id).where(Account.person_id == person_id)
    statement = update(SignIn).where(SignIn.account_id.in_(accounts), SignIn.ended_at.is_(None))
    db.session.execute(statement.values(ended_at=clock.now()))


def ended_since(moment: datetime) -> frozenset[str]:
    """Return the marks of the sign-ins that were ended since a moment."""
    return frozenset(db.session.scalars(select(SignIn.token_hash).where(SignIn.ended_at >= moment)))


def mark_of_sign_in(token: str) -> str:
    """Return the mark under which the sign-in of a browser is kept."""
    return _hash(token)


def change_password(account: Account, old: str, new: str) -> None:
    """Replace a password; all sessions end.

    A wrong old one counts as a failed sign-in, so that nobody guesses on in a session that they stole; the
    caller commits the count although the change is refused.

    Raises:
        Invalid: the old one is wrong, or the new one too short.
    """
    if not knows_own_password(account, old):
        raise Invalid(_("The old password is not right."), about="old")
    check_password(new)
    account.password_hash = _hasher.hash(new)
    account.failures = 0
    end_all_sessions(account.person_id)
    ledger.append("account.password.changed", by=account.person, side="core")


def account_of(person: Person) -> Account:
    """Return the account of a person who has one."""
    return db.session.scalars(select(Account).where(Account.person_id == person.id)).one()


def own_account(person: Person) -> Account:
    """Return the account of a person, held until the transaction ends."""
    return db.session.scalars(select(Account).where(Account.person_id == person.id).with_for_update()).one()


def knows_own_password(account: Account, password: str) -> bool:
    """Tell whether a password is an account's; a wrong one counts as a failed sign-in."""
    if is_locked(account):
        return False
    if _matches(account.password_hash, password):
        return True
    if count_failure(account):
        end_all_sessions(account.person_id)
    return False


def knows_password(person_ids: Iterable[str], password: str) -> bool:
    """Tell whether a password signs in one of the records of a person; a wrong one counts as a failure."""
    names = select(Account.username).where(Account.person_id.in_(person_ids), Account.active)
    try:
        return any(authenticate(name, password) for name in db.session.scalars(names).all())
    except Replaced:
        return False


def username_of(person_id: str) -> str | None:
    """Return the user name with which a person signs in, if they have an account."""
    return db.session.scalar(select(Account.username).where(Account.person_id == person_id))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _load() -> SignedIn | None:
    token = session.get("sign-in")
    if not token:
        return None
    now = clock.now()
    idle = current_app.config["SETTINGS"].idle
    found = db.session.scalar(_valid(), {"token_hash": _hash(token), "now": now, "then": now - idle})
    if found is None:
        return None
    use.note_use(found)
    return SignedIn(found)


@cache
def _valid() -> Select[SignIn]:
    """Return the question for a session that has not ended: every request asks it."""
    return (
        select(SignIn)
        .join(SignIn.account)
        .options(joinedload(SignIn.account))
        .where(
            SignIn.token_hash == bindparam("token_hash"),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > bindparam("now"),
            SignIn.used_at > bindparam("then"),
            SignIn.proof != Proof.AWAITS_CODE,
            Account.active,
        )
    )


def install(app: Flask) -> None:
    """Give an application its sign-in."""
    use.install(app)
    manager = LoginManager()
    manager.request_loader(lambda _request: _load())
    manager.init_app(app)
