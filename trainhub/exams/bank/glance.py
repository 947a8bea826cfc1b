"""What a home page shows of the banks beside the tasks: how many items stand where."""

from __future__ import annotations

from typing import Any

from flask import url_for

from trainhub.exams.bank.banks import banks_of, counts_by_state
from trainhub.exams.bank.models import VersionState
from trainhub.exams.bank.presenting import STATES
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Chart, KeyFigure
from trainhub.separation.duties import Duty

WORKING = (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS)


def at_a_glance(person: Any, duties: frozenset[str]) -> list[KeyFigure | Chart]:
    """Return the figures of the banks for authors and reviewers."""
    held = [duty for duty in WORKING if duty in duties]
    banks = banks_of(person, *held) if held else []
    if not banks:
        return []
    counts = [counts_by_state(bank) for bank in banks]
    url = url_for("bank.list_banks")

    def total(state: VersionState) -> int:
        return sum(count.get(state, 0) for count in counts)

    series = tuple(
        (str(STATES[state][0]), tuple(count.get(state, 0) for count in counts))
        for state in VersionState
        if total(state)
    )
    shown: list[KeyFigure | Chart] = [
        KeyFigure(total(VersionState.APPROVED) + total(VersionState.LIVE), _("Items that may be used"), url),
        KeyFigure(total(VersionState.IN_REVIEW), _("Items in review"), url),
        KeyFigure(total(VersionState.DRAFT), _("Drafts"), url),
    ]
    if series:
        names = tuple(bank.name for bank in banks)
        shown.append(Chart("items", _("Items of the banks"), names, series, unit=_("items"), is_stacked=True))
    return shown
