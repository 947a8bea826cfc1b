"""Reads the plain part of YAML in which the compose file is written: mappings, lists, words, JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class NotPlain(ValueError):
    """The file uses more of YAML than this reader knows, or is laid out wrongly."""


def read(path: Path) -> dict[str, Any]:
    """Return what a file says."""
    lines = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.split(" #")[0].rstrip()
        if not text.strip() or text.strip().startswith("#"):
            continue
        indent = len(text) - len(text.lstrip(" "))
        if "\t" in text or indent % 2:
            raise NotPlain(f"line {number}: two spaces a step")
        lines.append((number, indent, text.strip()))
    value, rest = _block(lines, 0)
    if rest or not isinstance(value, dict):
        raise NotPlain(f"line {rest[0][0]}: where does this belong?" if rest else "no mapping")
    return value


Lines = list[tuple[int, int, str]]


def _block(lines: Lines, indent: int) -> tuple[Any, Lines]:
    if lines and lines[0][2].startswith("- "):
        listed = []
        while lines and lines[0][1] == indent and lines[0][2].startswith("- "):
            listed.append(_word(lines[0][2].removeprefix("- "), lines[0][0]))
            lines = lines[1:]
        return listed, lines
    found: dict[str, Any] = {}
    while lines and lines[0][1] == indent:
        number, _indent, text = lines[0]
        key, colon, value = text.partition(":")
        if not colon or (value and not value.startswith(" ")) or key in found:
            raise NotPlain(f"line {number}: {text}")
        lines = lines[1:]
        if value.strip():
            found[key] = _word(value.strip(), number)
        elif lines and lines[0][1] == indent + 2:
            found[key], lines = _block(lines, indent + 2)
        else:
            found[key] = None
    return found, lines


def _word(text: str, number: int) -> Any:
    if text[0] in "[{\"'":
        try:
            return json.loads(text)
        except ValueError:
            raise NotPlain(f"line {number}: {text}") from None
    if text[0] in "&*!|>%@`":
        raise NotPlain(f"line {number}: {text}")
    return {"true": True, "false": False}.get(text, int(text) if text.isdecimal() else text)
