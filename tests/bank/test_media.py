"""Files of items: taken by content, written anew, sealed, and handed to nobody who may not read the item."""

import io
import struct
import zlib
from dataclasses import replace

import av
import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import select

from tests.factories.bank import make_bank, make_staff, shown_now
from tests.factories.every_type import HAZARD_SPOTTING, WORKSHOP
from tests.factories.people import make_officer
from trainhub.exams import bank as bank_room
from trainhub.exams.bank import rotation
from trainhub.exams.bank.content import ItemBody, ItemType, Medium
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.items import Draft
from trainhub.exams.bank.media import ChangedMedium, bring, clean_medium, clear_media, read_clear
from trainhub.exams.bank.media.store import require_known
from trainhub.exams.bank.models_media import BankMedium
from trainhub.kernel import storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.resources import PACKAGE
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

FILM = PACKAGE / "demo" / "media" / "before-the-shift.mp4"


def picture(form, size=(64, 48), **more):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, form, **more)
    return out.getvalue()


def sound(form, codec, seconds=1):
    out = io.BytesIO()
    with av.open(out, "w", format=form) as target:
        stream = target.add_stream(codec, rate=48000)
        target.metadata["title"] = "SECRET"
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 48000 * seconds), dtype="int16"), format="s16", layout="mono"
        )
        frame.rate = 48000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            target.mux(packet)
    return out.getvalue()


HIDDEN = {
    "JPEG": {"exif": b"Exif\0\0SECRET"},
    "WEBP": {"exif": b"Exif\0\0SECRET"},
    "GIF": {"comment": b"SECRET"},
}


@pytest.mark.parametrize(
    ("form", "kind"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp"), ("GIF", "png")]
)
def test_a_picture_is_written_anew_and_nothing_hidden_travels_along(form, kind):
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "SECRET")
    behind = b"" if form == "WEBP" else b"<script>alert(1)</script>"
    clean = clean_medium(picture(form, **HIDDEN.get(form, {"pnginfo": info})) + behind)
    assert clean.content_type == f"image/{kind}" and (clean.width, clean.height) == (64, 48)
    assert b"SECRET" not in clean.content and b"script" not in clean.content
    assert clean_medium(clean.content).digest == clean.digest


def bomb(width, height):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", "空|empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "试题|question"),
        (b"%PDF-1.7", "试题|question"),
        (b"<html>", "试题|question"),
        (b"\x89PNG\r\n\x1a\nbroken", "损坏|broken"),
        (b"\xff\xd8\xff\xe0broken", "损坏|broken"),
        (bomb(60_000, 60_000), "像素|points"),
        (bomb(5_000, 5_000), "像素|points"),
        (picture("PNG", (4, 4)), "小于|smaller"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (8 << 20), "MB"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 400, "音视频|recording"),
        (b"OggS" + b"\0" * 400, "音视频|recording"),
    ],
)
def test_what_no_question_can_show_is_refused_with_the_reason(sent, said):
    with pytest.raises(Invalid, match=said):
        clean_medium(sent)


@pytest.mark.parametrize(
    ("form", "codec", "kind"),
    [
        ("mp3", "libmp3lame", "audio/mpeg"),
        ("webm", "libopus", "audio/webm"),
        ("wav", "pcm_s16le", "audio/wav"),
    ],
)
def test_a_sound_loses_its_tags_and_what_hangs_behind_it(form, codec, kind):
    clean = clean_medium(sound(form, codec))
    assert clean.content_type == kind and 900 <= clean.duration_ms <= 1200
    assert b"SECRET" not in clean.content


def test_a_film_is_told_by_its_content_and_keeps_its_size():
    clean = clean_medium(FILM.read_bytes())
    assert (clean.content_type, clean.width, clean.height) == ("video/mp4", 960, 540)


def test_the_time_line_of_a_film_is_as_long_as_the_film_wherever_its_hazards_end(client, place):
    clean = clean_medium(FILM.read_bytes())
    with transaction():
        author = db.session.get_one(Person, place[0])
        item = db.session.scalars(select(bank_room.Item).where(bank_room.Item.code == place[1])).one()
        bring(item.bank, clean, by=author)
        film = Medium("film.mp4", clean.digest, clean.content_type, "班前会")
        scene = Scene("film.mp4", (Region("未戴安全帽", (), 1000, 2000),), 50, 5)
        bank_room.revise_item(item, ItemBody("标出隐患。", (), (), detail=scene, media=(film,)), by=author)
    client.sign_in(db.session.get_one(Person, place[0]))
    line = client.get(f"/exam/bank/items/{place[1]}").text.split('class="scene-film"')[1].split("</div>")[0]
    assert f"<span>{clean.duration_ms / 1000:g} s</span>" in line
    assert f'width="{1000 * 10000 // clean.duration_ms}"' in line


def test_a_hazard_behind_the_end_of_its_film_is_refused(place):
    bank, author = row_of(place).bank, db.session.get_one(Person, place[0])
    clean = clean_medium(FILM.read_bytes())
    with transaction():
        bring(bank, clean, by=author)
        film = Medium("film.mp4", clean.digest, clean.content_type, "班前会")
        for end, is_refused in ((clean.duration_ms, False), (clean.duration_ms + 1, True)):
            scene = Scene("film.mp4", (Region("未戴安全帽", (), 1000, end),), 50, 5)
            body = ItemBody("标出隐患。", (), (), detail=scene, media=(film,))
            if is_refused:
                with pytest.raises(Invalid, match="视频长度"):
                    require_known(bank, body)
            else:
                require_known(bank, body)


