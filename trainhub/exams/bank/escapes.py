"""Signs that divide answers, where an answer holds one itself: it is written with a backslash before it."""

from __future__ import annotations

import re

_HIDDEN = 0xE100
"""Where hidden signs lie: in a range of Unicode that no text of an item may use."""


def hide(text: str, signs: str) -> str:
    r"""Return a text in which escaped signs are hidden, so that those left divide; ``\\`` is ``\``."""
    known = signs + "\\"
    return re.sub(rf"\\([{re.escape(known)}])", lambda found: chr(_HIDDEN + known.index(found[1])), text)


def show(text: str, signs: str) -> str:
    """Return a text with its hidden signs as they were meant."""
    known = signs + "\\"
    return "".join(
        known[ord(each) - _HIDDEN] if 0 <= ord(each) - _HIDDEN < len(known) else each for each in text
    )


def escape(text: str, signs: str) -> str:
    """Return a text that ``hide`` and ``show`` turn back into what it was."""
    return re.sub(rf"[{re.escape(signs)}\\]", lambda found: f"\\{found[0]}", text)
