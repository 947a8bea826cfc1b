"""Statements that are kept say of every act what a new one would say, and follow the law as it changes."""

import pytest
from flask import g
from sqlalchemy import update

from tests.factories.people import make_person
from tests.factories.separation import appoint, state_class, state_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Refused
from trainhub.kernel.identifiers import random_id
from trainhub.regulations.models import Edition, FigureRow
from trainhub.separation import prepared, relations
from trainhub.separation.auditor import violations_of
from trainhub.separation.duties import Duty
from trainhub.separation.models import Appointed
from trainhub.separation.register import Register
from trainhub.separation.rules_of_the_day import TAUGHT_A_CANDIDATE

WAY = TAUGHT_A_CANDIDATE.ways[0]


def known(sitting):
    """An instructor whose trainee is a candidate of a sitting."""
    instructor, trainee = make_person(), make_person()
    state_class(instructor, [trainee])
    relations.state_registered(trainee, sitting, by=None)
    return instructor


def statement_for(**facts):
    row = Appointed(**facts, void=False)
    return prepared.statement_of(WAY, Register(proposed=(row,), focus="appointed"))


def let_teaching_count_for(months):
    where = FigureRow.key == "separation.lookback_months"
    db.session.execute(update(FigureRow).where(where).values(value=months))
    db.session.execute(update(Edition).values(token=random_id()))
    g.pop("regulations", None)


def test_two_acts_of_one_form_share_a_statement_and_not_their_values(app):
    one, values = statement_for(person_id="a", sitting_code="S-1")
    other, other_values = statement_for(person_id="b", sitting_code="S-2")

    assert one is other
    assert (values["proposed_1_person_id"], other_values["proposed_1_person_id"]) == ("a", "b")


def test_each_act_is_judged_by_its_own_facts(app):
    first, second = state_sitting(), state_sitting()
    one, other = known(first), known(second)
    for person, theirs, free in ((one, first, second), (other, second, first)):
        appoint(person, free)
        with pytest.raises(Refused) as refusal:
            appoint(person, theirs)
        assert refusal.value.violations[0].rule is TAUGHT_A_CANDIDATE
        assert refusal.value.violations[0].object == theirs


def test_a_changed_figure_of_the_law_counts_for_the_next_act(app):
    sitting = state_sitting()
    instructor = known(sitting)
    with pytest.raises(Refused):
        appoint(instructor, sitting)

    let_teaching_count_for(0)
    appoint(instructor, sitting)

    let_teaching_count_for(12)
    with pytest.raises(Refused):
        appoint(known(sitting), sitting)


def test_each_sitting_is_looked_at_by_its_own_code_with_the_same_statement(app):
    first, second = state_sitting(), state_sitting()
    for sitting in (first, second):
        instructor = known(sitting)
        db.session.add(
            Appointed(
                person_id=instructor.id,
                sitting_code=sitting,
                duty=str(Duty.INVIGILATE),
                source="forged",
                void=False,
                starts_on=clock.today(),
            )
        )
    db.session.flush()

    for sitting in (first, second):
        assert {each.object for each in violations_of([TAUGHT_A_CANDIDATE], sitting=sitting)} == {sitting}
    one, other = (prepared.statement_of(WAY, Register(only_sittings=sitting)) for sitting in (first, second))
    assert one[0] is other[0]
    assert one[1] != other[1]


def test_no_more_statements_of_a_rule_are_kept_than_are_asked_often(app):
    for count in range(1, prepared._ROWS + 3):
        rows = [Appointed(person_id="a", sitting_code="S", void=False) for _each in range(count)]
        for look in ("appointed", None):
            prepared.statement_of(WAY, Register(proposed=rows, focus=look))

    assert len(WAY.composed) <= prepared._FORMS
