"""The answer journal: whatever the network does, the same answers stand in the end."""

import random
import threading
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.delivery import change, make_seated_sitting, make_working_attempt
from trainhub.exams import delivery
from trainhub.exams.delivery.admission import move
from trainhub.exams.delivery.batch import do_all
from trainhub.exams.delivery.chain import hash_token, read_change
from trainhub.exams.delivery.deeds import Save
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.journal import JournalRefusal, Overloaded, Packet, Reason
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.delivery.reading import is_intact, shown_responses
from trainhub.exams.delivery.writer import writer_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.engines import turns_of
from trainhub.kernel.errors import DomainError, Invalid, NotSignedIn


@pytest.fixture
def at_work(app):
    return make_working_attempt(make_seated_sitting())


def send(code, token, changes):
    """As a request does: nothing of this thread's own is open while the writer writes."""
    db.session.rollback()
    return delivery.append(code, token, changes)


def append(at_work, *changes):
    attempt, token = at_work
    return send(attempt.code, token, changes)


def fresh(attempt):
    db.session.rollback()
    return db.session.get(Attempt, attempt.id, populate_existing=True)


def test_an_answer_is_acknowledged_with_its_link_and_is_in_the_database_then(at_work):
    taken = append(at_work, change(1, 1, "T"))

    row = db.session.get(Response, (at_work[0].id, 1))
    assert taken.last_sequence == 1
    assert taken.links == {1: row.link}
    assert taken.head == row.link
    assert shown_responses(at_work[0]) == {1: ("T", False)}


def test_the_same_change_again_gets_the_same_link_and_adds_nothing(at_work):
    first = append(at_work, change(1), change(2, 2, "F"))
    again = append(at_work, change(1), change(2, 2, "F"))

    assert again.links == first.links
    assert fresh(at_work[0]).last_sequence == 2


def test_the_same_number_with_other_content_is_refused_and_leaves_no_trace(at_work):
    append(at_work, change(1, 1, "T"))

    with pytest.raises(JournalRefusal) as refusal:
        append(at_work, change(1, 1, "F"))

    assert refusal.value.reason is Reason.CHANGED
    assert shown_responses(fresh(at_work[0])) == {1: ("T", False)}


def test_a_gap_is_refused_and_the_missing_number_named(at_work):
    append(at_work, change(1))

    with pytest.raises(JournalRefusal) as refusal:
        append(at_work, change(3))

    assert (refusal.value.reason, refusal.value.expected) == (Reason.GAP, 2)


def test_a_packet_is_taken_whole_or_not_at_all(at_work):
    with pytest.raises(Invalid):
        append(at_work, change(1, 1, "T"), change(2, 99, "T"))

    assert fresh(at_work[0]).last_sequence == 0


@pytest.mark.parametrize(
    ("kind", "response"),
    [("true_false", "A"), ("true_false", ["T"]), ("single", "E"), ("single", ["A"]), ("multiple", "A")],
)
def test_an_answer_that_the_question_does_not_offer_is_refused(at_work, kind, response):
    form = read_form(at_work[0].form)
    position = next(shown for shown, place in enumerate(form, 1) if place.type == kind)

    with pytest.raises(Invalid):
        append(at_work, change(1, position, response))


def test_nothing_is_accepted_after_the_deadline(at_work):
    attempt, _token = at_work
    append(at_work, change(1))
    with clock.set_to(attempt.deadline + timedelta(seconds=1)):
        with pytest.raises(JournalRefusal) as refusal:
            append(at_work, change(2))

    assert refusal.value.reason is Reason.DEADLINE


def test_a_retry_of_what_was_saved_in_time_is_acknowledged_after_the_deadline(at_work):
    attempt, _token = at_work
    first = append(at_work, change(1))
    with clock.set_to(attempt.deadline + timedelta(seconds=1)):
        assert append(at_work, change(1)).links == first.links


def test_nothing_is_accepted_after_hand_in_and_handing_in_twice_gives_one_receipt(at_work):
    attempt, _token = at_work
    append(at_work, change(1))
    with transaction():
        receipt = delivery.hand_in(db.session.get(Attempt, attempt.id), 1).receipt
    with transaction():
        again = delivery.hand_in(db.session.get(Attempt, attempt.id), 1).receipt

    assert again == receipt
    with pytest.raises(JournalRefusal) as refusal:
        append(at_work, change(2))
    assert refusal.value.reason is Reason.HANDED_IN


