"""ID numbers: every well-formed one is read, every mistyped digit and every swap is found (GB 11643-1999)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trainhub.kernel.errors import Invalid
from trainhub.people.id_numbers import age_on, birth_date, check_character, parse_id_number

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 11, 23))


@pytest.fixture(scope="module", autouse=True)
def context(migrated):
    """The sentences of a refusal need the languages of an application."""
    from trainhub import create_app
    from trainhub.config import read_settings

    with create_app(read_settings({"TRAINHUB_INSTANCE": str(migrated)})).app_context():
        yield


@st.composite
def numbers(draw):
    place = draw(st.integers(110000, 829999))
    body = f"{place}{draw(DAYS):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + check_character(body + "0")


def test_the_example_of_the_standard_has_the_check_character_x():
    assert check_character("11010519491231002") == "X"
    assert parse_id_number("11010519491231002X") == "11010519491231002X"


@given(numbers())
def test_a_well_formed_number_is_read_as_it_is(number):
    assert parse_id_number(number) == number


@given(numbers(), st.sampled_from(["", " ", "\u3000"]))
def test_blanks_and_a_small_x_are_forgiven(number, blank):
    typed = blank.join([number[:6], number[6:14], number[14:].lower()])
    assert parse_id_number(f" {typed}\n") == number


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_every_single_mistyped_digit_is_found(number, place, by):
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(Invalid):
        parse_id_number(wrong)


@given(numbers(), st.integers(0, 15))
def test_every_swap_of_neighbours_is_found(number, place):
    assume(number[place] != number[place + 1])
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(Invalid):
        parse_id_number(wrong)


@given(st.text(max_size=30))
def test_anything_else_is_refused_and_never_breaks(text):
    try:
        assert len(parse_id_number(text)) == 18
    except Invalid as refusal:
        assert str(refusal)


@pytest.mark.parametrize(
    "text",
    ["１１０１０５１９４９１２３１００２X", "11010519491331002X", "110105194912310021", "٣٧٠٢٠٠١٩٩٠٠٣٠٧٠٠١٢"],
)
def test_wide_and_foreign_digits_false_days_and_false_ends_are_refused(text):
    with pytest.raises(Invalid):
        parse_id_number(text)


@given(DAYS)
def test_the_age_grows_on_the_birthday(born):
    body = f"370200{born:%Y%m%d}001"
    number = body + check_character(body + "0")
    assert birth_date(number) == born
    if (born.month, born.day) != (2, 29):
        assert age_on(number, born.replace(year=born.year + 18)) == 18
    assert age_on(number, born) == 0
