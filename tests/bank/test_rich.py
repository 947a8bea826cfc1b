"""Layout of questions: what comes in harmful goes out harmless, and one text has one form."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainhub.exams.bank.content import ItemBody, ItemType, Medium, Option, check_body, same_question
from trainhub.exams.bank.exchange.writing import carried
from trainhub.exams.bank.layout import for_editing, to_html, with_layout
from trainhub.exams.bank.rich import as_html, canonical, clean_html, nodes_of, read_nodes
from trainhub.exams.bank.texts import shown_words_in, words_in
from trainhub.kernel.errors import Invalid

PICTURE = Medium("valve.png", "a" * 64, "image/png", "阀门 <b>&\"'")
HARMFUL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<p onclick=alert(1) style='background:url(//x)' class=a id=b>t</p>",
    "<a href='javascript:alert(1)'>t</a>",
    "<img src='javascript:alert(1)'><img src=//evil/x.png><img src='../../etc/passwd'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<table><td><svg><desc><img src=x onerror=alert(1)>",
    "<form action=//evil><input name=a><button>b</button></form>",
    "<video src=x onplay=alert(1) poster=//evil></video>",
    "<td colspan='99999999999' rowspan=-1>x",
    "<textarea></p><script>alert(1)</script></textarea>",
]


@pytest.mark.parametrize("sent", HARMFUL)
def test_nothing_that_runs_or_fetches_survives(sent):
    stored = clean_html(sent)
    shown = str(as_html(nodes_of(stored, [PICTURE]), lambda digest: f"/m/{digest}"))
    for text in (stored, shown):
        for word in (
            "script",
            "onerror",
            "onclick",
            "onload",
            "onplay",
            "javascript",
            "//evil",
            "style",
            "<svg",
            "href",
        ):
            assert word not in text.lower()
    assert canonical(stored)


@given(st.text(alphabet="<>/&;\"'= abpimgstrongulitd\n", max_size=60))
@settings(max_examples=30, deadline=None)
def test_one_text_has_one_form_and_is_the_same_after_it_was_edited(sent):
    stored = clean_html(sent)
    assert clean_html(stored) == stored
    assert to_html(for_editing(stored), True) == stored


def test_a_stored_text_that_was_tampered_with_is_still_shown_harmless():
    tampered = '<p onclick="x">a<script>alert(1)</script><img src="valve.png" onerror="x"></p><svg>'
    shown = str(as_html(nodes_of(tampered, [PICTURE]), lambda _digest: '/m/"x'))
    assert (
        "<script" not in shown and "onerror" not in shown and "onclick" not in shown and "<svg" not in shown
    )
    assert 'src="/m/&#34;x" alt="阀门 &lt;b&gt;&amp;&#34;&#39;"' in shown


def test_depth_and_number_of_elements_are_bounded():
    read_nodes("<strong>" * 50_000 + "x")
    assert clean_html("<ul><li>" * 200).count("<ul>") <= 12


def gauge(**change):
    body = ItemBody("看图，读数是多少？", (Option("A", "1"), Option("B", "2")), ("A",))
    return with_layout(replace(body, **change), False, [PICTURE])


def test_a_file_that_no_text_names_is_shown_below_the_question():
    assert gauge().stem == '看图，读数是多少？<img src="valve.png">'
    named = with_layout(gauge(stem='<img src="valve.png">a'), True, [PICTURE])
    assert named.stem.count("<img") == 1
    check_body(ItemType.SINGLE, gauge())
    assert "[阀门" in words_in(gauge(), gauge().stem)


@pytest.mark.parametrize(
    "change",
    [
        {"stem": "<script>x</script>"},
        {"stem": "<p >x</p>"},
        {"stem": '<img src="other.png">'},
        {"stem": "plain"},
        {"media": ()},
        {"media": (replace(PICTURE, description=" "),)},
        {"media": (replace(PICTURE, content_type="image/svg+xml"),)},
        {"media": (replace(PICTURE, digest="../x"),)},
        {"media": (PICTURE, PICTURE)},
    ],
)
def test_a_body_with_foreign_layout_or_unknown_files_is_refused(change):
    with pytest.raises(Invalid):
        check_body(ItemType.SINGLE, replace(gauge(), **change))


def test_two_questions_of_the_same_words_are_one_unless_their_pictures_differ():
    other = replace(PICTURE, digest="b" * 64)
    plain = ItemBody("看图，<b>读数</b>是多少？", gauge().options, ("A",))
    first = with_layout(plain, True, [PICTURE])
    renamed = with_layout(plain, True, [replace(PICTURE, name="x.png")])
    assert same_question(ItemType.SINGLE, first) == same_question(ItemType.SINGLE, gauge())
    assert same_question(ItemType.SINGLE, first) == same_question(ItemType.SINGLE, renamed)
    assert same_question(ItemType.SINGLE, first) != same_question(
        ItemType.SINGLE, with_layout(plain, True, [other])
    )


@pytest.mark.parametrize("form", ["gift", "aiken", "csv"])
def test_a_form_without_layout_leaves_such_questions_out(form):
    assert carried(ItemType.SINGLE, gauge(), form).is_left_out


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 MPa = 10<sup>6</sup> Pa", "1 MPa = 10⁶ Pa"),
        ("10<sup>-3</sup> m<sup>2</sup>", "10⁻³ m²"),
        ("CO<sub>2</sub>、<b>H<sub>2</sub>O</b>", "CO₂、H₂O"),
        ("v<sub>max</sub> = a<sup>bc</sup>", "v_max = a^bc"),
    ],
)
def test_a_line_of_a_list_keeps_what_is_raised_and_lowered(text, shown):
    assert shown_words_in(ItemBody(text, (), ("T",), rich=True), text) == shown
    assert shown_words_in(ItemBody(text, (), ("T",)), text) == text
