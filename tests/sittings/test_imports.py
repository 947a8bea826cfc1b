"""A roster goes in whole or not at all, unless the good rows are asked for; nobody is registered twice."""

import json
import re
import tempfile

import pytest
from sqlalchemy import event, func, select

from tests.factories.sites import make_site
from tests.factories.sittings import make_id_number, make_sitting, roster_row, write_roster
from tests.sittings.test_rosters import SHARED
from tests.worlds import built_once
from trainhub.exams.sittings.entering import AT_ONCE, import_roster
from trainhub.exams.sittings.models import Candidate, RosterImport
from trainhub.exams.sittings.plan import candidates_of
from trainhub.exams.sittings.roster_work import hand_in_roster, rejected_workbook
from trainhub.exams.sittings.rosters import read_roster
from trainhub.kernel import clock, jobs, storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import as_read, in_language, read_throughout
from trainhub.kernel.workbooks import read_sheets
from trainhub.ledger import Entry
from trainhub.people.models import Message, MessageState
from trainhub.people.persons import record_person


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


@pytest.fixture
@built_once
def sitting(house):
    """A sitting for safety managers with thirty seats."""
    with transaction():
        return make_sitting(house.centre, house.by)


def take(tmp_path, rows, sittings, house, **options):
    roster = read_roster(write_roster(tmp_path / "r.xlsx", rows))
    return import_roster(roster, [each.code for each in sittings], by_id=house.by.id, **options)


def registered():
    return db.session.scalar(select(func.count(Candidate.id)))


def test_good_roster_is_registered_whole(tmp_path, house, sitting):
    report = take(tmp_path, [roster_row(n) for n in range(5)], [sitting], house)
    assert report["imported"] == report["rows"] == 5
    assert len(candidates_of(sitting)) == 5


def test_one_bad_row_keeps_everybody_out_and_the_good_ones_are_held(tmp_path, house, sitting):
    report = take(tmp_path, [roster_row(1), roster_row(2, 姓名=""), roster_row(3)], [sitting], house)
    assert (report["imported"], len(report["held"]), len(report["rejected"])) == (0, 2, 1)
    assert report["rejected"][0] == {"where": "名册!4", "reason": "The name is missing."}
    assert registered() == 0


def test_on_request_the_good_rows_go_in(tmp_path, house, sitting):
    rows = [roster_row(1), roster_row(2, 姓名=""), roster_row(3)]
    report = take(tmp_path, rows, [sitting], house, accept_good=True)
    assert (report["imported"], len(report["held"]), len(report["rejected"])) == (2, 0, 1)
    assert registered() == 2


def test_dry_run_registers_nobody(tmp_path, house, sitting):
    report = take(tmp_path, [roster_row(1)], [sitting], house, dry_run=True)
    assert report["imported"] == 1
    assert registered() == 0


def test_rows_add_up(tmp_path, house, sitting):
    rows = [roster_row(1), roster_row(2, 姓名=""), roster_row(3)]
    take(tmp_path, [rows[0]], [sitting], house)
    report = take(tmp_path, rows, [sitting], house, accept_good=True)
    parts = report["imported"] + report["duplicates"] + len(report["rejected"]) + len(report["held"])
    assert report["rows"] == parts == 3
    assert report["duplicates"] == 1


def test_same_roster_twice_changes_nothing(tmp_path, house, sitting):
    rows = [roster_row(n) for n in range(3)]
    take(tmp_path, rows, [sitting], house)
    report = take(tmp_path, rows, [sitting], house)
    assert (report["imported"], report["duplicates"]) == (0, 3)
    assert registered() == 3


def test_each_row_goes_to_the_sitting_of_its_qualification(tmp_path, house, sitting):
    with transaction():
        other = make_sitting(house.centre, house.by, qualification="PRINCIPAL")
    rows = [roster_row(1), roster_row(2, 考试项目="主要负责人")]
    report = take(tmp_path, rows, [sitting, other], house)
    assert report["by_type"] == {"SAFETY-MANAGER": 1, "PRINCIPAL": 1}
    assert len(candidates_of(other)) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"考试项目": "电工"}, "The catalogue knows no qualification “电工”."),
        ({"考试项目": "主要负责人"}, "is not examined in the chosen sitting"),
        ({"身份证号": make_id_number(1, born="20200101")}, "Younger than 18 years"),
    ],
)
def test_row_that_the_register_refuses_has_its_reason(tmp_path, house, sitting, changes, reason):
    report = take(tmp_path, [roster_row(1, **changes)], [sitting], house)
    assert reason in report["rejected"][0]["reason"]


