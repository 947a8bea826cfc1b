"""The words of a search in an address that tells nobody what they are: they may be those of a live item."""

from __future__ import annotations

import base64
import binascii

from trainhub.exams.bank.models import Bank
from trainhub.exams.bank.vault import seal, unseal
from trainhub.kernel.cipher import Undecipherable
from trainhub.people.models import Person


def sealed_words(bank: Bank, words: str, *, by: Person) -> str:
    """Return words sealed with the key of a bank, for an address; only the person who searches can use it."""
    return base64.urlsafe_b64encode(seal(bank, words.encode(), _context(by))).decode().rstrip("=")


def searched_words(bank: Bank, sealed: str, *, by: Person) -> str | None:
    """Return the words of an address; None if they are not this person's, or the bank's key was replaced."""
    try:
        content = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
        return unseal(bank, content, _context(by)).decode()
    except (binascii.Error, ValueError, Undecipherable):
        return None


def _context(person: Person) -> str:
    return f"search:{person.id}"
