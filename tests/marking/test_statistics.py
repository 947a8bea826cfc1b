"""How questions behaved, on pages: from real marks and answers, to whom it belongs, and never with a name."""

import re

import pytest
from flask_babel import force_locale
from sqlalchemy import delete, select

from tests.factories.bank import make_bank
from tests.factories.every_type import HAZARD_SPOTTING, WORKSHOP
from tests.factories.marking import Marked
from tests.factories.people import make_officer, make_organisation
from tests.factories.statistics import make_items, make_marked, usual
from trainhub.exams.bank import Draft, Item, ItemType, ItemVersion, approve, submit, write_item
from trainhub.exams.bank.flags import values_of
from trainhub.exams.bank.media.store import bring
from trainhub.exams.bank.models_sources import ItemFlag
from trainhub.exams.bank.statistics.calibration import Model
from trainhub.exams.bank.statistics.curves import Parameters
from trainhub.exams.bank.statistics.distractors import OptionFigures
from trainhub.exams.bank.statistics.flags import Flag, FlagKind, as_shown
from trainhub.exams.bank.views_flags import KINDS
from trainhub.exams.delivery import attempts_of, final_responses, final_responses_of
from trainhub.exams.delivery.models import Response
from trainhub.exams.marking import (
    KeyChange,
    Mark,
    Wanted,
    mark_sitting,
    propose_key_change,
    refuse_key_change,
    results_of,
    shown_figures,
    views,
)
from trainhub.exams.marking.behaviour import described
from trainhub.exams.marking.flagging import describe
from trainhub.exams.marking.plots import option_curves
from trainhub.exams.marking.reasons import write_words
from trainhub.exams.marking.shown_figures import behaviours_of, figures_at_hand
from trainhub.exams.marking.telling import FLAGS, curve_in_words
from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.separation.duties import Duty


def wrong_key(ability, place, chance):
    """At the third question the good ones choose A, which the key does not know."""
    answer = usual(ability, place, chance)
    return {"B": "A", "A": "B"}.get(answer, answer) if place == 2 else answer


class Story:
    """A centre, its bank of ten questions, and a marked sitting of theirs."""

    def __init__(self, size=60, choose=None):
        with transaction():
            staff, self.codes = make_items(10)
            self.centre, self.reviewer_id = staff.centre, staff.reviewer.id
            self.author_id = staff.author.id
            self.marker_id = make_officer(Duty.MARK, staff.centre).id
            sitting = make_marked(self.codes, size, centre=staff.centre, choose=choose)
            self.code = sitting.code
        self.address = f"/exam/statistics/{self.code}"

    @property
    def sitting(self):
        return get_sitting(self.code)


def be(client, person_id):
    client.sign_in(db.session.get_one(Person, person_id))


def english(client, address):
    answer = client.get(address + ("&" if "?" in address else "?") + "lang=en")
    return client.get(address).text if answer.status_code == 302 else answer.text


def forget(app):
    """Let a process forget what it counted, as one does that has just begun."""
    app.extensions.pop("behaviours", None)
    db.session.rollback()


def kinds(behaviour, place):
    return {flag.kind for flag in behaviour.report.items[place].flags}


def test_the_answers_of_many_are_those_of_each(app):
    story = Marked(app, right=(10, 8, 3))
    attempts = attempts_of(story.sitting)
    assert final_responses_of(attempts) == {each.id: final_responses(each) for each in attempts}


def test_a_marked_sitting_is_described_from_its_marks_and_answers(app):
    story = Marked(app, right=(10, 8, 3))
    mark_sitting(story.code, story.marker_id)
    (behaviour,) = behaviours_of(story.sitting)
    assert (behaviour.report.candidates, behaviour.possible, behaviour.pass_mark) == (3, 100, 80)
    assert behaviour.report.whole.mean == pytest.approx(70)
    assert [round(each.figures.facility, 2) for each in behaviour.report.items[:4]] == [1, 1, 1, 0.67]
    assert behaviour.report.items[4].options["C"].count == 1
    assert {name for name, each in behaviour.report.items[8].options.items() if each.is_key} == {"A", "C"}


