"""What the house writes down for others to read is kept without a language, and said in the reader's own."""

from __future__ import annotations

import json
import time
from enum import StrEnum

import pytest
from flask import current_app
from markupsafe import Markup

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import (
    _,
    _l,
    as_kept,
    as_read,
    for_any_reader,
    in_language,
    ngettext,
    once_per_language,
    read_throughout,
    with_values,
)
from trainhub.kernel.kept_words import KeptWords

pytestmark = pytest.mark.usefixtures("app")


def shown(template: str, **values: str) -> str:
    """Return what a template of the house shows."""
    return current_app.jinja_env.from_string(template).render(values)


def in_both(text: str) -> tuple[str, str]:
    """Return how an English and a Chinese reader reads a kept text."""
    with in_language("en"):
        english = as_read(text)
    with in_language("zh_CN"):
        return english, as_read(text)


def test_what_is_kept_in_one_language_is_read_in_the_other():
    with in_language("en"):
        written = as_kept(_l("Reason"))
    assert in_both(written) == ("Reason", "原因")


def test_what_came_out_of_a_whole_act_is_kept_with_its_values_and_their_own_words():
    with in_language("en"), for_any_reader():
        inner = _l("The %(column)s is missing.", column=_l("employer"))
        written = " ".join([str(inner), _("No seat is left in the sitting %(code)s.", code="S-1")])
    assert in_both(written) == (
        "The employer is missing. No seat is left in the sitting S-1.",
        "工作单位为空。 场次 S-1 已没有空座位。",
    )


def test_places_of_a_text_are_filled_later_in_the_same_way():
    sentence, values = _l("No seat is left in the sitting %(code)s."), {"code": 'S"1', "more": "x"}
    with in_language("en"), for_any_reader():
        written = with_values(sentence, values)
    assert "more" not in written
    assert in_both(written) == ('No seat is left in the sitting S"1.', '场次 S"1 已没有空座位。')
    with in_language("en"):
        assert with_values(sentence, values) == 'No seat is left in the sitting S"1.'


def test_a_refusal_says_to_its_reader_what_it_was_raised_with():
    with in_language("en"), for_any_reader():
        refusal = Invalid(_("The %(column)s is missing.", column=_l("employer")))
        written = str(refusal)
    assert in_both(written)[1] == "工作单位为空。"
    with in_language("zh_CN"):
        assert str(refusal) == "工作单位为空。"


def test_a_count_is_kept_with_both_its_forms():
    with in_language("en"), for_any_reader():
        one, two = (ngettext("%(num)s rule", "%(num)s rules", count) for count in (1, 2))
    assert (in_both(one)[0], in_both(two)) == ("1 rule", ("2 rules", "2 条规则"))


def test_what_was_kept_in_words_and_what_somebody_wrote_stays_as_it_is():
    for text in ("停电了", "a ⟦b⟧ c", '⟦{"says": 3}⟧', '⟦{"says": "x"}', "⟦", '⟦{"says":"x","with":[]}⟧'):
        assert as_read(text) == text


def test_brackets_in_a_value_are_part_of_the_value():
    assert as_read(KeptWords("No seat is left in the sitting %(code)s.", {"code": 'a"⟦]⟧<'}).written()) == (
        '场次 a"⟦]⟧< 已没有空座位。'
    )


def test_a_text_that_the_catalogue_no_longer_has_is_read_in_english_and_formats_nothing_else():
    written = KeptWords("50%% of %(a)s, %(b)s, %(a)9999999d", {"a": "x"}).written()
    assert as_read(written) == "50% of x, %(b)s, %(a)9999999d"


def test_a_document_in_a_language_of_its_own_is_written_in_it_within_an_act_that_is_kept():
    with for_any_reader(), in_language("en"):
        assert _("Reason") == "Reason"


def test_texts_put_together_once_per_language_are_kept_apart_from_those_that_are_kept():
    @once_per_language
    def both() -> list[str]:
        return [_("Reason")]

    with for_any_reader():
        written = both()[0]
    assert both() == ["原因"] and as_read(written) == "原因"


def test_numbers_stay_numbers_and_labels_become_words():
    class Kind(StrEnum):
        ONE = "one"

    assert KeptWords("%(a)s %(b)s", {"a": 3, "b": Kind.ONE}).written().endswith('{"a": 3, "b": "one"}}⟧')


def test_a_report_is_said_throughout():
    report = {"rows": 2, "rejected": [{"where": "A!1", "reason": as_kept(_l("Reason"))}], "held": ()}
    assert read_throughout(report) == {
        "rows": 2,
        "rejected": [{"where": "A!1", "reason": "原因"}],
        "held": [],
    }


