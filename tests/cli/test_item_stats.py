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


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16", "utf-8-sig"])
def test_what_spreadsheets_save_in_china_is_read_as_it_was_written(stats, encoding):
    text = "题目一,题目二\r\n甲,乙\r\n丙,乙\r\n"
    status, found = stats(text.encode(encoding), "item,key\n题目一,甲\n题目二,乙\n")
    assert (status, [each["item"] for each in found["items"]]) == (0, ["题目一", "题目二"])
    assert list(found["items"][0]["options"]) == ["丙", "甲"]


POINTS = "号,Q1,Q2,Q3\n{}甲,2.5,0.1,1\n乙,5,0.3,0\n丙,0,0.2,1\n丁,２．５,,0\n"


def maxima(found):
    return [each["maximum"] for each in found["items"]]


def test_marks_that_are_no_whole_numbers_are_shares_of_what_the_item_can_give(stats):
    said = ("--maximum", "Q1=10", "--maximum", "Q2=0.5", "--maximum", "2")
    status, found = stats(POINTS.format(""), None, "--without", "号", *said)
    assert (status, maxima(found), found["assumed_maxima"]) == (0, [10, 0.5, 2], [])
    assert [each["facility"] for each in found["items"]] == [0.25, pytest.approx(0.3), 0.25]
    assert found["mean"] == pytest.approx((3.6 + 5.3 + 1.2 + 2.5) / 4)


def test_a_row_that_says_so_holds_the_maximum_marks(stats):
    for label in ("满分", "Maximum"):
        status, found = stats(POINTS.format(f"{label},10,0.5,2\n"), None, "--without", "号")
        assert (status, found["candidates"], maxima(found), found["assumed_maxima"]) == (
            0,
            4,
            [10, 0.5, 2],
            [],
        )


def test_the_highest_mark_stands_for_a_maximum_that_nobody_said_and_the_answer_says_so(stats, tmp_path):
    status, found = stats(POINTS.format(""), None, "--without", "号")
    assert (status, maxima(found), found["assumed_maxima"]) == (0, [5, 1, 1], ["Q1"])
    assert found["items"][0]["facility"] == 0.5
    result = CliRunner().invoke(main, ["items", "stats", str(tmp_path / "responses.csv"), "--without", "号"])
    assert (
        "The highest mark that anybody reached is taken for the maximum, as none was said: Q1 5"
        in result.output
    )


def test_alpha_does_not_depend_on_what_the_items_can_give(stats):
    _status, assumed = stats(POINTS.format(""), None, "--without", "号")
    _status, said = stats(POINTS.format(""), None, "--without", "号", "--maximum", "7")
    for figure in ("alpha", "sem", "mean", "sd"):
        assert assumed[figure] == pytest.approx(said[figure])
    assert said["kr20"] is None


def test_a_right_option_gives_the_maximum_of_its_item(stats):
    _status, found = stats(CHOICES, "item,key\nQ1,A\nQ2,AC\n", "--maximum", "Q1=2.5")
    assert maxima(found) == [2.5, 1]
    assert found["mean"] == pytest.approx((3.5 + 1 + 2.5 + 1) / 4)


@pytest.mark.parametrize(
    ("row", "more", "reason"),
    [
        ("满分,2,1,1\n", (), "line 3, column 2 (Q1): 2.5 is more than the maximum 2"),
        ("满分,10,,1\n", (), "line 2, column 3 (Q2): '' is no maximum"),
        ("满分,10,0,1\n", (), "line 2, column 3 (Q2): '0' is no maximum"),
        ("满分,10,1,1\nmax,10,1,1\n", (), "line 3: the maximum marks stand on line 2"),
        ("", ("--maximum", "Q9=5"), "there is no item 'Q9' whose maximum could be said"),
        ("", ("--maximum", "Q1=much"), "Q1=much: write MARKS, or ITEM=MARKS"),
        ("", ("--maximum", "0"), "0: write MARKS, or ITEM=MARKS, with marks above 0"),
    ],
)
def test_a_maximum_that_does_not_fit_is_refused_with_its_place(stats, row, more, reason):
    status, found = stats(POINTS.format(row), None, "--without", "号", *more)
    assert status == 1
    assert reason in found["error"]


def test_two_sittings_are_compared_only_where_an_item_has_one_maximum(stats, tmp_path):
    (tmp_path / "before.csv").write_text("Q1,Q2\n4,1\n1,0\n", encoding="utf-8")
    earlier = ("--earlier", str(tmp_path / "before.csv"))
    status, found = stats("Q1,Q2\n5,1\n1,0\n", None, *earlier)
    assert (status, found["error"].split(";")[0]) == (1, "Q1: the highest mark is 5 now and was 4 earlier")
    assert stats("Q1,Q2\n5,1\n1,0\n", None, *earlier, "--maximum", "Q1=5")[0] == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("Q1,Q2\n", "no candidate"),
        ("Q1,Q2\n1,0\n1\n", "line 3, column 2: the row has 1 cells, the header has 2"),
        ("Q1,Q2\n1,0,1\n", "line 2, column 3: the row has 3 cells"),
        ("Q1,Q2\n1,0\n1,-2\n", "line 3, column 2 (Q2): '-2' is no mark"),
        ("Q1,Q2\nA,0\n", "line 2, column 1 (Q1): 'A' is no mark; raw options need a key (--key)"),
        ("Q1,Q2\n满分,5\n1,0\n", "line 2, column 1 (Q1): '满分' is no mark"),
        ("ticket,Q2\n17,1\n18,0\n19,1\n", "column 1 (ticket): these numbers up to 19 are hardly marks"),
        ("ticket,Q2\n20260017,1\n20260117,0\n", "line 2, column 1 (ticket): '20260017' is no mark"),
        ("Q1,Q2\n60,1\n300,0\n", "column 1 (Q1): these numbers up to 300 are hardly marks"),
        ("Q1,Q1\n1,0\n", "line 1, column 2: Q1 is the name of column 1 already"),
        ("Q1,\n1,0\n", "line 1, column 2: the item has no name"),
        ('Q1,Q2\n"1,0\n', "line 2"),
        ("題一,題二\n1,0\n".encode("big5"), "line 1, byte 1: The encoding of the file cannot be told."),
        ("Frage ä,Q2\n1,0\n".encode("latin-1"), "line 1, byte 7: The encoding of the file cannot be told."),
        (b"Q1,Q2\n1,\x00\n", "line 2, byte 3: The file is neither text"),
        ("Q1,Q2\n1,\x00\n".encode("utf-16"), "line 2: this is no text"),
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