def test_what_misconduct_voided_is_not_counted(app):
    story = Marked(app, right=(10, 8), misconduct=(1,))
    mark_sitting(story.code, story.marker_id)
    assert behaviours_of(story.sitting)[0].report.candidates == 1


def test_key_and_options_come_from_the_bank(app):
    story = Story(size=12)
    options = behaviours_of(story.sitting)[0].report.items[0].options
    assert {name: each.is_key for name, each in options.items()} == dict.fromkeys("ACD", False) | {"B": True}


def test_unanswered_questions_are_counted_and_wrong(app):
    story = Story(size=12, choose=lambda _ability, place, _chance: None if place == 0 else "B")
    (behaviour,) = behaviours_of(story.sitting)
    first = behaviour.report.items[0]
    assert (first.unanswered, first.figures.facility) == (12, 0)


def test_a_corrected_mark_is_seen_at_once(app):
    story = Story(size=12)
    before = behaviours_of(story.sitting)[0].report.items[9].figures.facility
    with transaction():
        for result in results_of(story.sitting):
            result.item_marks[9].given = 2
    assert before < behaviours_of(story.sitting)[0].report.items[9].figures.facility == 1


def test_a_large_sitting_is_counted_in_the_background_and_never_while_a_page_is_waited_for(
    app, client, monkeypatch
):
    monkeypatch.setattr(shown_figures, "AT_ONCE", 20)
    story = Story(size=40)
    be(client, story.marker_id)
    waits = english(client, story.address)
    assert "Count the answers now" in waits and "Question by question" not in waits
    assert "Count the answers now" in client.get(f"{story.address}/{story.codes[0]}").text
    asked = client.post(f"{story.address}/figures")
    assert "/jobs/" in asked.location
    assert "being counted in the background" in client.get(story.address).text
    assert client.post(f"{story.address}/figures").location.endswith(story.address)
    jobs.run_pending()
    forget(app)
    # Nothing is read of the answers any more: what was found is kept.
    with transaction():
        db.session.execute(delete(Response))
    page = client.get(story.address).text
    assert "Question by question" in page and "Count the answers now" not in page
    with transaction():
        for result in results_of(story.sitting)[:2]:
            result.marks += 1
    assert "Count the answers now" in client.get(story.address).text


def test_the_results_of_a_large_sitting_stand_on_pages_of_which_each_is_short(app, client, monkeypatch):
    monkeypatch.setattr(views, "ON_A_PAGE", 5)
    story = Story(size=12)
    be(client, story.marker_id)
    address = f"/exam/marking/{story.code}"
    pages = [client.get(f"{address}?page={number}").text for number in (1, 2, 3)]
    assert [each.count(f"{address}/results/") for each in pages] == [5, 5, 2]
    assert f"{address}?page=2" in pages[0]


def test_two_papers_of_one_sitting_are_described_apart(app):
    story = Story(size=12)
    with transaction():
        for attempt in attempts_of(story.sitting)[:4]:
            attempt.paper_code = "P-RESERVE"
    found = behaviours_of(story.sitting)
    assert [(each.paper_code, each.report.candidates) for each in found] == [("P-STAT", 8), ("P-RESERVE", 4)]


def test_a_question_of_the_reserve_paper_alone_is_found_without_naming_the_paper(app, client):
    story = Story(size=12)
    with transaction():
        for attempt, result in list(zip(attempts_of(story.sitting), results_of(story.sitting), strict=True))[
            :4
        ]:
            attempt.paper_code = "P-RESERVE"
            result.item_marks[0].item_code = "Q-RESERVE"
    be(client, story.reviewer_id)
    assert client.get(f"{story.address}/Q-RESERVE").status_code == 200
    assert client.get(f"{story.address}/Q-RESERVE?paper=P-STAT").status_code == 404


