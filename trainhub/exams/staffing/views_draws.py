"""Pages of the draw: freeze the pool, commit, reveal, see who was drawn, take the file, withdraw."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.exams.staffing import draws, lottery
from trainhub.exams.staffing.models_of_draws import Draw, DrawState, Party
from trainhub.exams.staffing.needs import needs_of, sittings_ahead
from trainhub.exams.staffing.pools import DUTIES
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel import clock
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.people.models import Person
from trainhub.people.persons import persons_among
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

blueprint = Blueprint("draws", __name__, url_prefix="/exam/draws")

DRAWABLE = (Duty.INVIGILATE, Duty.ASSESS, Duty.INSPECT)
STATES: dict[str, tuple[Any, str]] = {
    DrawState.FROZEN: (_l("pool frozen"), "warn"),
    DrawState.DRAWN: (_l("drawn"), "good"),
    DrawState.WITHDRAWN: (_l("withdrawn"), "neutral"),
}
PARTIES: dict[str, Any] = {Party.CENTRE: _l("Exam centre"), Party.OVERSIGHT: _l("Oversight")}


class DrawForm(FlaskForm):  # type: ignore[misc]
    """For which sittings of a day and which duties people are drawn."""

    sittings = SelectMultipleField(
        _l("Sittings of this day"),
        [InputRequired()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    duties = SelectMultipleField(
        _l("Duties"), [InputRequired()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    reason = TextAreaField(
        _l("Reason"),
        [Optional(), Length(max=400)],
        description=_l("Needed if people were drawn for one of these sittings before."),
    )


class CommitmentForm(FlaskForm):  # type: ignore[misc]
    """What a party publishes before the draw."""

    commitment = StringField(
        _l("Commitment"),
        [
            DataRequired(),
            Regexp(draws.HEX, message=_l("A commitment has 64 digits from 0 to 9 and a to f.")),
        ],
        description=_l("The SHA-256 hash of your secret with this draw and pool. The secret stays with you."),
    )


class SecretForm(FlaskForm):  # type: ignore[misc]
    """The secret of a party."""

    secret = StringField(
        _l("Secret"),
        [DataRequired(), Regexp(draws.HEX, message=_l("A secret has 64 digits from 0 to 9 and a to f."))],
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a draw is withdrawn."""

    reason = TextAreaField(
        _l("Reason"),
        [
            DataRequired(_l("Say why the draw is withdrawn, for everybody who reads it later.")),
            Length(min=draws.SHORTEST_REASON, max=400),
        ],
    )


def _centres() -> list[int]:
    return organisations_for(current_person(), Duty.ASSIGN_STAFF)


def _readable(code: str) -> Draw:
    """Return a draw that the reader may see: their own centre's, or any for the oversight side."""
    from_above = {Duty.SUPERVISE, Duty.AUDIT} & current_duties()
    return draws.get_draw(code, centres=None if from_above else _centres())


def _own_party(draw: Draw) -> Party | None:
    """Return for whom the reader stands in a draw."""
    if Duty.SUPERVISE in current_duties():
        return Party.OVERSIGHT
    return Party.CENTRE if draw.centre_id in _centres() else None


def _party(draw: Draw) -> Party:
    party = _own_party(draw)
    if party is None:
        raise NotFound(_l("There is no such draw."))
    return party


@blueprint.get("/")
@requires(Duty.ASSIGN_STAFF, Duty.SUPERVISE, Duty.AUDIT)
def list_draws() -> ResponseReturnValue:
    """List the draws, the newest first."""
    sees_all = bool({Duty.SUPERVISE, Duty.AUDIT} & current_duties())
    page = paginate(draws.newest_first(None if sees_all else _centres()))
    may_order = Duty.ASSIGN_STAFF in current_duties()
    return render_template("staffing/draws.html", page=page, states=STATES, may_order=may_order)


def _lacking() -> dict[str, list[Sitting]]:
    """Return the sittings ahead that lack people, by day."""
    found: dict[str, list[Sitting]] = defaultdict(list)
    for sitting in sittings_ahead(_centres()):
        if any(need.missing for need in needs_of(sitting).values()):
            found[clock.local_day(sitting.starts_at).isoformat()].append(sitting)
    return dict(sorted(found.items()))


def _form(day: str, lacking: dict[str, list[Sitting]]) -> DrawForm:
    form = DrawForm()
    form.sittings.choices = [
        (each.code, f"{clock.local(each.starts_at):%H:%M} {each.site.name} {each.code}")
        for each in lacking.get(day, [])
    ]
    form.duties.choices = [(duty.value, str(duty.label)) for duty in DRAWABLE]
    return form


@blueprint.get("/new")
@requires(Duty.ASSIGN_STAFF)
def new_draw() -> ResponseReturnValue:
    """Show the sittings of a day for which people can be drawn."""
    lacking = _lacking()
    wanted = request.args.get("sitting", "")
    of_sitting = next((day for day, many in lacking.items() if wanted in {one.code for one in many}), "")
    day = of_sitting or request.args.get("day", "") or next(iter(lacking), "")
    form = _form(day, lacking)
    form.sittings.data = [wanted] if of_sitting else [code for code, _label in form.sittings.choices]
    form.duties.data = [duty.value for duty in DRAWABLE]
    return _form_page(form, day, lacking)


