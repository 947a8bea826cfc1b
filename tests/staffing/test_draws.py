"""Who is on duty is drawn: no party alone can choose, foresee or repeat the draw without a trace."""

import json

import pytest

from tests.factories.draws import Drawing, sign_head
from tests.factories.separation import state_class
from tests.factories.sittings import make_sitting
from tests.worlds import built_once
from trainhub import ledger, separation
from trainhub.exams.sittings import SittingState
from trainhub.exams.staffing import (
    AppointmentState,
    appoint,
    appointments_of,
    draws,
    lottery,
    needs_of,
    withdraw_appointment,
)
from trainhub.exams.staffing.absences import enter_absence
from trainhub.exams.staffing.models import AbsenceKind
from trainhub.exams.staffing.models_of_draws import DrawState, Party
from trainhub.exams.staffing.pools import CannotBeFilled
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import in_language
from trainhub.ledger.proving import problems_of_proof
from trainhub.separation import identity
from trainhub.separation.duties import Duty
from trainhub.separation.models import SamePerson


@pytest.fixture(autouse=True)
def in_the_morning(app):
    """A day with hours ahead, read in English."""
    morning = clock.now().replace(hour=1, minute=0, second=0, microsecond=0)
    with clock.set_to(morning), in_language("en"):
        yield


@pytest.fixture
@built_once
def city(app):
    return Drawing()


@pytest.fixture
@built_once
def draw(city):
    return city.freeze()


def facts(kind):
    entries = db.session.query(ledger.Entry).filter_by(kind=kind).order_by(ledger.Entry.id)
    return [json.loads(entry.body)["facts"] for entry in entries]


def pool(draw):
    return json.loads(draw.pool)


def test_a_draw_fills_every_place_with_people_whom_no_rule_excludes(city, draw):
    city.carry_out(draw)
    assert draw.state == DrawState.DRAWN
    assert all(need.missing == 0 for need in needs_of(city.sitting).values())
    on_duty = {(row.person_id, row.duty) for row in appointments_of(city.sitting)}
    assert on_duty == {(place.person_id, place.duty) for place in draw.places}
    rooms = [row.room for row in appointments_of(city.sitting) if row.duty == Duty.INVIGILATE]
    assert rooms == [city.sitting.rooms[0]] * 2
    assert not [each for each in separation.violations_of_sitting(city.sitting.code) if not each.rule.counts]


def test_the_pool_stands_in_the_ledger_before_anybody_commits(city, draw):
    assert facts("draw.frozen") == [
        {"draw": draw.code, "pool": draw.pool_hash, "sittings": [city.sitting.code], "reason": ""}
    ]
    assert lottery.hash_of(pool(draw)) == draw.pool_hash
    assert {each["id"] for each in pool(draw)["people"]} == {
        each.id for each in (*city.invigilators, *city.inspectors)
    }


def test_whom_a_rule_excludes_stands_in_the_pool_with_the_rule_and_is_never_drawn(city):
    state_class(city.invigilators[0], [city.candidate.person])
    draw = city.freeze()
    excluded = {(each["person"], each["duty"]): each["because"] for each in pool(draw)["excluded"]}
    assert "S-07" in excluded[city.invigilators[0].id, "invigilator"]
    city.carry_out(draw)
    assert city.invigilators[0].id not in {row.person_id for row in appointments_of(city.sitting)}


def test_what_cannot_be_filled_is_named_with_what_is_in_the_way_and_nothing_is_frozen(app):
    city = Drawing(invigilators=2)
    state_class(city.invigilators[0], [city.candidate.person])
    with pytest.raises(CannotBeFilled) as refusal:
        city.freeze()
    (short,) = refusal.value.shortages
    assert (short.sitting, short.duty, short.missing) == (city.sitting.code, Duty.INVIGILATE, 1)
    assert short.because == ("S-07",)
    assert draws.draws_of(city.sitting) == []


def test_the_same_draw_is_repeated_from_its_file_and_its_place_in_the_ledger_is_proved(city, draw):
    city.carry_out(draw)
    file = json.loads(json.dumps(draws.published(draw)))
    assert lottery.problems_of(file) == []
    assert [each["person"] for each in file["drawn"]] == [place.person_id for place in draw.places]
    assert [problems_of_proof(proof) for proof in file["ledger"]] == [[], [], []]
    kinds = [proof["body"]["kind"] for proof in file["ledger"]]
    assert kinds == ["draw.frozen", "draw.committed", "draw.committed"]
    assert {proof["head"]["size"] for proof in file["ledger"]} == {file["head"]["size"]}


