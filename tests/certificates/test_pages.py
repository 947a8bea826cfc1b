"""The pages of certificates: for the officer, for the owner, for the public."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from tests.factories.certificates import Story, make_human
from trainhub.certificates.models import Certificate
from trainhub.certificates.revocation import revoke
from trainhub.exams.marking.models import Result
from trainhub.kernel import jobs, storage
from trainhub.kernel.db import db, transaction


@pytest.fixture
def story(app):
    return Story(names=("欧阳若琳", "王建国"))


def _main(page):
    return page.text.partition("<main")[2].partition("</main>")[0]


def _issue(client, story):
    client.sign_in(story.issuer)
    answer = client.post(f"/exam/certificates/issue/{story.code}")
    assert answer.status_code == 302
    jobs.run_pending()
    return list(db.session.scalars(select(Certificate).order_by(Certificate.id)))


def test_the_officer_issues_a_sitting_in_the_background_and_sees_it_done(client, story):
    client.sign_in(story.issuer)
    assert "签发 2 份证明" in client.get("/exam/certificates").text

    rows = _issue(client, story)

    page = client.get("/exam/certificates").text
    assert len(rows) == 2
    assert all(row.number in page for row in rows)
    assert "没有待签发的证明" in page


def test_open_work_goes_when_it_is_done(client, story):
    from trainhub.certificates.work import open_work
    from trainhub.separation.duties import Duty

    duties = frozenset({Duty.ISSUE_CERTIFICATES})
    with client.application.test_request_context():
        assert [task.count for task in open_work(story.issuer, duties)] == [2]
        db.session.rollback()
    _issue(client, story)
    with client.application.test_request_context():
        assert open_work(story.issuer, duties) == []


def test_the_home_of_an_officer_tells_whose_part_a_revocation_is(client, story):
    _issue(client, story)
    with transaction():
        story.results[0].passed = False
    client.sign_in(story.issuer)
    own = _main(client.get("/home/exam"))
    assert "须由另一签发人员撤销证明" in own and "已撤销的证明" in own
    client.sign_in(story.other_issuer)
    others = _main(client.get("/home/exam"))
    assert "撤销证明：成绩已更正为不合格" in others and "须由另一签发人员" not in others


def test_the_page_of_a_certificate_says_that_it_is_to_be_revoked_and_asks_once_more(client, story):
    lost, kept = _issue(client, story)
    with transaction():
        db.session.get_one(Result, lost.result_id).passed = False
    client.sign_in(story.other_issuer)

    page = _main(client.get(f"/exam/certificates/{lost.number}"))

    assert "本证明应予撤销" in page
    assert "data-confirm" in page and "data-grave" in page
    assert "本证明应予撤销" not in _main(client.get(f"/exam/certificates/{kept.number}"))


def test_with_a_practical_part_open_the_page_says_so_and_offers_nothing(app, client):
    story = Story(qualification="LV-ELECTRICIAN")
    client.sign_in(story.issuer)

    page = client.get("/exam/certificates").text

    assert "理论已合格，实操待考" in page
    assert client.post(f"/exam/certificates/issue/{story.code}").status_code == 409


def test_without_the_duty_nobody_issues_or_sees_the_list(client, story):
    with transaction():
        person = make_human("学员")
    client.sign_in(person)

    assert client.get("/exam/certificates").status_code == 403
    assert client.post(f"/exam/certificates/issue/{story.code}").status_code == 403


def test_another_officer_revokes_on_the_page_and_the_issuer_is_refused(client, story):
    number = _issue(client, story)[0].number
    reason = {"reason": "成绩经复核无效"}
    refused = client.post(f"/exam/certificates/{number}/revoke", data=reason)
    assert refused.status_code == 409
    assert "S-14" in refused.text

    other = client.application.test_client()
    other.sign_in(story.other_issuer)
    assert other.post(f"/exam/certificates/{number}/revoke", data=reason).status_code == 302
    assert "已撤销，无效" in client.get(f"/verify/{number}").text


def test_the_owner_downloads_their_own_and_nobody_elses(client, story):
    first, second = _issue(client, story)
    owner = client.application.test_client()
    owner.sign_in(first.person)

    page = owner.get("/exam/certificates/mine").text
    assert first.number in page
    assert second.number not in page
    file = owner.get(f"/exam/certificates/mine/{first.number}")
    assert file.mimetype == "application/pdf"
    assert file.data.startswith(b"%PDF-")
    assert owner.get(f"/exam/certificates/mine/{second.number}").status_code == 404


def test_the_public_sees_a_yes_and_a_shortened_name(client, story):
    row = _issue(client, story)[0]
    page = client.application.test_client().get(f"/verify/{row.number}").text

    assert "真实有效" in page
    assert "欧***" in page
    assert "欧阳若琳" not in page
    assert row.sitting.code not in page


def test_the_code_on_the_sheet_leads_to_the_public_page(client, story):
    row = _issue(client, story)[0]
    assert client.get(f"/verify?number={row.number.lower()}").location.endswith(f"/verify/{row.number}")


def test_an_uploaded_file_is_judged_and_a_changed_one_found(client, story):
    row = _issue(client, story)[0]
    data = storage.read(row.document_key)
    anybody = client.application.test_client()

    good = anybody.post("/verify/file", data={"file": (BytesIO(data), "a.pdf")}).text
    bad = anybody.post("/verify/file", data={"file": (BytesIO(data + b"\n%%EOF\n"), "a.pdf")}).text

    assert "真实有效" in good
    assert "已被改动，不真实" in bad
    assert row.number not in bad


def test_an_unknown_number_and_an_impossible_one_get_the_same_answer(client, story):
    unknown = client.get("/verify/KH2026-2222-3333-4444")
    impossible = client.get("/verify/1")

    assert unknown.status_code == impossible.status_code == 404
    assert _main(unknown) == _main(impossible)


def test_the_look_up_cannot_be_walked(client, story):
    answers = [client.get(f"/verify/KH2026-2222-3333-44{n:02d}").status_code for n in range(22, 60)]

    assert answers[0] == 404
    assert answers[-1] == 429


def test_too_large_a_file_is_refused_before_it_is_read(client, story):
    big = BytesIO(b"%PDF-" + bytes(3 * 1024 * 1024))

    assert client.post("/verify/file", data={"file": (big, "a.pdf")}).status_code == 413


def test_the_root_certificate_is_handed_out_with_its_fingerprint(client, story):
    assert client.get("/verify/root.crt").status_code == 404
    _issue(client, story)

    assert client.get("/verify/root.crt").data.startswith(b"-----BEGIN CERTIFICATE-----")
    assert re.search(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", client.get("/verify").text)


def test_a_revoked_certificate_tells_the_public_no_reason(client, story):
    row = _issue(client, story)[0]
    with transaction():
        revoke(row, "本人举报被冒名顶替", by=story.other_issuer)

    assert "冒名" not in client.get(f"/verify/{row.number}").text


def test_checking_a_file_needs_no_token_and_issuing_does(app, client, story):
    row = _issue(client, story)[0]
    data = storage.read(row.document_key)
    app.config["WTF_CSRF_ENABLED"] = True

    checked = client.post("/verify/file", data={"file": (BytesIO(data), "a.pdf")})
    issued = client.post(f"/exam/certificates/issue/{story.code}")

    assert checked.status_code == 200
    assert issued.status_code == 400