def test_handing_in_waits_for_changes_that_are_still_on_their_way(at_work):
    append(at_work, change(1))

    with pytest.raises(DomainError, match="."), transaction():
        delivery.hand_in(db.session.get(Attempt, at_work[0].id), 2)

    assert fresh(at_work[0]).state == "working"


def test_another_candidates_token_writes_nothing_into_this_attempt(at_work):
    attempt, _token = at_work
    other, other_token = make_working_attempt(make_seated_sitting())

    with pytest.raises(NotSignedIn):
        send(attempt.code, other_token, [change(1)])

    assert fresh(attempt).last_sequence == fresh(other).last_sequence == 0


def test_a_machine_that_the_candidate_left_can_write_no_more(at_work):
    attempt, token = at_work
    with transaction():
        move(db.session.get(Attempt, attempt.id), "显示器故障", by=attempt.candidate.person)

    with pytest.raises(NotSignedIn):
        send(attempt.code, token, [change(1)])


def test_fields_that_nobody_offered_are_refused():
    facts = change(1).facts()
    for extra in ("received_at", "attempt_id", "link", "deadline"):
        with pytest.raises(Invalid):
            read_change(facts | {extra: "2026-01-01"})
    for key in facts:
        with pytest.raises(Invalid):
            read_change({name: value for name, value in facts.items() if name != key})


@pytest.mark.parametrize("sequence", [0, -1, 20_001, True, "1", 1.5, None])
def test_a_forged_sequence_number_is_refused(sequence):
    with pytest.raises(Invalid):
        read_change(change(1).facts() | {"sequence": sequence})


def test_one_refused_packet_of_a_batch_does_not_touch_the_others(app):
    sitting = make_seated_sitting()
    one, other = (make_working_attempt(sitting, seat) for seat in (1, 2))
    packets = [
        Save(Packet(one[0].code, hash_token(one[1]), (change(1),))),
        Save(Packet(other[0].code, hash_token(other[1]), (change(2),))),
        Save(Packet(one[0].code, hash_token(one[1]), (change(1), change(2, 2, "F")))),
        Save(Packet("nobody", hash_token("nothing"), (change(1),))),
    ]

    db.session.rollback()
    with db.engine.begin() as connection:
        first, gap, second, stranger = do_all(packets, connection, lambda: None)

    assert (first.last_sequence, second.last_sequence) == (1, 2)
    assert gap.reason is Reason.GAP
    assert isinstance(stranger, NotSignedIn)
    assert fresh(other[0]).last_sequence == 0


class Stumbling:
    """A deed at which the program itself fails."""

    token_hash = attempt_code = None

    def do(self, sheet, now, key):
        raise RuntimeError

    @classmethod
    def of(cls, attempt, token):
        deed = cls()
        deed.token_hash, deed.attempt_code = hash_token(token), attempt.code
        return deed


def test_a_deed_at_which_the_program_fails_costs_nobody_else_of_its_batch_anything(app):
    sitting = make_seated_sitting()
    one, other = (make_working_attempt(sitting, seat) for seat in (1, 2))
    saved = Save(Packet(one[0].code, hash_token(one[1]), (change(1),)))
    outcomes = []
    attempt_id = one[0].id
    bad = Stumbling.of(*other)
    db.session.rollback()

    def submit(deed):
        try:
            outcomes.append(writer_of(app).submit(deed))
        except Overloaded as problem:
            outcomes.append(problem)

    threads = [threading.Thread(target=submit, args=(deed,)) for deed in (bad, saved)]
    with turns_of(db.engine).turn():
        # While somebody else writes, both wait for the same commit.
        for thread in threads:
            thread.start()
        time.sleep(0.2)
    for thread in threads:
        thread.join(30)

    assert sorted(type(each).__name__ for each in outcomes) == ["Acknowledgement", "Overloaded"]
    assert db.session.get(Attempt, attempt_id, populate_existing=True).last_sequence == 1


def test_a_changed_answer_in_the_database_breaks_the_chain(at_work):
    append(at_work, change(1, 1, "T"), change(2, 2, "T"))
    assert is_intact(fresh(at_work[0]))

    with transaction():
        db.session.get(Response, (at_work[0].id, 1)).response = '"F"'

    assert not is_intact(fresh(at_work[0]))