@pytest.fixture
def place(app):
    """A bank with an item on hazards: ids of author, bank and file."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        row = bring(bank, WORKSHOP, by=staff.author)
        item = bank_room.write_item(bank, Draft(ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING), by=staff.author)
        found = staff.author.id, item.code, row.id, staff.reviewer.id
    return found


def row_of(place):
    return db.session.get_one(BankMedium, place[2])


def test_a_file_lies_sealed_once_and_is_known_by_no_clear_digest(place):
    row = row_of(place)
    lying = storage.read(row.file_key)
    assert WORKSHOP.content[:64] not in lying and WORKSHOP.digest not in (row.print, row.file_key, row.id)
    with transaction():
        again = bring(row.bank, WORKSHOP, by=db.session.get_one(Person, place[0]))
        assert again.id == place[2]
    assert read_clear(row) == WORKSHOP.content


def test_a_file_that_was_changed_exchanged_or_lost_is_noticed(place):
    row = row_of(place)
    lying = storage.read(row.file_key)
    for other in (lying[:-1] + bytes([lying[-1] ^ 1]), b"", WORKSHOP.content):
        storage.replace(row.file_key, other)
        with pytest.raises(ChangedMedium):
            clear_media(place[1], HAZARD_SPOTTING)
    storage.remove(row.file_key)
    with pytest.raises(ChangedMedium):
        clear_media(place[1], HAZARD_SPOTTING)


def test_a_question_cannot_show_a_file_of_another_bank_or_of_none(place):
    with transaction():
        staff = make_staff()
        other = make_bank(staff, "PRINCIPAL")
        with pytest.raises(Conflict, match="workshop"):
            bank_room.write_item(other, Draft(ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING), by=staff.author)
        with pytest.raises(Forbidden):
            bring(row_of(place).bank, WORKSHOP, by=staff.author)


def test_a_rotated_key_seals_the_files_anew(place):
    sealed, known = storage.read(row_of(place).file_key), row_of(place).print
    code = row_of(place).bank.code
    db.session.rollback()
    rotation.rotate(code, by=db.session.get_one(Person, place[0]))
    db.session.expire_all()
    row = row_of(place)
    assert storage.read(row.file_key) != sealed and row.print != known
    assert clear_media(place[1], HAZARD_SPOTTING)[WORKSHOP.digest] == WORKSHOP.content


def test_a_file_is_handed_to_its_bank_alone_and_can_do_nothing(client, place):
    address = f"/exam/bank/media/{place[2]}"
    assert client.get(address).status_code in (302, 401)
    client.sign_in(db.session.get_one(Person, place[3]))
    answer = client.get(address)
    assert answer.data == WORKSHOP.content and answer.headers["Content-Type"] == "image/png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    for wrong in (WORKSHOP.digest, "..%2f..%2fetc%2fpasswd", row_of(place).print, row_of(place).file_key):
        assert client.get(f"/exam/bank/media/{wrong}").status_code == 404
    with transaction():
        stranger, trainer = make_staff().reviewer, make_officer(Duty.MANAGE_COURSES)
        strangers = stranger.id, trainer.id
    for person_id, status in zip(strangers, (404, 403), strict=True):
        client.sign_in(db.session.get_one(Person, person_id))
        assert client.get(address).status_code == status


def test_a_form_brings_files_and_refuses_them_with_their_name(client, place):
    client.sign_in(db.session.get_one(Person, place[0]))
    address = f"/exam/bank/items/{place[1]}"
    lines = "砂轮无防护罩: ellipse 1250,4950 2300,6550"
    fields = {"type": "hazard_spotting", "stem": "请标出隐患。", "regions": lines, "most_marks": "4"}
    fields |= shown_now(place[1])
    shown = {"medium": place[2], "medium_name": "workshop.png", "medium_description": "车间"}
    svg = (io.BytesIO(b"<svg onload='alert(1)'/>"), "evil<b>.svg")
    bad = client.post(
        address,
        data={**fields, **shown, "file": svg, "file_description": "x"},
        content_type="multipart/form-data",
    )
    assert bad.status_code == 422 and "evil&lt;b&gt;.svg" in bad.text and "evil<b>" not in bad.text
    assert client.post(address, data=fields).status_code == 422  # a scene without its picture
    foreign = {**shown, "medium": "0" * 32}
    assert client.post(address, data={**fields, **foreign}).status_code == 422
    good = client.post(address, data={**fields, **shown})
    assert good.status_code == 302
    assert 'class="scene-area"' in client.get(address).text


def test_the_description_of_a_file_is_no_html(client, place):
    client.sign_in(db.session.get_one(Person, place[0]))
    row = row_of(place)
    hostile = replace(HAZARD_SPOTTING.media[0], description='"><script>x</script>')
    body = replace(HAZARD_SPOTTING, media=(hostile,))
    with transaction():
        item = db.session.scalars(select(bank_room.Item).where(bank_room.Item.code == place[1])).one()
        bank_room.revise_item(item, body, by=db.session.get_one(Person, place[0]))
    assert row is not None and "<script>x" not in client.get(f"/exam/bank/items/{place[1]}").text
