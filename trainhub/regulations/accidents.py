"""The level of an accident, computed from its consequences by the thresholds of the day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l
from trainhub.regulations.lookup import value


class AccidentLevel(StrEnum):
    """Level of a work accident (事故等级), the gravest first; 国务院令第493号 art. 3."""

    ESPECIALLY_GRAVE = "especially_grave"
    GRAVE = "grave"
    SERIOUS = "serious"
    ORDINARY = "ordinary"

    @property
    def label(self) -> Any:
        """Its name in the reader's language."""
        return _LABELS[self]


_LABELS = {
    AccidentLevel.ESPECIALLY_GRAVE: _l("especially grave accident"),
    AccidentLevel.GRAVE: _l("grave accident"),
    AccidentLevel.SERIOUS: _l("serious accident"),
    AccidentLevel.ORDINARY: _l("ordinary accident"),
}


def accident_level(deaths: int, serious_injuries: int, loss_fen: int, *, on: date) -> AccidentLevel:
    """Return the level of an accident: the highest count decides, a threshold includes its number.

    Args:
        deaths: persons who died.
        serious_injuries: persons seriously injured, acute industrial poisoning included.
        loss_fen: direct economic loss in fen.
        on: day of the accident.

    Raises:
        Invalid: a count is negative.
    """
    if min(deaths, serious_injuries, loss_fen) < 0:
        raise Invalid(_l("Deaths, injuries and loss cannot be negative."))
    return level_by(value("accident.levels", on=on), deaths, serious_injuries, loss_fen)


def level_by(
    thresholds: list[dict[str, Any]], deaths: int, serious_injuries: int, loss_fen: int
) -> AccidentLevel:
    """Return the level by given thresholds, the gravest first; nothing but arithmetic."""
    for row in thresholds:
        reached = (
            deaths >= row["deaths"],
            serious_injuries >= row["serious_injuries"],
            loss_fen >= row["loss_fen"],
        )
        if any(reached):
            return AccidentLevel(row["level"])
    raise AssertionError("the last threshold is reached by every accident")
