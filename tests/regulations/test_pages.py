"""The public pages of the law as data."""

import pytest

from trainhub import regulations
from trainhub.kernel.db import transaction


@pytest.fixture(autouse=True)
def figures(app):
    with transaction():
        regulations.load_figures()


def test_anybody_reads_the_figures_with_their_sources(client):
    page = client.get("/regulations?on=2026-07-08")

    assert page.status_code == 200
    assert "安监总培训〔2013〕104号" in page.text
    assert "待主管部门确认" in page.text


def test_the_figures_of_a_day_of_may_show_one_resit_and_those_of_july_unlimited(client):
    may = client.get("/regulations?on=2026-05-20&q=exam.theory.retakes").text
    july = client.get("/regulations?on=2026-07-08&q=exam.theory.retakes").text

    assert "1 次" in may
    assert "不限次数" not in may
    assert "不限次数" in july


def test_only_what_waits_for_the_authority_can_be_shown(client):
    page = client.get("/regulations?on=2026-07-08&unconfirmed=1").text

    assert "exam.minimum_age" in page
    assert "exam.theory.pass_mark" not in page


def test_law_and_local_policy_can_be_told_apart(client):
    page = client.get("/regulations?on=2026-07-08&kind=local_policy").text

    assert "appeal.days" in page
    assert "exam.theory.pass_mark" not in page


def test_all_periods_stand_side_by_side(client):
    page = client.get("/regulations?all=1&q=exam.practical.retakes").text

    assert "至 2026-05-31 止" in page
    assert "自 2026-06-01 起" in page


def test_every_page_of_a_subject_reads_in_english_too(client):
    page = client.get("/regulations?lang=en&on=2026-07-08&all=1").text

    assert (
        "especially grave accident: 30 deaths, 100 serious injuries, a loss of 100,000,000 yuan, or more"
        in page
    )


def test_the_catalogue_is_searched(client):
    page = client.get("/regulations/qualifications?q=低压").text

    assert "低压电工作业" in page
    assert "高压电工作业" not in page


def test_a_day_that_does_not_exist_is_not_found(client):
    assert client.get("/regulations?on=2026-02-30").status_code == 404


def test_words_of_a_reader_are_shown_as_text(client):
    page = client.get("/regulations", query_string={"q": "<script>alert(1)</script>"}).text

    assert "<script>alert" not in page
