"""Marking: marks computed from the journal, published by a second person, told to whom they belong."""

from trainhub.exams.marking.computing import compute, mark_items
from trainhub.exams.marking.corrections import approve_correction, propose_correction, refuse_correction
from trainhub.exams.marking.key_changes import (
    Wanted,
    approve_key_change,
    propose_key_change,
    refuse_key_change,
)
from trainhub.exams.marking.marking import mark_sitting, require_markable, results_of
from trainhub.exams.marking.models import Correction, CorrectionState, Mark, Result, ResultState, Standing
from trainhub.exams.marking.models_keys import KeyChange, KeyChangeKind, KeyEffect
from trainhub.exams.marking.own import own_results
from trainhub.exams.marking.publishing import differences, publish_results, require_publishable, withheld

__all__ = [
    "Correction",
    "CorrectionState",
    "KeyChange",
    "KeyChangeKind",
    "KeyEffect",
    "Mark",
    "Result",
    "ResultState",
    "Standing",
    "Wanted",
    "approve_correction",
    "approve_key_change",
    "compute",
    "differences",
    "mark_items",
    "mark_sitting",
    "own_results",
    "propose_correction",
    "propose_key_change",
    "publish_results",
    "refuse_correction",
    "refuse_key_change",
    "require_markable",
    "require_publishable",
    "results_of",
    "withheld",
]
