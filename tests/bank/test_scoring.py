"""Marks for a response: all of the key and nothing else."""

import pytest

from trainhub.exams.bank import ItemBody, Option, score

OPTIONS = tuple(Option(key, key) for key in "ABCD")


@pytest.mark.parametrize(
    ("answer", "response", "is_right"),
    [
        (("B",), "B", True),
        (("B",), "A", False),
        (("B",), None, False),
        (("T",), "T", True),
        (("T",), "F", False),
        (("A", "C"), ["A", "C"], True),
        (("A", "C"), ["C", "A"], True),
        (("A", "C"), ["A"], False),
        (("A", "C"), ["A", "B", "C"], False),
        (("A", "C"), ["A", "A", "C"], False),
        (("A", "C"), [], False),
        (("A", "C"), "A", False),
    ],
)
def test_a_response_counts_when_it_is_the_key(answer, response, is_right):
    assert score(ItemBody("甲？", OPTIONS, answer), response) is is_right
