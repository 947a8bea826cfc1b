"""Sittings, candidates and rosters for tests, made by the deeds that make them in the house."""

from datetime import timedelta
from itertools import count

import openpyxl

from tests.factories.sites import make_site
from trainhub.exams.sittings.evidence import decide_evidence, propose_evidence
from trainhub.exams.sittings.plan import candidates_of, plan_sitting
from trainhub.exams.sittings.registration import Registration, register
from trainhub.exams.sittings.seating import arrange
from trainhub.kernel import clock
from trainhub.people.id_numbers import check_character
from trainhub.people.persons import record_person

HEADER = ["序号", "姓名", "身份证号", "手机号", "工作单位", "培训机构", "考试项目"]
_number = count(1)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN = "子安文博思远嘉禾明轩若水长青"


def make_id_number(number=None, born="19880315"):
    """A well-formed ID number that nobody else in the test has."""
    place = next(_number) if number is None else number
    head = f"370202{born}{place % 1000:03d}"
    return head + check_character(head + "0")


def make_name(number):
    """A name."""
    return _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number % 7 * 2 : number % 7 * 2 + 2]


def make_sitting(centre, by, qualification="SAFETY-MANAGER", rooms=1, seats=30, days=3, site=None, code=None):
    """A planned sitting at a site of its own."""
    site = site or make_site(centre, rooms, seats, by=by)
    starts_at = clock.now() + timedelta(days=days)
    return plan_sitting(qualification, site, site.rooms, starts_at, organisation=centre, by=by, code=code)


def make_candidate(sitting, by, name=None, employer="海川华丰机械有限公司", id_number=None):
    """A registered candidate whose eligibility is open."""
    place = next(_number)
    person = record_person(name or make_name(place), id_number or make_id_number(), by=by)
    return register(sitting, person, Registration(employer, "海川市安泰安全培训学校", "13912345678"), by=by)


def settle_eligibility(sitting, by, second):
    """Accept evidence for everybody whose eligibility is open."""
    pending = [each for each in candidates_of(sitting) if not each.is_eligible]
    for evidence in propose_evidence(pending, "paper_record", "培训台账原件，存档案室", by=by):
        decide_evidence(evidence, True, "原件已核对", by=second)


def make_arranged_sitting(centre, by, second, candidates=3, **plan):
    """A sitting whose candidates have seats."""
    sitting = make_sitting(centre, by, **plan)
    for number in range(candidates):
        make_candidate(sitting, by, employer=f"第{number % 3}机械厂")
    settle_eligibility(sitting, by, second)
    arrange(sitting, by=by)
    return sitting


def roster_row(number, **changes):
    """A good row of a roster as a dictionary by heading."""
    row = {
        "序号": str(number),
        "姓名": make_name(number),
        "身份证号": make_id_number(number),
        "手机号": f"139{number:08d}",
        "工作单位": f"第{number % 4}机械厂",
        "培训机构": "海川市安泰安全培训学校",
        "考试项目": "安全生产管理人员",
    }
    return row | changes


def write_roster(path, rows, header=HEADER, title="考生名册"):
    """A workbook with a merged title row, a header and rows; returns its path."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "名册"
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(header))
    sheet.append(header)
    for row in rows:
        sheet.append([row.get(heading) for heading in header])
    workbook.save(path)
    return path
