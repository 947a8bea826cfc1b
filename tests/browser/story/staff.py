"""Step 6: people are put on duty; who taught a candidate is refused with rule, source and fact."""

from datetime import timedelta

from playwright.sync_api import expect

from trainhub import separation
from trainhub.exams.sittings.plan import candidates_of, get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction

STAFF = (("姚春梅", "INVIGILATE"), ("薛立军", "INVIGILATE"), ("金玉洁", "INVIGILATE"), ("尹铁军", "INSPECT"))


def enter_the_register(walk):
    """The staffing officer enters invigilators and an inspector into the register."""
    page = walk.as_person("exam-admin")
    walk.visit(page, "/exam/staffing/register", "empty-register")
    for name, duty in STAFF:
        page.select_option("#holder", label=page.locator("#holder option", has_text=name).first.inner_text())
        page.select_option("#organisation", "BUREAU" if duty == "INSPECT" else "CENTRE")
        page.fill("#qualified_from", str(clock.today()))
        page.fill("#qualified_until", str(clock.today() + timedelta(days=365)))
        walk.press(page, "Enter into the register")
    walk.look(page, "register")


def appoint(walk, city, code):
    """Two invigilators and an inspector are appointed; the third taught a candidate and is refused."""
    with transaction():
        learner = candidates_of(get_sitting(code))[0].person
        day = clock.today() - timedelta(days=40)
        facts = ("HONGYUAN-01", city.organisations["HONGYUAN"], day, day + timedelta(days=5))
        separation.relations.state_attended(learner, *facts, by=None, source="declaration")
        separation.relations.state_taught(city.persons["invigilator2"], *facts, by=None, source="declaration")
        learner_name = learner.name
    db.session.rollback()
    page = walk.as_person("exam-admin")
    walk.visit(page, "/home/exam", "exam-admin-home")
    walk.visit(page, f"/exam/staffing/{code}", "before-appointments")
    expect(page.locator("tr", has_text="薛立军")).to_contain_text("S-07")
    for name in ("姚春梅", "金玉洁", "尹铁军"):
        walk.press(page, "Appoint %(name)s", name=name)
    walk.look(page, "appointments")
    walk.press(page, "Appoint %(name)s", name="薛立军")
    walk.look(page, "refused")
    shown = page.inner_text("main")
    for part in ("S-07", "薛立军", learner_name):
        assert part in shown
    walk.says(page, "Nothing was changed. The refusal itself is recorded.")
