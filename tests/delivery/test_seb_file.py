"""Config Key and file of the locked browser, against what its makers and other houses have published."""

import gzip
import plistlib
import random
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.delivery.seb_vector import CONFIG_KEY, published_settings
from trainhub.exams.delivery.seb_file import encrypt, pack
from trainhub.exams.delivery.seb_keys import config_key, is_among, request_hash, seb_json
from trainhub.exams.delivery.seb_settings import exam_settings, lockdown_address, public_address


def test_the_config_key_of_published_settings_is_the_one_that_the_browser_showed():
    assert config_key(published_settings()) == CONFIG_KEY


def test_the_published_settings_have_the_same_key_after_a_way_through_a_file():
    listed = gzip.decompress(gzip.decompress(pack(published_settings()))[4:])
    assert config_key(plistlib.loads(listed)) == CONFIG_KEY


@pytest.mark.parametrize(
    ("settings", "hashed"),
    [
        ({"date": datetime(1940, 10, 9, 22, 13, 56)}, '{"date":"1940-10-09T22:13:56+00:00"}'),
        ({"data": b"blahblah"}, '{"data":"YmxhaGJsYWg="}'),
        ({"string": "hello wörld"}, '{"string":"hello wörld"}'),
        ({"string": "ws:\\localhost"}, '{"string":"ws:\\localhost"}'),
        ({"string": "ws:\\\\localhost"}, '{"string":"ws:\\\\localhost"}'),
        ({"url": "http://test.com"}, '{"url":"http://test.com"}'),
        ({"bool": True}, '{"bool":true}'),
        ({"array": [False, True]}, '{"array":[false,true]}'),
        ({"bool": True, "array": []}, '{"array":[],"bool":true}'),
        ({"dict": {"banana": False, "apple": True}}, '{"dict":{"apple":true,"banana":false}}'),
        ({"bool": True, "emptydict": {}}, '{"bool":true}'),
        ({"bool": True, "outer": {"inner": {}}}, '{"bool":true}'),
        (
            {"testKey": "a", "allowWLAN": "b", "allowWlan": "c"},
            '{"allowWlan":"c","allowWLAN":"b","testKey":"a"}',
        ),
        ({"rules": [{"b": 1, "a": 2}]}, '{"rules":[{"a":2,"b":1}]}'),
    ],
)
def test_what_is_hashed_is_written_as_documented(settings, hashed):
    assert seb_json(settings) == hashed


NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=12)
# What XML can hold, without the line ends that it makes alike.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
)
PLAIN = st.booleans() | st.integers(-(2**31), 2**31 - 1) | TEXTS | st.binary(max_size=40)
LISTS = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4)
)
SETTINGS = st.dictionaries(NAMES, LISTS, max_size=8)


def shuffled(value, chance):
    """The same with every dictionary in another order."""
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(value[name], chance) for name in names}
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


@given(SETTINGS, st.integers())
def test_the_order_in_which_settings_stand_changes_no_key(settings, seed):
    assert config_key(shuffled(settings, random.Random(seed))) == config_key(settings)


@examples(max_examples=40)
@given(SETTINGS)
def test_a_way_through_a_file_changes_no_key(settings):
    listed = gzip.decompress(gzip.decompress(pack(settings))[4:])
    assert config_key(plistlib.loads(listed)) == config_key(settings)


@given(SETTINGS, TEXTS)
def test_which_version_saved_the_file_changes_no_key(settings, version):
    assert config_key(settings | {"originatorVersion": version}) == config_key(
        {name: value for name, value in settings.items() if name != "originatorVersion"}
    )


@given(SETTINGS, NAMES)
def test_another_value_makes_another_key(settings, name):
    if name == "originatorVersion":
        return
    assert config_key(settings | {name: "one"}) != config_key(settings | {name: "other"})


