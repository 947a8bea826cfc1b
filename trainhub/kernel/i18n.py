"""Languages: English texts in the code, Chinese (the default) in each room's ``translations/zh_CN.po``.

The catalogues are read straight from the ``.po`` files at start-up, once in a process: there is no compile
step to forget.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar, cast

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session

LANGUAGES = {"zh_CN": "中文", "en": "English"}
DEFAULT = "zh_CN"
T = TypeVar("T")


def _(text: str, **values: object) -> str:
    """Translate a text into the reader's language now; placeholders are ``%(name)s``."""
    return cast(str, flask_babel.gettext(text, **values))


def once_per_language(say: Callable[[], T]) -> Callable[[], T]:
    """Have a function that only puts texts together do so once for each language in a process."""
    known: dict[str, T] = {}

    @wraps(say)
    def said() -> T:
        language = str(flask_babel.get_locale())
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


def in_language(language: str) -> Any:
    """Show texts in a given language inside a ``with`` block; for messages and documents."""
    return flask_babel.force_locale(language)
