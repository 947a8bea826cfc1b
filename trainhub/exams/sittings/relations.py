"""What sittings tell the separation register, and what they ask of it.

Everything that a rule needs to know of a sitting is stated here, in the transaction of the act: its place and
time, its paper, who is registered and for whom they work.
"""

from __future__ import annotations

from typing import Any

from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.people.models import Organisation, Person


def state_plan(sitting: Sitting, *, by: Person) -> None:
    """State (again) where and when a sitting is, how large, and for what."""


def state_paper(sitting: Sitting, before: str | None, *, by: Person) -> None:
    """State which paper a sitting uses, after asking whether it may."""


def state_registration(
    candidate: Candidate, employer: Organisation | None, training_body: Organisation | None, *, by: Person
) -> None:
    """State that a person is registered and for whom they work, after asking whether they may."""


def withdraw_registration(candidate: Candidate, *, by: Person) -> None:
    """State that a person is registered no more."""


def require_separation(sitting: Sitting, *, by: Person) -> None:
    """Ask every pair rule of a sitting once more.

    Raises:
        Refused: a rule is violated now.
    """


def separation_violations(sitting: Sitting) -> list[Any]:
    """Return the sentences of what violates a rule in a sitting now."""
    return []
