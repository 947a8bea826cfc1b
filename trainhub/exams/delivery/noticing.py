"""What a candidate's page noticed: read strictly, kept once, shown at the desk, never acting."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from trainhub.exams.delivery.forgetting import forgetting
from trainhub.exams.delivery.holding import rounds_of
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

PACKET = 50
MOST_EVENTS = 2_000
"""Of what pages tell. Answers that could not be taken have a bound of their own: neither hides the other."""
MOST_REFUSED = 400
LARGEST_REFUSED = 160_000
"""Bytes that answers that could not be taken may fill, for an attempt; of later ones their digest is kept."""
AT_A_TIME = 5_000
LONGEST_AGO_MS = 86_400_000
LARGEST_NUMBER = 2**52 - 1
"""Of a page: its numbers are moments in milliseconds. Those above are of what the server noticed itself."""
LARGEST_DETAIL = 10_000_000
LONGEST_SAID = 4_000
"""Signs: the longest answer that a question takes, and what is sent around it."""


class EventKind(StrEnum):
    """What a page can notice."""

    MACHINE = "machine"
    FOCUS_LOST = "focus_lost"
    FOCUS_BACK = "focus_back"
    HIDDEN = "hidden"
    SHOWN = "shown"
    FULL_SCREEN_LEFT = "full_screen_left"
    FULL_SCREEN = "full_screen"
    WINDOWED = "windowed"
    COPY = "copy"
    CUT = "cut"
    PASTE = "paste"
    DROP = "drop"
    CONTEXT_MENU = "context_menu"
    PRINT = "print"
    SECOND_SCREEN = "second_screen"
    MOVED_OFF = "moved_off"
    RESIZED = "resized"
    UNTRUSTED = "untrusted"
    ASSISTED = "assisted"
    NO_CAMERA = "no_camera"
    PHOTO_MISSED = "photo_missed"
    ANSWER_REFUSED = "answer_refused"

    @property
    def label(self) -> Any:
        """The event in the reader's language."""
        return LABELS[self.value]


LABELS = {
    "machine": _l("The page was opened at a machine"),
    "focus_lost": _l("Another window came to the front"),
    "focus_back": _l("Back in the exam"),
    "hidden": _l("The exam was not on the screen"),
    "shown": _l("The exam is on the screen again"),
    "full_screen_left": _l("Left the full screen"),
    "full_screen": _l("Full screen"),
    "windowed": _l("The page was opened in a window, not in full screen"),
    "copy": _l("Copied"),
    "cut": _l("Cut"),
    "paste": _l("Pasted"),
    "drop": _l("Dropped something on the page"),
    "context_menu": _l("Opened the context menu"),
    "print": _l("Printed, or took a picture of the screen"),
    "second_screen": _l("A second screen is connected"),
    "moved_off": _l("The window stands outside the screen"),
    "resized": _l("The window became much smaller"),
    "untrusted": _l("A program pressed on an answer"),
    "assisted": _l("Pressed without mouse or key, as assistive technology does"),
    "no_camera": _l("No camera, or the candidate did not agree"),
    "photo_missed": _l("A photograph could not be taken"),
    "answer_refused": _l("An answer could not be taken and was set aside"),
}

DETAIL = frozenset({"ms", "count", "position", "width", "height", "touch", "screens"})
"""What an event may tell, each a whole number: no text of the candidate's machine ever gets here."""


@dataclass(frozen=True)
class Noticed:
    """One event as the candidate's page sends it.

    Args:
        number: the page's own number of it, unique within the attempt.
        kind: what was noticed.
        ago_ms: how long ago, when it was sent.
        detail: a few whole numbers.
    """

    number: int
    kind: EventKind
    ago_ms: int
    detail: dict[str, Any]


def refused_answer(change: object) -> Noticed:
    """Return what is kept of a change that could not be taken: what it said, as it can be read and kept.

    Written as numbers are only halves of characters, which no text holds, and controls. The same change sent
    again has the same number, whatever place in the journal it is sent for, so it is kept once.

    Args:
        change: as it was sent.
    """
    said = _written(change)
    facts = (
        {name: change[name] for name in change if name != "sequence"} if isinstance(change, dict) else change
    )
    digest = hashlib.sha256(_written(facts).encode())
    number = 1 + LARGEST_NUMBER + int.from_bytes(digest.digest()[:6], "big")
    detail: dict[str, Any] = {"said": said[:LONGEST_SAID], "count": len(said), "sha256": digest.hexdigest()}
    position = change.get("position") if isinstance(change, dict) else None
    if isinstance(position, int) and 0 < position <= LARGEST_DETAIL:
        detail["position"] = int(position)
    return Noticed(number, EventKind.ANSWER_REFUSED, 0, detail)


def _written(change: object) -> str:
    written = json.dumps(change, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode("utf-8", "backslashreplace").decode()


def size_of(detail: dict[str, Any]) -> int:
    """Return how many bytes the detail of an event fills where it is kept."""
    return len(json.dumps(detail))


def read_noticed(data: object) -> list[Noticed]:
    """Read a packet of events from JSON.

    Raises:
        Invalid: a field is missing, unknown, or of another kind, or there are too many.
    """
    events = data.get("events") if isinstance(data, dict) and data.keys() == {"events"} else None
    if not isinstance(events, list) or len(events) > PACKET:
        raise Invalid(_l("A packet has a list of events and nothing else."))
    return [_read(each) for each in events]


def _read(data: object) -> Noticed:
    if not isinstance(data, dict) or data.keys() != {"number", "kind", "ago_ms", "detail"}:
        raise Invalid(_l("An event has exactly number, kind, time and detail."))
    kind, detail = data["kind"], data["detail"]
    if not isinstance(kind, str) or kind not in _TOLD_BY_PAGES:
        raise Invalid(_l("There is no such kind of event."))
    if not isinstance(detail, dict) or not detail.keys() <= DETAIL:
        raise Invalid(_l("The detail of an event is a few whole numbers."))
    return Noticed(
        number=_whole(data["number"], 1, LARGEST_NUMBER),
        kind=EventKind(kind),
        ago_ms=_whole(data["ago_ms"], 0, LONGEST_AGO_MS),
        detail={name: _whole(value, 0, LARGEST_DETAIL) for name, value in detail.items()},
    )


_TOLD_BY_PAGES = frozenset(EventKind) - {EventKind.ANSWER_REFUSED}


def _whole(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid(_l("The detail of an event is a few whole numbers."))
    return value


FORGETTING = forgetting("events deleted by rule", WatchEvent, WatchEvent.received_at, "events.deleted")


def events_of(attempt: Attempt) -> list[WatchEvent]:
    """Return what an attempt's page noticed, in the candidate's rounds before it too, the newest first."""
    wanted = select(WatchEvent).where(WatchEvent.attempt_id.in_(rounds_of(attempt)))
    return list(db.session.scalars(wanted.order_by(WatchEvent.at.desc(), WatchEvent.id.desc())))
