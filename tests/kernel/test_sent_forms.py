"""The page of a form comes back: with the reason at the field that it is about, and nothing typed is lost."""

from tests.factories.people import make_officer
from trainhub.kernel.db import db
from trainhub.people.models import Account, Person
from trainhub.separation.duties import Duty

NEW = "/oversight/people/new"


def be_administrator(client):
    client.sign_in(make_officer(Duty.ADMINISTER_SYSTEM))


def test_what_a_deed_refuses_stands_at_the_field_that_it_is_about(client):
    be_administrator(client)
    typed = {"name": "李小龙", "id_number": "379998198511099385", "username": "lixl"}

    answer = client.post(NEW, data=typed)

    assert answer.status_code == 422 and "data-focus" in answer.text
    assert all(f'value="{each}"' in answer.text for each in typed.values())
    assert '<a href="#id_number">身份证号：公民身份号码校验位不符' in answer.text
    assert 'aria-describedby="id_number-hint id_number-error"' in answer.text
    assert 'id="id_number-error"' in answer.text
    assert db.session.query(Person).filter_by(name="李小龙").count() == 0, "the deed is undone"


def test_a_form_in_json_is_answered_in_json(client):
    be_administrator(client)
    answer = client.post(NEW, data={"name": "李小龙"}, headers={"Accept": "application/json"})
    assert answer.status_code == 422 and answer.is_json
    assert "用户名：" in answer.json["error"], "it says which field lacks what"
    assert db.session.query(Account).filter_by(username="lixl").count() == 0
