"""Telling papers how items went at a sitting, so that the next forms are assembled by what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trainhub.exams import papers
from trainhub.exams.marking.changed_keys import counting_versions, voided_questions
from trainhub.exams.sittings import Sitting

if TYPE_CHECKING:
    from trainhub.exams.marking.behaviour import Behaviour


def observed_at(sitting: Sitting) -> list[papers.Observed]:
    """Return how the questions of a sitting went, as versions whose keys count; nothing of voided ones.

    A question that was voided was given to everybody, and says nothing.
    """
    # NumPy and SciPy are large: only this work waits for them.
    from trainhub.exams.marking.shown_figures import behaviours_of

    later = counting_versions(sitting.organisation_id)
    voided = voided_questions(sitting.organisation_id)
    return [
        replace(each, version=later.get((each.item_code, each.version), each.version))
        for behaviour in behaviours_of(sitting)
        for each in _observed(behaviour)
        if (each.item_code, each.version) not in voided
    ]


def tell_papers(sitting_code: str, observed: Sequence[papers.Observed]) -> None:
    """Tell how the questions of a published sitting went, in place of what was told before."""
    papers.note_figures(sitting_code, observed)


def _observed(behaviour: Behaviour) -> Iterable[papers.Observed]:
    """Return the facility of each question and its slope: fitted where enough sat, else estimated."""
    from trainhub.exams.bank.statistics.calibration import Model

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
