"""Parallel forms of a paper (平行卷): pure, from a blueprint and a list of items to forms, no database."""

from trainhub.exams.papers.parallel.answering import answer, helps_in_words, kept_out_in_words
from trainhub.exams.papers.parallel.item_files import read_items
from trainhub.exams.papers.parallel.problem import Blueprint, Cell, Goal, Item, Problem
from trainhub.exams.papers.parallel.reading import BadFile, read_blueprint
from trainhub.exams.papers.parallel.solving import Outcome, solve

__all__ = [
    "BadFile",
    "Blueprint",
    "Cell",
    "Goal",
    "Item",
    "Outcome",
    "Problem",
    "answer",
    "helps_in_words",
    "kept_out_in_words",
    "read_blueprint",
    "read_items",
    "solve",
]
