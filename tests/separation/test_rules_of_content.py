"""Four eyes, and whoever knows a paper keeps away from its sittings."""

import pytest

from tests.factories.people import make_person
from tests.factories.separation import appoint, state_sitting
from trainhub.kernel.errors import Refused
from trainhub.separation import Duty, audit, relations, require_other_person

PAIRS = [
    ("S-11", relations.state_authored, relations.state_reviewed),
    ("S-12", relations.state_assembled, relations.state_sealed),
    ("S-13", relations.state_marked, relations.state_published),
    ("S-14", relations.state_published, relations.state_issued),
    ("S-15", relations.state_drafted, relations.state_approved),
]


@pytest.mark.parametrize(("rule", "first", "second"), PAIRS)
def test_nobody_takes_both_steps(app, rule, first, second):
    person, other = make_person(), make_person()
    first(person, "X-1", by=person)
    with pytest.raises(Refused) as refusal:
        second(person, "X-1", by=person)
    assert refusal.value.rule.id == rule and person.name in refusal.value.facts[0]
    second(other, "X-1", by=other)
    second(person, "X-2", by=person)


@pytest.mark.parametrize(("rule", "first", "second"), PAIRS)
def test_taking_the_second_step_first_is_no_way_round(app, rule, first, second):
    person = make_person()
    second(person, "X-1", by=person)
    with pytest.raises(Refused) as refusal:
        first(person, "X-1", by=person)
    assert refusal.value.rule.id == rule


def test_the_second_step_is_another_persons(app):
    first, second = make_person(), make_person()
    require_other_person("S-13", first.id, second)
    with pytest.raises(Refused) as refusal:
        require_other_person("S-13", first.id, first)
    assert refusal.value.rule.id == "S-13" and first.name in refusal.value.facts[0]


def _wrote(person):
    relations.state_authored(person, "ITEM-7", by=person)


def _reviewed(person):
    relations.state_reviewed(person, "ITEM-7", by=person)


def _saw(person):
    relations.state_saw(person, "PAPER-1", by=person)


def _assembled(person):
    relations.state_assembled(person, "PAPER-1", by=person)


def _sealed(person):
    relations.state_sealed(person, "PAPER-1", by=person)


KNOWING = [_wrote, _reviewed, _saw, _assembled, _sealed]


@pytest.mark.parametrize("learn", KNOWING)
@pytest.mark.parametrize("duty", [Duty.INVIGILATE, Duty.ASSESS, Duty.INSPECT])
def test_whoever_knows_a_paper_is_not_staff_where_it_is_used(app, learn, duty):
    person, sitting = make_person(), state_sitting()
    learn(person)
    relations.state_contains("PAPER-1", ["ITEM-1", "ITEM-7"], by=None)
    relations.state_uses(sitting, "PAPER-1", by=None)
    with pytest.raises(Refused) as refusal:
        appoint(person, sitting, duty)
    assert refusal.value.rule.id == "S-17"
    assert "ITEM" not in refusal.value.facts[0] and "PAPER" not in refusal.value.facts[0]


@pytest.mark.parametrize("learn", KNOWING)
def test_a_sitting_does_not_get_a_paper_that_its_staff_know(app, learn):
    person, sitting = make_person(), state_sitting()
    learn(person)
    relations.state_contains("PAPER-1", ["ITEM-7"], by=None)
    relations.state_uses(sitting, "PAPER-2", by=None)
    appoint(person, sitting, Duty.INVIGILATE)
    with pytest.raises(Refused) as refusal:
        relations.state_uses(sitting, "PAPER-1", by=None)
    assert refusal.value.rule.id == "S-17"


def test_staff_of_a_sitting_do_not_get_to_see_its_paper(app):
    person, sitting = make_person(), state_sitting()
    relations.state_uses(sitting, "PAPER-1", by=None)
    appoint(person, sitting, Duty.INVIGILATE)
    with pytest.raises(Refused):
        _saw(person)


def test_another_paper_frees_the_sitting(app):
    person, sitting = make_person(), state_sitting()
    _saw(person)
    relations.state_uses(sitting, "PAPER-1", by=None)
    relations.state_uses(sitting, "PAPER-2", by=None)
    appoint(person, sitting, Duty.INVIGILATE)
    assert audit().violations == ()
