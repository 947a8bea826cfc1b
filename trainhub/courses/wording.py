"""What the pages say: why a beat counted or not, states, in the reader's language."""

from __future__ import annotations

from typing import Any

from trainhub.courses.hours import Reason
from trainhub.courses.models import FilmState, SyllabusState
from trainhub.kernel.i18n import _l

REASONS: dict[Reason, Any] = {
    Reason.COUNTED: _l("This time counts."),
    Reason.NOTHING_NEW: _l("You have seen this before; it counts once."),
    Reason.SILENCE: _l("The connection was quiet for a while. What ran meanwhile does not count."),
    Reason.JUMPED: _l("The film jumped or ran faster than the clock. What was skipped does not count."),
    Reason.NOT_FETCHED: _l("These parts of the film did not reach you in this viewing. They do not count."),
    Reason.REPLAYED: _l("This message had been sent before. It does not count."),
    Reason.TAKEN_OVER: _l("You went on in another window or on another device. Only there the time counts."),
    Reason.EXPIRED: _l("This viewing has been quiet for too long. Begin again to let the time count."),
    Reason.DAY_FULL: _l("Today's hours are full. Go on tomorrow; what you have done is kept."),
    Reason.CONFIRM: _l("Please confirm that you are still here. Until then the time does not count."),
    Reason.COMPLETE: _l("All of it counts. You are through with this lesson."),
}

SYLLABUS_STATES: dict[str, tuple[Any, str]] = {
    SyllabusState.DRAFT: (_l("draft"), "warn"),
    SyllabusState.PUBLISHED: (_l("published"), "good"),
    SyllabusState.SUPERSEDED: (_l("superseded"), "neutral"),
}

FILM_STATES: dict[str, tuple[Any, str]] = {
    FilmState.INDEXING: (_l("being looked into"), "info"),
    FilmState.READY: (_l("ready"), "good"),
    FilmState.REFUSED: (_l("not accepted"), "bad"),
}
