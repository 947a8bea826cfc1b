"""Files that are made to harm who reads them by command: they stay text, and none brings a traceback."""

import zipfile

import pytest
from click.testing import CliRunner

from trainhub.cli import main

ESCAPE = "\x1b]0;taken over\x07\x1b[2J"
ITEM = '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="t"/>'
MANIFEST = '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><resources/></manifest>'


def test_a_name_inside_a_package_is_not_carried_out_by_the_terminal(tmp_path):
    with zipfile.ZipFile(tmp_path / "items.zip", "w") as package:
        package.writestr("imsmanifest.xml", MANIFEST)
        package.writestr(f"items/{ESCAPE}x.xml", ITEM)

    done = CliRunner().invoke(main, ["items", "import", str(tmp_path / "items.zip"), "--dry-run"], color=True)

    assert "taken over" in done.output
    assert not [each for each in done.output if not each.isprintable() and each != "\n"]


@pytest.mark.parametrize(
    "command",
    [
        ["staffing", "replay", "{}"],
        ["staffing", "solve", "{}"],
        ["ledger", "check", "{}"],
        ["items", "import", "q.csv", "--dry-run", "--columns-file", "{}"],
    ],
)
def test_json_that_is_deeper_than_any_reader_goes_is_refused(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.csv").write_text("题干,A,B,答案\n问,一,二,A\n", encoding="utf-8")
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="utf-8")

    done = CliRunner().invoke(main, [each.replace("{}", "deep.json") for each in command])

    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert "deep.json" in done.output