def test_a_question_that_became_known_between_two_sittings_is_flagged_until_it_is_voided(app, client):
    def leaked(ability, place, chance):
        if place == 9:
            return "B" if ability < 1.5 else None
        return usual(ability, place, chance)

    story = Story(size=80, choose=leaked)

    def described(code):
        with transaction():
            describe(get_sitting(code), by=db.session.get_one(Person, story.marker_id))
        jobs.run_pending()
        db.session.rollback()
        (behaviour,) = behaviours_of(story.sitting)
        flags = select(Item.code, ItemFlag.decision).join(ItemVersion, ItemVersion.item_id == Item.id)
        flags = flags.join(ItemFlag).where(ItemFlag.kind == "drifting")
        return [place for place in range(10) if FlagKind.DRIFTING in kinds(behaviour, place)], [
            tuple(each) for each in db.session.execute(flags)
        ]

    assert described(story.code) == ([], [])
    # The earlier sitting is marked later: the later one is compared with it all the same.
    with transaction():
        earlier = make_marked(story.codes, 80, centre=story.centre, seed=6, days_ago=30).code
    assert described(earlier) == ([9], [(story.codes[9], None)])

    void(story, story.codes[9])
    assert described(story.code) == ([], [(story.codes[9], "remarked")])
    (behaviour,) = behaviours_of(story.sitting)
    assert behaviour.voided == {9} and behaviour.report.items[9].flags == ()
    assert behaviour.report.whole.mean == sum(each.marks for each in results_of(story.sitting)) / 80
    be(client, story.marker_id)
    assert "已作废" in client.get(story.address).text
    assert "不说明问题" in client.get(f"{story.address}/{story.codes[9]}").text


def void(story, item_code):
    """Void a question as two markers do; the marks are entered without computing anything anew."""
    with transaction():
        people = {"proposed_by_id": story.marker_id, "decided_by_id": story.reviewer_id}
        change = KeyChange(
            organisation=db.session.merge(story.centre),
            code=random_id(),
            item_code=item_code,
            item_version=1,
            kind="void",
            state="approved",
            decided_at=clock.now(),
            **people,
        )
        write_words(change, reason="题干有误", basis="复核记录 9 号")
        db.session.add(change)
        for mark in db.session.scalars(select(Mark).where(Mark.item_code == item_code)):
            mark.result.marks += mark.possible - mark.given
            mark.given = mark.possible


def test_the_page_leads_from_a_wrong_key_to_the_question_and_on_to_the_bank(app, client):
    story = Story(choose=wrong_key)
    be(client, story.reviewer_id)
    page = english(client, story.address)
    place = f"{story.address}/{story.codes[2]}"
    assert "chose A rather than the key B: the key may be wrong." in page
    assert page.index(place) < page.index("Question by question")
    item = english(client, place)
    assert f'href="/exam/bank/items/{story.codes[2]}"' in item
    assert "the key may be wrong" in item


def test_a_remark_in_the_bank_shows_that_somebody_looked(app, client):
    story = Story(choose=wrong_key)
    be(client, story.reviewer_id)
    assert "looked at in the bank on" not in english(client, story.address)
    answer = client.post(f"/exam/bank/items/{story.codes[2]}/remarks", data={"text": "答案应为 A。"})
    assert answer.status_code == 302
    assert "looked at in the bank on" in english(client, story.address)