def _form_page(form: DrawForm, day: str, lacking: dict[str, list[Sitting]]) -> str:
    return render_template("staffing/new_draw.html", form=form, day=day, days=list(lacking))


@blueprint.post("/new")
@requires(Duty.ASSIGN_STAFF)
@writes
def freeze_pool() -> ResponseReturnValue:
    """Freeze the pool of a draw."""
    lacking, day = _lacking(), request.args.get("day", "")
    form = _form(day, lacking)
    take_form(form, lambda: _form_page(form, day, lacking), at="sittings")
    sittings = [get_sitting(code, centres=_centres()) for code in form.sittings.data]
    duties = [Duty(value) for value in form.duties.data]
    draw = draws.freeze(sittings, duties, form.reason.data or "", by=current_person())
    flash(_("The pool is frozen. Both parties commit to a secret now."), "success")
    return redirect(url_for(".show_draw", code=draw.code))


@blueprint.get("/<code>")
@requires(Duty.ASSIGN_STAFF, Duty.SUPERVISE, Duty.AUDIT)
def show_draw(code: str) -> ResponseReturnValue:
    """Show a draw: how far it is, what one has to do, the pool, who was drawn."""
    return _draw_page(_readable(code))


def _draw_page(draw: Draw, commitment: CommitmentForm | None = None, secret: SecretForm | None = None) -> str:
    pool = json.loads(draw.pool)
    party = _own_party(draw)
    return render_template(
        "staffing/draw.html",
        draw=draw,
        pool=pool,
        excluded=_excluded(pool),
        people=_people(pool, draw),
        duty_of=DUTIES,
        states=STATES,
        parties=PARTIES,
        party=party,
        own=draw.of(party) if party else None,
        head=draws.head_for(draw),
        commitment=commitment or CommitmentForm(formdata=None),
        secret=secret or SecretForm(formdata=None),
        withdrawal=shown(ReasonForm),
        may_withdraw=party is Party.CENTRE and draw.state != DrawState.WITHDRAWN,
    )


def _excluded(pool: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Return by person and duty in which sittings they may not come and why."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in pool["excluded"]:
        found[each["person"], each["duty"]].append(f"{each['sitting']}: {', '.join(each['because'])}")
    return found


def _people(pool: dict[str, Any], draw: Draw) -> dict[str, Person]:
    ids = {each["id"] for each in pool["people"]} | {place.person_id for place in draw.places}
    return persons_among(ids)


@blueprint.post("/<code>/commit")
@requires(Duty.ASSIGN_STAFF, Duty.SUPERVISE)
@writes
def commit(code: str) -> ResponseReturnValue:
    """Commit one's party to its secret."""
    draw, form = _readable(code), CommitmentForm()
    party = _party(draw)
    take_form(form, lambda: _draw_page(draw, commitment=form))
    draws.commit(draw, party, form.commitment.data, by=current_person())
    flash(_("Your commitment stands in the ledger. Keep your secret until both have committed."), "success")
    return redirect(url_for(".show_draw", code=code))


@blueprint.post("/<code>/reveal")
@requires(Duty.ASSIGN_STAFF, Duty.SUPERVISE)
@writes
def reveal(code: str) -> ResponseReturnValue:
    """Reveal one's party's secret; after the second one people are drawn."""
    draw, form = _readable(code), SecretForm()
    party = _party(draw)
    take_form(form, lambda: _draw_page(draw, secret=form), at="secret")
    is_drawn = draws.reveal(draw, party, form.secret.data, by=current_person())
    told = _("People are drawn.") if is_drawn else _("Your secret is revealed. The other party is next.")
    flash(told, "success")
    return redirect(url_for(".show_draw", code=code))


@blueprint.post("/<code>/withdraw")
@requires(Duty.ASSIGN_STAFF)
@writes
def withdraw(code: str) -> ResponseReturnValue:
    """Withdraw a draw, with a reason."""
    draw, form = draws.get_draw(code, centres=_centres()), ReasonForm()
    take_form(form, lambda: show_draw(code), at="reason")
    draws.withdraw_draw(draw, form.reason.data, by=current_person())
    flash(_("The draw is withdrawn. It stays on record."), "success")
    return redirect(url_for(".show_draw", code=code))


@blueprint.get("/<code>/draw.json")
@requires(Duty.ASSIGN_STAFF, Duty.SUPERVISE, Duty.AUDIT)
def download(code: str) -> ResponseReturnValue:
    """Give out the file with which anybody repeats the draw."""
    file = draws.published(_readable(code))
    headers = {"Content-Disposition": f'attachment; filename="draw-{code}.json"'}
    return lottery.canonical(file), 200, {"Content-Type": "application/json", **headers}


@blueprint.get("/<code>/public")
@open_to_all("what is published of a draw before and after it tells nobody's name")
def show_public(code: str) -> ResponseReturnValue:
    """Show what is published of a draw: hashes, and the seed once it is known; nothing of the pool."""
    return render_template("staffing/draw_public.html", draw=draws.get_draw(code), parties=PARTIES)
