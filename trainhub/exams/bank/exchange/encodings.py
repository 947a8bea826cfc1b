"""The text of a file: its encoding found by its bytes, or the file refused; never garbled."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936", "gb_2312-80"}
_LATIN = {"iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "iso-8859-15"}
_UNICODE = {"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "unicode"}
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ODD = re.compile("[^\\n\\t -~\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]")
"""What is looked at one by one; a large file hardly holds any, and would take seconds otherwise."""
_SIGNS = frozenset(b"\xa1\xa2\xa3\xa6\xa9")
"""First bytes of signs, wide letters and Greek in GB 2312; kana and Cyrillic speak of another code."""
_COMMON, _LATER, _RARE, _END = 0xB0, 0xC9, 0xD8, 0xF8
"""First bytes of its common characters, of their later half in the order of sounds, of its rare ones."""
_ENOUGH = 8
"""Of so many common characters of a Chinese text one at least is of the later half; Korean has none there."""
_SHARE = 0.9


def text_of(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or GB18030.

    Raises:
        Invalid: it is no text, or in an encoding that cannot be told for certain.
    """
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _untold()
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding)
    if (wide := _as_wide(content)) is not None:
        return wide
    if b"\0" in content:
        raise Invalid(_("The file is neither text nor a form of question file that is known here."))
    try:
        return content.decode()
    except UnicodeDecodeError:
        text = _as_chinese(content)
        if text is None:
            raise _untold() from None
        return text


def placed_text(content: bytes) -> str:
    """Return the text of a file as `text_of` does; for commands, which name the place of what they refuse.

    Raises:
        ValueError: it is no text, or its encoding cannot be told; the text begins with line and byte.
    """
    try:
        text = text_of(content)
    except Invalid as problem:
        raise ValueError(f"{_place_of_no_text(content)}: {problem}") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(f"line {line}: this is no text")
    return text


def _place_of_no_text(content: bytes) -> str:
    """Name the first place at which bytes are no text in UTF-8."""
    try:
        content.decode("utf-8-sig")
        start = content.index(b"\0")
    except UnicodeDecodeError as problem:
        start = problem.start
    line, column = content.count(b"\n", 0, start) + 1, start - content.rfind(b"\n", 0, start)
    return f"line {line}, byte {column}"


def markup_of(content: bytes) -> str:
    """Return the text of an XML file; what it declares counts only where its bytes agree.

    Raises:
        Invalid: its encoding is unknown, or its bytes contradict it.
    """
    declared = _DECLARED.match(content[:1000])
    named = declared.group(1).decode().lower() if declared else ""
    if not named or named in _UNICODE or content.startswith(tuple(mark for mark, _name in _MARKS)):
        return text_of(content)
    if named in _CHINESE:
        return _declared_chinese(content)
    if named not in _LATIN:
        raise Invalid(_("The encoding “%(name)s” is not read here. Save the file as UTF-8.", name=named[:30]))
    try:
        return content.decode()
    except UnicodeDecodeError:
        if _as_chinese(content) is not None:
            raise _untold() from None
        return _decoded(content, "cp1252" if named in ("windows-1252", "cp1252") else named)


def _declared_chinese(content: bytes) -> str:
    """Decode what is declared as Chinese: editors save such a file as UTF-8 and leave the declaration."""
    text = _as_chinese(content)
    if text is not None:
        return text
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _decoded(content, "gb18030")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Invalid(
            _("The file holds bytes that its encoding does not have. Save it as UTF-8 and send it again.")
        ) from problem


def _untold() -> Invalid:
    return Invalid(_("The encoding of the file cannot be told. Save it as UTF-8 and send it again."))


def _as_chinese(content: bytes) -> str | None:
    """Decode GB18030; None if that cannot be, or what comes out is hardly what anybody wrote."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    signs = common = later = rare = wide = 0
    for character, count in Counter(text).items():
        if character <= "\x7f":
            continue
        code = character.encode("gb18030")
        first = code[0] if len(code) == 2 and code[1] > 0xA0 else 0
        wide += count
        signs += count * (first in _SIGNS)
        common += count * (_COMMON <= first < _RARE)
        later += count * (_LATER <= first < _RARE)
        rare += count * (_RARE <= first < _END)
    is_everyday = signs + common + rare >= _SHARE * wide and rare <= common
    return text if is_everyday and (later or common < _ENOUGH) else None


def _as_wide(content: bytes) -> str | None:
    """Decode UTF-16 without its mark; None unless its zeros stand on one side and nearly all is everyday.

    Of each sign of ASCII, as of every line's end, one half is zero: which, tells the order.
    """
    if b"\0" not in content or len(content) % 2:
        return None
    zeros = content[1::2].count(0), content[::2].count(0)
    if min(zeros):
        return None
    try:
        text = content.decode("utf-16-le" if zeros[0] else "utf-16-be")
    except UnicodeDecodeError:
        return None
    odd = len(_ODD.sub("", text))
    return text if odd >= _SHARE * len(text) else None


def tidy(text: str) -> str:
    """Return a text with spaces of every width as spaces, without marks that nobody sees."""
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ODD.sub(_tidied, lines)


def _tidied(found: re.Match[str]) -> str:
    character = found.group()
    if character.isprintable():
        return character
    kind = unicodedata.category(character)
    if kind in ("Zs", "Zl", "Zp"):
        return " " if kind == "Zs" else "\n"
    return "" if kind == "Cf" else character
