"""Photographs of candidates: with consent, written anew, encrypted, for the desk alone, deleted by rule."""

import base64
import io
import json
import struct
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from tests.factories.delivery import make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.factories.people import make_officer
from trainhub.exams.delivery import photos
from trainhub.exams.delivery.evidence import keep_evidence
from trainhub.exams.delivery.models_watch import Photo, PhotoMoment
from trainhub.exams.delivery.pictures import LONGEST_SIDE, clean_jpeg
from trainhub.exams.sittings.models import Candidate, SittingState
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.ledger import Entry
from trainhub.separation.duties import Duty


def jpeg(width=640, height=480, **more):
    out = io.BytesIO()
    Image.new("RGB", (width, height), (120, 90, 60)).save(out, "JPEG", **more)
    return out.getvalue()


@pytest.fixture
def sitting(app):
    found = make_seated_sitting(state=SittingState.PLANNED)
    photos.set_rule(found, True, 2, by=found.planned_by)
    found.state = SittingState.OPEN
    db.session.flush()
    return found


@pytest.fixture
def at_work(sitting):
    return make_working_attempt(sitting)


@pytest.fixture
def candidate(at_work):
    return at_work[0].candidate


def test_a_photograph_is_written_anew_small_and_without_where_and_with_what(app):
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    sent = jpeg(4000, 3000, exif=exif, comment=b"hidden words")

    clean = clean_jpeg(sent)
    with Image.open(io.BytesIO(clean)) as picture:
        assert (picture.format, max(picture.size)) == ("JPEG", LONGEST_SIDE)
        assert not picture.getexif()
    assert b"Secret" not in clean
    assert b"hidden" not in clean


def huge():
    """A JPEG whose header claims more than two thousand million points."""
    sent = bytearray(jpeg())
    place = sent.index(b"\xff\xc0")
    sent[place + 5 : place + 9] = struct.pack(">HH", 50_000, 50_000)
    return bytes(sent)


def png():
    out = io.BytesIO()
    Image.new("RGB", (10, 10)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        png(),
        huge(),
        jpeg()[:300],
        b"GIF89a" + jpeg(),
        b"\xff\xd8" + b"x" * (9 * 1024 * 1024),
    ],
    ids=["nothing", "svg", "png", "huge", "cut", "polyglot", "too many bytes"],
)
def test_what_is_no_usable_photograph_is_refused(app, sent):
    with pytest.raises(Invalid):
        clean_jpeg(sent)


def test_without_consent_nothing_is_kept(candidate):
    with pytest.raises(Conflict):
        photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg())
    photos.note_consent(candidate, False)
    with pytest.raises(Conflict):
        photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg())


def test_a_sitting_that_takes_none_takes_none(app):
    attempt, _token = make_working_attempt(make_seated_sitting())
    photos.note_consent(attempt.candidate, True)

    with pytest.raises(Conflict):
        photos.keep_photo(attempt.candidate, PhotoMoment.CHECK_IN, jpeg())


def test_a_photograph_lies_encrypted_and_no_more_are_kept_than_the_rule_says(candidate):
    photos.note_consent(candidate, True)
    photo = photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg())
    photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg())

    assert b"JFIF" not in storage.read(photo.file_key)
    assert photos.jpeg_of(photo).startswith(b"\xff\xd8")
    with pytest.raises(Conflict):
        photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg())
    assert photos.still_to_take(candidate) == 0


def test_withdrawing_consent_deletes_at_once(candidate):
    photos.note_consent(candidate, True)
    key = photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg()).file_key
    db.session.commit()
    with transaction():
        photos.note_consent(candidate, False)

    assert photos.photos_of(candidate) == []
    with pytest.raises(NotFound):
        storage.read(key)


def test_a_photograph_whose_deed_is_undone_lies_nowhere(app, candidate):
    candidate_id = candidate.id
    db.session.commit()

    def kept():
        return [path for path in app.config["SETTINGS"].storage.rglob("*") if path.is_file()]

    with pytest.raises(RuntimeError), transaction():
        there = db.session.get(Candidate, candidate_id)
        photos.note_consent(there, True)
        photos.keep_photo(there, PhotoMoment.RANDOM, jpeg())
        assert len(kept()) == 1
        raise RuntimeError

    assert kept() == []


def test_photographs_are_deleted_by_rule_and_the_ledger_says_how_many(sitting, candidate):
    photos.note_consent(candidate, True)
    taken = [photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg()) for _again in range(2)]
    files = [photo.file_key for photo in taken]
    db.session.commit()
    assert not photos.is_over()

    with clock.set_to(sitting.ends_at + timedelta(days=31)):
        assert photos.is_over()
        with transaction():
            assert photos.delete_what_is_over() == 2

    assert db.session.scalars(select(Photo)).all() == []
    for key in files:
        with pytest.raises(NotFound):
            storage.read(key)
    entry = db.session.scalars(select(Entry).where(Entry.kind == "photos.deleted")).one()
    assert json.loads(entry.body)["facts"]["number"] == 2


