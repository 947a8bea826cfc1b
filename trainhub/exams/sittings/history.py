"""What a person has behind them in a qualification, and what the law of a day makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from trainhub import regulations
from trainhub.exams.sittings.models import Part
from trainhub.kernel.i18n import _


class Outcome(Protocol):
    """A published outcome as handed over (考试结果)."""

    @property
    def qualification(self) -> str:
        """Of which qualification."""

    @property
    def part(self) -> str:
        """Theory or practical."""

    @property
    def passed(self) -> bool:
        """Whether it was passed."""

    @property
    def on(self) -> date:
        """Day of the sitting."""


@dataclass(frozen=True)
class History:
    """A person's way through a qualification up to a day.

    Args:
        attempts: failed attempts that count for the part on that day.
        theory_passed_on: the day of a passed theory part that is still valid.
        part_passed_on: the day on which the part in question was passed, if that is still valid.
    """

    attempts: int
    theory_passed_on: date | None
    part_passed_on: date | None


def history_of(outcomes: Iterable[Outcome], qualification: str, part: str, on: date) -> History:
    """Return what counts for a part of a qualification on a day.

    Args:
        outcomes: all published outcomes of one person.
        qualification: code.
        part: theory or practical.
        on: day of the sitting that the person wants to take.
    """
    months = int(regulations.value("exam.part.valid_months", on=on))
    own = sorted((each for each in outcomes if each.qualification == qualification), key=lambda each: each.on)
    valid = [each for each in own if months_before(on, months) <= each.on <= on]
    theory = max((each.on for each in valid if each.part == Part.THEORY and each.passed), default=None)
    passed = max((each.on for each in valid if each.part == part and each.passed), default=None)
    since = theory if part == Part.PRACTICAL else passed
    failed = [
        each for each in valid if each.part == part and not each.passed and (not since or each.on >= since)
    ]
    return History(len(failed), theory, passed)


def months_before(day: date, months: int) -> date:
    """Return the day so many months earlier; a day that the month lacks becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def with_rule(said: str, key: str, *, on: date) -> str:
    """Return why somebody may not sit an examination, with where the rule is written that says so.

    Args:
        said: a sentence.
        key: of the figure of the law.
        on: day of the sitting.
    """
    source = regulations.figure(key, on=on).written_at
    return _("%(reason)s Rule: %(source)s.", reason=said, source=source)


def refusals_by_history(history: History, practical: History | None, part: str, on: date) -> list[str]:
    """Return why what a person has behind them forbids one more attempt, by the law of the sitting's day.

    Args:
        history: of the part to be taken.
        practical: of the practical part, where the qualification has one and theory is to be taken.
        part: theory or practical.
        on: day of the sitting.
    """
    reasons = []
    allowed = regulations.value(f"exam.{part}.retakes", on=on)
    if allowed is not None and history.attempts > int(allowed):
        text = _(
            "Failed attempts that count: %(failed)s; re-sits that the law of %(day)s allows: %(allowed)s.",
            failed=history.attempts,
            day=on.isoformat(),
            allowed=allowed,
        )
        reasons.append(with_rule(text, f"exam.{part}.retakes", on=on))
    if history.part_passed_on is not None and not _must_redo_theory(practical, part, on):
        text = _(
            "This part was passed on %(day)s and is still valid.", day=history.part_passed_on.isoformat()
        )
        reasons.append(with_rule(text, "exam.part.valid_months", on=on))
    if part == Part.PRACTICAL and history.theory_passed_on is None:
        text = _("The practical part follows a passed theory part that is still valid; there is none.")
        reasons.append(with_rule(text, "exam.practical.after_theory", on=on))
    return reasons


def _must_redo_theory(practical: History | None, part: str, on: date) -> bool:
    if practical is None or part != Part.THEORY:
        return False
    allowed = regulations.value("exam.practical.retakes", on=on)
    return allowed is not None and practical.attempts > int(allowed)
