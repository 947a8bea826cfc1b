"""The law as data: every figure with its source and its period, asked for on a day."""

from trainhub.regulations.accidents import AccidentLevel, accident_level
from trainhub.regulations.loading import load_figures
from trainhub.regulations.lookup import (
    Figure,
    Qualification,
    UnknownFigure,
    figure,
    figures,
    qualification,
    qualifications,
    value,
)
from trainhub.regulations.models import Kind

__all__ = [
    "AccidentLevel",
    "Figure",
    "Kind",
    "Qualification",
    "UnknownFigure",
    "accident_level",
    "figure",
    "figures",
    "load_figures",
    "qualification",
    "qualifications",
    "value",
]
