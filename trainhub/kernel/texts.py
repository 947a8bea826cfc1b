"""What no database keeps as text is stopped at the door, for all rooms at once.

PostgreSQL holds no NUL in a text, and nothing writes down half of a character (a lone surrogate, which only
JSON brings). No keyboard enters either; a scanner's program or a paste from elsewhere may.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask, abort, request

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l
from trainhub.kernel.uploads import HouseRequest

_UNKEPT = re.compile("[\x00\ud800-\udfff]")


def can_be_kept(value: object) -> bool:
    """Tell whether every text in a value, names of its parts included, can be kept by a database."""
    if isinstance(value, str):
        return _UNKEPT.search(value) is None
    if isinstance(value, dict):
        return all(can_be_kept(name) and can_be_kept(each) for name, each in value.items())
    return not isinstance(value, list) or all(map(can_be_kept, value))


def _require(texts: Iterable[object]) -> None:
    """Raise Invalid if some text cannot be kept."""
    if not all(map(can_be_kept, texts)):
        raise Invalid(
            _l(
                "What was sent holds a character that cannot be kept (a NUL, or half of one). Type the text "
                "anew instead of pasting it."
            )
        )


class TextRequest(HouseRequest):
    """A request whose forms, names of files and JSON can be kept, or are refused when read.

    They are looked at when a view reads them and not before, so that what it says of size holds first.
    """

    def _load_form_data(self) -> None:
        # What was read stays known: the page that tells of the refusal may ask for it again.
        is_new = "form" not in self.__dict__
        super()._load_form_data()
        if is_new:
            _require(text for pair in self.form.items(multi=True) for text in pair)
            _require(text for name, file in self.files.items(multi=True) for text in (name, file.filename))

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """Return what the body says.

        Raises:
            Invalid: it holds a character that cannot be kept.
        """
        said = super().get_json(force=force, silent=silent, cache=cache)
        _require([said])
        return said


def install(app: Flask) -> None:
    """Put the door in front of all views, on the request of the house that knows where files go."""
    app.request_class = TextRequest
    app.before_request(_look_at_address)


def _look_at_address() -> None:
    """Refuse a query that cannot be kept; what has such an address is not there."""
    if not can_be_kept(request.view_args or {}):
        abort(404)
    _require(text for pair in request.args.items(multi=True) for text in pair)