def test_name_that_differs_from_the_register_is_refused(tmp_path, house, sitting):
    row = roster_row(1)
    with transaction():
        record_person("别名", row["身份证号"], by=None)
    report = take(tmp_path, [row], [sitting], house)
    assert "under another name" in report["rejected"][0]["reason"]


def test_somebody_registered_for_the_same_examination_elsewhere_is_refused(tmp_path, house, sitting):
    with transaction():
        other = make_sitting(house.centre, house.by, days=9)
    row = roster_row(1)
    take(tmp_path, [row], [other], house)
    report = take(tmp_path, [row], [sitting], house)
    assert other.code in report["rejected"][0]["reason"]


def test_two_qualifications_at_the_same_time_are_refused(tmp_path, house, sitting):
    with transaction():
        other = make_sitting(house.centre, house.by, qualification="PRINCIPAL")
    row = roster_row(1)
    report = take(tmp_path, [row, row | {"考试项目": "主要负责人"}], [sitting, other], house)
    assert report["rejected"] == [
        {"where": "名册!4", "reason": "Row 3 registers the same person for the same time."}
    ]


def test_no_row_goes_beyond_the_seats(tmp_path, house):
    with transaction():
        small = make_sitting(house.centre, house.by, seats=2)
    report = take(tmp_path, [roster_row(n) for n in range(3)], [small], house, accept_good=True)
    assert report["imported"] == 2
    assert "No seat is left" in report["rejected"][0]["reason"]


def test_second_sitting_of_the_same_examination_takes_who_finds_no_seat(tmp_path, house):
    with transaction():
        site = make_site(house.centre, rooms=1, seats=2)
        first = make_sitting(house.centre, house.by, site=site, days=3)
        second = make_sitting(house.centre, house.by, site=site, days=4)
    report = take(tmp_path, [roster_row(n) for n in range(3)], [first, second], house)
    assert report["by_sitting"] == {first.code: 2, second.code: 1}


def test_roster_is_refused_once_the_sitting_has_begun(tmp_path, house, sitting):
    with clock.set_to(sitting.starts_at), pytest.raises(Conflict, match="Registration"):
        take(tmp_path, [roster_row(1)], [sitting], house)


def test_who_has_no_training_record_is_registered_as_open(tmp_path, house, sitting):
    report = take(tmp_path, [roster_row(1)], [sitting], house)
    assert report["pending"] == 1
    assert "No training record" in report["warnings"][0]["text"]
    assert candidates_of(sitting)[0].eligibility == "pending"


def test_import_leaves_its_trail_and_tells_everybody(tmp_path, house, sitting):
    take(tmp_path, [roster_row(1), roster_row(2)], [sitting], house)
    kinds = list(db.session.scalars(select(Entry.kind)))
    assert kinds.count("candidate.registered") == 2
    assert kinds.count("roster.imported") == 1
    messages = list(db.session.scalars(select(Message).where(Message.subject == "sitting.registered")))
    assert [message.state for message in messages] == [MessageState.NO_ADDRESS] * 2


def test_ledger_holds_no_name_number_or_telephone(tmp_path, house, sitting):
    row = roster_row(1)
    take(tmp_path, [row], [sitting], house)
    bodies = " ".join(str(body) for body in db.session.scalars(select(Entry.body)))
    for secret in (row["姓名"], row["身份证号"], row["手机号"]):
        assert secret not in bodies


def test_handed_in_roster_is_sealed_then_removed_and_its_bad_rows_come_back(
    tmp_path, house, sitting, monkeypatch
):
    rows = [roster_row(1), roster_row(2, 姓名="", 工作单位="=cmd|' /C calc'!A0")]
    path = write_roster(tmp_path / "r.xlsx", rows)
    with transaction(), path.open("rb") as file:
        hand_in_roster(file, "..\\x/名册.xlsx", [sitting], by=house.by, language="en", accept_good=True)
    kept = db.session.scalars(select(RosterImport)).one()
    assert kept.file_name == "名册.xlsx"
    assert rows[0]["身份证号"].encode() not in storage.read(kept.file_key)
    file_key = kept.file_key
    db.session.rollback()
    with monkeypatch.context() as nowhere:
        # Whoever wanted to lay it down in clear would find no place.
        nowhere.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        jobs.run_pending()
    db.session.expire_all()
    assert not storage._root().joinpath(file_key).exists()
    assert kept.report["imported"] == 1
    (tmp_path / "back.xlsx").write_bytes(rejected_workbook(kept))
    sheet = read_sheets(tmp_path / "back.xlsx")[0]
    assert sheet.rows[0][-1] == "Reason for rejection"
    assert "The name is missing." in sheet.rows[1][-1]
    assert not sheet.formulas


