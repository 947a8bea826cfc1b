"""Templates under the strict policy: nothing inline, nothing unescaped, every form with its token."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from trainhub.kernel.resources import resource_folder

FOLDER = resource_folder("templates")
TEMPLATES = sorted(FOLDER.rglob("*.*"))
UNESCAPED_ON_PURPOSE: dict[str, str] = {}
"""Templates that may say |safe, and why; so far none needs it."""
WITHOUT_TOKEN = {"verify.by_file"}
"""Forms whose deed changes nothing and needs no token (see test_views)."""

relative = [str(path.relative_to(FOLDER)) for path in TEMPLATES]


def each_template(looks):
    """Have a test look at every template, and say of each one what it found there."""

    def test():
        faults = []
        for name in relative:
            try:
                looks(name)
            except AssertionError as fault:
                faults.append(f"{name}: {fault}")
        assert not faults, "\n".join(faults)

    test.__name__, test.__doc__ = looks.__name__, looks.__doc__
    return test


@cache
def text_of(name: str) -> str:
    """A template without its remarks."""
    return re.sub(r"\{#.*?#\}", "", (Path(FOLDER) / name).read_text(encoding="utf-8"), flags=re.S)


@each_template
def test_a_template_holds_no_script_of_its_own(name):
    for tag, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text_of(name), flags=re.S):
        data = 'type="application/json"' in tag
        assert "src=" in tag or data, f"{name}: <script{tag}>"
        assert data or not body.strip(), f"{name}: words inside <script{tag}>"


@each_template
def test_a_template_holds_no_style_of_its_own(name):
    assert not re.findall(r"<style\b", text_of(name))
    assert not re.findall(r"<[a-zA-Z][^>]*\sstyle\s*=", text_of(name))


@each_template
def test_a_template_holds_no_handler_and_no_script_address(name):
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text_of(name), flags=re.S)
    assert not re.findall(r"<[a-zA-Z][^>]*\son[a-z]+\s*=", plain)
    assert "javascript:" not in plain.lower()


@each_template
def test_a_template_lets_nothing_through_unescaped(name):
    found = re.findall(r"\|\s*safe\b|autoescape\s+false|Markup\(", text_of(name))
    assert not found or name in UNESCAPED_ON_PURPOSE, f"{name}: {found}"


@each_template
def test_a_form_that_posts_carries_its_token(name):
    for form in re.findall(r"<form\b.*?</form>", text_of(name), flags=re.S | re.I):
        if re.search(r'method\s*=\s*"?post', form, flags=re.I):
            if any(endpoint in form for endpoint in WITHOUT_TOKEN):
                continue
            assert re.search(r"csrf|hidden_tag", form), f"{name}: {form[:160]}"


@each_template
def test_a_template_fetches_nothing_from_elsewhere(name):
    plain = text_of(name)
    assert not re.findall(r"(?:src|action|poster)\s*=\s*[\"'](?:https?:)?//", plain)
    assert not re.findall(r"<link\b[^>]*href\s*=\s*[\"'](?:https?:)?//", plain)


@each_template
def test_a_link_that_opens_a_new_window_gives_it_no_hold_on_ours(name):
    for tag in re.findall(r"<a\b[^>]*target\s*=\s*[\"']_blank[^>]*>", text_of(name)):
        assert "noopener" in tag, f"{name}: {tag}"


def test_the_list_of_what_may_stay_unescaped_names_nothing_that_is_gone():
    stale = [name for name in UNESCAPED_ON_PURPOSE if "safe" not in text_of(name)]
    assert stale == []
