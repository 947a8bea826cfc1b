"""Names by which texts call their files: like the file's own, but of our making."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from trainhub.exams.bank.rich import is_name

_ENDINGS = {"jpeg": "jpg", "mpeg": "mp3"}


def free_name(wanted: str, content_type: str, taken: Iterable[str]) -> str:
    """Return a name by which a text can call a file: like the file's own, of our making, not taken."""
    kind = content_type.partition("/")[2]
    ending = _ENDINGS.get(kind, kind)
    known = set(taken)
    stem = PurePath(wanted.replace("\\", "/")).stem
    plain = re.sub(r"[^\w-]|_", "-", stem).strip("-")
    plain = re.sub("-{2,}", "-", plain)[:40] or "file"
    name, number = f"{plain}.{ending}", 1
    while name in known or not is_name(name):
        number += 1
        name = (
            f"{plain}-{number}.{ending}"
            if is_name(f"{plain}-{number}.{ending}")
            else f"file-{number}.{ending}"
        )
    return name
