"""Telling people: one interface, a carrier behind it; always to what the person gave themself.

A message for somebody who gave neither number nor mail address waits until they do. Texts carry no secrets.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Select, insert, or_, select, update

from trainhub import ledger
from trainhub.kernel import cipher, clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import DEFAULT, as_read, in_language
from trainhub.kernel.keys import key
from trainhub.kernel.logs import log
from trainhub.kernel.many import among
from trainhub.people.models import Message, MessageState, Person
from trainhub.people.persons import mail_of, phone_of

SENT_FOR_S = 1.0
"""How long a round hands messages over, so that few come twice where the process is killed in it."""


class Channel(StrEnum):
    """How a message travels (渠道)."""

    TEXT = "text"
    MAIL = "mail"


class Undeliverable(ValueError):
    """The carrier will never take this message: the address does not exist."""


class Carrier(Protocol):
    """What brings a message to a telephone or a mailbox (短信、邮件通道)."""

    def send(self, channel: Channel, to: str, text: str) -> None:
        """Send a message.

        Args:
            channel: text message or mail.
            to: mobile number or mail address.
            text: the words.

        Raises:
            OSError: it cannot be taken now; it is tried again.
            Undeliverable: it can never be taken.
        """


class LocalCarrier:
    """A carrier for one machine: each message is a line in a file that only the operator reads.

    Args:
        folder: where the file ``outbox.jsonl`` grows.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "outbox.jsonl"

    def send(self, channel: Channel, to: str, text: str) -> None:
        """Append the message; it is on disk when this returns."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        said = {"at": clock.now().isoformat(), "channel": channel, "to": to, "text": text}
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def carrier() -> Carrier:
    """Return the carrier of the running application."""
    given: Carrier | None = current_app.extensions.get("carrier")
    return given or LocalCarrier(current_app.config["SETTINGS"].instance / "outbox")


def tell(person: Person, subject: str, text: str, side: str = "exam") -> Message:
    """Queue a message to a person; it leaves with the next ``send_waiting``.

    Args:
        person: whom.
        subject: what it is about, such as ``sitting.registered``: no personal data.
        text: the words, kept for any reader (``for_any_reader``), without secrets; they travel in Chinese.
        side: who tells; the other side does not read it, nor that there is one.
    """
    message = Message(**_waiting(person, subject, text, side))
    db.session.add(message)
    ledger.append("message.queued", by=None, side=side, person=person.id, subject=subject)
    return message


def tell_all(told: Sequence[tuple[Person, str]], subject: str, side: str = "exam") -> None:
    """Queue a message to each of many people, as ``tell`` does for one; written together.

    Args:
        told: whom, and the words.
        subject: what all of them are about.
        side: who tells.
    """
    if not told:
        return
    db.session.flush()
    db.session.execute(insert(Message), [_waiting(person, subject, text, side) for person, text in told])
    drafts: list[tuple[str, str | None, dict[str, Any]]] = [
        ("message.queued", None, {"person": person.id, "subject": subject}) for person, _text in told
    ]
    ledger.append_all(db.session.connection(), drafts, side=side)


def _waiting(person: Person, subject: str, text: str, side: str) -> dict[str, Any]:
    has_address = person.phone_sealed is not None or person.mail_sealed is not None
    return {
        "person_id": person.id,
        "side": side,
        "subject": subject,
        "text_sealed": cipher.encrypt(key("people"), text.encode(), f"message:{person.id}"),
        "state": MessageState.WAITING if has_address else MessageState.NO_ADDRESS,
        "created_at": clock.now(),
    }


def release(person: Person) -> int:
    """Let a person's messages go that waited for a number; returns how many."""
    statement = select(Message).where(
        Message.person_id == person.id, Message.state == MessageState.NO_ADDRESS
    )
    waiting = db.session.scalars(statement).all()
    for message in waiting:
        message.state = MessageState.WAITING
    return len(waiting)