def test_a_page_says_kept_words_wherever_it_shows_them_and_escapes_what_was_written():
    reason = KeptWords("No seat is left in the sitting %(code)s.", {"code": "<b>&\"'"}).written()
    alone = shown("{{ reason }}", reason=reason)
    assert Markup(alone).unescape() == "场次 <b>&\"' 已没有空座位。" and "<" not in alone
    within = shown('{{ _("%(reason)s: %(words)s", reason=reason, words="<i>") }}', reason=reason)
    assert Markup(within).unescape() == "场次 <b>&\"' 已没有空座位。：<i>" and "<" not in within


def test_a_page_shows_to_the_letter_what_a_hash_is_of():
    body = '{"reason":' + as_kept(_l("Reason")) + "}"
    assert Markup(shown("{{ body|exactly }}", body=body)).unescape() == body


def nested(words: str, times: int, depth: int) -> str:
    """Return words in brackets that say themselves many times over in each of their depths."""
    for _turn in range(depth):
        kept = {"says": "%(a)s" * times, "with": {"a": words}}
        words = f"⟦{json.dumps(kept, ensure_ascii=False)}⟧"
    return words


@pytest.mark.parametrize(
    "written",
    ["⟦" * 8_000, "⟦[" * 4_000, "⟦" + "[" * 8_000, '⟦{"says": "\\ud800"}⟧', "⟦⟧" * 4_000, "⟧⟦" * 4_000],
)
def test_brackets_that_anybody_writes_neither_break_a_page_nor_hold_it_up(written):
    began = time.process_time()
    in_markup = shown("{% macro said() %}{{ text }}{% endmacro %}{{ said() }}", text=written)

    shown("{{ text|safe }}", text=written).encode()
    assert str(Markup(in_markup).unescape()) == written
    in_markup.encode()
    assert time.process_time() - began < 1


def test_words_in_words_that_somebody_writes_do_not_grow_without_end():
    written = nested("boom", times=100, depth=3)
    assert len(written) < 2_000
    assert len(as_read(written)) < 20 * len(written)


def test_words_of_the_house_behind_a_bracket_that_nobody_closes_are_still_said():
    with in_language("en"):
        written = "⟦ " + as_kept(_l("Reason"))
        assert shown("{% macro said() %}{{ text }}{% endmacro %}{{ said() }}", text=written) == "⟦ Reason"


def test_words_that_look_like_kept_ones_and_are_nested_without_end_stay_as_they_are():
    for text in ('⟦{"says":' + "[" * 100_000, "⟦" + "[" * 100_000, '⟦{"says":{"a":' * 20_000):
        assert as_read(text) == text
        assert as_read(Markup.escape(text)) == Markup.escape(text)


def test_a_page_that_shows_brackets_by_the_thousand_is_made_at_once():
    """What anybody may type, unasked: the name at the sign-in comes back in the markup of its field."""
    for typed in ("⟦", '⟦{"says"', '⟦{"says": "x"', '⟦{"says":"x","with":[]}⟧'):
        text = typed * (50_000 // len(typed))
        began = time.process_time()
        assert as_read(Markup.escape(text)) == Markup.escape(text)
        assert as_read(text) == text
        assert time.process_time() - began < 2, typed


def test_few_words_that_would_say_a_value_without_end_stay_as_they_are():
    within = KeptWords("%(a)s" * 1_000, {"a": "x" * 1_000}).written()
    assert as_read(within) == within
    around = KeptWords("%(a)s" * 500, {"a": KeptWords("%(b)s" * 500, {"b": "x" * 100}).written()}).written()
    assert as_read(around) == around
    long = KeptWords("No seat is left in the sitting %(code)s.", {"code": "长" * 50_000}).written()
    assert as_read(long).startswith("场次 长长")


def test_two_people_who_wrote_half_of_kept_words_each_hide_nothing_between_them():
    between = Markup("</td><td><button>Go on</button></td><td>")
    for first, second in (("⟦", "⟧"), ('⟦{"says": "', '"}⟧'), ('⟦{"says": "x", "with": {"a": "', '"}}⟧')):
        page = Markup("<td>") + Markup.escape(first) + between + Markup.escape(second) + Markup("</td>")
        assert as_read(page) == page


def test_words_kept_in_markup_are_said_each_for_itself_in_text_and_in_attributes():
    inner = as_kept(_l("Reason"))
    outer = KeptWords("No seat is left in the sitting %(code)s.", {"code": f"{inner}<⟧&⟧⟦"}).written()
    page = Markup('<input value="{}" title="⟦"><b>{}{} {}</b>').format(outer, inner, outer, "⟧")
    said = "场次 原因&lt;⟧&amp;⟧⟦ 已没有空座位。"
    assert as_read(page) == f'<input value="{said}" title="⟦"><b>原因{said} ⟧</b>'
