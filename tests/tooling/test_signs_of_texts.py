"""Chinese pages carry Chinese signs: no half-width comma, colon or semicolon stands between what is read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(ROOT.glob("trainhub/**/translations/zh_CN.po"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
HAN = "[\u4e00-\u9fff]"
CODE = ("年-月-日T时:分", "未戴安全帽: rectangle")
"""What is typed as it stands there, in Chinese texts too."""
TOLD = {"_", "_l", "ngettext"}


def half_width_in_chinese(text):
    """Signs of a Chinese text that are half as wide as its characters: beside one, or behind a value."""
    for each in CODE:
        text = text.replace(each, "")
    return re.findall(rf"{HAN}[,;:?!()]|[,;:?!()]{HAN}|%\(\w+\)s[,;] ", text)


def joined_in_template(source):
    """Places of a template where values are joined by a sign that is written in and not said by ``_``."""
    shown = re.sub(r"\{#.*?#\}|<(script|svg|style)\b.*?</\1>|points=\"[^\"]*\"", "", source, flags=re.DOTALL)
    shown = re.sub(r"<(polyline|polygon|path)\b[^>]*>", "", shown)
    found = re.findall(r"[}%]\}[,;:] ?(?=[{<]|\w)|>[,;:] (?=[{<])|join\((?:\"|')[,;:]", shown)
    # Behind the number of a line or the letter of an option a full stop ends no sentence.
    return found + re.findall(r"(?<!loop\.index )\}\}\.(?= ?(?:<|\{%))", shown)


def joined_in_text(source):
    """Lines of a module where a value of a text is joined by such a sign."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in TOLD:
            continue
        for part in (part for value in call.keywords for part in ast.walk(value)):
            is_join = isinstance(part, ast.Attribute) and part.attr == "join"
            if is_join and isinstance(part.value, ast.Constant) and part.value.value.strip() in (",", ";"):
                found.append(part.lineno)
    return found


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.parent.parent.relative_to(ROOT)))
def test_a_translation_has_signs_as_wide_as_its_characters(path):
    with path.open("rb") as file:
        texts = [each.string if isinstance(each.string, str) else each.string[0] for each in read_po(file)]
    assert {text: found for text in texts if (found := half_width_in_chinese(text))} == {}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_says_the_signs_between_values_in_the_readers_language(path):
    assert joined_in_template(path.read_text(encoding="utf-8")) == []


def test_values_of_texts_are_joined_by_signs_of_the_readers_language():
    found = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / "trainhub").rglob("*.py"))
        if (lines := joined_in_text(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_checks_find_what_they_look_for():
    assert half_width_in_chinese("已保存,请继续") and half_width_in_chinese("%(name)s, 已保存")
    assert not half_width_in_chinese("已保存，请继续 1,200 次")
    assert joined_in_template("{{ a }}, {{ b }}") and joined_in_template("{{ a|join(', ') }}")
    assert joined_in_template("{{ title }}.<br>") and not joined_in_template("{{ loop.index }}. {% if a %}")
    assert joined_in_template("{% endif %}: {{ b }}") and joined_in_template("</a>, {{ b }}")
    assert not joined_in_template('{{ a }}{{ _(", ") }}{{ b }}<polygon points="{{ x }},{{ y }} "/>')
    assert joined_in_text('_("x", names=", ".join(found))') == [1]
    assert joined_in_text('_("x", names=_(", ").join(found))') == []


SAID_OTHERWISE = {
    "%(count)s questions, %(marks)s marks in all",
    "%(marks)s marks · pass mark %(pass_mark)s · %(minutes)s minutes",
    "%(count)s relations compared",
}
"""Texts that begin with a count and are never said of one."""


def lacks_a_singular(text):
    """Tell whether a text that has one form alone begins with a count of several things."""
    return bool(
        re.match(r"%\((?:count|num|points|seats|marks|missing|present)\)s (?:[a-z]+ )?[a-z]{2,}s\b", text)
    )


def test_a_text_that_begins_with_a_count_says_one_of_it_in_english_too():
    found = set()
    for path in CATALOGUES:
        with path.open("rb") as file:
            found |= {
                each.id for each in read_po(file) if isinstance(each.id, str) and lacks_a_singular(each.id)
            }
    assert found == SAID_OTHERWISE
    assert lacks_a_singular("%(count)s results were computed anew.")
    assert not lacks_a_singular("%(count)s waiting") and not lacks_a_singular("%(count)s of %(rows)s rows")
