"""Every kind of file that is kept beside the database is swept when a crash has left it, or says why not."""

import io
import os
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories.bank import make_bank, make_staff
from tests.factories.courses import make_film, make_learner
from tests.factories.every_type import WORKSHOP
from tests.factories.sittings import make_sitting
from trainhub import ledger
from trainhub.courses.films import SUFFIXES
from trainhub.exams.bank.handing_in import new_import
from trainhub.exams.bank.media import bring
from trainhub.exams.sittings.models import ImportState, RosterImport, TicketFile
from trainhub.kernel import clock, left_files, storage
from trainhub.kernel.db import db, transaction

ROOT = Path(left_files.__file__).parents[1]
KEPT_ALTHOUGH_NOBODYS = {".pdf"}
"""A signed proof is worth something by itself, most of all beside a database from before it."""
SWEPT = (".items", ".roster", ".tickets", ".sealed", ".mp4", ".webm", ".vtt")


def swept(app):
    names = (chore.name for chore in app.extensions["chores"])
    return {name.removeprefix("files left behind, ") for name in names if name.startswith("files left")}


def test_every_kind_that_is_put_into_the_folder_is_swept(app):
    put = re.compile(r'storage\.put\([^\n]*"(\.\w+)"\)')
    kinds = {kind for path in ROOT.rglob("*.py") for kind in put.findall(path.read_text("utf-8"))}
    kinds |= set(SUFFIXES.values())
    assert {".photo", ".items", ".pdf"} <= kinds
    assert kinds - KEPT_ALTHOUGH_NOBODYS == swept(app)


def named(suffix):
    """A row of each kind, without its file."""
    staff = make_staff()
    bank = make_bank(staff)
    if suffix == ".items":
        return new_import(bank, "题.xlsx", by=staff.author, submit=True, dry_run=False), "file_key"
    if suffix == ".sealed":
        return bring(bank, WORKSHOP, by=staff.author), "file_key"
    if suffix in (".mp4", ".webm", ".vtt"):
        film = make_film()
        ledger.append("film.taken", by=make_learner(), side="training", film=film.code)
        return film, "captions_key" if suffix == ".vtt" else "storage_key"
    sitting, now = make_sitting(staff.centre, staff.author), clock.now()
    if suffix == ".tickets":
        facts = {"sitting_id": sitting.id, "made_by_id": staff.author.id, "made_at": now}
        return TicketFile(tickets=1, file_key="", **facts), "file_key"
    facts = {"organisation_id": staff.centre.id, "imported_by_id": staff.author.id, "imported_at": now}
    row = RosterImport(
        file_name="名册.xlsx", sitting_codes=[sitting.code], state=ImportState.WAITING, **facts
    )
    row.accept_good, row.dry_run, row.report = False, False, {}
    return row, "file_key"


@pytest.mark.parametrize("suffix", SWEPT)
def test_what_a_crash_left_goes_and_what_a_row_names_stays(app, monkeypatch, suffix):
    monkeypatch.setattr(left_files, "EVERY_S", 0.0)
    [chore] = [each for each in app.extensions["chores"] if each.name == f"files left behind, {suffix}"]
    with transaction():
        row, column = named(suffix)
        wanted = getattr(row, column) if suffix == ".sealed" else storage.put(io.BytesIO(b"wanted"), suffix)
        setattr(row, column, wanted)
        db.session.add(row)
        left = storage.put(io.BytesIO(b"left by a crash"), suffix)
    db.session.remove()
    for key in (wanted, left):
        old = storage.path(key).stat().st_mtime - left_files.OLD_S - 60
        os.utime(storage.path(key), (old, old))

    for _look in range(2):
        assert left in set(storage.keys(suffix))
        chore.run()
        db.session.remove()
    assert set(storage.keys(suffix)) == {wanted}
    assert db.session.scalar(select(getattr(type(row), column)).where(getattr(type(row), column) == wanted))
