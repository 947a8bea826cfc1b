"""The pure rules of learning hours: no claim is worth more than the time that passed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trainhub.courses.hours import (
    LONGEST_SILENCE_MS,
    Reason,
    Watched,
    film_step,
    reading_step,
    start_pace,
)

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def after(milliseconds):
    return START + timedelta(milliseconds=milliseconds)


def play(beats, step=film_step, pace=None):
    """Run (time, position) pairs through the rule; returns the seconds that count and the last reason."""
    pace, watched, reason = pace or start_pace(START), set(), None
    for at, position in beats:
        outcome = step(pace, after(at), position)
        pace, reason = outcome.pace, outcome.reason
        watched.update(outcome.seconds)
    return watched, reason


def test_an_honest_player_gains_every_second_exactly():
    assert play([(n * 10_000, n * 10_000) for n in range(7)])[0] == set(range(60))


@given(st.lists(st.integers(-400, 400), min_size=6, max_size=30))
def test_an_honest_player_loses_nothing_to_a_trembling_network(delays):
    beats = [(n * 10_000 + 500 + delay, n * 10_000) for n, delay in enumerate(delays)]
    settled = [*beats, (len(delays) * 10_000 + 2_000, len(delays) * 10_000)]
    assert play(settled)[0] == set(range(len(delays) * 10))


def test_a_faster_player_is_not_believed():
    watched, reason = play([(n * 5_000, n * 10_000) for n in range(20)])
    assert watched == set()
    assert reason is Reason.JUMPED


def test_a_slightly_faster_player_gains_no_more_than_the_time():
    watched, _ = play([(n * 10_000, n * 10_500) for n in range(60)])
    assert len(watched) <= 590


def test_a_jump_gains_nothing_and_what_follows_counts():
    watched, _ = play([(10_000, 10_000), (12_000, 60_000), (22_000, 70_000)])
    assert watched == set(range(10)) | set(range(60, 70))


def test_going_back_gains_nothing_twice():
    watched, _ = play([(10_000, 10_000), (11_000, 0), (21_000, 10_000)])
    assert watched == set(range(10))


def test_half_a_second_is_not_a_second():
    assert play([(500, 500), (700, 3_500), (1_500, 4_300)])[0] == set()


def test_a_silence_gains_nothing():
    watched, reason = play([(LONGEST_SILENCE_MS + 1, LONGEST_SILENCE_MS + 1)])
    assert (watched, reason) == (set(), Reason.SILENCE)


@given(
    st.lists(
        st.tuples(st.integers(0, 90_000), st.integers(0, 400_000)),
        min_size=1,
        max_size=40,
    )
)
def test_no_sequence_of_claims_gains_more_than_the_time_that_passed(claims):
    pace, now, gained = start_pace(START), 0, 0
    for wait, position in claims:
        now += wait
        step = film_step(pace, after(now), position)
        pace = step.pace
        gained += len(step.seconds)
        assert gained * 1000 <= now


@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=40))
def test_reading_gains_no_more_than_the_time_that_passed(waits):
    pace, now, gained = start_pace(START), 0, 0
    for wait in waits:
        now += wait
        step = reading_step(pace, after(now))
        pace = step.pace
        gained += len(step.seconds)
    assert gained * 1000 <= sum(wait for wait in waits if wait <= LONGEST_SILENCE_MS)


def test_a_clock_that_is_set_back_gains_nothing():
    pace = film_step(start_pace(START), after(10_000), 10_000).pace
    step = film_step(pace, after(5_000), 15_000)
    assert not step.seconds
    assert step.pace.at >= after(5_000)


@given(st.sets(st.integers(0, 500)))
def test_what_counts_survives_keeping(seconds):
    watched = Watched()
    watched.add(seconds)
    kept = Watched(watched.to_bytes())
    assert len(kept) == len(seconds)
    assert {second for start, end in kept.stretches(501) for second in range(start, end)} == seconds
    assert kept.first_missing(501) == next((s for s in range(501) if s not in seconds), 501)
    assert kept.new(range(501), 501) == [s for s in range(501) if s not in seconds]
