"""``trainhub items stats``: any response matrix, without database and person; bad files by their place."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainhub.cli import main

SHARED = Path(os.environ.get("TRAINHUB_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
LSAT6 = SHARED / "psychometrics" / "lsat6.csv"

MARKS = "Q1,Q2,Q3\n1,1,1\n1,1,0\n1,0,0\n0,0,0\n"
CHOICES = 'Q1,Q2\nA,AC\nB,"A,C"\nA,A\n,c、a\n'


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """An instance that does not exist: the command must not need one."""
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "nowhere"))
    yield
    assert not (tmp_path / "nowhere").exists()


@pytest.fixture
def stats(tmp_path):
    """Run the command over files written for it; returns status and what it answers in JSON."""

    def run(text, key=None, *more):
        file = tmp_path / "responses.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        arguments = ["items", "stats", str(file), "--json", *more]
        if key is not None:
            (tmp_path / "key.csv").write_text(key, encoding="utf-8")
            arguments += ["--key", str(tmp_path / "key.csv")]
        result = CliRunner().invoke(main, arguments)
        return result.exit_code, json.loads(result.stdout) if result.exit_code < 2 else result.output

    return run


def test_marks_are_described_in_the_form_of_exchange(stats):
    status, found = stats(MARKS)
    assert status == 0
    assert (found["candidates"], found["complete"]) == (4, 4)
    assert (found["alpha"], found["kr20"]) == (pytest.approx(0.75), pytest.approx(0.75))
    assert found["sem"] == pytest.approx(0.6454972)
    assert "wrong" in found["missing"]
    first = found["items"][0]
    assert {"item", "facility", "item_total", "item_rest", "alpha_if_dropped"} <= first.keys()
    assert (first["item"], first["upper_lower"], first["options"], first["flags"]) == ("Q1", 1, {}, [])


def test_what_cannot_be_computed_is_null(stats):
    status, found = stats("Q1\n1\n1\n")
    assert status == 0
    assert (found["alpha"], found["kr20"], found["sem"]) == (None, None, None)
    assert (found["items"][0]["item_total"], found["items"][0]["alpha_if_dropped"]) == (None, None)


@pytest.mark.parametrize("key", ["item,key\nQ1,A\nQ2,AC\n", "Q2,Q1\nA/C,a\n"])
def test_raw_options_are_scored_by_a_key_of_either_form(stats, key):
    status, found = stats(CHOICES, key)
    assert status == 0
    assert [each["facility"] for each in found["items"]] == [0.5, 0.75]
    options = found["items"][0]["options"]
    assert {name: (each["share"], each["is_key"]) for name, each in options.items()} == {
        "A": (0.5, True),
        "B": (0.25, False),
    }
    assert found["items"][0]["unanswered"] == 1


def test_either_of_two_right_answers_is_right(stats):
    _status, found = stats("Q1\nA\nB\nC\n", "item,key\nQ1,A|B\n")
    assert found["items"][0]["facility"] == pytest.approx(2 / 3)


def test_an_option_that_nobody_chose_is_known_from_the_other_questions(stats):
    full = "".join(
        f"{'ABCD'[row % 4]},{'ABCD'[row % 4]},{'ABC'[row % 3]},{'AB'[row % 2]}\n" for row in range(40)
    )
    _status, found = stats(f"Q1,Q2,Q3,Q4\n{full}", "item,key\nQ1,A\nQ2,B\nQ3,C\nQ4,A\n")
    assert list(found["items"][2]["options"]) == ["A", "B", "C", "D"]
    assert list(found["items"][3]["options"]) == ["A", "B"]
    assert "dead_distractor" in found["items"][2]["flags"]


def test_missing_answers_are_wrong_and_rows_without_any_are_left_out(stats):
    _status, found = stats("Q1,Q2\n1,\n1,1\n0,1\n,\n")
    assert (found["candidates"], found["complete"], found["left_out"]) == (3, 2, 1)
    assert found["items"][1]["facility"] == pytest.approx(2 / 3)
    _status, found = stats("Q1,Q2\n1,\n1,1\n0,1\n,\n", None, "--missing", "complete")
    assert (found["candidates"], found["items"][0]["facility"]) == (2, 0.5)


def test_columns_that_are_no_items_are_left_out_by_name(stats):
    status, found = stats("ticket,Q1,Q2\n17,1,0\n18,0,1\n", None, "--without", "ticket")
    assert (status, [each["item"] for each in found["items"]]) == (0, ["Q1", "Q2"])


def test_byte_order_marks_semicolons_and_chinese_names_are_read(stats):
    status, found = stats("\ufeff题一;题二\r\n1;0\r\n0;1\r\n")
    assert (status, [each["item"] for each in found["items"]]) == (0, ["题一", "题二"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("Q1,Q2\n", "no candidate"),
        ("Q1,Q2\n1,0\n1\n", "line 3, column 2: the row has 1 cells, the header has 2"),
        ("Q1,Q2\n1,0,1\n", "line 2, column 3: the row has 3 cells"),
        ("Q1,Q2\n1,0\n1,2\n", "line 3, column 2 (Q2): '2' is neither 0 nor 1"),
        ("Q1,Q2\nA,0\n", "line 2, column 1 (Q1): 'A' is neither 0 nor 1"),
        ("Q1,Q1\n1,0\n", "line 1, column 2: Q1 is the name of column 1 already"),
        ("Q1,\n1,0\n", "line 1, column 2: the item has no name"),
        ('Q1,Q2\n"1,0\n', "line 2"),
        ("题一,题二\n1,0\n".encode("gb18030"), "line 1, byte 1: this is not UTF-8"),
        ("Q1,Q2\n1,0\n".encode("utf-16"), "not UTF-8"),
        (b"Q1,Q2\n1,\x00\n", "line 2: this is no text"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(stats, text, reason):
    status, found = stats(text)
    assert status == 1
    assert reason in found["error"]
    assert "responses.csv" in found["error"]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("item,key\nQ1,A\nQ2,A\nQ9,A\n", "key.csv, line 4, column 1: there is no item 'Q9' in the responses"),
        ("item,key\nQ1,A\n", "Q2 has no key"),
        ("item,key\nQ1,A\nQ1,B\nQ2,A\n", "line 3, column 1: Q1 has a key already"),
        ("item,key\nQ1,A\nQ2,\n", "line 3, column 1: the key of Q2 is empty"),
        ("Q1,Q2\nA,B\nA,B\n", "line 1: a key is either"),
        ("", "key.csv is empty"),
    ],
)
def test_a_bad_key_is_refused_with_its_place(stats, key, reason):
    status, found = stats(CHOICES, key)
    assert status == 1
    assert reason in found["error"]


def test_bad_usage_ends_with_two(stats):
    assert stats(MARKS, None, "--missing", "guess")[0] == 2
    assert CliRunner().invoke(main, ["items", "stats", "nothing.csv"]).exit_code == 2


def test_an_item_that_moved_since_an_earlier_sitting_is_flagged(stats, tmp_path):
    def sitting(shares):
        return "Q1,Q2,Q3,Q4\n" + "".join(
            ",".join(str(int(row < 200 * share)) for share in shares) + "\n" for row in range(200)
        )

    (tmp_path / "before.csv").write_text(sitting([0.5, 0.6, 0.7, 0.4]), encoding="utf-8")
    _status, found = stats(sitting([0.5, 0.6, 0.7, 0.8]), None, "--earlier", str(tmp_path / "before.csv"))
    assert [("drifting" in each["flags"]) for each in found["items"]] == [False, False, False, True]
    assert found["items"][3]["remarks"][0].startswith("Its marks were reached to 40 % before and to 80 % now")


def test_parameters_are_estimated_when_asked_for(stats):
    rows = "".join(f"{row % 2},{(row // 2) % 2},{int(row % 3 > 0)}\n" for row in range(60))
    status, found = stats(f"Q1,Q2,Q3\n{rows}", None, "--calibrate", "rasch")
    assert status == 0
    assert found["calibration"]["model"] == "rasch"
    assert {"item", "difficulty", "discrimination"} <= found["calibration"]["items"][0].keys()


def test_the_short_text_names_every_item_and_says_what_is_conspicuous(tmp_path):
    file = tmp_path / "marks.csv"
    file.write_text("Q1,Q2\n" + "1,0\n1,1\n" * 10, encoding="utf-8")
    result = CliRunner().invoke(main, ["items", "stats", str(file)])
    assert result.exit_code == 0
    assert "100 % of its marks are reached: it tells hardly anybody apart." in result.output
    assert "20 candidates, 20 complete" in result.output


@pytest.mark.skipif(not LSAT6.is_file(), reason="the shared reference data are not here")
def test_a_published_data_set_is_described():
    result = CliRunner().invoke(main, ["items", "stats", str(LSAT6), "--json"])
    found = json.loads(result.stdout)
    assert found["candidates"] == found["complete"] == 1000
    assert found["alpha"] == pytest.approx(0.294997, abs=1e-4)
    assert found["sem"] == pytest.approx(0.869067, abs=1e-4)
