"""Lying clients gain nothing, an honest one gains exactly: viewings on the real tables and a set clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.courses import PART_BYTES, make_film, make_learner
from trainhub.courses import viewing
from trainhub.courses.hours import Reason
from trainhub.courses.watched import daily_cap_s, learnt_on
from trainhub.kernel import clock
from trainhub.kernel.errors import NotFound

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
FILM = "lesson:film"


@pytest.fixture(autouse=True)
def still_clock(app):
    with clock.set_to(START):
        yield


class Page:
    """A page in front of a film or text; it can be told to lie."""

    def __init__(self, person, subject=FILM, **what):
        self.person = person
        self.started = viewing.start_viewing(person, subject, **what)
        self.id, self.token, self.sequence = self.started.viewing.id, self.started.token, 0

    def fetch(self, *parts):
        viewing.note_fetched(self.id, [(p * PART_BYTES, (p + 1) * PART_BYTES - 1) for p in parts])

    def fetch_all(self):
        viewing.note_fetched(self.id, [(0, 1000 * PART_BYTES)])

    def beat(self, position_s=0.0, *, wait=0.0, sequence=None, token=None):
        clock.move(timedelta(seconds=wait))
        self.sequence = self.sequence + 1 if sequence is None else sequence
        return viewing.beat(
            self.person,
            self.id,
            token or self.token,
            sequence=self.sequence,
            position_ms=round(position_s * 1000),
        )

    def watch(self, seconds, start=0, every=5):
        position, answer = start, None
        while position < start + seconds:
            step = min(every, start + seconds - position)
            position += step
            answer = self.beat(position, wait=step)
        return answer

    def read(self, seconds, every=30):
        gained = 0
        while gained < seconds:
            answer = self.beat(wait=min(every, seconds - gained))
            gained += answer.gained_s
            if answer.confirm_code:
                viewing.confirm(self.person, self.id, self.token, answer.confirm_code)
            elif answer.gained_s == 0:
                return gained
        return gained


@pytest.fixture
def learner(app):
    return make_learner()


def test_an_honest_viewing_gains_the_film_exactly(learner):
    page = Page(learner, film=make_film(20))
    page.fetch_all()
    answer = page.watch(20)
    assert answer.reason is Reason.COMPLETE
    assert viewing.watched_seconds(learner.id, FILM) == 20
    assert viewing.is_complete(learner.id, FILM)
    assert list(viewing.completed_by(FILM)) == [learner.id]
    assert learnt_on(learner.id, clock.today()) == 20


def test_beats_without_fetching_gain_nothing(learner):
    page = Page(learner, film=make_film(20))
    answer = page.watch(20)
    assert (answer.reason, answer.watched_s) == (Reason.NOT_FETCHED, 0)


def test_only_fetched_parts_count(learner):
    page = Page(learner, film=make_film(20))
    page.fetch(0, 2)
    answer = page.watch(20)
    assert answer.stretches == [(0, 4), (8, 12)]


def test_what_another_viewing_fetched_does_not_count(learner):
    film = make_film(20)
    Page(learner, film=film).fetch_all()
    assert Page(learner, film=film).watch(20).reason is Reason.NOT_FETCHED


def test_a_faster_clock_gains_nothing(learner):
    page = Page(learner, film=make_film(60))
    page.fetch_all()
    for beat in range(1, 13):
        answer = page.beat(beat * 5, wait=1)
    assert answer.watched_s == 0
    assert answer.reason is Reason.JUMPED


def test_a_thousand_beats_at_one_moment_gain_nothing(learner):
    page = Page(learner, film=make_film(60))
    page.fetch_all()
    for beat in range(1, 61):
        answer = page.beat(beat)
    assert answer.watched_s == 0


def test_a_replayed_beat_gains_nothing(learner):
    page = Page(learner, film=make_film(20))
    page.fetch_all()
    page.beat(5, wait=5)
    answer = page.beat(10, wait=5, sequence=1)
    assert (answer.reason, answer.gained_s) == (Reason.REPLAYED, 0)


def test_beats_out_of_order_gain_nothing(learner):
    page = Page(learner, film=make_film(20))
    page.fetch_all()
    page.beat(5, wait=5, sequence=7)
    assert page.beat(10, wait=5, sequence=3).reason is Reason.REPLAYED
    assert viewing.watched_seconds(learner.id, FILM) == 5


def test_a_second_session_takes_over_and_the_first_gains_nothing(learner):
    film = make_film(20)
    first = Page(learner, film=film)
    first.fetch_all()
    first.watch(4, every=4)
    second = Page(learner, film=film)
    second.fetch_all()
    answer = first.watch(8, start=4)
    assert (answer.reason, answer.watched_s) == (Reason.TAKEN_OVER, 4)
    clock.move(timedelta(seconds=-8))
    assert second.started.resume_at_s == 4
    assert second.watch(16, start=4).reason is Reason.COMPLETE


def test_many_lessons_at_once_gain_no_more_than_one(learner):
    film = make_film(20)
    pages = [Page(learner, f"lesson:{number}", film=film) for number in range(8)]
    for page in pages:
        page.fetch_all()
    for position in range(5, 25, 5):
        clock.move(timedelta(seconds=5))
        for page in pages:
            page.beat(position)
    assert [viewing.watched_seconds(learner.id, f"lesson:{n}") for n in range(8)] == [0] * 7 + [20]


def test_another_persons_viewing_does_not_exist(learner):
    page = Page(learner, film=make_film(20))
    other = make_learner()
    with pytest.raises(NotFound):
        viewing.beat(other, page.id, page.token, sequence=1, position_ms=0)


def test_a_wrong_token_does_not_exist(learner):
    mine = Page(learner, film=make_film(20))
    theirs = Page(make_learner(), film=make_film(20))
    with pytest.raises(NotFound):
        mine.beat(0, token=theirs.token)


def test_after_expiry_nothing_is_gained(learner):
    page = Page(learner, film=make_film(20))
    page.fetch_all()
    answer = page.beat(20, wait=31 * 60)
    assert (answer.reason, answer.watched_s) == (Reason.EXPIRED, 0)
    assert page.beat(20, wait=5).reason is Reason.EXPIRED


def test_a_second_counts_once_over_any_number_of_viewings(learner):
    film = make_film(20)
    for _again in range(3):
        page = Page(learner, film=film)
        page.fetch_all()
        page.watch(20)
    assert learnt_on(learner.id, clock.today()) == 20


def test_seeking_over_the_middle_leaves_a_gap(learner):
    page = Page(learner, film=make_film(60))
    page.fetch_all()
    page.watch(10)
    page.beat(50, wait=1)
    answer = page.watch(10, start=50)
    assert answer.stretches == [(0, 10), (50, 60)]
    assert not viewing.is_complete(learner.id, FILM)


def test_the_day_has_a_cap_and_the_next_day_goes_on(learner):
    cap = daily_cap_s(clock.today())
    page = Page(learner, "lesson:text", reading_s=cap + 600)
    assert page.read(cap + 600) == cap
    assert page.beat(wait=30).reason is Reason.DAY_FULL
    assert learnt_on(learner.id, clock.today()) == cap
    clock.move(timedelta(hours=20))
    assert Page(learner, "lesson:text", reading_s=cap + 600).read(300) == 300


def test_what_is_no_learning_time_knows_no_cap(learner):
    page = Page(learner, "case:1", film=make_film(20), counts_hours=False)
    page.fetch_all()
    page.watch(20)
    assert viewing.is_complete(learner.id, "case:1")
    assert learnt_on(learner.id, clock.today()) == 0


def test_a_text_counts_up_to_its_own_time(learner):
    page = Page(learner, "lesson:text", reading_s=120)
    assert page.read(600) == 120
    assert page.beat(wait=30).reason is Reason.COMPLETE


def test_a_text_asks_whether_somebody_is_there_and_waits_for_the_answer(learner):
    page = Page(learner, "lesson:text", reading_s=3600)
    answers = [page.beat(wait=30) for _ in range(20)]
    assert answers[-1].reason is Reason.CONFIRM
    assert 180 <= answers[-1].watched_s < 480 + 30
    wrong = viewing.confirm(learner, page.id, page.token, "AAAAAA")
    assert wrong.reason is Reason.CONFIRM
    clock.move(timedelta(seconds=40))
    viewing.confirm(learner, page.id, page.token, answers[-1].confirm_code)
    assert page.beat(wait=30).gained_s == 30


def test_reading_beats_at_one_moment_gain_nothing(learner):
    page = Page(learner, "lesson:text", reading_s=3600)
    assert sum(page.beat().gained_s for _ in range(100)) == 0


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("beat"), st.integers(0, 70), st.integers(0, 12)),
        st.tuples(st.just("honest"), st.just(0), st.integers(1, 12)),
        st.tuples(st.just("fetch"), st.integers(0, 14), st.just(0)),
        st.tuples(st.just("restart"), st.just(0), st.integers(0, 3)),
        st.tuples(st.just("replay"), st.integers(0, 70), st.integers(0, 12)),
        st.tuples(st.just("wait"), st.just(0), st.integers(0, 90)),
    ),
    max_size=40,
)


@given(ACTIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_client_does_it_gains_at_most_the_time_and_only_what_it_fetched(app, actions):
    with clock.set_to(START):
        person, film = make_learner(), make_film(60)
        page, fetched, position = Page(person, film=film), set(), 0
        ever = set()
        for kind, value, wait in actions:
            clock.move(timedelta(seconds=wait))
            if kind == "restart":
                page, fetched, position = Page(person, film=film), set(), 0
            elif kind == "fetch":
                page.fetch(value)
                fetched.add(value)
                ever.add(value)
            elif kind != "wait":
                position = position + wait if kind == "honest" else value
                page.beat(position, sequence=max(0, page.sequence - 1) if kind == "replay" else None)
        watched = viewing.watched_of(person.id, FILM)
        passed = (clock.now() - START).total_seconds()
        assert len(watched) <= passed
        assert all(second // 4 in ever for second in range(60) if second in watched)
        assert learnt_on(person.id, clock.today()) == len(watched)
