"""A film is what it is by its content; its parts have bytes; ranges are served as the RFC has them."""

import subprocess

import pytest
from flask import Flask

from trainhub.kernel.errors import Invalid
from trainhub.kernel.film import FilmIndex, check_beginning, index_film, merge, serve_range, wanted_range


def make_film(path, seconds=9, size="160x120", *options):
    source = [
        "-f",
        "lavfi",
        "-i",
        f"testsrc2=s={size}:r=10",
        "-f",
        "lavfi",
        "-i",
        "sine=440",
        "-t",
        str(seconds),
    ]
    picture = ["-g", "20", "-sc_threshold", "0", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *source, *picture, *options, str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return make_film(
        tmp_path_factory.mktemp("film") / "a.mp4", 9, "160x120", "-c:v", "libx264", "-movflags", "+faststart"
    )


def test_a_film_is_cut_into_parts_that_do_not_overlap_and_cover_its_time(film):
    index = index_film(film)
    assert (index.width, index.height, index.codec, index.media_type) == (160, 120, "h264", "video/mp4")
    assert index.duration_s == pytest.approx(9, abs=0.2)
    assert [part.starts_s for part in index.parts] == pytest.approx([0, 4, 8])
    assert index.parts[-1].ends_s == index.duration_s
    bounds = [bound for part in index.parts for bound in (part.first_byte, part.last_byte)]
    assert bounds == sorted(bounds)
    assert FilmIndex.from_json(index.to_json()) == index


def test_webm_is_a_film_too(tmp_path):
    path = make_film(tmp_path / "a.webm", 5, "160x120", "-c:v", "libvpx", "-c:a", "libopus")
    assert index_film(path).media_type == "video/webm"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"#!/bin/sh\nid",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"\x1a\x45\xdf\xa3matroska",
    ],
    ids=["empty", "svg", "script", "pdf", "picture", "other matroska"],
)
def test_what_is_no_film_is_refused_whatever_its_name(tmp_path, content):
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(Invalid, match="MP4 or WebM"):
        index_film(path)


def test_a_script_behind_a_films_first_bytes_is_refused(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + b"<script>alert(1)</script>" * 500)
    with pytest.raises(Invalid):
        index_film(path)


def test_a_film_that_was_cut_off_is_refused(tmp_path, film):
    path = tmp_path / "film.mp4"
    path.write_bytes(film.read_bytes()[:2000])
    with pytest.raises(Invalid):
        index_film(path)


def test_a_sound_file_is_no_film(tmp_path):
    path = tmp_path / "a.mp4"
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "sine=440", "-t", "3", str(path)], check=True
    )
    with pytest.raises(Invalid, match="no picture"):
        index_film(path)


def test_absurd_lengths_and_sizes_are_refused(tmp_path):
    with pytest.raises(Invalid, match="too small"):
        index_film(make_film(tmp_path / "a.mp4", 2, "32x32", "-c:v", "libx264"))
    with pytest.raises(Invalid, match="one second"):
        index_film(make_film(tmp_path / "b.mp4", 0.3, "160x120", "-c:v", "libx264"))


def test_other_codecs_are_refused(tmp_path):
    with pytest.raises(Invalid, match="H.264"):
        index_film(make_film(tmp_path / "a.mp4", 2, "160x120", "-c:v", "mpeg4"))


def test_parts_are_found_over_several_ranges():
    index = FilmIndex(3, 160, 120, "h264", "video/mp4", [])
    assert merge([(10, 19), (0, 9), (30, 40), (35, 36)]) == [(0, 19), (30, 40)]
    assert index.parts_within([(0, 100)]) == frozenset()


def test_only_parts_with_all_their_bytes_count(film):
    index = index_film(film)
    first, second, third = index.parts
    assert index.parts_within([(0, first.last_byte - 1)]) == frozenset()
    halves = [(0, second.first_byte + 10), (second.first_byte + 11, second.last_byte)]
    assert index.parts_within(halves) == {0, 1}
    assert index.parts_within([(third.first_byte, third.last_byte)]) == {2}


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None),
        ("bytes=0-", (0, 99)),
        ("bytes=10-19", (10, 19)),
        ("bytes=10-999", (10, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-999", (0, 99)),
        ("bytes=100-", (1, 0)),
        ("bytes=-0", (1, 0)),
        ("bytes=9-5", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=-", None),
    ],
)
def test_ranges_are_read_as_the_rfc_has_them(header, wanted):
    assert wanted_range(header, 100) == wanted


def test_a_range_is_served_and_every_piece_told(film):
    app, told, content = Flask("test"), [], film.read_bytes()
    with app.test_request_context(headers={"Range": "bytes=100-70099"}):
        answer = serve_range(film, on_sent=lambda first, last: told.append((first, last)))
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes 100-70099/{len(content)}"
        assert b"".join(answer.response) == content[100:70100]
    assert merge(told) == [(100, 70099)]


def test_what_lies_outside_the_file_is_not_satisfiable(film):
    with Flask("test").test_request_context(headers={"Range": "bytes=99999999-"}):
        answer = serve_range(film)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{film.stat().st_size}"


def test_the_whole_file_is_served_without_a_range(film):
    with Flask("test").test_request_context():
        answer = serve_range(film)
        assert (answer.status_code, b"".join(answer.response)) == (200, film.read_bytes())


def test_the_first_bytes_decide_before_anything_is_kept():
    assert check_beginning(b"\x00\x00\x00\x20ftypisom" + bytes(50)) == "mp4"
    with pytest.raises(Invalid):
        check_beginning(b"GIF89a")
