"""Languages: English texts in the code, Chinese (the default) in each room's ``translations/zh_CN.po``.

The catalogues are read straight from the ``.po`` files at start-up, once in a process: there is no compile
step to forget.

What the house says to whoever asks is said in their language at once (``_``). What it writes down, for others
to read later, is kept without a language (``for_any_reader``, ``as_kept``) and said when it is read
(``as_read``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache, wraps
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar, cast

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session

from trainhub.kernel import kept_words
from trainhub.kernel.kept_words import KeptWords

LANGUAGES = {"zh_CN": "中文", "en": "English"}
DEFAULT = "zh_CN"
T = TypeVar("T")
_keeping: ContextVar[bool] = ContextVar("keeping", default=False)
_VALUE = re.compile(r"%(?:\((\w+)\)[sd]|%)")
LONGEST_SAID = 100_000
"""No sentence of the house is longer: what would be, of a value put in a thousand times, nobody kept here."""


def _(text: str, **values: object) -> str:
    """Translate a text into the reader's language now; placeholders are ``%(name)s``."""
    return cast(str, flask_babel.gettext(text, **values))


def once_per_language(say: Callable[[], T]) -> Callable[[], T]:
    """Have a function that only puts texts together do so once for each language in a process."""
    known: dict[str, T] = {}

    @wraps(say)
    def said() -> T:
        language = "kept" if _keeping.get() else str(flask_babel.get_locale())
        if language not in known:
            known[language] = say()
        return known[language]

    return said


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Translate a text with a count; ``%(num)s`` is the count."""
    return cast(str, flask_babel.ngettext(singular, plural, num, **values))


def _l(text: str, **values: object) -> Any:
    """Mark a text to be translated whenever it is shown."""
    return flask_babel.lazy_gettext(text, **values)


class Catalogue(flask_babel.Domain):  # type: ignore[misc]
    """All rooms' texts in one catalogue per language."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._translations = {language: _load(root, language) for language in LANGUAGES}

    def get_translations(self) -> NullTranslations:
        """Return the texts of the reader's language."""
        # Babel calls the locale zh_Hans_CN, whatever it was asked for.
        locale = flask_babel.get_locale()
        return self._translations["en" if locale is not None and locale.language == "en" else DEFAULT]

    def gettext(self, string: str, **variables: object) -> str:
        """Return a text in the reader's language, or as it is kept where it is written down."""
        if _keeping.get():
            return KeptWords(string, variables).written()
        return cast(str, super().gettext(string, **variables))

    def ngettext(self, singular: str, plural: str, num: int, **variables: object) -> str:
        """Return a text with a count in the reader's language, or as it is kept."""
        if _keeping.get():
            return KeptWords(singular, {"num": num} | variables, plural, num).written()
        return cast(str, super().ngettext(singular, plural, num, **variables))


class _Babel(flask_babel.Babel):  # type: ignore[misc]
    domain_instance: Catalogue | None = None


@cache
def _load(root: Path, language: str) -> NullTranslations:
    merged = Translations()
    merged.plural = lambda count: int(count != 1)
    for file in sorted(root.rglob(f"translations/{language}.po")):
        with file.open("rb") as source:
            catalogue = read_po(source, locale=language)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = Translations(compiled)
        merged.merge(translations)
        merged.plural = translations.plural
    return merged


def install(app: Flask) -> None:
    """Give an application its languages."""
    babel = _Babel()
    babel.domain_instance = Catalogue(Path(__file__).parents[1])
    babel.init_app(
        app, default_locale=DEFAULT, default_timezone="Asia/Shanghai", locale_selector=choose_language
    )
    app.before_request(_remember_choice)


def choose_language() -> str:
    """Return the reader's language: as chosen on the page, else Chinese."""
    if not has_request_context():
        return cast(str, g.get("language", DEFAULT))
    chosen = request.args.get("lang") or session.get("language")
    return chosen if chosen in LANGUAGES else DEFAULT


def _remember_choice() -> None:
    chosen = request.args.get("lang")
    if chosen in LANGUAGES and session.get("language") != chosen:
        session["language"] = chosen


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Show texts in a given language inside a ``with`` block; for messages and documents."""
    was = _keeping.set(False)
    try:
        with flask_babel.force_locale(language):
            yield
    finally:
        _keeping.reset(was)


@contextmanager
def for_any_reader() -> Iterator[None]:
    """Make texts inside a ``with`` block as they are kept: what is written down has no language yet."""
    was = _keeping.set(True)
    try:
        yield
    finally:
        _keeping.reset(was)


def as_kept(text: object) -> str:
    """Return a text that is marked by ``_l``, or a refusal that bears one, as it is kept for any reader."""
    with for_any_reader():
        return str(text)


def with_values(text: object, values: Mapping[str, object]) -> str:
    """Return a text that is marked by ``_l`` with values in its places, said now or as it is kept."""
    if not _keeping.get():
        return str(text) % values

    def filled(words: KeptWords) -> str:
        used = {name: value for name, value in values.items() if f"%({name})" in words.says}
        return replace(words, values=used).written()

    return kept_words.replaced(str(text), filled)


def as_read(text: str) -> str:
    """Return a kept text in the reader's language; what somebody wrote, or was kept in words, stays."""
    if kept_words.BEGIN not in text or _keeping.get():
        return text
    return kept_words.replaced(text, _say)


def read_throughout(value: Any) -> Any:
    """Return plain values, such as a report, with every kept text in them in the reader's language."""
    if isinstance(value, str):
        return as_read(value)
    if isinstance(value, dict):
        return {name: read_throughout(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [read_throughout(each) for each in value]
    return value


def _say(words: KeptWords) -> str:
    texts = flask_babel.get_domain().get_translations()
    if words.plural is None:
        text = cast(str, texts.ugettext(words.says))
    else:
        text = cast(str, texts.ungettext(words.says, words.plural, words.count))
    if not words.values:
        return text
    values = {name: as_read(str(each)) for name, each in words.values.items()}
    if len(text) + sum(len(values.get(place[1], "")) for place in _VALUE.finditer(text)) > LONGEST_SAID:
        return words.written()

    def value(place: re.Match[str]) -> str:
        name = place[1]
        return "%" if name is None else values.get(name, place[0])

    # Not by the operator %: what is kept may be older than the text, or no text of the house at all.
    return _VALUE.sub(value, text)
