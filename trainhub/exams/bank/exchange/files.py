"""One door for every form of question file: recognised by its content, refused if its name contradicts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from trainhub.exams.bank.exchange.aiken import looks_like_aiken, read_aiken
from trainhub.exams.bank.exchange.encodings import text_of
from trainhub.exams.bank.exchange.endings import require_fitting
from trainhub.exams.bank.exchange.found import rejected
from trainhub.exams.bank.exchange.gift import looks_like_gift, read_gift
from trainhub.exams.bank.exchange.limits import counting_effort
from trainhub.exams.bank.exchange.lined import is_of_several_kinds, lines_in, looks_lined, read_text
from trainhub.exams.bank.exchange.markup import root_name
from trainhub.exams.bank.exchange.moodle import read_moodle
from trainhub.exams.bank.exchange.packages import opened
from trainhub.exams.bank.exchange.qti import ROOTS, read_qti
from trainhub.exams.bank.exchange.sheets import read_excel
from trainhub.exams.bank.exchange.tables import delimiter_of, likely_delimiter, read_csv
from trainhub.exams.bank.exchange.word import DOCUMENT, read_word
from trainhub.exams.bank.reading.layouts import Columns
from trainhub.exams.bank.reading.workbook import SAID_NOTHING, ParsedFile, Row
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import MAX_FILE

AUTO = "auto"
READERS: dict[str, Callable[[bytes], ParsedFile]] = {
    "xlsx": read_excel,
    "docx": read_word,
    "qti": read_qti,
    "moodle": read_moodle,
    "gift": read_gift,
    "aiken": read_aiken,
    "csv": read_csv,
    "text": read_text,
}
_TABLES: dict[str, Callable[[bytes, Columns], ParsedFile]] = {"xlsx": read_excel, "csv": read_csv}
FORMATS = tuple(READERS)
_TEXTS = ("gift", "aiken", "csv", "text")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOST = re.compile("\ufffd|锟斤拷")
"""What programs write for letters that they could not read, and what becomes of that in GBK."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_SAVED_AS_MARKUP = {"html": "HTML", "Workbook": "XML 2003", "wordDocument": "XML 2003"}
"""Outermost elements of what office programs also write, often under names that end in .xls or .doc."""
_JSON = re.compile(r"\s{0,99}(?:\{\s{0,99}\"[^\"\n]{1,80}\"\s{0,9}:|\[\s{0,99}\{\s{0,99}\")")
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
)


def read_file(path: Path, form: str = AUTO, columns: Columns = SAID_NOTHING) -> ParsedFile:
    """Read a question file.

    Args:
        path: the file.
        form: one of ``FORMATS``, or ``auto`` to tell it by the content.
        columns: what was said about the columns of a table.

    Raises:
        Unsure: the columns of a table are not surely understood.
        Invalid: it cannot be read, or is of another form than was said or its name says.
    """
    with path.open("rb") as file:
        return read_content(file.read(MAX_FILE + 1), form, columns, path.name)


def read_content(
    content: bytes, form: str = AUTO, columns: Columns = SAID_NOTHING, name: str = ""
) -> ParsedFile:
    """Read a question file that is in memory; what was said about columns counts where it has any.

    Args:
        content: the file.
        form: as for ``read_file``.
        columns: what was said about the columns of a table.
        name: of the file; its ending must not contradict what stands in it, whatever form was said.

    Raises:
        Unsure: the columns of a table are not surely understood.
        Invalid: it cannot be read, or is of another form than was said or its name says.
    """
    if len(content) > MAX_FILE:
        raise Invalid(_("The file is larger than %(count)s MB.", count=MAX_FILE >> 20))
    if not content.strip():
        raise Invalid(_("The file is empty."))
    found = form if form in _TEXTS and is_text(content) else format_of(content)
    if form not in (AUTO, found):
        raise Invalid(_("The file is of the form “%(found)s”, not “%(said)s”.", found=found, said=form))
    require_fitting(name, found, is_package=content.startswith(b"PK"))
    table = _TABLES.get(found)
    with counting_effort():
        parsed = READERS[found](content) if table is None else table(content, columns)
    if not parsed.rows:
        raise Invalid(_("The file holds no question."))
    return replace(parsed, form=found, rows=tuple(_legible(row) for row in parsed.rows))


