"""What the exporter does not name comes back whole, among others, in every form and through the open door."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.bank.exchange.test_round_trip import all_types, cases, choices, matchings, truths
from tests.factories.every_type import EVERY_TYPE, WORKSHOP
from trainhub.exams.bank.content import ItemBody, ItemType, check_body
from trainhub.exams.bank.exchange.files import AUTO, read_content
from trainhub.exams.bank.exchange.standing import Standing
from trainhub.exams.bank.exchange.writing import carried, write_items
from trainhub.exams.bank.layout import laid, with_layout
from trainhub.exams.bank.levels import level_named
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.kernel.errors import Invalid

FORMS = [("qti", "2.2"), ("qti", "3.0"), *((form, "") for form in ("moodle", "gift", "aiken", "csv", "xlsx"))]
FILES = {WORKSHOP.digest: WORKSHOP.content}
SPACES = st.sampled_from(["", " ", "\n", "\u3000", "\xa0", "１２．５", "－3", "\t", "<br>", "&nbsp;"])
TABLE = "<table><tr><th>甲 &amp;</th><td colspan=2>\\(\\frac{1}{2}\\)<sub>2</sub></td></tr></table>"
STANDINGS = st.builds(
    Standing,
    st.sampled_from(["", "K-1", "01.2 x", "用电 甲=1"]),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from(["", "remember", "understand", "apply"]),
)


@st.composite
def bodies(draw):
    """A question with spaces around its texts, or with layout, a table and a formula in each of them."""
    kinds = [all_types, cases(), choices(ItemType.SINGLE), choices(ItemType.MULTIPLE), truths(), matchings()]
    kind, body = draw(st.one_of(*kinds))
    if draw(st.booleans()):
        around = [draw(SPACES) for _each in range(4)]
        body = replace(
            body,
            stem=around[0] + body.stem,
            explanation=body.explanation + around[1],
            source_article=around[2] + body.source_article,
            options=tuple(replace(each, text=each.text + around[3]) for each in body.options),
        )
        return kind, body
    body = laid(body, False)
    body = replace(body, stem=body.stem + TABLE, explanation=TABLE)
    return kind, replace(
        with_layout(body, True, ()),
        options=tuple(replace(each, text=each.text + TABLE) for each in body.options),
    )


def is_sound(pair):
    try:
        check_body(*pair)
    except Invalid:
        return False
    return True


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def stands(row):
    return Standing(row.point, row.level, level_named(row.cells.get("cognitive", "")) or "")


@pytest.mark.parametrize(("form", "version"), FORMS)
@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(items=st.lists(st.tuples(bodies().filter(is_sound), STANDINGS), min_size=1, max_size=4))
def test_whatever_is_not_named_before_the_export_comes_back_as_it_was(form, version, items):
    lost = [carried(*pair, form, version, FILES, standing) for pair, standing in items]
    going = [each for each in zip(items, lost, strict=True) if not each[1].is_left_out]
    if not going:
        return
    pairs, standings = [pair for (pair, _where), _lost in going], [where for (_pair, where), _lost in going]
    content = write_items(pairs, form, version, FILES, standings)

    for door in (form, AUTO):
        rows = read_content(content, door).rows
        assert [(row.outcome, row.type) for row in rows] == [(Outcome.GOOD, kind) for kind, _body in pairs]
        for row, ((pair, standing), named) in zip(rows, going, strict=True):
            assert_same(row.body, pair[1], ItemBody, named.lost)
            assert_same(stands(row), standing, Standing, named.lost)


def assert_same(found, was, kind, lost):
    for each in fields(kind):
        assert each.name in lost or getattr(found, each.name) == getattr(was, each.name), each.name


@pytest.mark.parametrize(
    ("form", "version", "left_out"),
    [
        ("qti", "2.2", set()),
        ("qti", "3.0", set()),
        ("moodle", "", {"case_set", "hazard_spotting"}),
        ("gift", "", {"numeric", "ordering", "constructed", "case_set", "hazard_spotting", "fill_in"}),
        ("csv", "", {"case_set", "hazard_spotting", "numeric"}),
        ("xlsx", "", {"case_set", "hazard_spotting", "numeric"}),
    ],
)
def test_a_usual_question_of_each_type_goes_out_where_its_form_has_a_place_for_it(form, version, left_out):
    found = {
        kind.value
        for kind, body in EVERY_TYPE.items()
        if carried(kind, body, form, version, FILES).is_left_out
    }

    assert found == left_out