def test_the_head_of_the_seed_did_not_exist_when_the_parties_committed(city, draw):
    before = sign_head()
    for party in Party:
        city.commit(draw, party)
    with pytest.raises(Conflict, match="No signed head"):
        city.reveal(draw, Party.CENTRE)
    first = sign_head()
    ledger.append("account.opened", by=None, side="core", account="x")
    later = sign_head()
    for party in Party:
        city.reveal(draw, party)
    assert before.size < first.size < later.size
    assert (draw.head_size, draw.head_root) == (first.size, first.root)


def test_no_secret_is_revealed_before_both_parties_have_committed(city, draw):
    city.commit(draw, Party.CENTRE)
    sign_head()
    with pytest.raises(Conflict, match="after both parties"):
        city.reveal(draw, Party.CENTRE)


def test_another_secret_than_the_committed_one_is_refused(city, draw):
    for party in Party:
        city.commit(draw, party)
    sign_head()
    for wrong in ("0" * 64, city.secrets[Party.OVERSIGHT], city.secrets[Party.CENTRE].upper(), ""):
        with pytest.raises(Invalid, match="not the secret"):
            draws.reveal(draw, Party.CENTRE, wrong, by=city.officer)
    assert draw.of(Party.CENTRE).secret is None


def test_a_commitment_is_never_changed(city, draw):
    city.commit(draw, Party.CENTRE)
    with pytest.raises(Conflict, match="never changed"):
        city.commit(draw, Party.CENTRE)


def test_the_commitment_of_the_other_party_cannot_be_copied(city, draw):
    said = city.commit(draw, Party.CENTRE).commitment
    draws.commit(draw, Party.OVERSIGHT, said, by=city.supervisor)
    sign_head()
    city.reveal(draw, Party.CENTRE)
    with pytest.raises(Invalid, match="not the secret"):
        draws.reveal(draw, Party.OVERSIGHT, city.secrets[Party.CENTRE], by=city.supervisor)


def test_a_commitment_is_of_one_draw_and_pool(city, draw):
    said = city.commit(draw, Party.CENTRE).commitment
    draws.withdraw_draw(draw, "a wrong list of duties", by=city.officer)
    other = city.freeze(reason="the list of duties was wrong")
    draws.commit(other, Party.CENTRE, said, by=city.officer)
    city.commit(other, Party.OVERSIGHT)
    sign_head()
    with pytest.raises(Invalid, match="not the secret"):
        city.reveal(other, Party.CENTRE)


def test_one_person_never_stands_for_both_parties(city, draw):
    city.commit(draw, Party.CENTRE)
    city.by[Party.OVERSIGHT] = city.officer
    with pytest.raises(Conflict, match="both parties"):
        city.commit(draw, Party.OVERSIGHT)
    city.by[Party.OVERSIGHT] = city.supervisor
    city.commit(draw, Party.OVERSIGHT)
    sign_head()
    with pytest.raises(Conflict, match="both parties"):
        draws.reveal(draw, Party.OVERSIGHT, city.secrets[Party.OVERSIGHT], by=city.officer)


def test_a_withheld_secret_draws_nobody_and_shows_who_withheld_it(city, draw):
    for party in Party:
        city.commit(draw, party)
    sign_head()
    assert city.reveal(draw, Party.CENTRE) is False
    assert (draw.state, appointments_of(city.sitting)) == (DrawState.FROZEN, [])
    with pytest.raises(Conflict, match="not finished"):
        city.freeze(reason="the other party does not answer")
    draws.withdraw_draw(draw, "the other party does not answer", by=city.officer)
    assert [each["party"] for each in facts("draw.revealed")] == ["centre"]
    assert facts("draw.withdrawn")[0]["reason"] == "the other party does not answer"


def test_drawing_anew_needs_a_reason_and_leaves_the_first_draw_on_record(city, draw):
    city.carry_out(draw)
    first = {place.person_id for place in draw.places}
    with pytest.raises(Invalid, match="Say why"):
        draws.withdraw_draw(draw, " ", by=city.officer)
    draws.withdraw_draw(draw, "the power failed in one room", by=city.officer)
    assert appointments_of(city.sitting) == []
    with pytest.raises(Invalid, match="drawn anew"):
        city.freeze()
    second = city.carry_out(city.freeze(reason="the power failed in one room"))
    assert [each.state for each in draws.draws_of(city.sitting)] == [DrawState.WITHDRAWN, DrawState.DRAWN]
    assert {place.person_id for place in draw.places} == first
    assert draws.published(draw)["drawn"] and draws.published(second)["draw"] == second.code
    assert [each["reason"] for each in facts("draw.frozen")] == ["", "the power failed in one room"]
    with pytest.raises(Conflict, match="withdrawn before"):
        draws.withdraw_draw(draw, "once more for nothing", by=city.officer)


