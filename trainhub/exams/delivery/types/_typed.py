"""What types with typed answers share: texts of a length, without characters that nobody can see."""

from __future__ import annotations

import re

from trainhub.exams.delivery.types._lettered import wrong_form

LONGEST_TEXT = 100
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Controls, marks of direction, joiners, halves of characters; the page takes them out beforehand."""


def require_text(text: str, longest: int = LONGEST_TEXT) -> None:
    """Raise Invalid unless a typed text is short enough and holds only what can be seen."""
    if len(text) > longest or UNSEEN.search(text):
        raise wrong_form()
