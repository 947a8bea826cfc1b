"""Drawing a candidate's order before the attempt is held: what takes long is not done while others wait."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass

from flask import current_app

from trainhub.exams.delivery.chain import first_link
from trainhub.exams.delivery.form import Form, write_form
from trainhub.exams.delivery.forms_prepared import PreparedForm, prepared
from trainhub.exams.delivery.places import known_place


@dataclass(frozen=True, slots=True)
class Drawn:
    """One candidate's order, drawn and not yet recorded.

    Args:
        whose: codes of attempt, sitting and paper.
        form: the order.
        written: as it is recorded.
        link: the first of the journal.
    """

    whose: tuple[str, str, str]
    form: Form
    written: str
    link: str


def draw(document: PreparedForm, attempt_code: str, sitting_code: str, paper_code: str) -> Drawn:
    """Draw an order from the system's randomness."""
    chance = random.Random(secrets.token_bytes(32))  # noqa: S311  (seeded from the system's randomness)
    form = document.deck.draw(chance)
    written = write_form(form)
    link = first_link(attempt_code, sitting_code, paper_code, written)
    return Drawn((attempt_code, sitting_code, paper_code), form, written, link)


def drawn_ahead(attempt_code: str) -> Drawn | None:
    """Draw for an attempt whose sitting and paper this process remembers and has prepared; None otherwise."""
    place = known_place(current_app, attempt_code)
    if place is None or place.paper_code is None or place.has_begun:
        return None
    document = prepared(place.paper_code, place.sitting_code)
    return None if document is None else draw(document, attempt_code, place.sitting_code, place.paper_code)
