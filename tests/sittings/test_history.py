"""Retakes follow the law of the sitting's day; passed parts are valid for their months."""

from datetime import date
from typing import NamedTuple

import pytest

from trainhub.exams.sittings.history import history_of, months_before, refusals_by_history
from trainhub.kernel.i18n import in_language

OLD_LAW, NEW_LAW = date(2026, 5, 20), date(2026, 7, 1)


class Sat(NamedTuple):
    """An outcome as it is handed over."""

    qualification: str
    part: str
    passed: bool
    on: date


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


def failed(*days, part="theory"):
    return [Sat("LV-ELECTRICIAN", part, False, day) for day in days]


def refusals(outcomes, day, part="theory"):
    history = history_of(outcomes, "LV-ELECTRICIAN", part, day)
    practical = history_of(outcomes, "LV-ELECTRICIAN", "practical", day) if part == "theory" else None
    return refusals_by_history(history, practical, part, day)


def test_under_the_old_law_one_resit_is_allowed_and_no_more():
    assert refusals(failed(date(2026, 3, 1)), OLD_LAW) == []
    reasons = refusals(failed(date(2026, 3, 1), date(2026, 4, 1)), OLD_LAW)
    assert reasons == [
        "Failed attempts that count: 2; re-sits that the law of 2026-05-20 allows: 1. "
        "Rule: 安监总培训〔2013〕104号《安全生产资格考试与证书管理暂行办法》第十条."
    ]


def test_under_the_new_law_theory_is_taken_as_often_as_one_likes():
    days = [date(2026, month, 2) for month in range(1, 7)]
    assert refusals(failed(*days), NEW_LAW) == []


def test_theory_that_is_passed_and_valid_is_not_sat_again():
    outcomes = [Sat("LV-ELECTRICIAN", "theory", True, date(2026, 6, 2))]
    [reason] = refusals(outcomes, NEW_LAW)
    assert reason.startswith("This part was passed on 2026-06-02 and is still valid. Rule: 安监总培训")


def test_theory_passed_more_than_twelve_months_ago_is_sat_again():
    outcomes = [Sat("LV-ELECTRICIAN", "theory", True, date(2025, 6, 2))]
    assert refusals(outcomes, NEW_LAW) == []


def test_practical_part_needs_a_passed_theory_part():
    assert "follows a passed theory part" in refusals([], NEW_LAW, "practical")[0]
    passed = [Sat("LV-ELECTRICIAN", "theory", True, date(2026, 6, 2))]
    assert refusals(passed, NEW_LAW, "practical") == []


def test_after_too_many_failed_practical_parts_theory_is_taken_again():
    passed = [Sat("LV-ELECTRICIAN", "theory", True, date(2026, 6, 2))]
    days = [date(2026, 6, day) for day in range(3, 9)]
    outcomes = passed + failed(*days, part="practical")
    assert "Failed attempts that count: 6;" in refusals(outcomes, NEW_LAW, "practical")[0]
    assert refusals(outcomes, NEW_LAW, "theory") == []


def test_other_qualifications_do_not_count():
    outcomes = [Sat("PRINCIPAL", "theory", True, date(2026, 6, 2))]
    assert refusals(outcomes, NEW_LAW) == []


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 12, date(2025, 1, 15)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_months_are_counted_back_to_the_last_day_of_a_shorter_month(day, months, before):
    assert months_before(day, months) == before