def test_unreadable_roster_says_why_and_registers_nobody(tmp_path, house, sitting):
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"not a workbook")
    with transaction(), path.open("rb") as file:
        row = hand_in_roster(file, "r.xlsx", [sitting], by=house.by, language="en")
        job_id = row.id
    db.session.rollback()
    jobs.run_pending()
    job = db.session.get(jobs.Job, job_id)
    with in_language("en"):
        assert (job.state, as_read(job.message)) == ("failed", "This is not an Excel workbook (.xlsx).")
    assert registered() == 0


@pytest.mark.skipif(not (SHARED / "rosters").is_dir(), reason="the shared rosters are not here")
def test_roster_of_312_gives_300_candidates_and_12_reasons(house):
    with transaction():
        sittings = [
            make_sitting(house.centre, house.by, rooms=8),
            make_sitting(house.centre, house.by, qualification="PRINCIPAL", rooms=2),
            make_sitting(house.centre, house.by, qualification="LV-ELECTRICIAN"),
        ]
    expected = json.loads((SHARED / "rosters" / "roster_312.expected.json").read_text())
    roster = read_roster(SHARED / "rosters" / "roster_312.xlsx")
    codes = [each.code for each in sittings]
    assert import_roster(roster, codes, by_id=house.by.id)["imported"] == 0
    report = import_roster(roster, codes, by_id=house.by.id, accept_good=True)
    assert report["imported"] == expected["accepted"] == registered()
    assert {each["where"].split("!")[1] for each in report["rejected"]} == set(expected["rejected"])


def test_reasons_of_a_roster_handed_in_in_english_are_read_in_chinese_and_in_english(
    tmp_path, house, sitting
):
    rows = [roster_row(1), roster_row(2, 姓名=""), roster_row(3, 考试项目="高空杂技")]
    path = write_roster(tmp_path / "r.xlsx", rows)
    with transaction(), path.open("rb") as file:
        hand_in_roster(file, "r.xlsx", [sitting], by=house.by, language="en")
    db.session.rollback()
    jobs.run_pending()
    kept = db.session.scalars(select(RosterImport)).one()

    with in_language("zh_CN"):
        chinese = read_throughout(kept.report)
        (tmp_path / "back.xlsx").write_bytes(rejected_workbook(kept))
    english = read_throughout(kept.report)

    assert [each["reason"] for each in english["rejected"]] == [
        "The name is missing.",
        "The catalogue knows no qualification “高空杂技”.",
    ]
    assert [each["reason"] for each in chinese["rejected"]] == [
        "姓名为空。",
        "考试项目“高空杂技”不在目录中。",
    ]
    assert english["held"][0]["proposal"] == "Import the good rows alone."
    assert not re.search("[A-Za-z]{3}", chinese["held"][0]["reason"] + chinese["held"][0]["proposal"])
    assert read_sheets(tmp_path / "back.xlsx")[0].rows[1][-1] == "姓名为空。"


def test_a_roster_that_was_kept_in_words_is_read_as_it_was_kept(house, sitting):
    old = {"where": "Sheet1!4", "reason": "The name is missing."}
    kept = RosterImport(
        file_name="r.xlsx", sitting_codes=[], report={"rejected": [old]}, imported_by=house.by
    )
    with in_language("zh_CN"):
        assert read_throughout(kept.report) == {"rejected": [old]}


def test_a_roster_is_written_together_and_not_candidate_by_candidate(tmp_path, house):
    """All who write wait for a lot: what is asked of the database does not grow with its rows."""
    with transaction():
        sitting = make_sitting(house.centre, house.by, rooms=3)
    asked = []

    def hear(_connection, _cursor, statement, *_others):
        asked.append(statement.startswith("SELECT"))

    event.listen(db.engine, "before_cursor_execute", hear)
    take(tmp_path, [roster_row(n) for n in range(20)], [sitting], house)
    for_twenty = sum(asked)
    asked.clear()
    take(tmp_path, [roster_row(n) for n in range(20, 20 + AT_ONCE)], [sitting], house)

    assert registered() == 20 + AT_ONCE
    assert sum(asked) <= for_twenty + 5
