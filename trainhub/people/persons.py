"""Finding and recording persons by their ID number; their own telephone number and mail address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from trainhub import ledger
from trainhub.kernel import cipher, clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.keys import key
from trainhub.people.id_numbers import parse_id_number
from trainhub.people.models import Person

_PHONE = re.compile(r"1[3-9][0-9]{9}")
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST_MAIL = 254


def record_person(name: str, id_number: str | None = None, *, by: Person | None) -> Person:
    """Return the person with an ID number, recording them if they are new.

    Args:
        name: as on the ID card.
        id_number: 18 characters; None for staff whose number is not held.
        by: who records.

    Raises:
        Invalid: the name is empty, the number is wrong, or it is on record under another name.
    """
    name = clean_name(name)
    if id_number is None:
        return _add(Person(id=random_id(), name=name), by)
    number = parse_id_number(id_number)
    lock("person", hash_id_number(number))
    known = person_by_id_number(number)
    if known is None:
        person = Person(id=random_id(), name=name)
        _seal_id_number(person, number)
        return _add(person, by)
    if known.name != name:
        raise Invalid(
            _("This ID number is on record under another name. Check both against the ID card."),
            about="id_number",
        )
    return known


def record_persons(told: Sequence[tuple[str, str]], *, by: Person | None) -> list[Person]:
    """Return the persons with some ID numbers, as ``record_person`` does for one; read and written together.

    Args:
        told: names and numbers.
        by: who records.

    Raises:
        Invalid: a name is empty, a number is wrong, or it is on record under another name.
    """
    named = [(clean_name(name), parse_id_number(number)) for name, number in told]
    hashes = {number: hash_id_number(number) for _name, number in named}
    for each in sorted(set(hashes.values())):
        lock("person", each)
    known = _persons_by_hash(sorted(set(hashes.values())))
    fresh = []
    for name, number in named:
        person = known.get(hashes[number])
        if person is None:
            person = known[hashes[number]] = Person(id=random_id(), name=name)
            _seal_id_number(person, number)
            fresh.append(person)
        elif person.name != name:
            raise Invalid(
                _("This ID number is on record under another name. Check both against the ID card."),
                about="id_number",
            )
    db.session.add_all(fresh)
    db.session.flush()
    for person in fresh:
        ledger.append("person.recorded", by=by, side="core", person=person.id)
    return [known[hashes[number]] for _name, number in named]


def _persons_by_hash(hashes: Sequence[str]) -> dict[str | None, Person]:
    found: dict[str | None, Person] = {}
    for start in range(0, len(hashes), 500):
        wanted = select(Person).where(Person.id_number_hash.in_(hashes[start : start + 500]))
        found |= {person.id_number_hash: person for person in db.session.scalars(wanted)}
    return found


def _seal_id_number(person: Person, number: str) -> None:
    person.id_number_hash = hash_id_number(number)
    person.id_number_sealed = cipher.encrypt(key("people"), number.encode(), f"id-number:{person.id}")


def give_id_number(person: Person, id_number: str, *, by: Person) -> Person:
    """Record the ID number of somebody who was recorded without one.

    Returns:
        The person themself; or another record, under which the number stands already, and nothing is
            changed: two records of one human being.

    Raises:
        Invalid: the number is wrong.
        Conflict: another number is on record for this person.
    """
    number = parse_id_number(id_number)
    lock("person", hash_id_number(number))
    known = person_by_id_number(number)
    if known is not None:
        return known
    if person.id_number_hash is not None:
        raise Conflict(
            _("Another ID number is on record for this person: two numbers are two people."),
            about="id_number",
        )
    _seal_id_number(person, number)
    ledger.append("person.id_number.given", by=by, side="core", person=person.id)
    return person


def rename_person(person: Person, name: str, *, by: Person) -> None:
    """Give a person the name that they have now; names never stand in the ledger, old ones nowhere.

    What was issued under the old name keeps it: a certificate holds its own text.

    Raises:
        Invalid: the name is empty, too long or holds control characters.
    """
    name = clean_name(name)
    if name == person.name:
        return
    person.name = name
    ledger.append("person.renamed", by=by, side="core", person=person.id)


def clean_name(name: str) -> str:
    """Return a name without stray blanks; Chinese names hold none.

    Raises:
        Invalid: it is empty, too long or holds control characters.
    """
    cleaned = " ".join(name.split())
    if re.search(r"[\u3400-\u9fff]", cleaned):
        cleaned = cleaned.replace(" ", "")
    if not cleaned or len(cleaned) > 60 or not cleaned.isprintable():
        raise Invalid(_("A name has 1 to 60 printable characters."), about="name")
    return cleaned


def _add(person: Person, by: Person | None) -> Person:
    db.session.add(person)
    db.session.flush()
    ledger.append("person.recorded", by=by, side="core", person=person.id)
    return person


def hash_id_number(number: str) -> str:
    """Return the keyed hash by which an ID number is found."""
    return cipher.keyed_hash(key("people-index"), "id-number:" + number)


def person_by_id_number(number: str) -> Person | None:
    """Return the person with an ID number in its written form, or None."""
    return db.session.scalar(select(Person).where(Person.id_number_hash == hash_id_number(number)))


def get_person(person_id: str) -> Person:
    """Return a person by id.

    Raises:
        NotFound: nobody has it.
    """
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound(_l("There is no such person."))
    return person


def persons_among(person_ids: Iterable[str | None]) -> dict[str, Person]:
    """Return persons by their ids; an id that is empty or nobody's is left out."""
    wanted = select(Person).where(Person.id.in_(sorted({each for each in person_ids if each})))
    return {person.id: person for person in db.session.scalars(wanted)}