def test_a_row_deleted_or_a_time_moved_breaks_the_chain_after_hand_in(at_work):
    attempt, _token = at_work
    append(at_work, change(1), change(2, 2, "T"))
    with transaction():
        delivery.hand_in(db.session.get(Attempt, attempt.id), 2)
    assert is_intact(fresh(attempt))

    with transaction():
        db.session.get(Response, (attempt.id, 2)).received_at += timedelta(seconds=1)

    assert not is_intact(fresh(attempt))


def test_someone_who_rewrites_the_whole_chain_is_found_by_the_ledger(at_work):
    from trainhub.exams.delivery.chain import first_link, next_link, seal_of

    attempt, _token = at_work
    append(at_work, change(1, 1, "T"))
    with transaction():
        delivery.hand_in(db.session.get(Attempt, attempt.id), 1)
    with transaction():
        forged, row = db.session.get(Attempt, attempt.id), db.session.get(Response, (attempt.id, 1))
        first = first_link(forged.code, forged.sitting.code, forged.paper_code, forged.form)
        row.response = '"F"'
        row.link = forged.head = next_link(first, change(1, 1, "F"), row.received_at)
        forged.seal = seal_of(forged.code, 1, forged.head, forged.ended_at, forged.ending)

    assert not is_intact(fresh(attempt))


def test_final_responses_are_in_the_papers_own_numbers_and_keys(at_work):
    attempt, _token = at_work
    form = read_form(attempt.form)
    shown = next(position for position, place in enumerate(form, 1) if place.type == "multiple")
    place = form[shown - 1]

    append(at_work, change(1, shown, ["A", "C"]))

    final = delivery.final_responses(fresh(attempt))
    assert final[place.number] == sorted([place.options[0], place.options[2]])
    assert sorted(final) == list(range(1, 11))
    assert sum(answer is not None for answer in final.values()) == 1


answers = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["T", "F", None])), min_size=1, max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=answers, chance=st.randoms(use_true_random=False))
def test_any_retry_duplicate_reorder_and_replay_ends_with_the_same_answers(app, made, chance):
    """The network loses, doubles, delays and reorders; the page sends until it is acknowledged."""
    db.session.rollback()
    attempt, token = make_working_attempt(make_seated_sitting())
    changes = [change(number, position, answer) for number, (position, answer) in enumerate(made, 1)]
    code, durable, under_way, links = attempt.code, 0, [], {}
    while durable < len(changes):
        under_way.append(tuple(changes[durable : durable + chance.randint(1, 8)]))
        if chance.random() < 0.5:
            under_way.append(tuple(changes[chance.randint(0, durable) :]))
        chance.shuffle(under_way)
        packet = under_way.pop() if chance.random() < 0.8 else chance.choice(under_way)
        try:
            taken = send(code, token, packet)
        except JournalRefusal as refusal:
            assert refusal.reason is Reason.GAP
            continue
        assert all(links.setdefault(number, link) == link for number, link in taken.links.items())
        if chance.random() < 0.7:
            durable = max(durable, packet[-1].sequence)

    attempt = fresh(attempt)
    assert attempt.last_sequence == len(changes)
    assert {place: answer for place, (answer, _flag) in shown_responses(attempt).items()} == dict(made)
    assert is_intact(attempt)


def test_a_room_that_answers_at_once_loses_nothing(app):
    sitting = make_seated_sitting()
    room = [make_working_attempt(sitting, seat) for seat in range(1, 13)]
    codes = [(attempt.id, attempt.code, token) for attempt, token in room]
    db.session.rollback()

    def sit(code, token):
        chance = random.Random(code)
        with app.app_context():
            for number in range(1, 21):
                answer = change(number, chance.randint(1, 4), chance.choice("TF"))
                for _copy in range(chance.randint(1, 2)):
                    delivery.append(code, token, [answer])

    threads = [threading.Thread(target=sit, args=(code, token)) for _id, code, token in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    for attempt_id, _code, _token in codes:
        attempt = db.session.get(Attempt, attempt_id, populate_existing=True)
        assert attempt.last_sequence == 20
        assert is_intact(attempt)
