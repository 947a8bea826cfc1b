"""Exports stand as the standard asks: with pictures, sound and film, cases, and layout of every kind."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from tests.bank.exchange.profiles import assert_valid, profile
from tests.factories.every_type import CASE_SET, CONSTRUCTED, EVERY_TYPE, NUMERIC, SINGLE, WORKSHOP
from tests.factories.formulas import formulas
from trainhub.exams.bank.content import ItemBody, ItemType, Medium
from trainhub.exams.bank.details import CaseSet, Matching, Part, Scene
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.writing import carried, write_items
from trainhub.exams.bank.formulas.mathml import SPACE as MATHML
from trainhub.exams.bank.formulas.mathml import TEX
from trainhub.exams.bank.layout import with_layout
from trainhub.exams.bank.media import clean_medium
from trainhub.kernel.errors import Invalid


def drawn(colour):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


VERSIONS = ("2.2", "3.0")
MEDIA = tuple(
    Medium(name, str(number) * 64, kind, f"“{number}” & <mehr>")
    for number, (name, kind) in enumerate(
        [("阀门.png", "image/png"), ("a.mp3", "audio/mpeg"), ("b.ogg", "audio/ogg"), ("c.webm", "video/webm")]
    )
)
REAL = [clean_medium(drawn(colour)) for colour in ("red", "blue")]
FILES = {each.digest: each.name.encode() for each in MEDIA}
SCENE = {WORKSHOP.digest: WORKSHOP.content}
TAGS = ["p", "div", "strong", "em", "u", "sub", "sup", "ul", "ol", "li", "table", "tr", "td", "th", "b"]
leaves = st.sampled_from(
    ["甲 <", "a", " ", "<br>", '<img src="阀门.png">', '<audio src="b.ogg">', '<video src="c.webm">']
) | formulas(2).map("\\({}\\)".format)
pieces = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda tag, held: f"<{tag}>{''.join(held)}</{tag}>",
        st.sampled_from(TAGS),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(stem=pieces, option=pieces, reason=pieces)
def test_whatever_layout_a_text_has_its_file_is_valid_or_the_item_is_named_as_left_out(
    version, stem, option, reason
):
    body = replace(
        SINGLE,
        stem=f"问{stem}",
        options=(replace(SINGLE.options[0], text=f"一{option}"), *SINGLE.options[1:]),
        explanation=reason,
    )
    body = replace(with_layout(body, True, MEDIA), source_article="《安全生产法》 第 1 条")
    try:
        package = write_items([(ItemType.SINGLE, body)], "qti", version, FILES)
    except Invalid:
        assert carried(ItemType.SINGLE, body, "qti", version, FILES).is_left_out
    else:
        assert_valid(package, version)


def of_every_type():
    """A question of every type, with an article and an explanation."""
    one_unit = replace(NUMERIC.detail, units=())
    bodies = EVERY_TYPE | {ItemType.NUMERIC: replace(NUMERIC, detail=one_unit)}
    return [
        (kind, replace(body, source_article="第 1 条", explanation="见规程")) for kind, body in bodies.items()
    ]


def with_formula(body):
    """Return a question with a formula of two lines in each of its texts."""
    said = "\\(v=\\frac{s}{t} \\\\ s<3\\)"
    told = [replace(each, text=f"{each.text} {said}") for each in body.options]
    body = replace(body, stem=f"{body.stem} {said}", explanation=said, options=tuple(told))
    match body.detail:
        case Matching(targets):
            sides = tuple(replace(each, text=f"{said} {each.text}") for each in targets)
            body = replace(body, detail=Matching(sides))
        case CaseSet(parts):
            told = [replace(each, body=with_formula(each.body)) for each in parts if each.type != "numeric"]
            body = replace(body, detail=CaseSet(tuple(told)))
        case Scene():
            return replace(with_layout(body, True, ()), detail=body.detail, media=body.media)
    return with_layout(body, True, ())


@pytest.mark.parametrize("version", VERSIONS)
def test_one_of_every_type_goes_out_valid_in_one_package(version):
    assert_valid(write_items(of_every_type(), "qti", version, SCENE), version)


@pytest.mark.parametrize("version", VERSIONS)
def test_formulas_in_every_text_of_every_type_are_mathml_as_the_standard_takes_it(version):
    items = [(kind, with_formula(body)) for kind, body in of_every_type()]
    package = write_items(items, "qti", version, SCENE)

    assert_valid(package, version)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")]
    assert sum(text.count(f'<math xmlns="{MATHML}">') for text in texts) >= 3 * len(items)
    assert [(row.type, row.body) for row in read_content(package).rows] == items


@pytest.mark.parametrize("version", VERSIONS)
def test_a_case_with_pictures_comes_back_field_by_field_out_of_a_valid_package(version):
    red, blue = (Medium("a.png", each.digest, "image/png", "图") for each in REAL)
    files = {each.digest: each.content for each in REAL}
    shown = [
        with_layout(replace(SINGLE, stem="看"), True, [each]) for each in (red, replace(blue, name="b.png"))
    ]
    case = with_layout(replace(CASE_SET, detail=None, stem="案"), True, [red])
    parts = (*(Part("single", each, 2) for each in shown), Part("single", SINGLE))
    body = replace(
        case,
        detail=CaseSet(parts),
        explanation="<p>因为<strong>如此</strong></p>",
        source_article="第 2 条",
    )
    items = [(ItemType.SINGLE, SINGLE), (ItemType.CASE_SET, body)]
    package = write_items(items, "qti", version, files)

    assert_valid(package, version)
    assert carried(ItemType.CASE_SET, body, "qti", version, files).lost == ()
    rows = read_content(package).rows
    assert [(row.type, row.body) for row in rows] == items
    assert [row.where for row in rows] == ["items/item00001.xml", "stimuli/case00002.xml"]
    assert {clean.digest for clean in rows[1].media} == set(files)


def broken(version, change):
    body = with_layout(replace(CONSTRUCTED, stem="<p>甲</p>"), True, [])
    body = replace(body, explanation="因为", source_article="第 1 条")
    package = write_items([(ItemType.CONSTRUCTED, body)], "qti", version)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        root = etree.fromstring(change(archive.read("items/item00001.xml").decode()).encode())
    return not profile(f"qti-{version}").validate(root)


def test_the_profiles_find_what_the_standard_forbids():
    assert not any(broken(version, str) for version in VERSIONS)
    assert broken("3.0", lambda text: text.replace("qti-content-body", "div"))
    assert broken("3.0", lambda text: text.replace('use="ext:source"', 'use="source"'))
    assert broken("2.2", lambda text: text.replace(' view="author"', ""))
    for version in VERSIONS:
        assert broken(version, lambda text: text.replace("<p>甲</p>", "<em><p>甲</p></em>"))
        assert broken(version, lambda text: text.replace("<p>甲</p>", '<p>甲<img src="a.png"/></p>'))
        assert broken(version, lambda text: text.replace("<p>甲</p>", "<table><tr><td>甲</td></tr></table>"))
        for shape in ("<mfrac><mn>1</mn></mfrac>", "<mi href='a'>x</mi>", "<menclose/>", "x"):
            inner = f'<semantics>{shape}<annotation encoding="{TEX}"/></semantics>'
            maths = f'<p><math xmlns="{MATHML}">{inner}</math></p>'
            assert broken(version, lambda text, maths=maths: text.replace("<p>甲</p>", maths))


def test_a_body_that_qti_has_no_place_for_is_named_before_the_export():
    body = ItemBody("<strong><p>甲</p></strong>", SINGLE.options, ("A",), rich=True)

    assert carried(ItemType.SINGLE, body, "qti").is_left_out