def names_of(person_ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of persons by their ids."""
    return {person_id: person.name for person_id, person in persons_among(person_ids).items()}


def id_number_of(person: Person) -> str | None:
    """Return a person's ID number in clear; for checks and documents that the law has it on."""
    if person.id_number_sealed is None:
        return None
    return cipher.decrypt(key("people"), person.id_number_sealed, f"id-number:{person.id}").decode()


def parse_phone(text: str) -> str:
    """Return a mobile number of mainland China in its one written form.

    Raises:
        Invalid: it is none.
    """
    digits = re.sub(r"[\s\-]", "", text).removeprefix("+86")
    if not _PHONE.fullmatch(digits):
        raise Invalid(_("A mobile number has 11 digits and begins with 13 to 19."), about="phone")
    return digits


def give_phone(person: Person, phone: str) -> None:
    """Keep the number that a person gives as their own.

    Raises:
        Invalid: it is no mobile number.
    """
    digits = parse_phone(phone)
    person.phone_sealed = cipher.encrypt(key("people"), digits.encode(), f"phone:{person.id}")
    person.phone_given_at = clock.now()
    ledger.append("person.phone.given", by=person, side="core", person=person.id)


def phone_of(person: Person) -> str | None:
    """Return the number that a person gave, in clear, or None."""
    if person.phone_sealed is None:
        return None
    return cipher.decrypt(key("people"), person.phone_sealed, f"phone:{person.id}").decode()


def parse_mail(text: str) -> str:
    """Return a mail address without blanks around it.

    Raises:
        Invalid: it is none (RFC 5321: at most 254 characters).
    """
    address = text.strip()
    if len(address) > LONGEST_MAIL or not _MAIL.fullmatch(address):
        raise Invalid(_("This is no mail address. It looks like name@example.cn."), about="mail")
    return address


def give_mail(person: Person, mail: str) -> None:
    """Keep the mail address that a person gives as their own.

    Raises:
        Invalid: it is no mail address.
    """
    address = parse_mail(mail)
    person.mail_sealed = cipher.encrypt(key("people"), address.encode(), f"mail:{person.id}")
    ledger.append("person.mail.given", by=person, side="core", person=person.id)


def mail_of(person: Person) -> str | None:
    """Return the mail address that a person gave, in clear, or None."""
    if person.mail_sealed is None:
        return None
    return cipher.decrypt(key("people"), person.mail_sealed, f"mail:{person.id}").decode()