def is_any_waiting() -> bool:
    """Tell whether a message of this process's side can be handed to the carrier."""
    waiting = select(Message.id).where(Message.state == MessageState.WAITING).limit(1)
    return db.session.scalar(waiting) is not None or db.session.scalar(_addressed().limit(1)) is not None


def _addressed() -> Select[Any]:
    """Return the query for messages without an address whose person has given one meanwhile.

    The number may have been given on the other side, which does not see these messages.
    """
    given = Person.phone_sealed.is_not(None) | Person.mail_sealed.is_not(None)
    statement = select(Message).join(Person, Person.id == Message.person_id)
    return statement.where(Message.state == MessageState.NO_ADDRESS, given)


def hand_to_carrier(limit: int = 500) -> dict[int, MessageState]:
    """Hand waiting messages to the carrier, for a second at most; what it cannot take now comes next time.

    It only reads: whoever writes does not wait for a carrier. Who is killed before ``note_sent`` comes with
    these messages once more.

    Args:
        limit: so many at most.

    Returns:
        What became of each, by number.
    """
    due = or_(
        Message.state == MessageState.WAITING, Message.id.in_(_addressed().with_only_columns(Message.id))
    )
    statement = select(Message).where(due).order_by(Message.id).limit(limit)
    way, until = carrier(), time.monotonic() + SENT_FOR_S
    became: dict[int, MessageState] = {}
    for message in db.session.scalars(statement).all():
        if became and time.monotonic() > until:
            break
        try:
            became[message.id] = _send(message, way)
        except OSError as problem:
            log().warning("carrier does not answer", error=type(problem).__name__)
            break
    return became


def note_sent(became: Mapping[int, MessageState]) -> int:
    """Note what became of messages that were handed to the carrier; returns how many were sent."""
    for state in set(became.values()):
        numbers = [number for number, each in became.items() if each == state]
        sent_at = clock.now() if state == MessageState.SENT else None
        db.session.execute(
            update(Message).where(among(Message.id, numbers)).values(state=state, sent_at=sent_at)
        )
    return sum(state == MessageState.SENT for state in became.values())


def send_waiting(limit: int = 500) -> int:
    """Hand waiting messages to the carrier and note it; returns how many were sent."""
    return note_sent(hand_to_carrier(limit))


def _send(message: Message, way: Carrier) -> MessageState:
    """Send one message: as a text to the person's number, or as mail if they gave only an address."""
    person = db.session.get_one(Person, message.person_id)
    phone, mail = phone_of(person), mail_of(person)
    if phone is None and mail is None:
        return MessageState.NO_ADDRESS
    # Nobody has said in which language a telephone reads: outside of the pages the house speaks Chinese.
    with in_language(DEFAULT):
        text = _text_of(message)
    try:
        if phone is not None:
            way.send(Channel.TEXT, phone, text)
        elif mail is not None:
            way.send(Channel.MAIL, mail, text)
    except Undeliverable:
        return MessageState.FAILED
    return MessageState.SENT


def waiting_for_number(person_ids: Iterable[str]) -> set[str]:
    """Return those of some persons whose messages wait because they gave no number of their own."""
    statement = select(Message.person_id).where(
        Message.person_id.in_(list(person_ids)), Message.state == MessageState.NO_ADDRESS
    )
    return set(db.session.scalars(statement))


def own_messages(person: Person, limit: int = 50) -> list[tuple[Message, str]]:
    """Return a person's newest messages with their texts, for the person's own page."""
    statement = select(Message).where(Message.person_id == person.id).order_by(Message.id.desc()).limit(limit)
    return [(message, _text_of(message)) for message in db.session.scalars(statement)]


def _text_of(message: Message) -> str:
    """Return the words of a message in the reader's language."""
    sealed_for = f"message:{message.person_id}"
    return as_read(cipher.decrypt(key("people"), message.text_sealed, sealed_for).decode())
