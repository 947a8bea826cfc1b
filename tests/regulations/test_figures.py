"""What the figures say on a day."""

from datetime import date

import pytest

from trainhub import regulations
from trainhub.regulations.loading import read_qualifications

MAY = date(2026, 5, 20)
JULY = date(2026, 7, 8)


@pytest.fixture(autouse=True)
def figures(app):
    regulations.load_figures()


def test_a_sitting_of_may_keeps_the_old_retake_rule_and_one_of_july_has_the_new():
    assert regulations.value("exam.theory.retakes", on=MAY) == 1
    assert regulations.value("exam.practical.retakes", on=MAY) == 1
    assert regulations.value("exam.theory.retakes", on=JULY) is None
    assert regulations.value("exam.practical.retakes", on=JULY) == 5


def test_the_rule_changes_between_two_days_and_not_within_one():
    assert regulations.value("exam.practical.retakes", on=date(2026, 5, 31)) == 1
    assert regulations.value("exam.practical.retakes", on=date(2026, 6, 1)) == 5


def test_the_review_of_a_certificate_is_abolished_from_june_2026():
    assert regulations.value("certificate.review_months", on=MAY) == 36
    assert regulations.value("certificate.review_months", on=JULY) is None


def test_an_accident_of_june_has_20_types_and_one_of_july_27():
    assert len(regulations.value("accident.types", on=date(2026, 6, 30))) == 20
    assert len(regulations.value("accident.types", on=date(2026, 7, 1))) == 27


def test_every_old_accident_type_is_mapped_to_new_ones_and_every_new_one_is_reached():
    old = {row["code"] for row in regulations.value("accident.types", on=MAY)}
    new = {row["code"] for row in regulations.value("accident.types", on=JULY)}
    mapping = regulations.value("accident.type_mapping", on=JULY)

    assert set(mapping) == old
    assert {code for codes in mapping.values() for code in codes} == new


def test_a_qualification_without_a_figure_of_its_own_has_the_general_one():
    assert regulations.value("certificate.valid_months.DRILLING", on=JULY) == 72
    assert regulations.value("certificate.valid_months.PRINCIPAL", on=JULY) == 36


def test_a_key_that_nobody_knows_is_an_error_and_not_a_default():
    with pytest.raises(regulations.UnknownFigure):
        regulations.value("exam.theory.no_such_thing", on=JULY)


def test_a_paper_of_every_qualification_gives_the_marks_of_the_theory_examination():
    for each in regulations.qualifications(on=JULY):
        paper = regulations.value(f"exam.paper.{each.code}", on=JULY)
        assert sum(row["count"] * row["marks"] for row in paper) == 100


def test_what_was_not_read_at_a_full_source_waits_for_the_authority():
    assert regulations.figure("exam.theory.pass_mark", on=JULY).confirmed
    assert not regulations.figure("exam.minimum_age", on=JULY).confirmed
    assert not regulations.figure("separation.lookback_months", on=JULY).confirmed


def test_the_catalogue_holds_ten_categories_and_54_types_of_special_work():
    special = [row for row in read_qualifications() if row["family"] == "special_work"]

    assert len(special) == regulations.value("catalogue.work_types", on=JULY) == 54
    assert (
        len({row["category"] for row in special}) == regulations.value("catalogue.categories", on=JULY) == 10
    )
    assert len({row["code"] for row in read_qualifications()}) == 56


def test_principals_and_safety_managers_are_examined_in_theory_alone():
    alone = {each.code for each in regulations.qualifications(on=JULY) if not each.has_practical}

    assert alone == {"PRINCIPAL", "SAFETY-MANAGER"}
    assert regulations.qualification("LV-ELECTRICIAN", on=JULY).name_zh == "低压电工作业"


def test_an_unknown_qualification_is_an_error():
    with pytest.raises(regulations.UnknownFigure):
        regulations.qualification("FORKLIFT", on=JULY)
