"""Viewing over HTTP: what a player fetches by ranges is what may count; nobody else's viewing answers."""

import io
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.courses import make_class, make_course, make_film
from tests.factories.people import make_account, make_officer, make_organisation, make_person
from trainhub.courses import films
from trainhub.courses.models import Film, FilmState, Lesson
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db
from trainhub.kernel.i18n import as_read, in_language
from trainhub.separation.duties import Duty

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def still_clock(app):
    with clock.set_to(START):
        yield


@pytest.fixture(scope="module")
def film_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=10", "-f", "lavfi", "-i", "sine=440", "-t", "13"]
    options = ["-c:v", "libx264", "-g", "20", "-sc_threshold", "0", "-pix_fmt", "yuv420p"]
    command = ["ffmpeg", "-loglevel", "error", *source, *options, "-movflags", "+faststart", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture
def body():
    return make_organisation("training_body")


@pytest.fixture
def manager(body):
    return make_officer(Duty.MANAGE_COURSES, body)


@pytest.fixture
def learner():
    person = make_person()
    make_account(person)
    return person


@pytest.fixture
def lesson(body, manager, learner, film_file):
    with film_file.open("rb") as file:
        film = films.take_film(file, "影片", body, by=manager)
    code, key = film.code, film.storage_key
    db.session.commit()
    films.settle_film(code, key)
    course = make_course(body, manager)
    row = Lesson(code="KS-FILM", position=3, title="影片课", body="", reading_s=0, film=films.get_film(code))
    course.published.lessons.append(row)
    training_class = make_class(course, manager, members=[learner])
    db.session.commit()
    return f"/training/classes/{training_class.code}/lessons/KS-FILM"


class Player:
    def __init__(self, client, lesson):
        self.client, self.sequence = client, 0
        self.started = client.post(f"{lesson}/start", json={}).json

    def fetch(self, header):
        return self.client.get(self.started["film_url"], headers={"Range": header})

    def beat(self, position, wait=0):
        clock.move(timedelta(seconds=wait))
        self.sequence += 1
        body = {"token": self.started["token"], "sequence": self.sequence, "position_ms": position * 1000}
        return self.client.post(self.started["beat_url"], json=body)


def test_an_honest_player_over_http_gains_the_film(client, learner, lesson):
    client.sign_in(learner)
    player = Player(client, lesson)
    answer = player.fetch("bytes=0-")
    assert (answer.status_code, answer.mimetype) == (206, "video/mp4")
    assert answer.data
    for position in (4, 8, 12, 13):
        last = player.beat(position, wait=4 if position < 13 else 1).json
    assert (last["watched_s"], last["total_s"], last["reason"]) == (12, 12, "complete")


def test_a_player_that_fetches_in_halves_gains_all_the_same(client, learner, lesson):
    client.sign_in(learner)
    player = Player(client, lesson)
    size = int(player.fetch("bytes=0-0").headers["Content-Range"].split("/")[1])
    for first in range(0, size, 10_000):
        player.fetch(f"bytes={first}-{first + 9_999}").close()
    assert [player.beat(p, wait=4).json["watched_s"] for p in (4, 8, 12)] == [4, 8, 12]


def test_beats_without_the_film_gain_nothing_over_http(client, learner, lesson):
    client.sign_in(learner)
    player = Player(client, lesson)
    last = player.beat(4, wait=4).json
    assert (last["watched_s"], last["reason"]) == (0, "not_fetched")
    assert last["message"]


def test_somebody_elses_viewing_is_not_found(client, learner, lesson):
    client.sign_in(learner)
    player = Player(client, lesson)
    other = make_person()
    make_account(other)
    client.sign_in(other)
    assert player.beat(1, wait=1).status_code == 404
    assert player.fetch("bytes=0-").status_code == 404
    assert client.post(f"{lesson}/start", json={}).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"token": 1, "sequence": 1, "position_ms": 0},
        {"token": "x", "sequence": "1", "position_ms": 0},
        {"token": "x", "sequence": 1, "position_ms": -1},
        {"token": "x", "sequence": True, "position_ms": 0},
        {"token": "x", "sequence": 1, "position_ms": 1.5},
        {"token": "x", "sequence": 2**70, "position_ms": 0},
        [],
    ],
)
def test_malformed_beats_are_refused(client, learner, lesson, sent):
    client.sign_in(learner)
    player = Player(client, lesson)
    assert client.post(player.started["beat_url"], json=sent).status_code == 422


def test_nothing_counts_before_or_after_the_class(client, learner, lesson):
    clock.move(timedelta(days=40))
    client.sign_in(learner)
    answer = client.post(f"{lesson}/start", json={})
    assert answer.status_code == 409


def test_an_uploaded_film_is_looked_into_by_a_job(client, manager, film_file):
    client.sign_in(manager)
    with film_file.open("rb") as file:
        answer = client.post("/training/films", data={"title": "新影片", "file": (file, "a.exe")})
    assert answer.status_code == 302
    jobs.run_pending()
    film = db.session.query(Film).filter_by(title="新影片").one()
    assert (film.state, film.seconds) == (FilmState.READY, 12)


def test_a_script_is_not_taken_as_a_film(client, manager, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"<html><script>alert(1)</script>")
    client.sign_in(manager)
    with path.open("rb") as file:
        answer = client.post("/training/films", data={"title": "动火作业", "file": (file, "film.mp4")})
    assert answer.status_code == 422
    assert 'value="动火作业"' in answer.text and "该文件不是 MP4 或 WebM 影片。" in answer.text
    assert db.session.query(Film).count() == 0


def test_a_broken_film_says_why_it_is_refused(client, manager, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + b"rubbish" * 100)
    client.sign_in(manager)
    with path.open("rb") as file:
        client.post("/training/films?lang=en", data={"title": "坏影片", "file": (file, "film.mp4")})
    jobs.run_pending()
    film = db.session.query(Film).filter_by(title="坏影片").one()
    assert film.state == FilmState.REFUSED
    english, chinese = (client.get(f"/training/films?lang={language}").text for language in ("en", "zh_CN"))
    with in_language("en"):
        assert (refusal := as_read(film.refusal)) in english and refusal not in chinese
    assert as_read(film.refusal) in chinese


def test_captions_are_webvtt(client, manager, body):

    film = make_film(20, organisation=body, by=manager)
    db.session.commit()
    client.sign_in(manager)

    address = f"/training/films/{film.code}/captions"
    good = {"file": (io.BytesIO("WEBVTT\n\n00:00.000 --> 00:02.000\n你好\n".encode()), "a.vtt")}
    assert client.post(address, data=good).status_code == 302
    bad = {"file": (io.BytesIO(b"<script>"), "a.vtt")}
    assert client.post(address, data=bad).status_code == 422
    assert client.get(f"{address}.vtt").mimetype == "text/vtt"
