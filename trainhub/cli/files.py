"""Files that a command computes from: their text in whatever encoding can be told, or where it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import speaking
from trainhub.exams.bank.exchange.encodings import placed_text
from trainhub.kernel.i18n import in_language


def text_in(path: Path) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or GB18030.

    Raises:
        click.BadParameter: it is no text, or its encoding cannot be told; line and byte are named.
    """
    # What reads encodings knows the languages of the house; the command speaks English throughout.
    with speaking(False), in_language("en"):
        try:
            return placed_text(path.read_bytes())
        except ValueError as problem:
            raise click.BadParameter(f"{path.name}: {problem}") from None


def json_in(path: Path) -> Any:
    """Return what a file of JSON says.

    Raises:
        click.BadParameter: it is no JSON, or says a name twice in one object; line and column are named.
    """
    text = text_in(path)
    if not text.strip():
        raise click.BadParameter(f"{path.name}: line 1: the file is empty")
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as problem:
        raise click.BadParameter(f"{path.name}: this is no JSON: {problem}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for place, (name, _value) in enumerate(pairs) if name in dict(pairs[:place]))
        raise ValueError(f"{twice!r} is said twice in one object")
    return found
