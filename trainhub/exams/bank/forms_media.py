"""The files of a question in its form: what it shows already, and what the author brings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from sqlalchemy import select

from trainhub.exams.bank.content import ItemBody, Medium
from trainhub.exams.bank.limits_media import LARGEST, LARGEST_QUESTION, LONGEST_DESCRIPTION, MB, MOST_MEDIA
from trainhub.exams.bank.media import bring, clean_medium, media_of, read_clear
from trainhub.exams.bank.media.naming import free_name
from trainhub.exams.bank.media.store import rows_of_media
from trainhub.exams.bank.models import Bank
from trainhub.exams.bank.models_media import BankMedium
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Person

NEW_FILES = 3


@dataclass(frozen=True)
class Entry:
    """A file as the form shows it (表单中的媒体)."""

    row: BankMedium
    medium: Medium

    @property
    def address(self) -> str:
        """Where its author sees it."""
        return url_for("bank.show_medium", medium_id=self.row.id)

    @property
    def kind(self) -> str:
        """``image``, ``audio`` or ``video``."""
        return self.medium.content_type.partition("/")[0]


@dataclass
class Files:
    """The files of a form (表单媒体).

    Args:
        entries: what the question shows, in order.
        problems: what is wrong with what was sent, in words.
    """

    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def media(self) -> tuple[Medium, ...]:
        """The files as the question has them."""
        return tuple(entry.medium for entry in self.entries)

    @property
    def new(self) -> range:
        """Places for further files."""
        return range(min(NEW_FILES, MOST_MEDIA - len(self.entries)))


def files_of(bank: Bank, body: ItemBody) -> Files:
    """Return the files that a question shows."""
    return files_named(bank, media_of(body))


def files_named(bank: Bank, media: Iterable[Medium]) -> Files:
    """Return some files as a form shows them."""
    media = list(dict.fromkeys(media))
    rows = rows_of_media(bank, media)
    return Files([Entry(rows[each.digest], each) for each in media if each.digest in rows])


def take_files(bank: Bank, form: Any, uploads: Any, *, by: Person) -> Files:
    """Return the files that a form keeps and those that it brings, which are kept from now on.

    Args:
        bank: which; a file of another bank is none.
        form: the fields sent: ``medium``, ``medium_name``, ``medium_description``, ``medium_gone``,
            ``file_name`` and ``file_description``.
        uploads: the files sent as ``file``.
        by: the author.
    """
    files = Files()
    told = zip(
        form.getlist("medium"), form.getlist("medium_name"), form.getlist("medium_description"), strict=False
    )
    gone = set(form.getlist("medium_gone"))
    for medium_id, name, description in list(told)[:MOST_MEDIA]:
        row = db.session.scalar(
            select(BankMedium).where(BankMedium.id == medium_id, BankMedium.bank_id == bank.id)
        )
        if row is not None and medium_id not in gone:
            digest = hashlib.sha256(read_clear(row)).hexdigest()
            _add(files, row, _free(name, row.content_type, files), digest, description)
        elif row is None:
            files.problems.append(
                _("The file “%(name)s” is not kept any more. Bring it again.", name=name[:60])
            )
    names, descriptions = form.getlist("file_name"), form.getlist("file_description")
    for place, upload in enumerate(uploads.getlist("file")[:NEW_FILES]):
        if upload.filename:
            wanted = names[place] if place < len(names) and names[place] else upload.filename
            said = descriptions[place] if place < len(descriptions) else ""
            _bring(files, bank, upload, wanted, said, by)
    if sum(entry.row.size for entry in files.entries) > LARGEST_QUESTION:
        files.problems.append(
            _("The files of a question have at most %(most)s MB in all.", most=LARGEST_QUESTION // MB)
        )
    return files


def _bring(files: Files, bank: Bank, upload: Any, wanted: str, description: str, by: Person) -> None:
    said = _described(description)
    if not said:
        files.problems.append(
            _("Describe the file “%(name)s”, for who cannot see or hear it.", name=upload.filename[:60])
        )
        return
    try:
        clean = clean_medium(upload.read(max(LARGEST.values()) + 1))
    except Invalid as problem:
        files.problems.append(f"{upload.filename[:60]}: {problem}")
        return
    row = bring(bank, clean, by=by)
    if all(entry.row.id != row.id for entry in files.entries):
        _add(files, row, _free(wanted, clean.content_type, files), clean.digest, said)


def _described(text: str) -> str:
    return " ".join(text.split())[:LONGEST_DESCRIPTION]


def _add(files: Files, row: BankMedium, name: str, digest: str, description: str) -> None:
    files.entries.append(Entry(row, Medium(name, digest, row.content_type, _described(description))))


def _free(wanted: str, content_type: str, files: Files) -> str:
    return free_name(wanted, content_type, [entry.medium.name for entry in files.entries])