def test_plots_are_drawn_on_the_server_and_say_the_same_as_a_table(app, client):
    story = Story()
    be(client, story.reviewer_id)
    sitting, item = english(client, story.address), english(client, f"{story.address}/{story.codes[4]}")
    for page, lines in ((sitting, 1), (item, 5)):
        assert len(re.findall("<polyline", page)) == lines
        assert not re.search(r"<svg[^>]*style=|<script(?![^>]*src=)", page)
    assert item.count("<circle") > 5
    assert "Show as a table" in item
    assert "the pass mark is 12" in sitting


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (
            Parameters(1.75, 0.99),
            ["leaves 96 of 100 others behind (ability +1.75)", "clearly: steepness 0.99"],
        ),
        (Parameters(-0.5, 0.5), ["leaves 31 of 100 others behind (ability −0.50)", "slowly: steepness 0.50"]),
        (Parameters(0.0, 2.0), ["leaves 50 of 100 others behind (ability +0.00)", "steeply: steepness 2.00"]),
        (Parameters(3.4, 1.35), ["Hardly anybody has an even chance", "from 1.35 on"]),
        (Parameters(-3.4, 0.65), ["Even the weakest", "from 0.65 to 1.35"]),
    ],
)
def test_ability_and_steepness_are_said_by_shares_of_candidates_and_beside_their_scale(app, parameters, said):
    with app.test_request_context(), force_locale("en"):
        words = curve_in_words(parameters, Model.TWO_PARAMETERS)
    assert all(part in sentence for part, sentence in zip(said, words, strict=True))


def test_the_curve_of_a_question_has_numbers_at_its_scale_and_shows_where_the_even_chance_is(app, client):
    story = Story()
    be(client, story.reviewer_id)
    page = english(client, f"{story.address}/{story.codes[4]}")
    for text in ("weaker −2", "average 0", "stronger +2", "even chance"):
        assert f">{text}</text>" in page
    assert "Two in three candidates are between −1 and +1" in page
    assert "With fewer than 200 candidates one steepness is fitted" in page
    assert "it rises" not in page


def test_many_questions_with_the_same_flag_stand_folded_under_its_name(app, client):
    story = Story(size=12, choose=lambda ability, place, chance: "B")
    be(client, story.reviewer_id)
    page = english(client, story.address)
    title = "<summary>too easy: 10 questions</summary>"
    folded = re.search(rf'<details class="more">{title}.*?</details>', page, re.DOTALL)
    assert folded is not None
    assert folded[0].count('class="flag"') == 10
    assert page.count('class="flag"') == 10


def test_the_answers_to_true_or_false_are_shown_by_their_signs(app):
    group = (0.5,) * 5
    options = {name: OptionFigures(name == "T", 5, 0.5, 0.1, 0.1, group) for name in ("F", "T")}
    with app.test_request_context():
        plot = option_curves(options)
    assert [row[0] for row in plot.table] == ["√ ✓", "×"]
    wrong = Flag(FlagKind.KEY_LIKELY_WRONG, {"option": "T", "key": "F"})
    assert as_shown(wrong).values == {"option": "√", "key": "×"}
    letters = Flag(FlagKind.KEY_LIKELY_WRONG, {"option": "F", "key": "B"})
    assert as_shown(letters) == letters


def test_what_is_no_different_between_the_groups_has_no_sign(app, client):
    story = Story(size=12, choose=lambda ability, place, chance: "B")
    be(client, story.reviewer_id)
    page, item = english(client, story.address), english(client, f"{story.address}/{story.codes[0]}")
    assert '<td data-label="Best ahead of weakest, points" class="num">0</td>' in page
    assert "The best against the weakest: 0 points." in item
    assert "+0" not in page + item


