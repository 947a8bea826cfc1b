"""Telling papers how items went at a sitting, so that the next forms are assembled by what was measured."""

from __future__ import annotations

from trainhub.exams import papers
from trainhub.exams.bank.statistics.calibration import Model
from trainhub.exams.marking.behaviour import Behaviour, behaviours_of
from trainhub.exams.sittings import get_sitting
from trainhub.kernel.db import reading, transaction


def tell_papers(sitting_code: str, voided: str = "") -> None:
    """Tell how the questions of a published sitting went; outside any deed.

    Args:
        sitting_code: which sitting.
        voided: code of an item that everybody was given, and that says nothing any more.
    """
    with reading():
        observed = [each for found in behaviours_of(get_sitting(sitting_code)) for each in _observed(found)]
    with transaction():
        papers.note_figures(sitting_code, [each for each in observed if each.item_code != voided])


def _observed(behaviour: Behaviour) -> list[papers.Observed]:
    """Return the facility of each question and its slope: fitted where enough sat, else estimated."""
    fitted = behaviour.calibration
    found = []
    for place, (question, item) in enumerate(behaviour.rows):
        parameters = fitted.items[place] if fitted is not None else None
        slope = papers.slope_of(item.figures.item_rest)
        if parameters is not None and fitted is not None and fitted.model == Model.TWO_PARAMETERS:
            slope = parameters.discrimination
        if item.figures.facility is not None:
            count = behaviour.report.candidates
            facility = float(item.figures.facility)
            found.append(papers.Observed(question.item_code, question.version, count, facility, slope))
    return found
