"""Two options of a question that say the same: one of them was mistyped, and nobody can tell which."""

from __future__ import annotations

from collections.abc import Sequence

from trainhub.exams.bank.content import ItemBody, Option
from trainhub.exams.bank.details import CaseSet, Matching, Target
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _


def twins_in(body: ItemBody) -> str:
    """Return which options of a question, or of the questions of a case, say the same; empty if none do."""
    detail = body.detail
    sides: list[Sequence[Option | Target]] = [body.options]
    sides += [detail.targets] if isinstance(detail, Matching) else []
    found = [_named(*pair) for side in sides if (pair := _twins(side)) is not None]
    if isinstance(detail, CaseSet):
        found += [said for part in detail.parts if (said := twins_in(part.body))]
    return " ".join(dict.fromkeys(found))


def require_no_twins(body: ItemBody) -> None:
    """Raise Invalid if two options of a question that somebody writes down say the same.

    ``check_body`` does not ask for it: a file that holds such a question is held for a person, not refused.
    """
    if said := twins_in(body):
        raise Invalid(said)


def _named(first: str, second: str) -> str:
    return _("The options %(first)s and %(second)s say the same.", first=first, second=second)


def _twins(side: Sequence[Option | Target]) -> tuple[str, str] | None:
    known: dict[str, str] = {}
    for each in side:
        said = " ".join(each.text.split())
        if said and said in known:
            return known[said], each.key
        known[said] = each.key
    return None
