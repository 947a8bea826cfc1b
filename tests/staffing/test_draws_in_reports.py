"""Draws in the proof report: every step, who was drawn, and a file in it with which anybody repeats it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.factories.draws import Drawing
from tests.factories.invigilation import make_second_room
from tests.factories.separation import state_class
from tests.factories.staffing import make_staff_member
from tests.worlds import built_once
from trainhub.cli import main
from trainhub.exams.staffing import appoint, draws, lottery
from trainhub.exams.staffing.in_charge import put_in_charge
from trainhub.exams.staffing.models_of_draws import Draw, Party
from trainhub.kernel.db import db
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.naming import Names
from trainhub.separation.report_issuing import issue_report
from trainhub.separation.report_making import make_report


@pytest.fixture
@built_once
def drawing(app):
    """A draw that was withdrawn, for a reason that names somebody, and one that was carried out."""
    case = Drawing(invigilators=5)
    case.invigilators[0].name, case.invigilators[1].name = "尉迟教员", "诸葛监考"
    state_class(case.invigilators[0], [case.candidate.person])
    reason = "诸葛监考说起过秘密值，故重新抽签"
    first = case.freeze()
    case.commit(first, Party.CENTRE)
    draws.withdraw_draw(first, reason, by=case.officer)
    case.second = case.carry_out(case.freeze(reason=reason))
    case.codes = first.code, case.second.code
    late = make_staff_member(case.centre, case.officer)
    appoint(case.sitting, case.sitting.rooms[0], late, Duty.INVIGILATE, by=case.officer)
    case.late, case.code = late.id, case.sitting.code
    case.ids = [each.id for each in case.invigilators]
    case.drawn = [place.person_id for place in case.second.places]
    db.session.commit()
    return case


def rows(report, section):
    return next(each for each in report["sections"] if each["id"] == section)["rows"]


def files(report):
    return next(each for each in report["sections"] if each["id"] == "draws")["files"]


def test_every_step_of_every_draw_is_told(drawing):
    steps = [(row["draw"], row["what"]["code"]) for row in rows(make_report(drawing.code), "draws")]

    assert steps[:3] == [(1, "frozen"), (1, "committed.centre"), (1, "withdrawn")]
    second = [what for number, what in steps if number == 2]
    assert second[0] == "frozen"
    assert set(second[1:3]) == {"committed.centre", "committed.oversight"}
    assert set(second[3:5]) == {"revealed.centre", "revealed.oversight"}
    assert second[5:] == ["head", "drawn"]


def test_drawn_and_appointed_by_hand_are_told_apart(drawing):
    report = make_report(drawing.code)

    drawn = {row["person"]["person"]: row["outcome"]["code"] for row in rows(report, "drawn")}
    assert drawn == dict.fromkeys(drawing.drawn, "appointed")
    how = {row["person"]["person"]: row["how"]["code"] for row in rows(report, "staff")}
    assert how == dict.fromkeys(drawing.drawn, "drawn") | {drawing.late: "by_hand"}


def test_the_pool_is_the_frozen_one_with_whom_it_excluded(drawing):
    report = make_report(drawing.code)

    pool = {row["person"]["person"]: row["outcome"]["code"] for row in rows(report, "pool")}
    assert pool[drawing.ids[0]] == "excluded"
    assert {pool[each] for each in drawing.drawn} == {"on_duty"}
    assert pool[drawing.late] == "on_duty"
    barred = [row for row in rows(report, "frozen_exclusions") if row["draw"] == 2]
    assert [(row["person"]["person"], row["rule"][0]["code"]) for row in barred] == [(drawing.ids[0], "S-07")]


@pytest.mark.parametrize("names", list(Names))
def test_the_file_in_the_report_repeats_the_draw_under_every_setting_of_names(drawing, names):
    report = json.loads(issue_report(drawing.code, names=names, by=None).json)["report"]

    (file,) = files(report).values()
    assert file["draw"] == drawing.codes[1]
    assert lottery.problems_of(file) == []
    assert ("诸葛监考" in json.dumps(report, ensure_ascii=False)) is (names is Names.FULL)


def test_the_command_line_repeats_the_draw_of_a_report(drawing, tmp_path):
    (file,) = files(make_report(drawing.code, names=Names.FULL)).values()
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(file), encoding="utf-8")

    told = CliRunner().invoke(main, ["staffing", "replay", str(path), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["problems"]) == (0, [])


def test_the_ledger_of_the_report_holds_every_step_of_its_draws(drawing):
    kinds = [each["kind"] for each in make_report(drawing.code)["ledger"]["entries"]]

    counted = {kind: kinds.count(kind) for kind in kinds if kind.startswith("draw.")}
    assert counted == {
        "draw.frozen": 2,
        "draw.committed": 3,
        "draw.withdrawn": 1,
        "draw.revealed": 2,
        "draw.drawn": 1,
    }


def test_who_was_drawn_and_put_in_charge_is_on_duty_in_words_that_anybody_reads(drawing):
    """Told as withdrawn alone, it would look as if somebody had set the draw aside."""
    places = db.session.get_one(Draw, drawing.second.id).places
    row = next(each.appointment for each in places if each.duty == Duty.INVIGILATE)
    make_second_room(row.sitting)
    db.session.expire_all()
    put_in_charge(row, by=db.session.get_one(Person, row.appointed_by_id))
    db.session.commit()
    report = make_report(drawing.code, names=Names.FULL)

    assert {each["outcome"]["code"] for each in rows(report, "drawn")} == {"appointed"}
    (withdrawn,) = [each for each in rows(report, "staff") if each["state"]["code"] == "withdrawn"]
    assert (withdrawn["how"]["code"], withdrawn["reason"]) == ("drawn", "改为负责所有考场")
