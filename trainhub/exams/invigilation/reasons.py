"""Why something is done at the desk: a short list, and words of one's own."""

from __future__ import annotations

from typing import Any

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l, for_any_reader

OTHER = "other"
WHY: dict[str, Any] = {
    "machine": _l("The machine fails"),
    "network": _l("The network fails"),
    "power": _l("The power fails"),
    "disturbance": _l("The candidate was disturbed"),
    "health": _l("The candidate is not well"),
    OTHER: _l("Another reason"),
}
"""What is tapped rather than typed while a room waits."""

DISASTERS: dict[str, Any] = {
    "power": _l("The power fails"),
    "fire": _l("Fire, or a fire alarm"),
    "network": _l("The network fails"),
    "order": _l("By order of the exam centre"),
    OTHER: _l("Another reason"),
}
"""Why a sitting breaks off."""

SHORTEST = 4


def reason_of(why: str, text: str) -> str:
    """Return the reason as it is kept for any reader: from the list, in own words, or both.

    Raises:
        Invalid: another reason without words for it.
    """
    words = text.strip()
    known = WHY | DISASTERS
    if why == OTHER or why not in known:
        if len(words) < SHORTEST:
            raise Invalid(_l("Say why in a few words."))
        return words
    with for_any_reader():
        return _("%(reason)s: %(words)s", reason=known[why], words=words) if words else str(known[why])
