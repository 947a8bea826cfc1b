"""Both languages are complete: every text of code and templates has its Chinese."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import trainhub
from trainhub.kernel.resources import resource_folder

PACKAGE = Path(trainhub.__file__).parent
TEMPLATES = resource_folder("templates")
CATALOGUES = sorted(PACKAGE.rglob("translations/zh_CN.po"))
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
QUOTED = re.compile(r"[\u4e00-\u9fff]*〔\d+〕\d+号|[\u4e00-\u9fff]+令第\d+号|姓名|身份证号")
"""Chinese that an English text must quote: numbers of documents, headings of sheets that people fill in."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
SPOKEN_TWO_WAYS: dict[str, str] = {}
"""Texts that one room says otherwise than another on purpose: text -> why."""
WITHOUT_CHINESE = {"trainhub", "PDF", "QR", "ID", "QTI", "Excel"}
"""Names that are the same in both languages."""


@cache
def used_texts() -> dict[str, set[str]]:
    """Text in English -> files that say it."""
    used: dict[str, set[str]] = defaultdict(set)
    sources = [
        (PACKAGE, [("**.py", "python")]),
        (TEMPLATES, [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    ]
    for folder, method in sources:
        found = extract_from_dir(
            str(folder), method_map=method, keywords=KEYWORDS, options_map={"**.html": {"silent": "false"}}
        )
        for name, _line, texts, _remarks, _context in found:
            for text in [texts] if isinstance(texts, str) else texts:
                used[text].add(name)
    return used


@cache
def catalogue(path: Path):
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def messages_of(path: Path):
    return [message for message in catalogue(path) if message.id]


def english(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def chinese(message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def room_of(path: Path) -> str:
    return ".".join(path.parent.parent.relative_to(PACKAGE).parts)


each_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=room_of)


def test_every_text_has_its_chinese():
    known = {english(message) for path in CATALOGUES for message in messages_of(path) if chinese(message)}
    plurals = {message.id[1] for path in CATALOGUES for message in messages_of(path) if message.pluralizable}
    known |= plurals
    missing = sorted(
        f"{text!r} ({', '.join(sorted(used_texts()[text]))})" for text in used_texts().keys() - known
    )
    assert not missing, "\n".join(["write the Chinese of:", *missing])


def test_every_chinese_has_a_text_that_uses_it():
    used = used_texts().keys()
    idle = [
        f"{room_of(path)}: {english(message)!r}"
        for path in CATALOGUES
        if room_of(path) != "kernel"  # the words that all rooms may use
        for message in messages_of(path)
        if english(message) not in used
    ]
    assert not idle, "\n".join(["nothing says this any more:", *idle])


def test_no_text_has_two_chinese():
    spoken: dict[tuple[str, str | None], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in CATALOGUES:
        for message in messages_of(path):
            spoken[english(message), message.context][chinese(message)].append(room_of(path))
    torn = [
        f"{text!r}: " + "; ".join(f"{said} ({', '.join(rooms)})" for said, rooms in ways.items())
        for (text, _context), ways in spoken.items()
        if len(ways) > 1 and text not in SPOKEN_TWO_WAYS
    ]
    assert not torn, "\n".join(["the rooms' texts are one catalogue, so the last file wins:", *torn])


@each_catalogue
def test_a_catalogue_holds_no_doubtful_and_no_dead_lines(path):
    text = path.read_text(encoding="utf-8")
    assert "fuzzy" not in text
    assert "#~" not in text


@each_catalogue
def test_a_catalogue_says_nothing_twice(path):
    ids = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), flags=re.M)
    assert sorted({text for text in ids if ids.count(text) > 1}) == []


@each_catalogue
def test_placeholders_agree(path):
    wrong = []
    for message in messages_of(path):
        wanted = set(PLACEHOLDER.findall(english(message)))
        allowed = wanted | {"num"} if not isinstance(message.id, str) else wanted
        given = set(PLACEHOLDER.findall(chinese(message)))
        if not wanted <= given | {"num"} or not given <= allowed:
            wrong.append(f"{english(message)!r}: {sorted(wanted)} and {sorted(given)}")
    assert wrong == []


@each_catalogue
def test_english_is_english_and_chinese_is_chinese(path):
    wrong = []
    for message in messages_of(path):
        plain = QUOTED.sub("", PLACEHOLDER.sub("", english(message)))
        if CHINESE.search(plain):
            wrong.append(f"Chinese in the English text {english(message)!r}")
        words = re.findall(r"[A-Za-z]{2,}", PLACEHOLDER.sub("", chinese(message)))
        if re.search(r"[A-Za-z]{3,}", plain) and words and not CHINESE.search(chinese(message)):
            if chinese(message) not in WITHOUT_CHINESE:
                wrong.append(f"no Chinese in {chinese(message)!r}")
    assert wrong == []


@each_catalogue
def test_chinese_sentences_end_as_their_english_does(path):
    wrong = [
        f"{english(message)!r}: {chinese(message)!r}"
        for message in messages_of(path)
        if english(message).endswith(".")
        and english(message) != "No."
        and not chinese(message).endswith(("。", "！", "？", "）", "”"))
    ]
    assert wrong == []


def test_no_page_says_a_chinese_word_past_the_catalogue():
    """A Chinese word written straight into a template would stay Chinese in the English pages."""
    allowed = {"base.html", "kernel/style_guide.html"}  # the switch of languages; samples of data
    strays = []
    for file in sorted(TEMPLATES.rglob("*.html")):
        name = str(file.relative_to(TEMPLATES))
        text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.S)
        if name not in allowed and (found := CHINESE.findall(text)):
            strays.append(f"{name}: {''.join(found)[:40]}")
    assert strays == []
