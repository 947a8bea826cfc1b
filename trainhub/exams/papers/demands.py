"""What a blueprint asks of forms beside its cells: difficulty, information, exposure, distance, how many."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from trainhub.exams.papers.models import Blueprint
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

MOST_FORMS, MOST_PAPERS_BACK = 20, 50


@dataclass(frozen=True)
class Demands:
    """The demands of a blueprint on its forms (组卷要求); None: no such demand.

    Args:
        forms: how many parallel forms are assembled at once.
        facility: the mean facility that a form should have.
        facility_tolerance: the largest distance from it; None: as small as can be.
        information: the information that a form should have.
        information_tolerance: the largest distance from it.
        overlap_percent: the share of questions that two forms may have in common at most.
        most_uses: in how many papers an item may be, these forms counted in.
        papers_back: how many of the last papers a form keeps its distance from.
        common_percent: the share of questions that a form and one of them may have in common at most.
        without_flagged: whether items are left out that wait for a reviewer's look.
    """

    forms: int = 1
    facility: float | None = None
    facility_tolerance: float | None = None
    information: float | None = None
    information_tolerance: float | None = None
    overlap_percent: int | None = None
    most_uses: int | None = None
    papers_back: int = 0
    common_percent: int = 0
    without_flagged: bool = False

    def common(self, questions: int) -> int:
        """Return how many questions a form and one of the last papers may have in common."""
        return math.floor(self.common_percent * questions / 100)


def demands_of(blueprint: Blueprint) -> Demands:
    """Return the demands of a blueprint."""
    return Demands(**(blueprint.demands or {}))


def write_demands(blueprint: Blueprint, demands: Demands) -> None:
    """Give a blueprint its demands.

    Raises:
        Invalid: one of them cannot be met by any form.
    """
    check_demands(demands)
    blueprint.demands = {name: value for name, value in asdict(demands).items() if value is not None}


def check_demands(demands: Demands) -> None:
    """Raise Invalid if no form could ever meet a demand."""
    targets = (
        (demands.facility, demands.facility_tolerance),
        (demands.information, demands.information_tolerance),
    )
    numbers = [value for pair in targets for value in pair if value is not None]
    percents = [each for each in (demands.overlap_percent, demands.common_percent) if each is not None]
    refusals = (
        (
            not 1 <= demands.forms <= MOST_FORMS,
            _("1 to %(most)s forms are assembled at once.", most=MOST_FORMS),
        ),
        (
            not 0 <= (demands.facility or 0) <= 1,
            _("The difficulty is the share of right answers, from 0 to 1."),
        ),
        (
            any(target is None and tolerance is not None for target, tolerance in targets),
            _("A tolerance needs a target."),
        ),
        (
            not all(0 <= value < math.inf for value in numbers),
            _("Targets and tolerances are numbers of zero or more."),
        ),
        (not all(0 <= each <= 100 for each in percents), _("A share lies between 0 and 100 percent.")),
        (
            demands.most_uses is not None and demands.most_uses < 1,
            _("An item may be in one paper at least."),
        ),
        (
            not 0 <= demands.papers_back <= MOST_PAPERS_BACK,
            _("Distance is kept from %(most)s papers at most.", most=MOST_PAPERS_BACK),
        ),
    )
    for is_wrong, reason in refusals:
        if is_wrong:
            raise Invalid(reason)
