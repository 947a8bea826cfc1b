"""Telling people: one interface, a carrier behind it; always to what the person gave themself.

A message for somebody who gave neither number nor mail address waits until they do. Texts carry no secrets.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Select, select

from trainhub import ledger
from trainhub.kernel import cipher, clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import DEFAULT, as_read, in_language
from trainhub.kernel.keys import key
from trainhub.kernel.logs import log
from trainhub.people.models import Message, MessageState, Person
from trainhub.people.persons import mail_of, phone_of


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
    message = Message(
        person_id=person.id, side=side, subject=subject, text_sealed=b"", state=MessageState.WAITING
    )
    if person.phone_sealed is None and person.mail_sealed is None:
        message.state = MessageState.NO_ADDRESS
    message.text_sealed = cipher.encrypt(key("people"), text.encode(), f"message:{person.id}")
    db.session.add(message)
    ledger.append("message.queued", by=None, side=side, person=person.id, subject=subject)
    return message


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


def send_waiting(limit: int = 500) -> int:
    """Hand waiting messages to the carrier; what it cannot take now is tried again next time.

    Returns:
        How many were sent.
    """
    for message in db.session.scalars(_addressed().limit(limit)):
        message.state = MessageState.WAITING
    db.session.flush()
    statement = (
        select(Message)
        .where(Message.state == MessageState.WAITING)
        .order_by(Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    way, sent = carrier(), 0
    for message in db.session.scalars(statement).all():
        try:
            message.state = _send(message, way)
        except OSError as problem:
            log().warning("carrier does not answer", error=type(problem).__name__)
            break
        if message.state == MessageState.SENT:
            message.sent_at = clock.now()
            sent += 1
    return sent


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
