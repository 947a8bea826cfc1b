"""The training administrator's films: upload, captions, looking at one without counting."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub.courses import films, owning
from trainhub.courses.blueprint import courses
from trainhub.courses.forms import CaptionsForm, FilmForm
from trainhub.courses.views_learner import captions_of
from trainhub.courses.wording import FILM_STATES
from trainhub.governance.guards import requires
from trainhub.kernel import storage
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Forbidden
from trainhub.kernel.film import serve_range
from trainhub.kernel.i18n import _, _l, choose_language
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.kernel.uploads import takes_films
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


@courses.get("/films")
@requires(Duty.MANAGE_COURSES)
def list_films() -> ResponseReturnValue:
    """List the films of one's organisation, with the way to add one."""
    return render_template(
        "courses/films.html", films=owning.own_films(current_person()), form=FilmForm(), states=FILM_STATES
    )


@courses.post("/films")
@takes_films
@requires(Duty.MANAGE_COURSES)
@writes
def upload_film() -> ResponseReturnValue:
    """Take a film in and have it looked into."""
    form = FilmForm()
    take_form(form, lambda: _refused(form), at="file")
    organisations = owning.own_organisations(current_person())
    if not organisations:
        raise Forbidden(_l("You do not manage the courses of this organisation."))
    film = films.take_film(form.file.data, form.title.data, organisations[0], by=current_person())
    then = url_for(".show_film", code=film.code)
    job = films.look_into_later(film, by=current_person(), then=then, language=choose_language())
    return redirect(url_for("jobs.show", job_id=job.id))


def _refused(form: FilmForm) -> ResponseReturnValue:
    """Answer with what was typed, and why it was not taken."""
    page = render_template(
        "courses/films.html", films=owning.own_films(current_person()), form=form, states=FILM_STATES
    )
    return page, 422


@courses.get("/films/<code>")
@requires(Duty.MANAGE_COURSES)
def show_film(code: str) -> ResponseReturnValue:
    """Show a film with its facts, for looking at; nothing counts here."""
    film = owning.own_film(code, current_person())
    index = films.index_of(film) if film.index_json else None
    return render_template(
        "courses/film.html", film=film, index=index, form=shown(CaptionsForm), states=FILM_STATES
    )


@courses.get("/films/<code>/content")
@requires(Duty.MANAGE_COURSES)
def film_content(code: str) -> ResponseReturnValue:
    """Hand out a film for looking at."""
    film = owning.own_film(code, current_person())
    return serve_range(storage.path(film.storage_key), films.index_of(film).media_type)


@courses.get("/films/<code>/captions.vtt")
@requires(Duty.MANAGE_COURSES)
def film_captions(code: str) -> ResponseReturnValue:
    """Hand out a film's captions for looking at."""
    return captions_of(owning.own_film(code, current_person()))


@courses.post("/films/<code>/captions")
@requires(Duty.MANAGE_COURSES)
@writes
def add_captions(code: str) -> ResponseReturnValue:
    """Give a film its captions."""
    film = owning.own_film(code, current_person())
    form = CaptionsForm()
    take_form(form, lambda: show_film(code), at="file")
    films.add_captions(film, form.file.data.read(films.LARGEST_CAPTIONS + 1), by=current_person())
    flash(_("The captions are kept."), "good")
    return redirect(url_for(".show_film", code=code))
