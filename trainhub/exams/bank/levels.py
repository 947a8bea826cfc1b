"""Cognitive levels of items: what a question asks of the mind, by which a blueprint counts."""

from __future__ import annotations

from enum import StrEnum

from trainhub.kernel.i18n import _l


class CognitiveLevel(StrEnum):
    """What a question asks for (认知层次): to know again, to understand, to apply."""

    REMEMBER = "remember"
    UNDERSTAND = "understand"
    APPLY = "apply"


LEVEL_LABELS = {
    CognitiveLevel.REMEMBER: _l("Remember"),
    CognitiveLevel.UNDERSTAND: _l("Understand"),
    CognitiveLevel.APPLY: _l("Apply"),
}
DIFFICULTY_LABELS = {1: _l("easy"), 2: _l("middling"), 3: _l("hard")}
"""How hard authors think a question, before anybody has sat it."""
_WORDS = {
    CognitiveLevel.REMEMBER: ("识记", "记忆", "了解", "remember"),
    CognitiveLevel.UNDERSTAND: ("理解", "熟悉", "understand"),
    CognitiveLevel.APPLY: ("应用", "运用", "掌握", "apply"),
}


def level_named(text: str) -> CognitiveLevel | None:
    """Return the level that a word of a file names, or None."""
    word = text.strip().lower()
    return next((level for level, words in _WORDS.items() if word in words), None)
