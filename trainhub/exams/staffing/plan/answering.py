"""The plan in the form of exchange, with what keeps places empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from trainhub.exams.staffing.plan.blaming import blame
from trainhub.exams.staffing.plan.instance import BadInstance, Instance
from trainhub.exams.staffing.plan.solving import Assignment, solve


def answer(
    instance: Instance,
    previous: Iterable[Assignment] = (),
    progress: Callable[[str], object] | None = None,
) -> dict[str, Any]:
    """Plan an instance and return the answer as ``staffing solve --json`` prints it."""
    plan = solve(instance, previous, progress)
    reasons = blame(instance, plan.missing, plan.assignments)
    return {
        "status": plan.status,
        "assignments": [vars(each) for each in plan.assignments],
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": round(plan.gap, 6),
        "load": plan.load(instance.people),
        "shortages": [
            {
                "sitting": sitting,
                "duty": duty,
                "missing": number,
                "because": [each.as_json() for each in reasons.get((sitting, duty), ())],
            }
            for (sitting, duty), number in sorted(plan.missing.items())
        ],
        "seconds": round(plan.seconds, 3),
    }


def previous_of(written: Any) -> tuple[Assignment, ...]:
    """Return the assignments of an earlier answer.

    Raises:
        BadInstance: it is none.
    """
    try:
        return tuple(
            Assignment(each["sitting"], each["person"], each["duty"]) for each in written["assignments"]
        )
    except (KeyError, TypeError):
        raise BadInstance("assignments: each has a sitting, a person and a duty") from None
