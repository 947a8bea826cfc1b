"""Pages of answers on paper: from saying so to the last decision, and nothing of what the other read."""

import re
from datetime import timedelta

import pytest

from tests.factories.every_type import WORKSHOP
from tests.factories.on_paper import OnPaperSitting, typed
from tests.factories.people import make_officer
from trainhub.exams.delivery.models_on_paper import AnswerSheet
from trainhub.exams.invigilation.measures import move_to_another_machine
from trainhub.exams.marking import mark_sitting, results_of
from trainhub.exams.sittings import candidates_of
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def be(client, person_id):
    client.sign_in(db.session.get_one(Person, person_id))


def fields(texts):
    return {f"place-{place}": values for place, values in texts.items()}


def take_up(client, story, control=None):
    data = {"ticket": story.tickets[0][-5:], "control": control or story.control.lower()}
    return client.post(f"/exam/sheets/{story.code}/take-up", data=data)


def test_two_enter_a_sheet_a_third_decides_and_neither_sees_what_the_other_entered(client, app):
    story = OnPaperSitting(app)
    first, second, third = story.clerks
    be(client, first)
    assert f"/exam/sheets/{story.code}" in client.get("/exam/sheets/").text
    assert "录入答题纸" in client.get("/home/exam").text
    assert take_up(client, story, "FFFF FFFF").status_code == 422
    address = take_up(client, story).headers["Location"]
    page = client.get(address).text
    assert story.control in page
    assert "灭火器" not in page
    assert page.count("data-place ") == 13
    picture = client.get(f"{address}/pictures/12")
    assert picture.data == WORKSHOP.content
    assert "no-store" in picture.headers["Cache-Control"]
    assert "安全帽" not in page
    assert client.get(f"{address}/pictures/1").status_code == 404
    wrong = client.post(address, data=fields(typed(single=[["Q"]])))
    assert wrong.status_code == 422
    assert 'value="1.637 MPa"' in wrong.text
    assert client.post(address, data=fields(typed(single=[["A"]]))).status_code == 302
    assert client.get(address).status_code == 409
    assert client.get(f"{address}/pictures/12").status_code == 409
    assert client.post(address, data=fields(typed())).status_code == 409
    assert take_up(client, story).status_code == 409

    be(client, second)
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/pictures/12").status_code == 404
    assert take_up(client, story).headers["Location"] == address
    assert re.search(r'name="place-1" value=""', client.get(address).text)
    assert client.post(address, data=fields(typed(single=[["C"]]))).status_code == 302

    be(client, third)
    assert "待第三人裁定" in client.get(f"/exam/sheets/{story.code}").text
    take_up(client, story)
    page = client.get(address).text
    assert re.findall(r'class="sheet-said">(.)<', page) == ["A", "C"]
    assert client.post(address, data={"choice-1": "3", "place-1": ""}).status_code == 422
    assert client.post(address, data={"choice-1": "2"}).status_code == 302
    db.session.rollback()
    assert db.session.query(AnswerSheet).one().state == "settled"
    be(client, story.marker_id)
    assert client.get(f"/exam/sheets/{story.code}").status_code == 403
    db.session.rollback()
    mark_sitting(story.code, story.marker_id)
    candidate = results_of(story.sitting)[0].candidate.code
    page = client.get(f"/exam/marking/{story.code}/results/{candidate}").text
    assert re.search(r'第一次录入">A<.*第二次录入">C<.*采用">C<', page, re.DOTALL)
    assert story.person(third).name in page


def test_the_centre_says_who_sits_on_paper_and_clerks_of_others_find_nothing(client, app):
    story = OnPaperSitting(app, is_closed=False)
    address, stranger = f"/exam/sittings/{story.code}/on-paper", make_officer(Duty.ENTER_SHEETS).id
    other = make_officer(Duty.ARRANGE_SITTINGS).id
    db.session.commit()
    with clock.set_to(story.sitting.starts_at - timedelta(minutes=3)):
        be(client, story.planner_id)
        lifting = re.search(r'action="([^"]+/lift)"', client.get(address).text).group(1)
        assert client.post(lifting).status_code == 302
        assert (
            client.post(address, data={"ticket": "26T-NOBODY", "reason": "没有这个考生"}).status_code == 422
        )
        data = {"ticket": story.tickets[0], "reason": "考生不能使用屏幕"}
        assert 'badge-info">纸笔' not in client.get("/exam/sittings/").text
        assert client.post(address, data=data).status_code == 302
        assert "考生不能使用屏幕" in client.get(address).text
        assert 'badge-info">1 人纸笔' in client.get("/exam/sittings/").text
        assert 'badge-info">1 人纸笔' in client.get(f"/exam/sittings/{story.code}").text
        with pytest.raises(Conflict, match="纸笔"):
            move_to_another_machine(candidates_of(story.sitting)[0], "机器故障", by=story.person(other))
        db.session.rollback()
        assert "没有封存纸质材料" in client.get(address).text
        be(client, other)
        assert client.get(address).status_code == 404
    be(client, stranger)
    assert client.get(f"/exam/sheets/{story.code}").status_code == 404
    assert take_up(client, story).status_code == 404
    story.close()
    be(client, story.clerks[0])
    missing = f"/exam/sheets/{story.code}/missing"
    assert client.post(missing, data={"ticket": story.tickets[0]}).status_code == 302
    be(client, story.clerks[1])
    assert "一人未找到答题纸" in client.get(f"/exam/sheets/{story.code}").text
    assert client.post(missing, data={"ticket": story.tickets[0]}).status_code == 302
    assert "答题纸缺失" in client.get(f"/exam/sheets/{story.code}").text
    assert client.post(missing, data={"ticket": story.tickets[0]}).status_code == 409