def test_few_candidates_are_said_to_be_too_few_and_give_no_number_that_means_nothing(app, client):
    story = Story(size=2)
    be(client, story.reviewer_id)
    page = english(client, story.address)
    said = english(client, f"{story.address}/{story.codes[0]}")
    for each in (page, said):
        assert "Only 2 candidates count here" in each
        assert "From 10 candidates on" in each and "from 30 on, curves" in each
        for meaningless in (
            "alpha",
            "Standard error",
            "Best ahead",
            "With the rest",
            "Reliability of",
            "<svg",
        ):
            assert meaningless not in each.partition("<main")[2], meaningless
    assert 'data-label="Share right"' in page and "Share right" in said, "what was counted is shown"
    assert "would show again" not in page and "by chance alone" not in page
    assert "The best against the weakest" not in said
    enough = Story(size=10)
    be(client, enough.reviewer_id)
    assert "too few" not in english(client, enough.address)
    assert "Reliability (alpha)" in english(client, enough.address)
    assert "from 30 candidates on" in english(client, f"{enough.address}/{enough.codes[0]}")


def test_bank_and_statistics_call_what_is_conspicuous_by_one_name(app):
    with app.test_request_context("/?lang=en"):
        there = {kind.value: str(label) for kind, (label, _tone) in FLAGS.items()}
        assert {kind: str(KINDS[kind][0]) for kind in there} == there


def test_a_marker_sees_figures_and_no_way_into_the_bank(app, client):
    story = Story(size=12)
    be(client, story.marker_id)
    assert story.code in client.get("/exam/statistics/").text
    assert f"/exam/bank/items/{story.codes[0]}" not in client.get(f"{story.address}/{story.codes[0]}").text
    assert f'href="{story.address}"' in client.get(f"/exam/marking/{story.code}").text


def test_no_page_names_a_candidate_or_says_a_word_of_a_question(app, client):
    story = Story(size=12)
    be(client, story.reviewer_id)
    pages = client.get(story.address).text + client.get(f"{story.address}/{story.codes[0]}").text
    for result in results_of(story.sitting):
        assert result.candidate.ticket_number not in pages
    assert "正确的做法" not in pages


def test_statistics_of_another_centre_are_not_found(app, client):
    story = Story(size=8)
    with transaction():
        stranger = make_officer(Duty.REVIEW_ITEMS, make_organisation(OrganisationKind.EXAM_CENTRE)).id
    be(client, stranger)
    assert story.code not in client.get("/exam/statistics/").text
    for address in (story.address, f"{story.address}/{story.codes[0]}"):
        assert client.get(address).status_code == 404


def test_nothing_is_shown_before_a_sitting_is_marked(app, client):
    story = Story(size=8)
    with transaction():
        story.sitting.state = "closed"
    be(client, story.reviewer_id)
    assert client.get(story.address).status_code == 404


@pytest.mark.parametrize("duty", [Duty.AUTHOR_ITEMS, Duty.TEACH])
def test_who_writes_items_or_teaches_is_refused(app, client, duty):
    story = Story(size=8)
    with transaction():
        person = make_officer(duty, story.centre)
        person_id = person.id
    be(client, person_id)
    assert client.get(story.address).status_code == 403


def test_the_bank_leads_to_how_each_version_went_and_each_sitting_back_to_its_curves(app, client):
    story = Story(size=12)
    with transaction():
        older = make_marked(story.codes, 12, centre=story.centre, days_ago=30).code
        elsewhere = make_marked(story.codes, 8, days_ago=9).code
        db.session.query(Item).filter_by(code=story.codes[3]).one().exposure = 1
    be(client, story.reviewer_id)
    history = f"/exam/statistics/items/{story.codes[3]}"
    assert f'href="{history}"' in client.get(f"/exam/bank/items/{story.codes[3]}").text
    page = client.get(history).text
    assert [f"/exam/statistics/{code}/{story.codes[3]}" in page for code in (story.code, older)] == [True] * 2
    assert elsewhere not in page
    assert client.get("/exam/statistics/items/Q-NONE").status_code == 404


def test_unknown_papers_and_questions_are_not_found(app, client):
    story = Story(size=8)
    be(client, story.reviewer_id)
    assert client.get(f"{story.address}?paper=P-OTHER").status_code == 404
    assert client.get(f"{story.address}/Q-NONE").status_code == 404


