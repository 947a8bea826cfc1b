"""A photograph's file without a row: a crash leaves it, and a chore removes it after a day."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.factories.delivery import make_seated_sitting, make_working_attempt
from trainhub.exams.delivery import photos
from trainhub.exams.delivery.models_watch import Photo, PhotoMoment
from trainhub.exams.sittings.models import Candidate, SittingState
from trainhub.kernel import left_files, storage
from trainhub.kernel.db import db, transaction

CRASH = """
import os, signal, sys
from functools import partial
from trainhub import create_app
from trainhub.exams.delivery import photos
from trainhub.exams.delivery.models_watch import PhotoMoment
from trainhub.exams.sittings.models import Candidate
from trainhub.kernel.db import after_commit, db, transaction

die = partial(os.kill, os.getpid(), signal.SIGKILL)
with create_app().app_context(), transaction():
    candidate = db.session.get_one(Candidate, int(sys.argv[2]))
    if sys.argv[1] == "deleting":
        after_commit(die)
        photos.note_consent(candidate, False)
    else:
        photos.keep_photo(candidate, PhotoMoment.RANDOM, open(sys.argv[3], "rb").read())
        die()
"""


@pytest.fixture
def app(on_either):
    return on_either


def jpeg():
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (120, 90, 60)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def candidate_id(app):
    with transaction():
        sitting = make_seated_sitting(state=SittingState.PLANNED)
        photos.set_rule(sitting, True, 2, by=sitting.planned_by)
        sitting.state = SittingState.OPEN
    found = make_working_attempt(sitting)[0].candidate.id
    with transaction():
        candidate = db.session.get_one(Candidate, found)
        photos.note_consent(candidate, True)
        photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg())
    return found


def killed_while(doing, app, candidate_id, tmp_path):
    """Kill a process with no word of warning while it deletes or keeps a photograph."""
    picture = tmp_path / "sent.jpg"
    picture.write_bytes(jpeg())
    settings = app.config["SETTINGS"]
    environ = dict(os.environ, TRAINHUB_INSTANCE=str(settings.instance))
    environ["TRAINHUB_DATABASE_URL"] = settings.database_url
    db.session.rollback()
    arguments = [sys.executable, "-c", CRASH, doing, str(candidate_id), str(picture)]
    ended = subprocess.run(arguments, env=environ, capture_output=True, timeout=500, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def files(app):
    root = Path(app.config["SETTINGS"].storage)
    return sorted(str(each.relative_to(root)) for each in root.glob("??/*.photo*"))


def named():
    db.session.rollback()
    return sorted(each.file_key for each in db.session.query(Photo))


def make_old(app, keys):
    for key in keys:
        path = Path(app.config["SETTINGS"].storage) / key
        there = path.stat().st_mtime - left_files.OLD_S - 60
        os.utime(path, (there, there))


def sweep(monkeypatch, times=2):
    monkeypatch.setattr(left_files, "EVERY_S", 0.0)
    for _look in range(times):
        photos.SWEEPING.run()
        db.session.remove()


@pytest.mark.parametrize("doing", ["deleting", "keeping"])
def test_what_a_crash_left_is_removed_after_a_day(app, candidate_id, tmp_path, monkeypatch, doing):
    killed_while(doing, app, candidate_id, tmp_path)
    kept = named()
    left = sorted(set(files(app)) - set(kept))
    assert len(left) == 1 and len(kept) == (doing == "keeping")

    sweep(monkeypatch)
    assert sorted([*kept, *left]) == files(app), "it is not a day old"
    make_old(app, files(app))
    sweep(monkeypatch)
    assert files(app) == kept == named()


def test_a_file_is_looked_at_twice_so_that_a_clock_that_is_set_removes_nothing(
    app, candidate_id, monkeypatch
):
    """The first look finds a file of a deed that is not committed yet; by the second one it has its row."""
    with app.app_context():
        key = storage.put(io.BytesIO(b"sealed"), ".photo")
    make_old(app, [key])
    sweep(monkeypatch, times=1)
    assert key in files(app)
    with transaction():
        db.session.query(Photo).one().file_key = key

    sweep(monkeypatch)
    assert key in files(app)


def test_one_begun_and_never_finished_goes_too_and_other_kinds_stay(app, candidate_id, monkeypatch):
    root = Path(app.config["SETTINGS"].storage)
    with app.app_context():
        other = storage.put(io.BytesIO(b"film"), ".mp4")
    begun = root / "ab" / "abcdef.photo.part"
    begun.parent.mkdir(exist_ok=True)
    begun.write_bytes(b"half")
    make_old(app, [other, "ab/abcdef.photo.part"])

    sweep(monkeypatch)
    assert not begun.exists() and (root / other).exists()


def test_beside_a_database_that_never_kept_one_nothing_is_swept(app, monkeypatch):
    with app.app_context():
        key = storage.put(io.BytesIO(b"sealed"), ".photo")
    make_old(app, [key])

    sweep(monkeypatch)
    assert files(app) == [key]


def test_it_is_looked_for_once_an_hour(app, candidate_id):
    photos.SWEEPING.run()
    db.session.remove()
    assert not photos.SWEEPING.is_due()
