"""The relation graph: what it shows, how it is bounded, and that masked names are nowhere in the picture."""

from __future__ import annotations

import re

import pytest

from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.reports import make_story
from tests.factories.separation import appoint, state_class
from trainhub.governance import overrides
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation import graph as graphs
from trainhub.separation import relations
from trainhub.separation.duties import Duty
from trainhub.separation.graph import graph_of_person, graph_of_sitting
from trainhub.separation.graph_layout import BOX, fitted, place
from trainhub.separation.naming import Names


@pytest.fixture
def story(app):
    return make_story()


@pytest.fixture
def conflict(story):
    """Somebody on duty has taught the candidate: the class by which that is known."""
    people = [db.session.get_one(Person, each) for each in (story.present, story.candidate)]
    code = state_class(people[0], people[1:])
    db.session.commit()
    return code


def said(graph):
    return {(each.relation, each.source[1], each.target[1]): each.rules for each in graph.edges}


def test_a_sitting_is_joined_with_its_staff_papers_centre_and_candidates(story):
    edges = said(graph_of_sitting(story.sitting, Names.FULL))

    assert ("appointed", story.present, story.sitting) in edges
    assert ("appointed", story.fallen_ill, story.sitting) not in edges, "withdrawn"
    assert ("uses", story.sitting, story.paper) in edges
    assert ("registered", story.candidate, story.sitting) in edges
    assert ("saw", story.reviewer, story.paper) in edges
    assert any(relation == "sitting" for relation, _source, _target in edges)
    assert set(edges.values()) == {()}


def test_a_conflict_is_marked_with_its_rule_around_the_sitting_and_around_the_person(story, conflict):
    for graph in (
        graph_of_sitting(story.sitting, Names.FULL),
        graph_of_person(story.present, Names.FULL),
    ):
        edges = said(graph)
        assert edges["taught", story.present, conflict] == ("S-07",)
        assert edges["attended", story.candidate, conflict] == ("S-07",)
        assert [each.rule.id for each in graph.conflicts] == ["S-07"]
    edges = said(graph_of_person(story.candidate, Names.FULL))
    assert edges["attended", story.candidate, conflict] == (), "the candidate breaks no rule"


def test_an_override_joins_a_person_with_the_sitting_or_with_another_thing(story):
    one, two = (make_officer(Duty.SUPERVISE) for _each in range(2))
    instructor = db.session.get_one(Person, story.instructor)
    for about in (story.sitting, "CLASS-9"):
        row = overrides.propose("S-07", instructor, about, "偏远考点无其他监考员，已加派巡考。", by=one)
        overrides.approve(row.code, by=two)
    db.session.commit()

    edges = graph_of_person(story.instructor, Names.FULL).edges
    kinds = {each.target for each in edges if each.relation == "overridden"}
    assert kinds == {("object", story.sitting), ("object", "CLASS-9")}
    appoint(instructor, story.sitting)
    db.session.commit()
    edges = graph_of_person(story.instructor, Names.FULL).edges
    assert ("sitting", story.sitting) in {each.target for each in edges if each.relation == "overridden"}


def test_a_graph_is_bounded_keeps_the_conflict_and_says_what_is_left_out(story, conflict):
    for _each in range(graphs.MOST_NODES + 10):
        relations.state_registered(make_person(), story.sitting, by=None)
    db.session.commit()
    graph = graph_of_sitting(story.sitting, Names.FULL)

    assert len(graph.nodes) <= graphs.MOST_NODES
    assert len(graph.edges) <= graphs.MOST_EDGES
    assert graph.left_out >= graphs.MOST_NODES - 12
    assert said(graph)["taught", story.present, conflict] == ("S-07",)


def test_no_two_boxes_lie_upon_each_other_and_all_are_on_the_sheet(story, conflict):
    picture = place(graph_of_sitting(story.sitting, Names.FULL))

    corners = [(each.x, each.y) for each in picture.nodes]
    for number, (x, y) in enumerate(corners):
        assert 0 <= x <= picture.width - BOX[0] and 0 <= y <= picture.height - BOX[1]
        for other_x, other_y in corners[number + 1 :]:
            assert abs(x - other_x) >= BOX[0] or abs(y - other_y) >= BOX[1]


def test_a_long_name_is_cut_to_its_box():
    assert fitted("短") == "短"
    assert fitted("海" * 40).endswith("…") and len(fitted("海" * 40)) < 13
    assert len(fitted("a" * 40)) < 24


def test_unknown_sittings_and_persons_are_not_found(app):
    with pytest.raises(NotFound):
        graph_of_sitting("NONE", Names.FULL)
    with pytest.raises(NotFound):
        graph_of_person("none", Names.FULL)


def test_the_page_draws_and_tabulates_without_script_or_style_and_masks_names(client, story, conflict):
    officer = make_officer(Duty.AUDIT, make_organisation(OrganisationKind.AUTHORITY))
    db.session.commit()
    client.sign_in(officer)
    for path in (f"sittings/{story.sitting}", f"people/{story.present}"):
        page = client.get(f"/oversight/{path}/graph").text
        assert [name for name in story.full_names if name in page] == []
        svg = page[page.index("<svg width") : page.index("</figure>")]
        assert "<script" not in svg and "style=" not in svg
        assert "graph-conflict" in svg and "诸***" in svg
        assert len(re.findall(r'<td data-label="冲突"', page)) == svg.count("<path")
        full = client.get(f"/oversight/{path}/graph?names=full").text
        assert story.names[story.present] in full
    assert client.get("/oversight/sittings/NONE/graph").status_code == 404
    assert client.get("/oversight/people/none/graph").status_code == 404
    search = client.get(f"/oversight/relations?person={story.present}").text
    assert f"/oversight/people/{story.present}/graph" in search
    search = client.get(f"/oversight/relations?code={story.sitting}").text
    assert f"/oversight/sittings/{story.sitting}/graph" in search


def test_only_the_auditor_sees_the_picture(client, story):
    for duty in (Duty.SUPERVISE, Duty.ASSIGN_STAFF, Duty.ADMINISTER_SECURITY):
        officer = make_officer(duty, make_organisation(OrganisationKind.AUTHORITY))
        db.session.commit()
        client.sign_in(officer)
        assert client.get(f"/oversight/sittings/{story.sitting}/graph").status_code == 403
        assert client.get(f"/oversight/people/{story.present}/graph").status_code == 403
