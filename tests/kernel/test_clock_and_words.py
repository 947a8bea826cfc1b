"""The clock that tests can set, languages, masks and pages of lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from trainhub.kernel import clock
from trainhub.kernel.cipher import Undecipherable, decrypt, encrypt, keyed_hash
from trainhub.kernel.db import UtcDateTime
from trainhub.kernel.i18n import _, as_read, for_any_reader, in_language
from trainhub.kernel.identifiers import random_id, readable_code
from trainhub.kernel.pages import (
    duration,
    local_date,
    local_time,
    mask_id,
    mask_mail,
    mask_name,
    mask_phone,
    unbroken,
)

MOMENT = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)


def test_the_clock_stands_still_where_it_is_set_and_runs_on_afterwards():
    before = clock.now()
    with clock.set_to(MOMENT):
        assert clock.now() == clock.now() == MOMENT
        clock.move(timedelta(minutes=5))
        assert clock.now() == MOMENT + timedelta(minutes=5)
        with clock.set_to(MOMENT - timedelta(days=1)):
            assert clock.now() == MOMENT - timedelta(days=1)
        assert clock.now() > MOMENT
    assert timedelta(0) <= clock.now() - before < timedelta(minutes=1)


def test_the_day_is_that_of_the_wall_in_china():
    with clock.set_to(MOMENT):
        assert clock.today() == date(2026, 11, 23)
    assert clock.from_local(datetime(2026, 11, 23, 0, 30)) == MOMENT


def test_a_time_without_a_zone_is_never_stored():
    column = UtcDateTime()
    with pytest.raises(ValueError, match="without zone"):
        column.process_bind_param(datetime(2026, 1, 1), None)
    stored = column.process_bind_param(clock.local(MOMENT), None)
    assert stored == datetime(2026, 11, 22, 16, 30)
    assert column.process_result_value(stored, None) == MOMENT


def test_times_are_written_as_they_are_read_in_china(app):
    with in_language("zh_CN"):
        assert local_time(MOMENT) == "2026-11-23 周一 00:30"
        assert (local_date(None), local_time(None), duration(None)) == ("–", "–", "–")
    with in_language("en"):
        assert local_date(date(2026, 11, 23)) == "2026-11-23 Mon"
        assert [duration(seconds) for seconds in (45, 600, 4800)] == ["45 s", "10 min", "1 h 20 min"]


def test_a_day_that_is_written_down_names_its_weekday_to_each_reader_in_their_language(app):
    with for_any_reader():
        kept = _("You may hand in from %(time)s on.", time=local_time(MOMENT))
    with in_language("en"):
        assert as_read(kept) == "You may hand in from 2026-11-23 Mon 00:30 on."
    with in_language("zh_CN"):
        assert "2026-11-23 周一 00:30" in as_read(kept)


def test_days_codes_and_numbers_with_units_stay_together_at_the_end_of_a_line():
    page = Markup(
        '<h1 title="2026-12-07">Draw of 2026-12-07 Mon, P-2612-9GN2QX, 60 min</h1><code>A-1-B</code>'
    )
    together = ("2026-12-07 Mon", "P-2612-9GN2QX", "60 min")
    said = str(page)
    for each in together:
        said = said.replace(f"{each}", f'<span class="nowrap">{each}</span>')

    assert unbroken(page) == said
    assert (
        unbroken(Markup("well-known words, 12 questions &amp; 3")) == "well-known words, 12 questions &amp; 3"
    )


def test_a_heading_keeps_its_day_together(app):
    with app.test_request_context(), app.app_context():
        said = render_template_string(
            '{% extends "base.html" %}{% block title %}2026-12-07{% endblock %}', current_person=None
        )
    assert '<h1><span class="nowrap">2026-12-07</span></h1>' in said
    assert "<title>2026-12-07" in said


def test_pages_are_chinese_until_somebody_chooses_english_and_stay_so(client):
    assert 'lang="zh' in client.get("/").text
    assert 'lang="en' in client.get("/?lang=en").text
    assert 'lang="en' in client.get("/sign-in").text
    assert 'lang="zh' in client.get("/?lang=zh_CN").text
    assert 'lang="zh' in client.get("/?lang=xx").text
    assert 'lang="zh' in client.get("/", headers={"Accept-Language": "en"}).text


def test_a_text_can_be_said_in_a_given_language(app):
    with in_language("zh_CN"):
        assert _("Please sign in first.") == "请先登录。"
    with in_language("en"):
        assert _("Please sign in first.") == "Please sign in first."


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_a_masked_id_number_shows_neither_birthday_nor_order(number):
    masked = mask_id(number)
    assert masked == number[:3] + "*" * 13 + number[-2:]


def test_masks_hide_what_they_are_for():
    assert mask_phone("13712345678") == "137****5678"
    assert mask_mail("someone@example.cn") == "s****@example.cn"
    assert (mask_name("欧阳若琳"), mask_name("王芳"), mask_name("王")) == ("欧***", "王*", "王*")
    assert (mask_id(None), mask_phone(""), mask_mail(None)) == ("–", "–", "–")


@given(st.binary(max_size=200), st.text(max_size=30))
def test_what_is_encrypted_comes_back_only_with_key_and_place(plain, place):
    key = b"k" * 32
    sealed = encrypt(key, plain, place)
    assert decrypt(key, sealed, place) == plain
    assert encrypt(key, plain, place) != sealed
    for wrong in (
        (b"x" * 32, sealed, place),
        (key, sealed, place + "x"),
        (key, sealed[:-1] + bytes([sealed[-1] ^ 1]), place),
    ):
        with pytest.raises(Undecipherable):
            decrypt(*wrong)


@pytest.mark.parametrize("sealed", [b"", b"short", b"0" * 12, b"0" * 27])
def test_what_was_never_encrypted_is_refused_as_such(sealed):
    with pytest.raises(Undecipherable):
        decrypt(b"k" * 32, sealed, "place")


def test_a_keyed_hash_needs_the_key():
    assert keyed_hash(b"a" * 32, "x") != keyed_hash(b"b" * 32, "x")
    assert len(keyed_hash(b"a" * 32, "x")) == 64


def test_random_names_do_not_repeat_and_hold_no_letters_that_look_alike():
    assert len({random_id() for _number in range(1000)}) == 1000
    letters = set("".join(readable_code(14) for _number in range(200)))
    assert not letters & set("01OIl")
