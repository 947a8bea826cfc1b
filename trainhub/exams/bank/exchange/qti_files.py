"""Files of a QTI package by the names that its items use, also those that Canvas and Blackboard give them."""

from __future__ import annotations

import re
from posixpath import normpath
from urllib.parse import unquote

from trainhub.exams.bank.exchange.packages import Package

_CANVAS = re.compile(r"\$(?:IMS-CC-FILEBASE|CANVAS_OBJECT_REFERENCE)\$/*")
"""What Canvas writes for the root of the files of a course, in its packages ``web_resources``."""
_BLACKBOARD = re.compile(r"@X@EmbeddedFile\.requestUrlStub@X@.*?(xid-\d+_\d+)")
"""What Blackboard writes for a file of its store; in its packages the name of the file ends so."""


def beside(name: str, named: str) -> str:
    """Return the name of a file of a package that another one names."""
    plain = unquote(named.partition("?")[0].partition("#")[0])
    return normpath(f"{name.rpartition('/')[0]}/{plain}".lstrip("/"))


def part(package: Package, folder: str, named: str) -> bytes | None:
    """Return a file of a package by the name that an item in a folder uses."""
    plain = unquote(named.partition("?")[0].partition("#")[0])
    if stored := _BLACKBOARD.match(plain):
        ends = re.compile(rf"__{re.escape(stored[1])}(?:\.(?!xml\Z)\w+)?\Z")
        found = next((each for each in package.names if ends.search(each)), None)
        return None if found is None else package.read(found)
    plain, is_canvas = _CANVAS.subn("", plain, count=1)
    if "://" in plain or plain.startswith(("/", "data:")):
        return None
    places = [normpath(f"{folder}/{plain}".lstrip("/")), normpath(plain)]
    places += [normpath(f"web_resources/{plain}")] * is_canvas
    found = next((each for each in places if each in package), None)
    return None if found is None else package.read(found)
