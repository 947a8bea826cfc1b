"""The pages of marking by people: work is given out and marked, and nobody reads what is not theirs."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.factories.bank import make_bank, make_staff
from tests.factories.every_type import CONSTRUCTED, WORKSHOP
from tests.factories.judging import PAPER, WORDS, Written
from tests.factories.people import make_officer, make_organisation
from trainhub.exams.bank.content import ItemType, Medium
from trainhub.exams.bank.items import Draft, write_item
from trainhub.exams.bank.media import bring
from trainhub.exams.marking import results_of
from trainhub.exams.marking.models_judging import Judgement, WrittenResponse
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.declaring import declare
from trainhub.separation.duties import Duty
from trainhub.separation.models import Related


@pytest.fixture
def story(app):
    return Written(app, words=(WORDS, WORDS + "完"), assessors=4)


def be(client, person_id):
    client.sign_in(db.session.get_one(Person, person_id))


def work():
    db.session.rollback()
    jobs.run_pending()
    db.session.rollback()


def test_the_whole_way_over_the_pages(client, story):
    address = f"/exam/marking/{story.code}"
    be(client, story.marker_id)
    assert f'href="{address}/people"' in client.get(address).text
    assert client.post(f"{address}/people/allot").status_code == 302
    work()
    assert client.post(f"{address}/mark").status_code == 409
    for assessor, code in story.to_mark():
        be(client, assessor)
        assert client.get("/exam/assessing/").status_code == 200
        page = client.get(f"/exam/assessing/{code}").text
        _tells_nothing_of_anybody(story, page)
        assert client.post(f"/exam/assessing/{code}", data={"points": ["2", "3"]}).status_code == 302
        assert client.get(f"/exam/assessing/{code}").status_code == 409
        assert client.post(f"/exam/assessing/{code}", data={"points": ["0", "0"]}).status_code == 409
    be(client, story.marker_id)
    assert "100 %" in client.get(f"{address}/people").text
    assert client.post(f"{address}/mark").status_code == 302
    work()
    assert [each.marks for each in results_of(story.sitting)] == [10, 10]
    _is_marked_anew(client, story)


def _tells_nothing_of_anybody(story, page):
    assert "动火审批" in page
    for candidate in story.candidates:
        person = story.person(candidate)
        assert person.name not in page
        assert person.id not in page
    for result in (story.code, story.sitting.site.name, "26T"):
        assert result not in page


def _is_marked_anew(client, story):
    result = results_of(story.sitting)[0]
    page = client.get(f"/exam/marking/{story.code}/results/{result.candidate.code}").text
    address = re.search(r'href="(/exam/marking/responses/\w+)"', page).group(1)
    assert "2 + 3" in client.get(address).text
    assert client.post(f"{address}/anew", data={"reason": "异议"}).status_code == 422
    assert client.post(f"{address}/anew", data={"reason": "考生对得分有异议"}).status_code == 302
    assert client.post(f"{address}/correction").status_code == 409
    assessor, code = story.to_mark()[0]
    be(client, assessor)
    assert client.post(f"/exam/assessing/{code}", data={"points": ["0", "0"]}).status_code == 302
    be(client, story.marker_id)
    assert "10" in client.get(address).text


def test_what_is_not_theirs_is_not_found_and_what_is_no_number_refused(client, story):
    story.allot()
    assessor, code = story.to_mark()[0]
    other = next(each for each in story.assessors if each != assessor)
    be(client, other)
    assert client.get(f"/exam/assessing/{code}").status_code == 404
    assert client.post(f"/exam/assessing/{code}", data={"points": ["2", "3"]}).status_code == 404
    be(client, assessor)
    for points in (["2", "4"], ["2"], ["2", "-1"], ["2", "1.5"], ["２", "3"], ["2", ""]):
        assert client.post(f"/exam/assessing/{code}", data={"points": points}).status_code == 422
    assert client.get(f"/exam/marking/{story.code}/people").status_code == 403
    response = db.session.query(WrittenResponse).first().code
    stranger = make_officer(Duty.MARK, make_organisation(OrganisationKind.EXAM_CENTRE)).id
    db.session.commit()
    be(client, stranger)
    assert client.get(f"/exam/marking/{story.code}/people").status_code == 404
    assert client.get(f"/exam/marking/responses/{response}").status_code == 404
    assert (
        client.post(f"/exam/marking/responses/{response}/anew", data={"reason": "没有理由"}).status_code
        == 404
    )


def test_what_became_known_since_takes_a_response_away_and_names_nobody(client, story):
    story.allot()
    assessor, code = story.to_mark()[0]
    with transaction():
        by = story.person(assessor)
        rows = [Related(person_id=assessor, other_id=each) for each in story.candidates]
        declare(*rows, by=by, source="test")
    be(client, assessor)
    assert client.get(f"/exam/assessing/{code}").status_code == 409
    answer = client.post(f"/exam/assessing/{code}", data={"points": ["2", "3"]})
    assert answer.status_code == 409
    for candidate in story.candidates:
        assert story.person(candidate).name not in answer.text
    be(client, story.marker_id)
    release = f"/exam/marking/{story.code}/people/release"
    holder = story.to_mark()[0][0]
    assert client.post(release, data={"assessor": holder}).status_code == 302
    assert client.post(release, data={"assessor": "nobody"}).status_code == 404


def test_an_assessor_sees_the_pictures_of_the_question_and_leaves_a_note_for_the_marker_alone(
    app, client, story
):
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        bring(bank, WORKSHOP, by=staff.author)
        picture = Medium("workshop.png", WORKSHOP.digest, "image/png", "车间")
        body = replace(CONSTRUCTED, stem='简述措施。<img src="workshop.png">', rich=True, media=(picture,))
        item = write_item(bank, Draft(ItemType.CONSTRUCTED, body), by=staff.author).code
        outsider = staff.author.id
    first, second = PAPER.items
    shown = replace(PAPER, items=(first, replace(second, item_code=item, body=body)))
    app.extensions["opened-papers"][(PAPER.code, story.code)] = shown
    story.allot()
    (assessor, code), (other, _code) = story.to_mark()[:2]
    be(client, assessor)
    address = f"/exam/assessing/{code}/files/{WORKSHOP.digest}"
    page = client.get(f"/exam/assessing/{code}").text
    assert f'src="{address}" alt="车间"' in page
    file = client.get(address)
    assert (file.data, file.mimetype) == (WORKSHOP.content, "image/png")
    assert client.get(f"/exam/assessing/{code}/files/{'0' * 64}").status_code == 404
    for person in (other, outsider):
        be(client, person)
        assert client.get(address).status_code in (403, 404)
    be(client, assessor)
    form = {"points": ["1", "1"], "note": "图中未见灭火器。"}
    assert client.post(f"/exam/assessing/{code}", data=form).status_code == 302
    assert client.get(address).status_code == 409
    be(client, story.marker_id)
    response = db.session.scalars(select(Judgement).where(Judgement.code == code)).one().response.code
    db.session.rollback()
    assert "图中未见灭火器。" in client.get(f"/exam/marking/responses/{response}").text


def test_points_that_are_none_come_back_beside_what_else_was_typed(client, story):
    story.allot()
    assessor, code = story.to_mark()[0]
    be(client, assessor)

    answer = client.post(f"/exam/assessing/{code}", data={"points": ["2", "１0"], "note": "第二条有疑问。"})

    assert answer.status_code == 422 and "第二条有疑问。</textarea>" in answer.text
    assert 'value="2" aria-describedby="hint-1" autocomplete' in answer.text
    assert 'value="１0" aria-describedby="hint-2 wrong-2" aria-invalid="true"' in answer.text