def test_photographs_of_a_frozen_seat_are_kept_with_the_evidence(sitting, at_work, candidate):
    photos.note_consent(candidate, True)
    photo = photos.keep_photo(candidate, PhotoMoment.RANDOM, jpeg())
    keep_evidence(at_work[0], "halt", by=sitting.planned_by)

    assert photo.keep_until > clock.now() + timedelta(days=1000)
    photos.note_consent(candidate, False)
    assert photos.photos_of(candidate) == [photo]


def test_the_rule_is_settled_before_the_sitting_opens(sitting):
    with pytest.raises(Conflict):
        photos.set_rule(sitting, False, 0, by=sitting.planned_by)
    sitting.state = SittingState.PLANNED
    with pytest.raises(Invalid):
        photos.set_rule(sitting, False, 13, by=sitting.planned_by)


def call(client, at_work, name, body, code=None):
    attempt, token = at_work
    headers = {"Authorization": f"Bearer {token}", "X-Attempt": code or attempt, "Accept": "application/json"}
    return client.post(f"/exam/attempt/{name}", json=body, headers=headers)


@pytest.fixture
def page(at_work):
    """Code and token of the attempt, for calls of its page."""
    found = at_work[0].code, at_work[1]
    db.session.rollback()
    return found


def test_a_candidates_page_asks_agrees_and_sends(client, page):
    assert call(client, page, "camera", {"agrees": None}).json == {"wanted": 2, "agrees": None}
    assert call(client, page, "camera", {"agrees": True}).json == {"wanted": 2, "agrees": True}
    sent = base64.b64encode(jpeg()).decode()
    assert call(client, page, "photo", {"jpeg": sent}).json == {"wanted": 1}


@pytest.mark.parametrize(
    "body", [{}, {"jpeg": 1}, {"jpeg": "%%%"}, {"jpeg": ""}, {"jpeg": "PHN2Zz4="}, {"jpeg": "", "of": 1}, []]
)
def test_a_page_that_sends_something_else_is_refused(client, page, body):
    call(client, page, "camera", {"agrees": True})
    assert call(client, page, "photo", body).status_code == 422


@pytest.mark.parametrize("body", [{}, {"agrees": "yes"}, {"agrees": 1, "wanted": 9}, []])
def test_consent_has_one_form(client, page, body):
    assert call(client, page, "camera", body).status_code == 422


def test_a_page_sends_no_photograph_for_another_attempt(client, page):
    assert call(client, page, "camera", {"agrees": True}, code="another").status_code == 401
    assert call(client, page, "photo", {"jpeg": ""}, code="another").status_code == 401


def test_the_camera_is_allowed_to_the_exam_page_alone(client, app):
    assert "camera=(self)" in client.get("/exam/attempt").headers["Permissions-Policy"]
    for other in ("/", "/exam/receipt", "/healthz"):
        assert "camera=()" in client.get(other).headers["Permissions-Policy"]


def test_the_desk_takes_and_compares_and_nobody_else_sees(client, sitting, candidate):
    invigilator = make_on_duty(sitting, Duty.INVIGILATE)
    stranger = make_on_duty(make_seated_sitting(), Duty.INVIGILATE)
    neighbour = make_on_duty(sitting, Duty.INVIGILATE, make_second_room(sitting))
    address = f"/exam/desk/{sitting.code}/candidates/{candidate.code}/photos"
    desk = f"/exam/desk/{sitting.code}"
    db.session.commit()
    client.sign_in(invigilator)
    picture = (io.BytesIO(jpeg()), "../../<b>.jpg")
    answer = client.post(address, data={"agrees": "yes", "picture": picture})
    assert answer.status_code == 302

    code = db.session.scalars(select(Photo.code)).one()
    shown = client.get(f"{desk}/photos/{code}.jpg")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "no-store"
    assert code in client.get(address).get_data(as_text=True)

    for other in (stranger, neighbour):
        client.sign_in(other)
        assert client.get(f"{desk}/photos/{code}.jpg").status_code == 404
        assert client.get(address).status_code == 404
        assert client.post(address, data={"agrees": "no"}).status_code == 404


def test_the_exam_centre_says_whether_a_sitting_takes_photographs(client, app):
    sitting = make_seated_sitting(state=SittingState.PLANNED)
    officer = make_officer(Duty.ARRANGE_SITTINGS, sitting.organisation)
    address = f"/exam/photographs/{sitting.code}"
    db.session.commit()
    client.sign_in(officer)

    assert client.get(address).status_code == 200
    assert client.post(address, data={"at_check_in": "y", "random_photos": "4"}).status_code == 302
    assert client.post(address, data={"random_photos": "99"}).status_code == 422
    db.session.rollback()
    rule = photos.rule_of(sitting)
    assert (rule.at_check_in, rule.random_photos) == (True, 4)
