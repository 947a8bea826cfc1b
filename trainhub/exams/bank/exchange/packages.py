"""Zip packages of strangers: judged by their directory before they are unpacked, and unpacked to a limit."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

MAX_ENTRIES = 2000
MAX_UNPACKED = 150 << 20
MAX_PART = 20 << 20
MAX_RATIO = 300
_MAX_DIRECTORY = 1 << 20
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_TAIL = 22 + 65_535
_OUTSIDE = re.compile(r"(?:\A|/)\.\.(?:/|\Z)|\A/|\A[A-Za-z]:")


class Package:
    """A package whose directory was judged; its parts are read one at a time."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Take a judged archive."""
        self._archive = archive
        self._left = MAX_UNPACKED
        named = ((_name(part), part) for part in archive.infolist())
        self._parts = {name: part for name, part in named if not name.endswith("/")}

    @property
    def names(self) -> list[str]:
        """Names of the parts in the order of the package."""
        return list(self._parts)

    def __contains__(self, name: str) -> bool:
        """Tell whether the package has a part."""
        return name in self._parts

    def read(self, name: str, limit: int = MAX_PART) -> bytes:
        """Unpack one part.

        Raises:
            Invalid: it is broken, or larger than it claims or than is reasonable.
        """
        part = self._parts[name]
        most = min(limit, self._left)
        try:
            with self._archive.open(part) as stream:
                content = stream.read(most + 1)
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, struct.error) as problem:
            raise Invalid(_("The package is damaged and cannot be read.")) from problem
        except Exception as problem:  # zlib's own error is not exported under one name everywhere
            raise Invalid(_("The package is damaged and cannot be read.")) from problem
        if len(content) > most:
            raise _too_large()
        self._left -= len(content)
        return content


@contextmanager
def opened(content: bytes) -> Iterator[Package]:
    """Open a zip package.

    Raises:
        Invalid: it is damaged, locked, a bomb, or reaches outside of itself.
    """
    _require_small_directory(content)
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError) as problem:
        raise Invalid(_("The package is damaged and cannot be read.")) from problem
    with archive:
        _judge(archive.infolist())
        yield Package(archive)


def _require_small_directory(content: bytes) -> None:
    """Refuse a directory of too many names before it is read into memory."""
    tail = content[-_TAIL:]
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < 22:
        raise Invalid(_("The package is damaged and cannot be read."))
    size = int.from_bytes(tail[place + 12 : place + 16], "little")
    entries = int.from_bytes(tail[place + 10 : place + 12], "little")
    if _END_64 in tail or size > _MAX_DIRECTORY or entries > MAX_ENTRIES:
        raise _too_large()


def _judge(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid(_("The package is protected by a password. Remove the password and send it again."))
    if any(_OUTSIDE.search(_name(part)) or "\0" in part.orig_filename for part in parts):
        raise Invalid(_("The package names files outside of itself; it was not opened."))
    if any(stat.S_ISLNK(part.external_attr >> 16) for part in parts):
        raise Invalid(_("The package holds links; it was not opened."))
    names = [_name(part).casefold() for part in parts]
    if len(set(names)) < len(names):
        raise Invalid(_("The package holds two files of one name; it was not opened."))
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Invalid(_("The package is packed in a way that is not read here."))
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    too_dense = unpacked > 1 << 20 and unpacked > MAX_RATIO * max(1, packed)
    if len(parts) > MAX_ENTRIES or unpacked > MAX_UNPACKED or too_dense:
        raise _too_large()


def _too_large() -> Invalid:
    return Invalid(_("Unpacked, the package would be unreasonably large; it was not opened."))


def _name(part: zipfile.ZipInfo) -> str:
    """Return a part's name; some programs of Windows part its folders with a backslash."""
    return _told(part).replace("\\", "/")


def _told(part: zipfile.ZipInfo) -> str:
    """Return a name as it was written; old programs of Chinese systems write it in GBK without saying so."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        raw = part.filename.encode("cp437")
    except UnicodeEncodeError:
        return part.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return part.filename
