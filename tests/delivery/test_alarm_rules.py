"""The rules of alarms as pure functions: what they find, and what no honest way of answering ever is."""

import json

from hypothesis import given
from hypothesis import strategies as some

from trainhub.exams.delivery.alarms import AlarmKind, Entry, Limits, Look, judge, reading_length

LIMITS = Limits()
LENGTHS = dict.fromkeys(range(1, 101), 60)
SLOW = LIMITS.shortest_ms(60)


def entry(sequence, position=None, answer="T", how="key", shown_ms=4000, at_ms=None):
    at = sequence * 5000 if at_ms is None else at_ms
    return Entry(sequence, position or sequence, answer, how, shown_ms, at)


def kinds(entries, lengths=LENGTHS, **more):
    return [found.kind for found in judge(Look(), entries, lengths, LIMITS, **more)]


def varied(number):
    return "TF"[number % 2]


def test_answers_that_enter_themselves_raise_both_alarms():
    rows = [entry(n, how="none", shown_ms=40, answer=varied(n), at_ms=60_000 + n * 100) for n in range(1, 11)]

    assert kinds(rows) == [AlarmKind.NO_HAND, AlarmKind.TOO_FAST, AlarmKind.NO_HAND]


def test_answers_without_a_hand_at_a_human_pace_raise_one():
    rows = [entry(n, how="none", at_ms=n * 30_000) for n in range(1, 6)]

    assert kinds(rows) == [AlarmKind.NO_HAND]


def test_without_a_hand_now_and_then_is_no_alarm():
    rows = [entry(n, how="none", at_ms=n * LIMITS.no_hand_ms // 3) for n in range(1, 30)]

    assert AlarmKind.NO_HAND not in kinds(rows)


def test_a_screen_reader_that_presses_without_a_hand_is_no_alarm():
    rows = [entry(n, how="none") for n in range(1, 60)]

    assert kinds(rows, assisted=range(1, 60)) == []


def test_one_slow_answer_ends_a_run():
    rows = [entry(n, shown_ms=100 if n % 8 else SLOW, answer=varied(n)) for n in range(1, 61)]

    assert kinds(rows) == []


def test_changing_ones_mind_as_fast_as_one_likes_is_no_alarm():
    slow = [entry(n, shown_ms=SLOW) for n in range(1, 11)]
    changed = [entry(10 + n, n % 10 + 1, varied(n), shown_ms=30) for n in range(1, 100)]

    assert kinds(slow + changed) == []


def test_who_read_everything_first_may_answer_at_once():
    rows = [entry(n, shown_ms=9000, answer=varied(n), at_ms=1_200_000 + n * 300) for n in range(1, 101)]

    assert kinds(rows) == []


def test_who_flagged_a_question_after_reading_it_may_answer_it_at_once_later():
    flagged = [entry(n, answer=None, shown_ms=9000, at_ms=n * 10_000) for n in range(1, 21)]
    quick = [entry(20 + n, n, varied(n), shown_ms=200, at_ms=300_000 + n * 300) for n in range(1, 21)]

    assert kinds(flagged + quick) == []


def test_who_gives_up_and_presses_one_key_all_along_is_no_program():
    assert kinds([entry(n, shown_ms=100, answer="T") for n in range(1, 101)]) == []


def test_longer_questions_take_longer_to_read_and_chinese_counts_by_character():
    assert LIMITS.shortest_ms(10) == 400
    assert LIMITS.shortest_ms(240) == 4000
    assert reading_length("发现 危险 立即撤离") == 8
    assert reading_length("stop work at once") == 4


def test_times_that_cannot_be_are_told_once():
    forged = [entry(n, shown_ms=30_000, how="pointer", at_ms=5000 + n * 50) for n in range(1, 71)]

    assert kinds(forged) == [AlarmKind.FALSE_TIMES]


def test_a_packet_after_half_an_hour_offline_is_no_alarm():
    rows = [entry(n, shown_ms=40_000, at_ms=45 * 41_000) for n in range(1, 46)]

    assert kinds(rows) == []


def test_a_program_that_presses_on_three_questions_is_an_alarm_and_on_two_is_none():
    look = Look()
    assert judge(look, [], LENGTHS, LIMITS, scripted=[1, 1, 2]) == []
    assert [found.kind for found in judge(look, [], LENGTHS, LIMITS, scripted=[2, 9])] == [AlarmKind.SCRIPTED]


def test_evidence_tells_questions_and_times_but_no_answer():
    rows = [entry(n, shown_ms=40, answer=varied(n)) for n in range(1, 9)]
    [found] = judge(Look(), rows, LENGTHS, LIMITS)

    assert found.evidence[0] == {
        "sequence": 1,
        "position": 1,
        "how": "key",
        "shown_ms": 40,
        "at_ms": 5000,
        "least_ms": 1000,
    }
    assert len(found.evidence) == LIMITS.run


HANDS = some.sampled_from(["pointer", "touch", "key"])
ANSWERS = some.sampled_from(["T", "F", "A", "B", None])


@some.composite
def honest_journals(draw):
    """Journals of people: any order, changes of mind, any hand, each question read first."""
    rows, clock, shown = [], 0, {}
    for sequence in range(1, draw(some.integers(1, 80)) + 1):
        position = draw(some.integers(1, 30))
        spent = draw(some.integers(20, 60_000))
        if position not in shown:
            spent += SLOW
        clock += spent
        shown[position] = shown.get(position, 0) + spent
        rows.append(Entry(sequence, position, draw(ANSWERS), draw(HANDS), shown[position], clock))
    return rows


@given(honest_journals())
def test_no_honest_journal_raises_an_alarm(rows):
    assert kinds(rows) == []


@given(honest_journals(), some.integers(0, 60))
def test_the_same_journal_told_later_in_one_packet_raises_none_either(rows, minutes):
    arrived = rows[-1].at_ms + minutes * 60_000
    late = [Entry(row.sequence, row.position, row.answer, row.how, row.shown_ms, arrived) for row in rows]
    assert kinds(late) == []


@some.composite
def any_journals(draw):
    count = draw(some.integers(1, 60))
    hands = some.sampled_from(["pointer", "touch", "key", "none"])
    return [
        Entry(
            n, draw(some.integers(1, 30)), draw(ANSWERS), draw(hands), draw(some.integers(0, 5000)), n * 900
        )
        for n in range(1, count + 1)
    ]


@given(any_journals(), some.data())
def test_looking_in_any_number_of_steps_finds_the_same(rows, data):
    whole = judge(Look(), rows, LENGTHS, LIMITS)
    look, found, rest = Look(), [], rows
    while rest:
        size = data.draw(some.integers(1, len(rest)))
        look = Look.read(look.sequence, look.event, json.loads(json.dumps(look.write())))
        found += judge(look, rest[:size], LENGTHS, LIMITS)
        rest = rest[size:]

    assert found == whole


@given(any_journals())
def test_every_alarm_rests_on_enough_different_questions(rows):
    for found in judge(Look(), rows, LENGTHS, LIMITS):
        places = {each.get("position") for each in found.evidence}
        least = {AlarmKind.NO_HAND: 5, AlarmKind.TOO_FAST: 8, AlarmKind.FALSE_TIMES: 1}[found.kind]
        assert len(places) >= least
