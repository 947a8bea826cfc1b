"""Marking: marks computed from the journal, published by a second person, told to whom they belong."""

from trainhub.exams.marking.computing import compute, mark_items
from trainhub.exams.marking.corrections import approve_correction, propose_correction, refuse_correction
from trainhub.exams.marking.marking import mark_sitting, require_markable, results_of
from trainhub.exams.marking.models import Correction, CorrectionState, Mark, Result, ResultState, Standing
from trainhub.exams.marking.own import own_results
from trainhub.exams.marking.publishing import differences, publish_results, require_publishable, withheld

__all__ = [
    "Correction",
    "CorrectionState",
    "Mark",
    "Result",
    "ResultState",
    "Standing",
    "approve_correction",
    "compute",
    "differences",
    "mark_items",
    "mark_sitting",
    "own_results",
    "propose_correction",
    "publish_results",
    "refuse_correction",
    "require_markable",
    "require_publishable",
    "results_of",
    "withheld",
]
