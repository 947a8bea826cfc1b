"""Home pages: what waits appears, in the order in which it presses, and goes when it is done."""

from datetime import timedelta

from tests.factories.people import make_account, make_officer, make_organisation, make_person
from trainhub.governance.duties import SOON
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.rooms import Task
from trainhub.ledger import append
from trainhub.portal.waiting import group_by_urgency
from trainhub.separation.duties import Duty


def test_what_presses_most_stands_first():
    now = clock.now()
    tasks = [
        Task("no date", "/"),
        Task("in a month", "/", due=now + timedelta(days=30)),
        Task("late", "/", due=now - timedelta(hours=1)),
        Task("in three days", "/", due=now + timedelta(days=3)),
    ]

    groups = group_by_urgency(tasks)

    assert [group.key for group in groups] == ["overdue", "week", "later", "open"]
    assert [task.title for group in groups for task in group.tasks] == [
        "late",
        "in three days",
        "in a month",
        "no date",
    ]


def test_grave_tasks_of_the_same_time_come_before_others():
    due = clock.now() + timedelta(days=3)
    tasks = [Task("later", "/", due=due, tone="info"), Task("first", "/", due=due, tone="bad")]

    (group,) = group_by_urgency(tasks)

    assert [task.title for task in group.tasks] == ["first", "later"]


def test_home_leads_to_the_side_of_the_duty(client):
    with transaction():
        officers = {
            "exam": make_officer(Duty.AUTHOR_ITEMS),
            "training": make_officer(Duty.MANAGE_COURSES),
            "oversight": make_officer(Duty.ADMINISTER_SECURITY),
        }
    for side, person in officers.items():
        client.sign_in(person)
        assert client.get("/home").location == f"/home/{side}"
        assert client.get(f"/home/{side}").status_code == 200


def test_a_side_without_a_duty_leads_to_ones_own_home(client):
    with transaction():
        learner = make_account().person
    client.sign_in(learner)

    assert client.get("/home/oversight").location == "/home"
    assert client.get("/home/elsewhere").status_code == 404


def test_an_empty_home_says_so(client):
    with transaction():
        learner = make_account().person
    client.sign_in(learner)

    assert "没有待办事项" in client.get("/home/exam").text


def test_a_duty_that_ends_soon_waits_for_the_security_administrator_until_it_is_renewed(client):
    with transaction():
        admin = make_officer(Duty.ADMINISTER_SECURITY)
        for row in db.session.query(Grant):
            row.ends_on = clock.today() + timedelta(days=400)
        author = make_officer(Duty.AUTHOR_ITEMS)
        ending = db.session.query(Grant).filter_by(person_id=author.id).one()
        ending.ends_on = clock.today() + SOON - timedelta(days=1)
    client.sign_in(admin)
    assert "续授即将到期的职责" in client.get("/home/oversight").text
    listed = client.get("/oversight/people?ending=1").text
    assert author.name in listed
    assert admin.name not in listed.partition("<tbody")[2]

    with transaction():
        old = db.session.query(Grant).filter_by(person_id=author.id).one()
        old.ends_on = clock.today() + timedelta(days=400)

    assert "续授即将到期的职责" not in client.get("/home/oversight").text


def test_the_auditor_sees_the_decisions_of_the_days(client):
    with transaction():
        auditor = make_officer(Duty.AUDIT)
    client.sign_in(auditor)

    page = client.get("/home/oversight").text

    assert "近两周的台账记录" in page
    assert "待主管部门确认的参数" in page


def test_every_duty_has_a_home_that_opens(client):
    for duty in Duty:
        with transaction():
            person = make_officer(duty, make_organisation())
        client.sign_in(person)
        answer = client.get("/home", follow_redirects=True)
        assert answer.status_code == 200, duty


def test_the_front_page_shows_demo_sign_ins_only_in_a_demo(app, client):
    assert "演示" not in client.get("/").text

    with transaction():
        make_account(make_person("蒋秋实"), "candidate")
    app.config["DEMO_SIGN_INS"] = [("candidate", "考生", "a-password"), ("nobody", "无", "a-password")]
    page = client.get("/").text

    assert "蒋秋实" in page
    assert 'value="a-password"' in page
    assert "nobody" not in page


def test_the_front_page_leads_to_what_needs_no_account(client):
    page = client.get("/").text

    for path in ("/verify", "/exam/objections/", "/regulations", "/regulations/qualifications"):
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200


def test_the_ledger_names_who_decided_in_words(client):
    with transaction():
        auditor = make_officer(Duty.AUDIT)
        append("paper.sealed", by=auditor, side="exam", paper="P-1")
    client.sign_in(auditor)

    page = client.get("/oversight/ledger").text.partition("<tbody")[2]

    assert "封存试卷" in page
    assert auditor.name in page