def test_if_somebody_falls_ill_only_their_place_is_drawn_anew(city, draw):
    city.carry_out(draw)
    ill, *others = [row for row in appointments_of(city.sitting) if row.duty == Duty.INVIGILATE]
    withdraw_appointment(ill, "ill", by=city.officer)
    again = city.carry_out(city.freeze(reason="an invigilator fell ill"))
    assert [place.duty for place in again.places] == [Duty.INVIGILATE]
    still = {row.person_id for row in appointments_of(city.sitting)}
    assert {row.person_id for row in others} < still
    because = {(each["person"], each["duty"]): each["because"] for each in pool(again)["excluded"]}
    assert because[others[0].person_id, "invigilator"] == ["on duty"]


def test_who_turns_out_to_be_barred_after_the_freeze_is_not_appointed_and_the_rule_is_kept(city, draw):
    for party in Party:
        city.commit(draw, party)
    sign_head()
    for person in city.invigilators:
        state_class(person, [city.candidate.person])
    for party in Party:
        city.reveal(draw, party)
    refused = [place for place in draw.places if place.duty == Duty.INVIGILATE]
    assert [(place.refused_by, place.appointment) for place in refused] == [("S-07", None)] * 2
    assert [row.duty for row in appointments_of(city.sitting)] == [Duty.INSPECT]
    assert lottery.problems_of(draws.published(draw)) == []


def test_who_is_on_duty_elsewhere_at_the_time_is_not_drawn(city):
    other = make_sitting(city.centre, city.officer, days=3 + 1 / 48)
    appoint(other, other.rooms[0], city.invigilators[0], Duty.INVIGILATE, by=city.officer)
    draw = city.freeze()
    because = {(each["person"], each["duty"]): each["because"] for each in pool(draw)["excluded"]}
    assert because[city.invigilators[0].id, "invigilator"] == ["S-19"]


def test_who_is_entered_as_absent_is_not_drawn(city):
    day = clock.local_day(city.sitting.starts_at)
    who = city.invigilators[0]
    enter_absence(who, day, day, AbsenceKind.ILLNESS, centre=city.centre, by=city.officer)
    draw = city.freeze()
    because = [each["because"] for each in pool(draw)["excluded"] if each["person"] == who.id]
    assert because == [["absent"]]
    assert "illness" not in draw.pool


def test_one_draw_serves_all_sittings_of_a_day_and_shares_the_load(app):
    city = Drawing(invigilators=6, inspectors=2)
    later = make_sitting(city.centre, city.officer, days=3 + 4 / 24)
    draw = city.carry_out(city.freeze(city.sitting, later))
    assert {each["most"] for each in pool(draw)["people"]} == {1}
    assert len({place.person_id for place in draw.places}) == len(draw.places)
    assert all(not need.missing for each in (city.sitting, later) for need in needs_of(each).values())


def test_sittings_of_other_days_and_centres_are_not_drawn_together(city):
    tomorrow = make_sitting(city.centre, city.officer, days=4)
    with pytest.raises(Invalid, match="on one day"):
        city.freeze(city.sitting, tomorrow)
    elsewhere = Drawing()
    with pytest.raises(Invalid, match="one exam centre"):
        city.freeze(city.sitting, elsewhere.sitting)


def test_nothing_is_drawn_for_a_sitting_that_is_over_or_lacks_nobody(city, draw):
    city.carry_out(draw)
    with pytest.raises(Conflict, match="Nobody is missing"):
        city.freeze(reason="to be quite sure")
    city.sitting.state = SittingState.CLOSED
    with pytest.raises(Conflict, match="is over"):
        city.freeze(reason="to be quite sure")


def test_a_finished_draw_takes_neither_commitment_nor_secret(city, draw):
    city.carry_out(draw)
    with pytest.raises(Conflict, match="finished"):
        city.commit(draw, Party.CENTRE)
    with pytest.raises(Conflict, match="finished"):
        city.reveal(draw, Party.CENTRE)


def test_a_draw_of_another_centre_is_not_found(city, draw):
    assert draws.get_draw(draw.code, centres=[city.centre.id]) is draw
    with pytest.raises(NotFound):
        draws.get_draw(draw.code, centres=[city.centre.id + 1])


def test_an_appointment_withdrawn_with_the_draw_stays_on_record(city, draw):
    city.carry_out(draw)
    draws.withdraw_draw(draw, "the sitting moves to another site", by=city.officer)
    rows = [place.appointment for place in draw.places]
    assert {(row.state, row.withdrawal_reason) for row in rows} == {
        (AppointmentState.WITHDRAWN, "the sitting moves to another site")
    }


def test_two_records_of_one_person_are_one_party(city, draw):
    city.commit(draw, Party.CENTRE)
    identity.join(SamePerson, city.supervisor.id, city.officer.id, by=None, source="test")
    with pytest.raises(Conflict, match="both parties"):
        city.commit(draw, Party.OVERSIGHT)
