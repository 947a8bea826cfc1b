"""Blueprints, assembly and sealing of papers (组卷、封存): two persons, one seal, one moment of opening."""

from trainhub.exams.papers.assembly import assemble, assemble_forms
from trainhub.exams.papers.blueprints import Cell, change_cells, default_cells, draw_blueprint
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.demands import Demands
from trainhub.exams.papers.figures import Observed, note_figures, slope_of
from trainhub.exams.papers.models import Blueprint, Paper, PaperState
from trainhub.exams.papers.models_opening import Opening
from trainhub.exams.papers.opening import give_share, is_ready
from trainhub.exams.papers.opening_keys import WrongPassphrase, make_key
from trainhub.exams.papers.preparing import Short
from trainhub.exams.papers.printed import ended_sources
from trainhub.exams.papers.reviewing import approve_paper, see_proof, send_paper_back
from trainhub.exams.papers.sealing import (
    NotOpened,
    PaperUse,
    SittingFacts,
    open_paper,
    seal_paper,
    sealed_papers,
    sitting_sources,
    use_sources,
)

__all__ = [
    "Blueprint",
    "Cell",
    "Demands",
    "NotOpened",
    "Observed",
    "Opening",
    "Paper",
    "PaperContent",
    "PaperItem",
    "PaperState",
    "PaperUse",
    "Short",
    "SittingFacts",
    "WrongPassphrase",
    "approve_paper",
    "assemble",
    "assemble_forms",
    "change_cells",
    "default_cells",
    "draw_blueprint",
    "ended_sources",
    "give_share",
    "is_ready",
    "make_key",
    "note_figures",
    "open_paper",
    "seal_paper",
    "sealed_papers",
    "see_proof",
    "send_paper_back",
    "sitting_sources",
    "slope_of",
    "use_sources",
]
