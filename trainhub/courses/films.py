"""Taking films in: judged by content at the door, looked into by a background job, captions beside them."""

from __future__ import annotations

import io
from typing import BinaryIO

from sqlalchemy import select

from trainhub import ledger
from trainhub.courses.models import Film, FilmState
from trainhub.kernel import jobs, storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid, NotFound
from trainhub.kernel.film import FilmIndex, check_beginning, index_film
from trainhub.kernel.i18n import _l, as_kept, for_any_reader
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.left_files import LeftFiles
from trainhub.people.models import Organisation, Person

LARGEST_CAPTIONS = 400_000
SUFFIXES = {"mp4": ".mp4", "matroska": ".webm"}


def take_film(source: BinaryIO, title: str, organisation: Organisation, *, by: Person) -> Film:
    """Take a film in; it is shown once the background job that looks into it has found it good.

    Args:
        source: the uploaded file.
        title: what it is called on pages.
        organisation: whose it is.
        by: who uploads.

    Raises:
        Invalid: the first bytes are not a film's.
    """
    beginning = source.read(64)
    suffix = SUFFIXES[check_beginning(beginning)]
    source.seek(0)
    key = storage.put(source, suffix)
    film = Film(
        code=random_id(),
        organisation_id=organisation.id,
        title=title,
        storage_key=key,
        size=storage.path(key).stat().st_size,
        uploaded_by_id=by.id,
    )
    db.session.add(film)
    db.session.flush()
    ledger.append("film.taken", by=by, side="training", film=film.code, organisation=organisation.code)
    return film


def look_into_later(film: Film, *, by: Person, then: str | None = None, language: str = "zh_CN") -> jobs.Job:
    """Queue the look into a film; the page shows how far it is.

    Args:
        film: just taken in.
        by: who waits for it.
        then: path of the page to which whoever waits goes on.
        language: of the page.
    """
    title = _l("Looking into the film")
    return jobs.start("courses.index_film", title, by=by, language=language, film_code=film.code, then=then)


@jobs.job("courses.index_film", side="training", again=True)
def index_taken_film(progress: jobs.Progress, film_code: str, then: str | None = None) -> str | None:
    """Look into a film outside any transaction and keep what was found; returns where to go on."""
    film = get_film(film_code)
    key = film.storage_key
    db.session.rollback()
    progress.tell(0, 1, _l("Looking into the film"))
    settle_film(film_code, key)
    progress.tell(1, 1)
    return then


def settle_film(film_code: str, key: str) -> None:
    """Compute a film's index, then record it, or why the film is refused, in a short transaction.

    Raises:
        Invalid: it is refused; the film says so from now on.
    """
    try:
        with for_any_reader():
            index, problem = index_film(storage.path(key)), None
    except Invalid as refused:
        index, problem = None, refused
    with transaction():
        record_index(get_film(film_code), index, problem)
    if problem is not None:
        raise problem


def record_index(film: Film, index: FilmIndex | None, problem: Invalid | None) -> None:
    """Keep what was found in a film."""
    if index is None:
        film.state, film.refusal = FilmState.REFUSED, as_kept(problem)
        return
    film.state, film.refusal = FilmState.READY, None
    film.duration_ms = round(index.duration_s * 1000)
    film.index_json = index.to_json()


def get_film(code: str) -> Film:
    """Return a film by its code.

    Raises:
        NotFound: there is none.
    """
    film = db.session.scalar(select(Film).where(Film.code == code))
    if film is None:
        raise NotFound(_l("There is no such film."))
    return film


def index_of(film: Film) -> FilmIndex:
    """Return the index of a film that was found good.

    Raises:
        NotFound: it was not looked into yet, or refused.
    """
    if film.index_json is None:
        raise NotFound(_l("This film cannot be shown yet."))
    return FilmIndex.from_json(film.index_json)


def add_captions(film: Film, content: bytes, *, by: Person) -> None:
    """Give a film its captions (字幕).

    Raises:
        Invalid: the file is not WebVTT in UTF-8, or larger than captions are.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(_l("Captions are a WebVTT file in UTF-8.")) from None
    if not text.startswith("WEBVTT") or "\0" in text or len(content) > LARGEST_CAPTIONS:
        raise Invalid(_l("Captions are a WebVTT file in UTF-8."))
    film.captions_key = storage.put(io.BytesIO(text.encode()), ".vtt")
    ledger.append("film.captioned", by=by, side="training", film=film.code)


def _has_ever_taken_one() -> bool:
    return bool(ledger.decisions("film.taken", per_page=1).entries)


SWEEPING = (
    *(LeftFiles(suffix, Film.storage_key, _has_ever_taken_one).chore for suffix in SUFFIXES.values()),
    LeftFiles(".vtt", Film.captions_key, _has_ever_taken_one).chore,
)
