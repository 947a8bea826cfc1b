"""Whole numbers that somebody sends: one that no column holds belongs to nothing that there is."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
_DIGITS = re.compile("[0-9]{1,10}")


def whole_number(text: str) -> int | None:
    """Return the number that a text says, or None: it says none, or a larger one than any column holds."""
    if not _DIGITS.fullmatch(text) or int(text) > LARGEST:
        return None
    return int(text)


class NumberInAddress(IntegerConverter):
    """A number in the address of a page; at a larger one there is no page."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **({"max": LARGEST} | options))


def install(app: Flask) -> None:
    """Have addresses read so; before the rooms bring theirs."""
    app.url_map.converters["int"] = NumberInAddress
