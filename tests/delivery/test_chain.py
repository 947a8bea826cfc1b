"""The links of a journal are the hashes of canonical JSON (RFC 8785), whichever way they are written."""

import hashlib
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.delivery import change, make_seated_sitting, make_working_attempt
from trainhub.exams.delivery import quick
from trainhub.exams.delivery.chain import How, next_link, read_change
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid

letters = st.sampled_from("ABCDEFTF")
answers = (
    st.none()
    | letters
    | st.lists(letters, min_size=1, max_size=4, unique=True).map(sorted)
    | st.text(max_size=20)
)
remarks = (
    st.just({}) | st.just({"circumstance": "offline"}) | st.just({"beacon_at": 17, "beacon_sequence": 3})
)


@given(answers, st.booleans(), st.sampled_from(How), st.integers(1, 20_000), st.datetimes(), remarks)
def test_a_link_is_the_hash_of_the_canonical_form(answer, flagged, how, number, moment, said):
    made = change(number, 1 + number % 100, answer, flagged=flagged, how=how)
    received_at = moment.replace(tzinfo=UTC)
    facts = {"previous": "ab" * 32, "received_at": received_at.isoformat()} | made.facts() | said

    expected = hashlib.sha256(rfc8785.dumps(facts)).hexdigest()

    assert next_link("ab" * 32, made, received_at, **said) == expected


def test_a_row_written_in_the_words_of_the_driver_is_the_row_that_the_table_means(app):
    attempt, _token = make_working_attempt(make_seated_sitting())
    moment = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
    facts = change(1, 2, "T").facts() | {"attempt_id": attempt.id, "received_at": moment, "link": "x"}
    facts |= {"response": '"T"', "circumstance": ""}
    attempt_id = attempt.id
    db.session.rollback()
    with db.engine.begin() as connection:
        quick.RESPONSES.insert(connection, [facts])
        head = {"last_seen_at": moment, "last_response_at": moment, "last_sequence": 1, "head": "x"}
        quick.HEADS.update(connection, [head | {"id": attempt_id}])
    db.session.add(Response(**facts | {"sequence": 2}))
    db.session.commit()

    one, two = (db.session.get(Response, (attempt_id, number)) for number in (1, 2))
    attempt = db.session.get(Attempt, attempt_id)
    same = set(facts) - {"sequence"}
    assert {name: getattr(one, name) for name in same} == {name: getattr(two, name) for name in same}
    assert (attempt.last_seen_at, attempt.last_sequence) == (moment, 1)
    rows = db.session.connection().exec_driver_sql("SELECT received_at FROM delivery_response").all()
    assert len({row[0] for row in rows}) == 1


def test_typed_answers_are_read_and_hashed_and_their_length_has_an_end():
    typed = {**change(1).facts(), "response": ["２ 米", "", "高处"]}
    read = read_change(typed)
    assert read.response == ["２ 米", "", "高处"]
    assert len(next_link("0", read, clock.now())) == 64
    for response in (
        "字" * 2001,
        ["字" * 1001, "字" * 1000],
        ["a"] * 41,
        "\ud800",
        "a\x00b",
        ["\n"],
        [1],
        [],
        "",
    ):
        with pytest.raises(Invalid):
            read_change({**typed, "response": response})
