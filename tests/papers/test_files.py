"""Blueprints and items as people save them: read, or refused with file, line and column; never half."""

import json

import pytest
from click.testing import CliRunner

from trainhub.cli import main

BLUEPRINT = {"cells": [{"type": "单选题", "count": 2}], "forms": 1}
NAMES = "id,type,knowledge_point,level,facility,discrimination,marks,exposure,enemy_group,last_used"
ITEMS = f"{NAMES}\n" + "".join(f"题{number},单选题,焊接,1,0.5,1,1,0,,\n" for number in range(4))


@pytest.fixture
def assembled(tmp_path):
    """Assembles forms of two files; returns the status and the JSON object of the command."""

    def assemble(blueprint=BLUEPRINT, items=ITEMS):
        written = blueprint if isinstance(blueprint, bytes) else json.dumps(blueprint).encode()
        (tmp_path / "blueprint.json").write_bytes(written)
        (tmp_path / "items.csv").write_bytes(items if isinstance(items, bytes) else items.encode())
        files = [str(tmp_path / "blueprint.json"), "--items", str(tmp_path / "items.csv")]
        done = CliRunner().invoke(main, ["papers", "assemble", *files, "--json"])
        return done.exit_code, json.loads(done.stdout)

    return assemble


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_files_are_read_in_the_encodings_of_spreadsheets_here(assembled, encoding):
    blueprint = json.dumps(BLUEPRINT, ensure_ascii=False).encode(encoding)
    status, found = assembled(blueprint, ITEMS.encode(encoding))
    assert (status, found["warnings"]) == (0, [])
    assert all(name.startswith("题") for name in found["forms"][0]["items"])


@pytest.mark.parametrize(
    "items", [ITEMS.replace("\n", "\r\n"), ITEMS.replace(",", ";"), ITEMS.replace(",", "\t"), "\n" + ITEMS]
)
def test_ends_of_lines_and_what_parts_the_fields_may_be_those_of_any_spreadsheet(assembled, items):
    status, found = assembled(items=items)
    assert (status, found["warnings"], len(found["forms"])) == (0, [], 1)


@pytest.mark.parametrize(
    ("blueprint", "items", "says"),
    [
        (b"", ITEMS, "blueprint.json: line 1: the file is empty"),
        (b'{"cells"\n: ]}', ITEMS, "blueprint.json: this is no JSON: Expecting value: line 2 column 3"),
        (b'{"cells": "\xff\xff"}', ITEMS, "blueprint.json: line 1, byte 12: "),
        (BLUEPRINT, ITEMS.encode() + b"\xff\xff", "items.csv: line 6, byte 1: "),
        (BLUEPRINT, ITEMS + "x,单选题\n", "items.csv: line 6: 2 fields, but 10 columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_place(assembled, blueprint, items, says):
    status, found = assembled(blueprint, items)
    assert status == 1 and says in found["error"]


def test_a_last_use_that_cannot_be_read_is_told_also_where_nothing_hangs_on_it(assembled):
    rows = "x,单选题,焊接,1,0.5,1,1,0,,2026-02-30\ny,单选题,焊接,1,0.5,1,1,0,,long ago\n"
    status, found = assembled(items=ITEMS + rows)
    (warning,) = found["warnings"]
    assert status == 0 and warning.startswith("line 6, column last_used: '2026-02-30' is neither a day")
    assert "the first of 2 such lines" in warning
    status, found = assembled(BLUEPRINT | {"min_distance": 1}, ITEMS + rows)
    assert status == 1 and "line 6, column last_used" in found["error"]


@pytest.mark.parametrize("day", ["2026-07-01", "2026/7/1", "2026年7月1日", "20260701", "2026-7-1 09:00"])
def test_a_last_use_is_a_day_as_spreadsheets_write_it(assembled, day):
    used = "".join(f"u{number},single,焊接,1,0.5,1,1,0,,{day}\n" for number in range(2))
    wanted = {"cells": [{"type": "single", "count": 1}], "min_distance": 1}
    status, found = assembled(wanted, ITEMS + used)
    assert (status, found["short"][0]["kept_out"]) == (1, {"min_distance": 2})


def test_a_group_of_enemies_with_one_item_and_a_column_without_a_name_are_told(assembled):
    rows = "x,单选题,焊接,1,0.5,1,1,0,甲；乙,,\ny,单选题,焊接,1,0.5,1,1,0,甲,,5\n"
    lines = ITEMS.strip().replace("\n", ",\n") + ",\n"
    status, found = assembled(items=lines + rows)
    unread, alone = found["warnings"]
    assert (status, unread) == (0, "columns not read: number 11, which has no name")
    assert alone.startswith("column enemy_group: no second item is in '乙' (line 6): ")
