"""A roster is read whatever its header looks like, and every bad row is named with its reason."""

import json
import os
from pathlib import Path

import pytest

from tests.factories.sittings import HEADER, make_id_number, roster_row, write_roster
from trainhub.exams.sittings.rosters import read_roster
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import in_language

SHARED = Path(os.environ.get("TRAINHUB_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


def reasons_of(path):
    return {row.number: " ".join(row.reasons) for row in read_roster(path).rows if row.reasons}


def test_header_is_found_by_meaning_under_a_merged_title_row(tmp_path):
    header = ["编号", "考生姓名 *", "公民身份号码（18位）", "联系电话", "用人单位", "培训学校", "报考类别"]
    values = dict(zip(HEADER, header, strict=True))
    row = {values[heading]: cell for heading, cell in roster_row(1).items()}
    roster = read_roster(write_roster(tmp_path / "r.xlsx", [row], header=header))
    assert roster.rows[0].values["employer"] == "第1机械厂"
    assert roster.rows[0].where == "名册!3"
    assert not roster.rows[0].reasons


def test_workbook_without_name_and_id_headings_is_refused_with_what_was_looked_for(tmp_path):
    path = write_roster(tmp_path / "r.xlsx", [{"a": "1"}], header=["a", "b"])
    with pytest.raises(Invalid, match="身份证号"):
        read_roster(path)


def test_header_without_candidates_is_refused(tmp_path):
    with pytest.raises(Invalid, match="no candidates below"):
        read_roster(write_roster(tmp_path / "r.xlsx", []))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"姓名": ""}, "The name is missing."),
        ({"工作单位": None}, "The employer is missing."),
        ({"培训机构": " "}, "The training body is missing."),
        ({"手机号": "12345"}, "A mobile number has 11 digits"),
        ({"身份证号": "370202198803150010"}, "The check character"),
        ({"身份证号": "37020219880230001X"}, "birth date within the ID number does not exist"),
        ({"身份证号": "3702021988031500"}, "has 18 characters, this one has 16"),
        ({"身份证号": 370202198803150016}, "has lost its last digits"),
        ({"姓名": "=A3"}, "is a formula"),
    ],
)
def test_bad_row_is_named_with_its_reason(tmp_path, changes, reason):
    path = write_roster(tmp_path / "r.xlsx", [roster_row(1), roster_row(2, **changes)])
    found = reasons_of(path)
    assert list(found) == [4]
    assert reason in found[4]


def test_lower_case_x_blanks_and_a_number_as_telephone_are_forgiven(tmp_path):
    number = next(each for each in (make_id_number() for _ in range(200)) if each.endswith("X"))
    spaced = f" {number[:6]} {number[6:].lower()} "
    row = roster_row(1, 身份证号=spaced, 姓名=" 王 小明 ", 手机号=13912345678)
    read = read_roster(write_roster(tmp_path / "r.xlsx", [row])).rows[0]
    assert not read.reasons
    assert read.values["id_number"] == number
    assert read.values["name"] == "王小明"
    assert read.values["phone"] == "13912345678"


def test_second_row_of_one_person_names_the_first(tmp_path):
    row = roster_row(1)
    found = reasons_of(write_roster(tmp_path / "r.xlsx", [row, roster_row(2), row]))
    assert found == {5: "The same ID number stands in row 3 of this file already."}


@pytest.mark.skipif(not (SHARED / "rosters").is_dir(), reason="the shared rosters are not here")
def test_every_bad_cell_of_the_roster_of_312_is_found():
    expected = json.loads((SHARED / "rosters" / "roster_312.expected.json").read_text())["rejected"]
    found = reasons_of(SHARED / "rosters" / "roster_312.xlsx")
    known_only_to_the_register = {61, 80}
    assert set(found) == {int(row) for row in expected} - known_only_to_the_register
