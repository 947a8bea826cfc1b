"""Blueprints, assembly and sealing of papers (组卷、封存): two persons, one seal, one moment of opening."""

from trainhub.exams.papers.assembly import Short, assemble
from trainhub.exams.papers.blueprints import Cell, change_cells, default_cells, draw_blueprint
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.models import Blueprint, Paper, PaperState
from trainhub.exams.papers.sealing import (
    SittingFacts,
    approve_paper,
    open_paper,
    seal_paper,
    sealed_papers,
    see_proof,
    send_paper_back,
    sitting_sources,
)

__all__ = [
    "Blueprint",
    "Cell",
    "Paper",
    "PaperContent",
    "PaperItem",
    "PaperState",
    "Short",
    "SittingFacts",
    "approve_paper",
    "assemble",
    "change_cells",
    "default_cells",
    "draw_blueprint",
    "open_paper",
    "seal_paper",
    "sealed_papers",
    "see_proof",
    "send_paper_back",
    "sitting_sources",
]
