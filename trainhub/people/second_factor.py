"""The second factor of a sign-in: one-time codes of an app (TOTP, RFC 6238), and codes on paper.

GB/T 22239-2019, 8.1.4.1 d asks for two kinds of proof, one of them by cryptography. Who needs it is for the
room that knows duties; here it is set up, asked for, and ended.
"""

from __future__ import annotations

import hmac

import pyotp
from sqlalchemy import select, update

from trainhub import ledger
from trainhub.kernel import cipher, clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.identifiers import readable_code
from trainhub.kernel.keys import key
from trainhub.people.models import Account, Person, RecoveryCode, SecondFactor
from trainhub.people.sign_in import count_failure, end_all_sessions, is_locked

STEP_S = 30
"""How long a code is shown (RFC 6238, 5.2)."""
STEPS_OFF = 1
"""So many steps before and after may a clock be off."""
RECOVERY_CODES = 8
ISSUER = "trainhub"


def is_set_up(account: Account) -> bool:
    """Tell whether an account has a second factor that is asked for."""
    row = db.session.get(SecondFactor, account.id)
    return row is not None and row.confirmed_at is not None


def begun(account: Account) -> str | None:
    """Return the secret that waits to be confirmed, as an app takes it; None where there is none."""
    row = db.session.get(SecondFactor, account.id)
    return _secret(row) if row is not None and _waits(row) else None


def address_of(account: Account, secret: str) -> str:
    """Return a secret as the address that an app reads from a QR code."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=account.username, issuer_name=ISSUER)


def begin(account: Account) -> None:
    """Begin to set it up, with a new secret; it is not asked for before it is confirmed.

    Raises:
        Conflict: there is one already.
    """
    row = _held(account)
    if row is not None and row.confirmed_at is not None:
        raise Conflict(_("Your second factor is set up already. End it first."))
    secret = pyotp.random_base32()
    sealed = cipher.encrypt(key("people"), secret.encode(), _context(account.id))
    if row is None:
        db.session.add(SecondFactor(account_id=account.id, secret_sealed=sealed))
    else:
        row.secret_sealed, row.begun_at, row.last_step = sealed, clock.now(), 0
    db.session.flush()


def confirm(account: Account, code: str) -> list[str]:
    """Confirm with the first code that the app shows; every session of the account ends.

    Returns:
        The codes on paper, to be shown once; they are kept as hashes.

    Raises:
        Conflict: nothing waits to be confirmed.
        Invalid: the code does not fit.
    """
    row = _held(account)
    if row is None or not _waits(row):
        raise Conflict(_("No second factor waits to be confirmed."))
    step = _step_of(row, code)
    if step is None:
        raise Invalid(_("This code does not fit. Enter the one that the app shows now."), about="code")
    row.last_step, row.confirmed_at = step, clock.now()
    codes = [readable_code(10) for _each in range(RECOVERY_CODES)]
    _void_codes(account)
    db.session.add_all(RecoveryCode(account_id=account.id, code_hash=_hash(account, each)) for each in codes)
    end_all_sessions(account.person_id)
    ledger.append("account.second_factor.set_up", by=account.person, side="core")
    return codes


def check(account: Account, code: str) -> bool:
    """Take a code of the app, or one on paper; a wrong one counts as a failed sign-in.

    No code is taken twice, whichever process asks. The caller commits also what was refused.
    """
    # The account first, as everybody who holds both: else two deeds wait for each other for ever.
    db.session.refresh(account, with_for_update=True)
    row = _held(account)
    if row is None or row.confirmed_at is None or is_locked(account):
        return False
    step = _step_of(row, code)
    if step is not None:
        row.last_step = step
    elif not _take_recovery_code(account, code):
        if count_failure(account):
            end_all_sessions(account.person_id)
        return False
    account.failures = 0
    return True


def end(account: Account) -> None:
    """End one's own: who was asked for password and code just now; every session ends."""
    _remove(account)
    ledger.append("account.second_factor.ended", by=account.person, side="core")


def reset(account: Account, *, by: Person) -> None:
    """End somebody's whose app and paper are lost; every session of the account ends.

    Raises:
        Conflict: there is none.
    """
    if not is_set_up(account):
        raise Conflict(_("This account has no second factor."))
    _remove(account)
    ledger.append("account.second_factor.reset", by=by, side="core", person=account.person_id)


def codes_left(account: Account) -> int:
    """Return how many codes on paper are left."""
    rows = select(RecoveryCode.id).where(RecoveryCode.account_id == account.id, RecoveryCode.code_hash != "")
    return len(db.session.scalars(rows).all())


def _remove(account: Account) -> None:
    # No role of the database deletes from the core (docs/walls.md): the secret goes, the row stays.
    row = _held(account)
    if row is not None:
        row.secret_sealed, row.confirmed_at = b"", None
    _void_codes(account)
    end_all_sessions(account.person_id)


def _void_codes(account: Account) -> None:
    """Let no code on paper fit any more: none has an empty hash."""
    statement = update(RecoveryCode).where(RecoveryCode.account_id == account.id)
    db.session.execute(statement.values(code_hash=""))


def _waits(row: SecondFactor) -> bool:
    return row.confirmed_at is None and bool(row.secret_sealed)


def _held(account: Account) -> SecondFactor | None:
    """Return the row of an account, which nobody else changes until the transaction ends."""
    lock("second-factor", account.id)
    return db.session.get(SecondFactor, account.id, populate_existing=True)


def _step_of(row: SecondFactor, code: str) -> int | None:
    """Return the time step whose code this is, if it is near now and none as new was taken before."""
    totp = pyotp.TOTP(_secret(row), interval=STEP_S)
    now = int(clock.now().timestamp()) // STEP_S
    given = "".join(code.split()).encode()
    fits = [
        step
        for step in range(now - STEPS_OFF, now + STEPS_OFF + 1)
        if step > row.last_step and hmac.compare_digest(totp.generate_otp(step).encode(), given)
    ]
    return max(fits, default=None)


def _take_recovery_code(account: Account, code: str) -> bool:
    wanted = _hash(account, code)
    found = db.session.scalar(
        select(RecoveryCode).where(RecoveryCode.account_id == account.id, RecoveryCode.code_hash == wanted)
    )
    if found is None:
        return False
    found.code_hash = ""
    ledger.append("account.recovery_code.used", by=account.person, side="core")
    return True


def _hash(account: Account, code: str) -> str:
    plain = "".join(code.split()).replace("-", "").upper()
    return cipher.keyed_hash(key("people-index"), f"recovery:{account.id}:{plain}")


def _secret(row: SecondFactor) -> str:
    return cipher.decrypt(key("people"), row.secret_sealed, _context(row.account_id)).decode()


def _context(account_id: int) -> str:
    return f"second-factor:{account_id}"