def test_what_is_conspicuous_waits_in_the_bank_goes_when_its_key_is_changed_and_is_back_when_that_is_refused(
    app,
):
    with transaction():
        staff, codes = make_items(6)
        codes = sorted(codes)

        def choose(ability, place, chance):
            if place == 0:
                return "C" if ability > 0 else "B"
            return usual(ability, place, chance)

        sitting = make_marked(codes, 60, centre=staff.centre, choose=choose)
        marker = make_officer(Duty.MARK, staff.centre)
        describe(sitting, by=marker)
        code, number, centre, marker_id = sitting.code, sitting.id, staff.centre.id, marker.id
    jobs.run_pending()
    first = select(ItemFlag).join(ItemVersion).join(Item).where(Item.code == codes[0])
    (flag,) = db.session.scalars(first.where(ItemFlag.kind == "key_likely_wrong"))
    assert flag.evidence[0].subject == code and values_of(flag.evidence[0]) == {"option": "C", "key": "B"}
    before = db.session.query(ItemFlag).count()
    with transaction():
        describe(db.session.get_one(Sitting, number), by=db.session.get_one(Person, marker_id))
    jobs.run_pending()
    assert db.session.query(ItemFlag).count() == before
    with transaction():
        wanted = Wanted(codes[0], 1, None, "标准修订后答案有误", "复核记录 2026-11 号")
        marker = db.session.get_one(Person, marker_id)
        change = propose_key_change(db.session.get_one(Organisation, centre), wanted, by=marker)
        assert flag.decision == "key_change"
        refuse_key_change(change, "原答案无误", by=marker)
    jobs.run_pending()
    db.session.rollback()
    flags = db.session.scalars(first.where(ItemFlag.kind == "key_likely_wrong").order_by(ItemFlag.id)).all()
    assert [each.decision for each in flags] == ["key_stays", None]
    assert values_of(flags[1].evidence[0]) == {"option": "C", "key": "B"}


def test_of_hazards_the_page_shows_who_found_which_where_false_marks_fell_and_flags_what_the_key_may_lack(
    app, client
):
    def choose(ability, place, chance):
        if place < 3:
            return usual(ability, place, chance)
        return ["1800,5800", f"{6000 + chance.randrange(300)},1000"] if ability > 0 else ["3500,6000"]

    with transaction():
        staff, codes = make_items(3)
        bank = make_bank(staff)
        bring(bank, WORKSHOP, by=staff.author)
        item = write_item(bank, Draft(ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING), by=staff.author)
        submit(item.versions, by=staff.author)
        approve(item.versions[0], by=staff.reviewer)
        sitting = make_marked([*codes, item.code], 30, centre=staff.centre, choose=choose)
        marker = make_officer(Duty.MARK, staff.centre)
        describe(sitting, by=marker)
        address, marker_id, reviewer_id = f"{sitting.code}/{item.code}", marker.id, staff.reviewer.id
        code, bank_code = sitting.code, bank.code
    jobs.run_pending()
    forget(app)
    # What the background kept is word for word what would be counted.
    assert figures_at_hand(get_sitting(code)) == described(get_sitting(code))
    db.session.rollback()
    be(client, marker_id)
    page = client.get(f"/exam/statistics/{address}").text
    assert page.count("scene-outline") == 4 and page.count('class="scene-heat') == 1
    assert "（距左 60 %、距上 10 %）作了标记" in page
    assert "误标记" in page and "距左 60 %" in page and "<img" not in page.split("<main")[1]
    be(client, reviewer_id)
    page = client.get(f"/exam/statistics/{address}").text
    assert "/exam/bank/media/" in page and "砂轮无防护罩" not in page
    flags = client.get(f"/exam/bank/{bank_code}/flags").text
    assert "可能漏列隐患" in flags and "几乎无人找到第 3、4 处隐患" in flags
    assert flags.count("砂轮无防护罩") == 1
    assert flags.count("/keep") == 3
