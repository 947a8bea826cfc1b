"""The hash chain of a journal: each acknowledged answer carries its link, so none is changed unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

Answer = str | list[str] | None

LONGEST_JOURNAL = 20_000
LONGEST_ANSWER = 2_000
MOST_ENTRIES = 40
_DAY_MS = 86_400_000


class How(StrEnum):
    """How a response came about; one without pointer, touch or key is what remote control looks like.

    No machine can say ``PAPER``: two people read the answer off a sheet.
    """

    POINTER = "pointer"
    TOUCH = "touch"
    KEY = "key"
    NONE = "none"
    PAPER = "paper"


@dataclass(frozen=True)
class Change:
    """One change as the candidate's page sends it.

    Args:
        sequence: running number of the change in this attempt, from 1.
        position: which question, as shown.
        response: the answer in the letters shown, or None when taken back.
        flagged: whether the candidate marked the question to look at it again.
        how: what entered it.
        shown_ms: how long the question had been on the screen.
    """

    sequence: int
    position: int
    response: Answer
    flagged: bool
    how: How
    shown_ms: int

    def facts(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return {
            "sequence": self.sequence,
            "position": self.position,
            "response": self.response,
            "flagged": self.flagged,
            "how": self.how.value,
            "shown_ms": self.shown_ms,
        }


_FIELDS = frozenset(Change.__dataclass_fields__)
_TRUTH = {True: "true", False: "false"}
_HOW = {how.value: how for how in How if how is not How.PAPER}


def read_change(data: object) -> Change:
    """Read one change from JSON.

    Raises:
        Invalid: a field is missing, unknown, or of another kind; nobody adds fields that were not offered.
    """
    if not isinstance(data, dict) or data.keys() != _FIELDS:
        raise Invalid(_l("A change has exactly the fields of the journal."))
    how = _HOW.get(data["how"]) if isinstance(data["how"], str) else None
    if how is None or not isinstance(data["flagged"], bool):
        raise Invalid(_l("A change has exactly the fields of the journal."))
    return Change(
        sequence=_whole(data["sequence"], 1, LONGEST_JOURNAL),
        position=_whole(data["position"], 1, 1000),
        response=_answer(data["response"]),
        flagged=data["flagged"],
        how=how,
        shown_ms=_whole(data["shown_ms"], 0, _DAY_MS),
    )


def _whole(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid(_l("A number of the change is out of range."))
    return value


def _answer(value: object) -> Answer:
    if value is None:
        return None
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ANSWER and _is_whole(value):
        return value
    if isinstance(value, list) and 0 < len(value) <= MOST_ENTRIES:
        texts = [each for each in value if isinstance(each, str) and _is_whole(each) and "\n" not in each]
        if len(texts) == len(value) and sum(map(len, texts)) <= LONGEST_ANSWER:
            return texts
    raise Invalid(_l("The answer has a form that this question does not know."))


def _is_whole(text: str) -> bool:
    """Tell whether a text can be written down and hashed: it holds no half of a character and no control.

    That a single text has several lines is for its type of question to allow.
    """
    return text.isprintable() or not any(
        "\ud800" <= each <= "\udfff" or (each < " " and each != "\n") for each in text
    )


def hash_token(token: str) -> str:
    """Return the hash under which a machine's token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def first_link(attempt_code: str, sitting_code: str, paper_code: str, form: str) -> str:
    """Return the link before the first answer: it binds the journal to attempt, paper and form."""
    return _hash({"attempt": attempt_code, "sitting": sitting_code, "paper": paper_code, "form": form})


def next_link(previous: str, change: Change, received_at: datetime, **remarks: Any) -> str:
    """Return the link that an answer adds to the chain.

    Args:
        previous: the link before it.
        change: the answer.
        received_at: when it arrived.
        remarks: what else the row says, where it says more.
    """
    if remarks:
        facts = {"previous": previous, "received_at": received_at.isoformat()} | change.facts()
        return _hash(facts | remarks)
    # The same canonical text, written straight down: it is made for every answer.
    written = (
        f'{{"flagged":{_TRUTH[change.flagged]},"how":"{change.how.value}","position":{change.position},'
        f'"previous":"{previous}","received_at":"{received_at.isoformat()}",'
        f'"response":{written_response(change.response)},"sequence":{change.sequence},'
        f'"shown_ms":{change.shown_ms}}}'
    )
    return hashlib.sha256(written.encode()).hexdigest()


def written_response(response: Answer) -> str:
    """Return an answer as it stands in the journal: compact JSON."""
    if response is None:
        return "null"
    if isinstance(response, str) and response.isascii() and response.isalnum():
        return f'"{response}"'
    return json.dumps(response, separators=(",", ":"), ensure_ascii=False)


def seal_of(attempt_code: str, entries: int, head: str, ended_at: datetime, ending: str) -> str:
    """Return the hash that seals a journal at hand-in: what the ledger and the receipt hold."""
    facts = {"attempt": attempt_code, "entries": entries, "head": head}
    return _hash(facts | {"ended_at": ended_at.isoformat(), "ending": ending})


Kept = tuple[Change, datetime, str, dict[str, Any]]
"""A row of a journal as it is stored: change, time of arrival, link, remarks."""


def last_link(first: str, rows: Iterable[Kept], above: int = 0) -> str | None:
    """Recompute a chain from its first link.

    Args:
        first: as ``first_link`` gives it, or the head on which a late journal rests.
        rows: change, time of arrival, stored link and remarks, in the order of the sequence.
        above: the number before the first row's.

    Returns:
        The last link, or None where a stored link, a number or the order does not fit.
    """
    link = first
    for number, (change, received_at, stored, remarks) in enumerate(rows, start=above + 1):
        link = next_link(link, change, received_at, **remarks)
        if change.sequence != number or stored != link:
            return None
    return link


def _hash(facts: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of facts.

    For texts, whole numbers, truth and lists under plain names this is the form of RFC 8785, made by the
    interpreter's own writer in a tenth of the time; a test compares the two.
    """
    written = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
