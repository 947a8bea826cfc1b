"""The files that a question of Moodle brings along, each for the text that shows it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import quote, unquote

from lxml.etree import _Element

PLUGIN = "@@PLUGINFILE@@"
_ADDRESS = re.compile(PLUGIN + r"""/([^"'\s<>)?]+)""")


def files_of(element: _Element) -> dict[str, bytes]:
    """Return the files that a question brings along, by path and name.

    Each text of a question has files of its own, and pasted pictures are all called ``image.png``: where two
    texts have different files of one name, the later one gets another, in its text as well.
    """
    found: dict[str, bytes] = {}
    holders = dict.fromkeys(
        parent for each in element.iter("file") if (parent := each.getparent()) is not None
    )
    for number, holder in enumerate(holders):
        own = {_path(each): _content(each) for each in holder.iterfind("file")}
        names = {
            name: name if found.get(name, own[name]) == own[name] else f"{number}/{name}" for name in own
        }
        found |= {names[name]: content for name, content in own.items()}
        text = holder.find("text")
        if text is not None and any(name != new for name, new in names.items()):
            text.text = _ADDRESS.sub(partial(_led_to, names), text.text or "")
    return found


def _led_to(names: Mapping[str, str], address: re.Match[str]) -> str:
    name = unquote(address[1])
    return f"{PLUGIN}/{quote(names.get(name, name))}"


def _path(file: _Element) -> str:
    return ((file.get("path") or "/") + (file.get("name") or "")).lstrip("/")


def _content(file: _Element) -> bytes:
    try:
        return base64.b64decode(file.text or "", validate=False)
    except (binascii.Error, ValueError):
        return b""
