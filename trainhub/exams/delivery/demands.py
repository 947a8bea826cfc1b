"""What a sitting demands of its machines: set before it opens, lifted while it runs if something fails."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from flask import current_app
from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.delivery.models_of_surroundings import Surroundings
from trainhub.exams.delivery.seb_file import pack
from trainhub.exams.delivery.seb_keys import config_key
from trainhub.exams.delivery.seb_settings import exam_settings, public_address
from trainhub.exams.sittings import Obstacle, Sitting, SittingState, hold_sitting, note_change, opening_checks
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 64
SHORTEST_REASON = 4
MOST_KEYS = 40
BEFORE_OPENING = (SittingState.PLANNED, SittingState.ARRANGED)


def surroundings_of(sitting: Sitting) -> Surroundings | None:
    """Return what a sitting demands, or None if nothing was ever set."""
    return db.session.scalar(select(Surroundings).where(Surroundings.sitting_id == sitting.id))


def read_browser_keys(text: str) -> list[str]:
    """Read Browser Exam Keys that somebody pasted, one a line.

    Raises:
        Invalid: one has not 64 hexadecimal digits, or there are too many.
    """
    keys = list(dict.fromkeys(each.lower() for each in text.replace(",", "\n").split()))
    for key in keys:
        if not re.fullmatch(r"[0-9a-f]{64}", key):
            raise Invalid(_("A Browser Exam Key has 64 digits from 0 to 9 and a to f: %(key)s", key=key[:80]))
    if len(keys) > MOST_KEYS:
        raise Invalid(_("A sitting has at most %(most)s Browser Exam Keys.", most=MOST_KEYS))
    return keys


def demand(
    sitting: Sitting,
    *,
    network_only: bool,
    lockdown: bool,
    browser_keys: Sequence[str] = (),
    public_url: str,
    by: Person,
) -> Surroundings:
    """Set what a sitting demands of its machines.

    Args:
        sitting: not opened yet.
        network_only: only machines in the network of the candidate's room.
        lockdown: only Safe Exam Browser with this sitting's configuration, which is made if there is none.
        browser_keys: of the browsers allowed; none allows every version that has the configuration.
        public_url: address under which people reach the site.
        by: who arranges.

    Raises:
        Conflict: the sitting has been opened, or a room has no network.
        Invalid: a Browser Exam Key is none.
    """
    keys = read_browser_keys("\n".join(browser_keys))
    own = _locked_before_opening(sitting, by)
    if network_only:
        _require_networks(sitting)
    own.network_only, own.lockdown, own.browser_exam_keys = network_only, lockdown, keys
    if lockdown and own.file is None:
        _make(own, public_url, "", "")
    _note(own, by)
    return own


def make_configuration(
    sitting: Sitting, *, quit_password: str = "", file_password: str = "", public_url: str, by: Person
) -> Surroundings:
    """Make a sitting's configuration anew: machines that hold an older file are turned away from then on.

    Args:
        sitting: not opened yet.
        quit_password: with which an invigilator ends the browser; empty for none.
        file_password: is asked for when the file is opened; empty leaves it readable to whoever has it.
        public_url: address under which people reach the site.
        by: who arranges.

    Raises:
        Conflict: the sitting has been opened.
        Invalid: a password is too short, too long, or not of plain letters, digits and signs.
    """
    for password in (quit_password, file_password):
        _require_password(password)
    own = _locked_before_opening(sitting, by)
    _make(own, public_url, quit_password, file_password)
    _note(own, by)
    return own


def lift(sitting: Sitting, reason: str, *, by: Person) -> None:
    """Demand nothing more of the machines of a sitting that is under way: the way out when something fails.

    Raises:
        Invalid: no reason is given.
        Conflict: the sitting is not open, or demands nothing.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    hold_sitting(sitting)
    own = surroundings_of(sitting)
    if sitting.state != SittingState.OPEN:
        raise Conflict(_l("Demands are lifted only while the sitting is open; before, they are set."))
    if own is None or not (own.network_only or own.lockdown):
        raise Conflict(_l("This sitting demands nothing of its machines."))
    own.network_only = own.lockdown = False
    own.set_by_id, own.set_at = by.id, clock.now()
    note_change(sitting, "surroundings_lifted", by=by, reason=reason)
    ledger.append(
        "sitting.surroundings.lifted", by=by, side="exam", sitting=sitting.code, reason=reason.strip()
    )


def configuration_by_code(code: str) -> Surroundings | None:
    """Return what belongs to the address of a configuration, while the sitting still needs it."""
    own = db.session.scalar(select(Surroundings).where(Surroundings.code == code))
    if own is None or own.file is None or not own.lockdown:
        return None
    return own if own.sitting.state in (*BEFORE_OPENING, SittingState.OPEN) else None


def _locked_before_opening(sitting: Sitting, by: Person) -> Surroundings:
    hold_sitting(sitting)
    if sitting.state not in BEFORE_OPENING:
        raise Conflict(_l("The sitting has been opened; its surroundings can only be lifted."))
    own = surroundings_of(sitting)
    if own is None:
        own = Surroundings(sitting=sitting, browser_exam_keys=[], set_by_id=by.id)
        db.session.add(own)
    own.set_by_id, own.set_at = by.id, clock.now()
    return own


def _require_networks(sitting: Sitting) -> None:
    bare = _rooms_without_networks(sitting)
    if bare:
        raise Conflict(
            _(
                "No network is entered for: %(rooms)s. The site's manager enters it at the room.",
                rooms="、".join(bare),
            )
        )


def _rooms_without_networks(sitting: Sitting) -> list[str]:
    return [room.name for room in sitting.rooms if not room.exam_room.networks]


def _require_password(password: str) -> None:
    if password and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            _(
                "A password has %(least)s to %(most)s characters.",
                least=SHORTEST_PASSWORD,
                most=LONGEST_PASSWORD,
            )
        )
    if not (password.isascii() and password.isprintable()):
        raise Invalid(_("Use letters, digits and signs of the English keyboard in a password."))


def _make(own: Surroundings, public_url: str, quit_password: str, file_password: str) -> None:
    settings = exam_settings(public_url, quit_password)
    own.config_key = config_key(settings)
    own.file = pack(settings, file_password)
    own.public_url = public_address(public_url)
    own.has_quit_password, own.is_encrypted = bool(quit_password), bool(file_password)
    own.made_at = clock.now()


def _note(own: Surroundings, by: Person) -> None:
    db.session.flush()
    sitting = own.sitting
    note_change(sitting, "surroundings_set", by=by)
    # The key itself would let a reader of the ledger pretend; its hash proves later which one it was.
    ledger.append(
        "sitting.surroundings.set",
        by=by,
        side="exam",
        sitting=sitting.code,
        network_only=own.network_only,
        lockdown=own.lockdown,
        browser_keys=len(own.browser_exam_keys),
        configuration=own.config_key and hashlib.sha256(own.config_key.encode()).hexdigest(),
    )


def _can_be_met(sitting: Sitting) -> Iterable[Obstacle]:
    own = surroundings_of(sitting)
    if own is None:
        return
    bare = _rooms_without_networks(sitting) if own.network_only else []
    if bare:
        rooms = "、".join(bare)
        yield Obstacle(
            _("Only the room's network is allowed, and none is entered for: %(rooms)s", rooms=rooms)
        )
    if own.lockdown and own.public_url != public_address(current_app.config["SETTINGS"].public_url):
        yield Obstacle(
            _l("The configuration of the locked browser leads to another address; make a new file.")
        )


opening_checks.append(_can_be_met)
