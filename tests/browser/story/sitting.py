"""Step 5: a sitting is planned, a roster comes in, eligibility is settled, seats and tickets are given."""

from datetime import timedelta

import openpyxl

from tests.factories.sittings import HEADER, make_id_number, write_roster
from trainhub.demo.cast import LEARNERS
from trainhub.demo.people import id_number
from trainhub.exams.sittings.models import Candidate
from trainhub.exams.sittings.plan import candidates_of, get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.persons import id_number_of

SITE = "KD-01"
EMPLOYERS = ("海川华丰机械有限公司", "蓝海化工有限公司", "鼎信建设工程有限公司")


def make_a_site_ready(walk):
    """Record the application of a site, its room and its inspection, and admit it; a school is refused."""
    page = walk.as_person("site-manager")
    walk.visit(page, "/exam/sites/new", "new-site")
    page.fill("#code", SITE)
    page.fill("#name", "海川职业技术学院考点")
    page.fill("#address", "海川市学府路 88 号实训楼三层")
    page.select_option("#organisation", "ANTAI")
    walk.press(page, "Record the application")
    walk.look(page, "school-refused")
    assert "S-03" in page.inner_text("main")
    page.go_back()
    page.select_option("#organisation", "SITE-01")
    walk.press(page, "Record the application")
    page.locator("summary", has_text=walk.words("Add a room")).click()
    page.fill("#code", "R1")
    page.fill("#name", "第一机房")
    page.fill("#seats", "20")
    walk.press(page, "Add the room")
    for box in page.locator('input[type=radio][value="met"]').all():
        box.check()
    walk.press(page, "Record the inspection")
    walk.press(page, "Admit the site")
    walk.look(page, "site")


def plan(walk):
    """Plan a sitting in five days at nine in the morning; returns its code."""
    page = walk.as_person("exam-admin")
    walk.visit(page, "/exam/sittings/new", "new-sitting")
    page.select_option("#qualification", "PRINCIPAL")
    page.fill("#starts_at", f"{clock.today() + timedelta(days=5)}T09:00")
    page.locator('input[name="rooms"]').first.check()
    walk.press(page, "Put into the plan")
    walk.look(page, "planned-sitting")
    return page.url.rstrip("/").split("/")[-1]


def register_by_roster(walk, city, code, folder):
    """All or nothing: a roster with a bad row registers nobody; its good rows go in when asked for."""
    page = walk.as_person("exam-admin")
    path = roster(city, folder)
    hand_in(walk, page, code, path)
    walk.look(page, "roster-refused")
    assert registered() == 0
    with page.expect_download() as download:
        walk.press(page, "Rejected rows as a workbook to correct")
    download.value.save_as(folder / "rejected.xlsx")
    rejected = openpyxl.load_workbook(folder / "rejected.xlsx").active
    cells = [str(cell.value) for row in rejected for cell in row]
    assert any("37020219880315999X" in cell for cell in cells)
    hand_in(walk, page, code, path, accept_good=True)
    walk.look(page, "roster-taken")
    assert registered() == len(EMPLOYERS) + 1


def registered():
    """How many candidates there are."""
    db.session.rollback()
    found = db.session.query(Candidate).count()
    db.session.rollback()
    return found


def roster(city, folder):
    """The trainee, three who bring other evidence, and a row whose ID number is wrong."""
    trainee = LEARNERS[0]
    people = [(trainee.name, id_number(trainee)), ("周启航", make_id_number()), ("吴晓岚", make_id_number())]
    people += [("郑立群", make_id_number()), ("孙佳宁", "37020219880315999X")]
    rows = [
        {
            "序号": str(number),
            "姓名": name,
            "身份证号": its_number,
            "手机号": f"1390000{number:04d}",
            "工作单位": EMPLOYERS[number % 3],
            "培训机构": "海川市安泰安全培训学校",
            "考试项目": "主要负责人",
        }
        for number, (name, its_number) in enumerate(people, 1)
    ]
    return write_roster(folder / "roster.xlsx", rows, HEADER)


def hand_in(walk, page, code, path, *, accept_good=False):
    """Hand in a roster on the page."""
    walk.visit(page, f"/exam/sittings/roster?sitting={code}")
    page.set_input_files("#file", path)
    page.locator(f'input[name="sittings"][value="{code}"]').check()
    if accept_good:
        page.check("#accept_good")
    walk.press(page, "Hand in the roster")
    walk.wait_for_work(page)


def settle_what_is_open(walk, code):
    """One person lays the evidence of those without a training record, another decides on it."""
    page = walk.as_person("exam-admin")
    walk.visit(page, f"/exam/sittings/{code}/candidates?eligibility=pending", "without-record")
    for box in page.locator('input[name="candidate"]').all():
        box.check()
    page.select_option("#kind", index=0)
    page.fill("#description", "培训台账原件，存档案室第 3 柜")
    walk.press(page, "Lay before a second person")
    walk.visit(page, f"/exam/sittings/{code}/evidence")
    walk.says(page, "laid by you")
    page = walk.as_person("exam-admin2")
    walk.visit(page, f"/exam/sittings/{code}/evidence", "evidence")
    for box in page.locator('input[name="evidence"]').all():
        box.check()
    page.check('input[name="decision"][value="yes"]')
    page.fill("#reason", "原件已核对")
    walk.press(page, "Record the decision")


def arrange(walk, code):
    """Give seats, the sealed paper and tickets; the trainee finds their own ticket."""
    page = walk.as_person("exam-admin")
    walk.visit(page, f"/exam/sittings/{code}")
    walk.press(page, "Give seats")
    walk.press(page, "Give this paper")
    walk.press(page, "Print all tickets")
    # Left before the work begins: the page of the work would go on to a file.
    walk.visit(page, f"/exam/sittings/{code}")
    walk.work()
    walk.visit(page, f"/exam/sittings/{code}", "arranged-sitting")
    tickets = walk.fetch(page, page.locator('a[href*="/tickets/"]'))
    assert tickets.startswith(b"%PDF")
    walk.visit(page, f"/exam/sittings/{code}/seats", "seats")


def ticket_of(code, name):
    """Ticket number and the last six characters of the ID number of a candidate."""
    ticket, id_number_ = numbers_of(code, name)
    return ticket, id_number_[-6:]


def numbers_of(code, name):
    """Ticket number and ID number of a candidate."""
    db.session.rollback()
    found = next(each for each in candidates_of(get_sitting(code)) if each.person.name == name)
    numbers = found.ticket_number, id_number_of(found.person)
    db.session.rollback()
    return numbers
