"""The text of a file: its encoding found by its bytes, or the file refused; never garbled."""

from __future__ import annotations

import codecs
import re
import unicodedata

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936", "gb_2312-80", "hz-gb-2312"}
_LATIN = {"iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "iso-8859-15"}
_UNICODE = {"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "unicode"}
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_USUAL = frozenset("，。、（）？：；的是在为有和不")
_ODD = re.compile("[^\\n\\t -~\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]")
"""What is looked at one by one; a large file hardly holds any, and would take seconds otherwise."""
_ENOUGH = 20
_SHARE = 0.9


def text_of(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or GB18030.

    Raises:
        Invalid: it is no text, or in an encoding that cannot be told for certain.
    """
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Invalid(_("The encoding of the file cannot be told. Save it as UTF-8 and send it again."))
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding)
    if b"\0" in content:
        raise Invalid(_("The file is neither text nor a form of question file that is known here."))
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _chinese(content)


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
        return _decoded(content, "gb18030")
    if named not in _LATIN:
        raise Invalid(_("The encoding “%(name)s” is not read here. Save the file as UTF-8.", name=named[:30]))
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _decoded(content, "cp1252" if named in ("windows-1252", "cp1252") else named)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Invalid(
            _("The file holds bytes that its encoding does not have. Save it as UTF-8 and send it again.")
        ) from problem


def _chinese(content: bytes) -> str:
    """Decode GB18030, unless what comes out is hardly what anybody wrote."""
    refusal = Invalid(_("The encoding of the file cannot be told. Save it as UTF-8 and send it again."))
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as problem:
        raise refusal from problem
    wide = [each for each in text if each > "\x7f"]
    usual = sum(1 for each in wide if _is_everyday(each))
    if usual < _SHARE * len(wide) or (len(wide) >= _ENOUGH and _USUAL.isdisjoint(wide)):
        raise refusal
    return text


def _is_everyday(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


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
