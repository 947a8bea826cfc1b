"""The data of the package: no day is without law, no figure without source."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainhub.regulations.loading import read_figures

KEYS = sorted({row["key"] for row in read_figures()})
ROWS = {key: [row for row in read_figures() if row["key"] == key] for key in KEYS}
STARTS_LATE = {"exam.cheating.voids_passed_parts", "training.body.room_devices"}


@pytest.mark.parametrize("key", KEYS)
def test_the_periods_of_a_figure_do_not_overlap_and_leave_no_hole(key):
    rows = sorted(ROWS[key], key=lambda row: row["valid_from"] or date.min)

    assert rows[-1]["valid_to"] is None or key in STARTS_LATE
    for earlier, later in zip(rows, rows[1:], strict=False):
        assert earlier["valid_to"] is not None
        assert later["valid_from"] == earlier["valid_to"] + timedelta(days=1)


@given(key=st.sampled_from(KEYS), day=st.dates(date(2024, 7, 1), date(2040, 1, 1)))
def test_on_every_day_exactly_one_row_of_a_figure_is_in_force(key, day):
    rows = [
        row
        for row in ROWS[key]
        if (row["valid_from"] or date.min) <= day and day <= (row["valid_to"] or date.max)
    ]

    assert len(rows) == (0 if key == "exam.cheating.voids_passed_parts" and day < date(2026, 6, 1) else 1)


def test_local_policy_is_never_called_confirmed():
    assert not [row["key"] for row in read_figures() if row["kind"] == "local_policy" and row["confirmed"]]


def test_every_figure_names_its_source_and_has_both_languages():
    for row in read_figures():
        assert row["source"], row["key"]
        assert row["title_zh"], row["key"]
        assert row["title_en"], row["key"]
        assert bool(row["note_zh"]) == bool(row["note_en"]), row["key"]