def _legible(row: Row) -> Row:
    """Return a row; rejected if its letters were lost before the file came here."""
    if row.body is None or not _LOST.search(repr(row.body)):
        return row
    reason = _("Signs such as � stand where letters were lost before the file came here.")
    return rejected(row.where, reason, row.cells.get("stem", ""), row.type)


def is_text(content: bytes) -> bool:
    """Tell whether content is neither a package nor a known foreign form nor markup."""
    start = content.lstrip()[:1]
    is_other = bool(_other_office(content) or _foreign(content))
    return not content.startswith((b"PK", _OLE)) and start != b"<" and not is_other


def format_of(content: bytes) -> str:
    """Return the form of a file.

    Raises:
        Invalid: it is none that is known here.
    """
    if content.startswith(_OLE):
        locked = _ENCRYPTED in content
        raise Invalid(
            _("The workbook is protected by a password. Remove the password and send it again.")
            if locked
            else _("This is a file of the old Office form. Save it as .xlsx or .docx and send it again.")
        )
    if other := _other_office(content):
        raise _save_anew(other)
    if content.startswith(b"PK"):
        return _packaged(content)
    foreign = _foreign(content)
    if foreign:
        raise _unread(foreign)
    return _written(content)


def _other_office(content: bytes) -> str:
    """Return the form of a file that office programs open, but that is not read here; empty if it is none."""
    if content.startswith(b"{\\rtf"):
        return "RTF"
    if content[:200].lstrip().lower().startswith(b"mime-version:"):
        return "MHTML"
    if content.startswith(b"PK") and _OPEN_DOCUMENT in content[:200]:
        return "OpenDocument"
    return ""


def _save_anew(name: str) -> Invalid:
    return Invalid(
        _(
            "This is a file of the form %(name)s. Open it in Word, Excel or WPS, save it as .docx or .xlsx "
            "and send that file.",
            name=name,
        )
    )


def _unread(name: str) -> Invalid:
    return Invalid(
        _("This is a file of the form %(name)s, which holds no questions that can be read.", name=name)
    )


def _foreign(content: bytes) -> str:
    return next((name for start, name in _FOREIGN if content.startswith(start)), "")


def _packaged(content: bytes) -> str:
    with opened(content) as package:
        names = package.names
        if "xl/workbook.xml" in package:
            return "xlsx"
        if DOCUMENT in package:
            return "docx"
        markup = [name for name in names if name.lower().endswith((".xml", ".qti", ".dat"))]
    if markup:
        return "qti"
    raise Invalid(_("The package holds no file of questions."))


def _written(content: bytes) -> str:
    text = text_of(content) if content.lstrip()[:1] != b"<" else ""
    if not text or text.lstrip("\ufeff \r\n\t").startswith("<"):
        return _marked_up(root_name(content))
    if _JSON.match(text):
        raise _unread("JSON")
    if delimiter_of(text) is not None:
        return "csv"
    if looks_like_aiken(text) and not is_of_several_kinds(text):
        return "aiken"
    if looks_like_gift(text):
        return "gift"
    if likely_delimiter(text) is not None:
        return "csv"
    if looks_lined(lines_in(text)):
        return "text"
    raise Invalid(_("The text holds no questions in a form that is known here (CSV, GIFT, Aiken)."))


def _marked_up(root: str) -> str:
    """Return the form of an XML file by its outermost element.

    Raises:
        Invalid: it is none of questions.
    """
    if root in ROOTS:
        return "qti"
    if root == "quiz":
        return "moodle"
    if root in _SAVED_AS_MARKUP:
        raise _save_anew(_SAVED_AS_MARKUP[root])
    raise Invalid(
        _("This XML file is no file of questions: its outermost element is “%(name)s”.", name=root[:40])
    )