@pytest.mark.parametrize(
    ("password", "randomness", "content", "message"),
    [
        (
            "thepassword",
            "0001020304050607 0102030405060708 02030405060708090a0b0c0d0e0f0001",
            "01",
            "03010001 02030405 06070102 03040506 07080203 04050607 08090a0b 0c0d0e0f 0001a1f8 730e0bf4"
            "80eb7b70 f690abf2 1e029514 164ad3c4 74a51b30 c7eaa1ca 545b7de3 de5b010a cbad0a9a 13857df6 96a8",
        ),
        (
            "a",
            "00" * 32,
            "",
            "03010000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000b303 9be31cd7"
            "ece5e754 f5c8da17 00366631 3ae8a89d dcf8e3cb 41fdc130 b2329dbe 07d6f4d3 2c34e050 c8bd7e93 3b12",
        ),
    ],
)
def test_the_published_messages_of_rncryptor_3_come_out(password, randomness, content, message):
    made = encrypt(bytes.fromhex(content), password, bytes.fromhex(randomness))
    assert made == bytes.fromhex(message)


def test_a_file_under_a_password_shows_nothing_of_its_settings():
    settings = exam_settings("https://exam.example.org", "leave-now")
    open_file = gzip.decompress(pack(settings))
    closed = gzip.decompress(pack(settings, "open-sesame"))
    assert open_file[:4] == b"plnd"
    assert plistlib.loads(gzip.decompress(open_file[4:])) == settings
    assert closed[:6] == b"pswd\x03\x01"
    assert b"startURL" not in closed


def test_what_a_sitting_hands_out_keeps_the_browser_to_the_exam():
    settings = exam_settings("https://exam.example.org/")
    assert settings["startURL"] == "https://exam.example.org/exam/attempt"
    assert settings["quitURL"] == "https://exam.example.org/exam/lockdown/quit"
    assert settings["sendBrowserExamKey"] is True
    assert settings["URLFilterEnable"] is True
    assert {rule["expression"].partition("/exam/")[0] for rule in settings["URLFilterRules"][:1]} == {
        "https://exam.example.org"
    }
    for name in ("allowPrint", "allowSpellCheck", "allowDownloads", "allowVirtualMachine", "allowQuit"):
        assert settings[name] is False
    assert exam_settings("https://exam.example.org", "leave-now")["allowQuit"] is True


def test_the_page_may_take_photographs_and_never_hears_or_records_the_screen():
    settings = exam_settings("https://exam.example.org/")
    taken = {
        name.removeprefix("browserMediaCapture"): settings[name] for name in settings if "Capture" in name
    }
    assert taken == {"Camera": True, "Microphone": False, "Screen": False, "allowAudioCapture": False}


def test_no_setting_is_of_a_kind_that_browsers_hash_each_in_its_own_way():
    def kinds(value):
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return {kind for each in inner for kind in kinds(each)}
        return {type(value)} if not (isinstance(value, str) and {'"', "\\"} & set(value)) else {"quoted"}

    settings = exam_settings("https://exam.example.org", "leave-now")
    assert kinds(settings) == {bool, int, str, bytes}
    assert len({name.casefold() for name in settings}) == len(settings)


def test_two_configurations_never_have_one_key():
    assert config_key(exam_settings("http://e.org")) != config_key(exam_settings("http://e.org"))


@pytest.mark.parametrize(
    ("given_url", "written"),
    [
        ("https://Exam.Example.org:443/", "https://exam.example.org"),
        ("http://exam.example.org:80", "http://exam.example.org"),
        ("http://10.8.0.1:8000", "http://10.8.0.1:8000"),
        ("http://[2001:DB8::1]:8000", "http://[2001:db8::1]:8000"),
        ("https://example.org/trainhub/", "https://example.org/trainhub"),
    ],
)
def test_the_public_address_is_written_as_browsers_write_it(given_url, written):
    assert public_address(given_url) == written


def test_the_address_that_starts_the_browser_is_secure_where_the_site_is():
    assert lockdown_address("https://e.org", "c0de") == "sebs://e.org/exam/lockdown/c0de.seb"
    assert lockdown_address("http://e.org:8000", "c0de") == "seb://e.org:8000/exam/lockdown/c0de.seb"


def test_a_hash_counts_without_what_follows_the_number_sign_and_in_any_letters():
    hashed = request_hash("https://e.org/exam#question-5", "key")
    assert hashed == request_hash("https://e.org/exam", "key")
    assert is_among(hashed.upper(), ["0" * 64, hashed])
    assert not is_among(hashed[:-1], [hashed])
    assert not is_among("é" * 64, [hashed])
