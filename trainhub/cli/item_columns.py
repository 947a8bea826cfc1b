"""What the command line says of the columns of a file, and what is named where that is not enough."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from trainhub.cli.acting import as_line
from trainhub.cli.ending import BadContent, always_held
from trainhub.exams.bank.reading.answers import truth
from trainhub.exams.bank.reading.classes import type_of
from trainhub.exams.bank.reading.codes import ANSWER
from trainhub.exams.bank.reading.columns import codes_in
from trainhub.exams.bank.reading.layouts import MEANINGS, Columns
from trainhub.exams.bank.reading.looks import Look, Unsure

_CODED = re.compile(r"(type|answer)\s*[(（](.{1,200})[)）]")


def columns_said(said: Sequence[str], file: Path | None) -> Columns:
    """Return what is said of columns, from options and a file of JSON.

    A meaning may explain numbers as a heading can: ``type(1单选 2多选 3判断)``, ``answer(1正确 0错误)``.

    Raises:
        BadContent: the file is no object of headings and meanings.
        click.UsageError: an option cannot be read, or a meaning is none.
    """
    headings, codes = _headings_said(said, file), dict[str, dict[str, str]]()
    for heading, meaning in headings.items():
        coded = _CODED.fullmatch(meaning)
        if coded is not None:
            headings[heading], codes[coded[1]] = coded[1], _codes(heading, coded[1], coded[2])
        elif meaning not in MEANINGS:
            raise click.UsageError(f"{heading}: no meaning “{meaning}”. Meanings: {', '.join(MEANINGS)}")
    return Columns((), headings, codes)


def _codes(heading: str, meaning: str, text: str) -> dict[str, str]:
    """Return what numbers stand for, each with a word that is known."""
    found = {}
    for number, words in codes_in(text).items():
        word = truth(words) if meaning == ANSWER else type_of(words, {})
        if word is None:
            raise click.UsageError(f"{heading}: nobody knows what “{words}” is.")
        found[number] = str(word)
    if not found:
        raise click.UsageError(f"{heading}: write {meaning}(1… 2…).")
    return found


def _headings_said(said: Sequence[str], file: Path | None) -> dict[str, str]:
    """Return what headings mean, from options and a file of JSON.

    Raises:
        BadContent: the file is no object of headings and meanings.
        click.UsageError: an option cannot be read.
    """
    found: dict[str, str] = {}
    if file is not None:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as problem:
            raise BadContent(f"{file}: no JSON object of headings and meanings.") from problem
        if not isinstance(content, dict):
            raise BadContent(f"{file}: no JSON object of headings and meanings.")
        found |= {str(heading).strip(): str(meaning) for heading, meaning in content.items()}
    for each in said:
        heading, sign, meaning = each.rpartition("=")
        if not sign or not heading.strip():
            raise click.UsageError(f"--columns {each}: write HEADING=MEANING.")
        found[heading.strip()] = meaning.strip()
    return found


@contextmanager
def naming_what_is_unsure(as_json: bool) -> Iterator[None]:
    """Name column by column what is not surely understood, and end with status 1."""
    try:
        yield
    except Unsure as problem:
        unsure = [_plain(look) for look in problem.looks]
        if as_json:
            told = {**always_held(), "error": str(problem), "unsure": unsure}
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            lines = [
                as_line(f"  {look.layout.sheet}: {each['heading'] or each['column']} → {each['meaning']}")
                for look in problem.looks
                for each in _columns(look)
            ]
            click.echo("\n".join([str(problem), *lines]), err=True)
        sys.exit(1)


def _plain(look: Look) -> dict[str, object]:
    doubts, row = [str(each) for each in look.doubts], look.layout.row + 1
    codes = {meaning: dict(said) for meaning, said in look.layout.codes.items()}
    return {
        "sheet": look.layout.sheet,
        "row": row,
        "doubts": doubts,
        "columns": _columns(look),
        "codes": codes,
    }


def _columns(look: Look) -> list[dict[str, object]]:
    layout = look.layout
    return [
        {
            "column": place + 1,
            "heading": layout.head[place] if place < len(layout.head) else "",
            "meaning": meaning,
            "why": str(look.reasons[place]),
        }
        for place, meaning in enumerate(layout.meanings)
    ]
