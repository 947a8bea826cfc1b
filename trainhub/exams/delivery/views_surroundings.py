"""Pages of a sitting's surroundings: what it demands, the locked browser's file, who was turned away."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from trainhub.exams.delivery import demands, surroundings
from trainhub.exams.delivery.forms import ConfigurationForm, DemandsForm, LiftForm
from trainhub.exams.delivery.models_of_surroundings import Cause, Surroundings
from trainhub.exams.delivery.refusals import note, refusals_of
from trainhub.exams.delivery.seb_settings import lockdown_address
from trainhub.exams.delivery.surroundings import WrongSurroundings
from trainhub.exams.sittings import Sitting, SittingState, get_sitting
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import requires
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import db, writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.kernel.web import wants_json
from trainhub.people.limits import limiter
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

SEB_TYPE = "application/seb"
CAUSES = {
    Cause.NETWORK: _l("not in the room's network"),
    Cause.NO_KEY: _l("not in Safe Exam Browser"),
    Cause.CONFIGURATION: _l("another configuration"),
    Cause.BROWSER: _l("another version of the browser"),
}


def environ_with_keys() -> dict[str, Any]:
    """Return the request with the keys that a page's script put into its form, where no header has them."""
    environ = dict(request.environ)
    for header, name in (("CONFIGKEYHASH", "config_key_hash"), ("REQUESTHASH", "browser_key_hash")):
        if not environ.get(f"HTTP_X_SAFEEXAMBROWSER_{header}"):
            environ[f"HTTP_X_SAFEEXAMBROWSER_{header}"] = request.form.get(name, "")[:64]
    return environ


def turned_away(error: WrongSurroundings) -> ResponseReturnValue:
    """Say what does not fit, after the deed was rolled back, and keep it for the desk."""
    db.session.rollback()
    note(error.refusal)
    if wants_json():
        return jsonify(error=str(error), reason=error.reason, cause=error.refusal.cause), error.status
    # A page asked for without a key may stand in a browser that tells keys to scripts alone.
    knocks = error.refusal.cause == Cause.NO_KEY and request.method == "GET"
    return render_template("delivery/turned_away.html", message=str(error), knocks=knocks), error.status


def _own_sitting(code: str) -> Sitting:
    return get_sitting(code, centres=organisations_for(current_person(), Duty.ARRANGE_SITTINGS))


def _public_url() -> str:
    return str(current_app.config["SETTINGS"].public_url)


@requires(Duty.ARRANGE_SITTINGS)
def show_surroundings(code: str) -> ResponseReturnValue:
    """Show what a sitting demands of its machines, its configuration, and who was turned away."""
    sitting = _own_sitting(code)
    own = demands.surroundings_of(sitting)
    return _page(sitting, own, _as_set(own), shown(ConfigurationForm))


def _as_set(own: Surroundings | None) -> DemandsForm:
    form = DemandsForm(formdata=None)
    if own is not None:
        form.network_only.data, form.lockdown.data = own.network_only, own.lockdown
        form.browser_keys.data = "\n".join(own.browser_exam_keys)
    return form


def _page(
    sitting: Sitting, own: Surroundings | None, form: DemandsForm, configuration_form: ConfigurationForm
) -> str:
    return render_template(
        "delivery/surroundings.html",
        sitting=sitting,
        own=own,
        form=form,
        configuration_form=configuration_form,
        lift_form=shown(LiftForm),
        refusals=refusals_of(sitting),
        causes=CAUSES,
        address="" if own is None else lockdown_address(_public_url(), own.code),
        may_set=sitting.state in demands.BEFORE_OPENING,
        may_lift=sitting.state == SittingState.OPEN
        and own is not None
        and (own.network_only or own.lockdown),
    )


@requires(Duty.ARRANGE_SITTINGS)
@writes
def set_demands(code: str) -> ResponseReturnValue:
    """Set what a sitting demands."""
    sitting, form = _own_sitting(code), DemandsForm()
    take_form(
        form, lambda: _page(sitting, demands.surroundings_of(sitting), form, ConfigurationForm(formdata=None))
    )
    demands.demand(
        sitting,
        network_only=form.network_only.data,
        lockdown=form.lockdown.data,
        browser_keys=demands.read_browser_keys(form.browser_keys.data or ""),
        public_url=_public_url(),
        by=current_person(),
    )
    flash(_("The surroundings of the sitting are set."), "success")
    return redirect(url_for(".show_surroundings", code=code))


@requires(Duty.ARRANGE_SITTINGS)
@writes
def make_configuration(code: str) -> ResponseReturnValue:
    """Make a sitting's configuration anew."""
    sitting, form = _own_sitting(code), ConfigurationForm()
    take_form(form, lambda: show_surroundings(code))
    demands.make_configuration(
        sitting,
        quit_password=form.quit_password.data or "",
        file_password=form.file_password.data or "",
        public_url=_public_url(),
        by=current_person(),
    )
    flash(_("The configuration is made. Files fetched before no longer fit."), "success")
    return redirect(url_for(".show_surroundings", code=code))


@requires(Duty.ARRANGE_SITTINGS)
@writes
def lift_demands(code: str) -> ResponseReturnValue:
    """Demand nothing more of the machines of a sitting that is under way."""
    sitting, form = _own_sitting(code), LiftForm()
    take_form(form, lambda: show_surroundings(code), at="reason")
    demands.lift(sitting, form.reason.data, by=current_person())
    surroundings.forget(current_app._get_current_object())  # type: ignore[attr-defined]
    flash(_("Nothing more is demanded of the machines; everywhere within seconds."), "success")
    return redirect(url_for(".show_surroundings", code=code))


@requires(Duty.ARRANGE_SITTINGS)
def download_configuration(code: str) -> ResponseReturnValue:
    """Hand out the configuration to whoever arranges the sitting."""
    own = demands.surroundings_of(_own_sitting(code))
    if own is None or own.file is None:
        raise NotFound(_l("No configuration has been made for this sitting."))
    return _seb_file(own.file, f"{code}.seb")


@open_to_all("exam machines fetch the configuration before anybody signs in; the address cannot be guessed")
@limiter.limit("600 per minute")
def fetch_configuration(secret: str) -> ResponseReturnValue:
    """Hand out a sitting's configuration to the machines that know its address."""
    own = demands.configuration_by_code(secret)
    if own is None or own.file is None:
        raise NotFound(_l("There is no such configuration, or its sitting is over."))
    return _seb_file(own.file, f"{own.sitting.code}.seb")


@open_to_all("the locked browser ends when it is led here")
def leave() -> ResponseReturnValue:
    """Be the address at which the locked browser ends itself."""
    return render_template("delivery/left.html")


def _seb_file(content: bytes, name: str) -> ResponseReturnValue:
    return send_file(BytesIO(content), mimetype=SEB_TYPE, download_name=name, as_attachment=True)


def add_routes(delivery: Blueprint) -> None:
    """Add the pages of surroundings to the room's, and what is answered to a machine that does not fit."""
    own = "/sittings/<code>/surroundings"
    delivery.get(own)(show_surroundings)
    delivery.post(own)(set_demands)
    delivery.post(f"{own}/configuration")(make_configuration)
    delivery.post(f"{own}/lift")(lift_demands)
    delivery.get(f"{own}/configuration.seb")(download_configuration)
    delivery.get("/lockdown/quit")(leave)
    delivery.get("/lockdown/<secret>.seb")(fetch_configuration)
    delivery.app_errorhandler(WrongSurroundings)(turned_away)
