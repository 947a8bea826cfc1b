"""The opened paper of a sitting: deciphered once per process, shown to each candidate in their own order."""

from __future__ import annotations

import threading
from typing import Any

from flask import current_app

from trainhub.exams.delivery.form import LETTERS, read_form
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.papers.sealing import open_paper
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l

_opening = threading.Lock()


def paper_of(sitting: Sitting) -> Any:
    """Return the opened paper of a sitting; the opening itself is recorded and refused before its time.

    Raises:
        Conflict: the sitting has no paper.
    """
    if sitting.paper_code is None:
        raise Conflict(_l("This sitting has no paper."))
    opened: dict[tuple[str, str], Any] = current_app.extensions.setdefault("opened-papers", {})
    key = (sitting.paper_code, sitting.code)
    with _opening:
        if key not in opened:
            opened[key] = _open(sitting.paper_code, sitting)
        return opened[key]


def _open(paper_code: str, sitting: Sitting) -> Any:
    return open_paper(paper_code, by=None, sitting_code=sitting.code, at=clock.now())


def questions_for(attempt: Attempt) -> list[dict[str, Any]]:
    """Return the questions as one candidate sees them: no key, no explanation, not the order of the paper."""
    sitting = attempt.sitting
    items = {item.number: item for item in paper_of(sitting).items}
    questions = []
    for position, place in enumerate(read_form(attempt.form or "[]"), start=1):
        item = items[place.number]
        texts = {option.key: option.text for option in item.body.options}
        options = [] if place.type == "true_false" else list(zip(LETTERS, place.options, strict=False))
        questions.append(
            {
                "position": position,
                "type": place.type,
                "marks": item.marks,
                "stem": item.body.stem,
                "options": [{"letter": letter, "text": texts[key]} for letter, key in options],
            }
        )
    return questions
