"""Readers' pages: find a case, read it, watch its film to the end, acknowledge it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.cases.blueprint import cases
from trainhub.cases.facts import INDUSTRIES, type_name
from trainhub.cases.finding import Filter, Found, listing, search, types_in_use, years
from trainhub.cases.forms import AcknowledgementForm
from trainhub.cases.models import Cause
from trainhub.cases.watching import (
    STATEMENT,
    acknowledge,
    acknowledgement_of,
    has_seen,
    open_assignments,
    readable_case,
    start_watching,
    subject_of,
)
from trainhub.courses.views_learner import captions_of
from trainhub.courses.views_viewing import started_json
from trainhub.courses.watched import watched_of
from trainhub.kernel import clock
from trainhub.kernel.access import signed_in
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.people.sign_in import current_person
from trainhub.regulations import AccidentLevel

LEVEL_TONES = {
    AccidentLevel.ESPECIALLY_GRAVE: "bad",
    AccidentLevel.GRAVE: "bad",
    AccidentLevel.SERIOUS: "warn",
    AccidentLevel.ORDINARY: "info",
}


def case_words() -> dict[str, Any]:
    """Return what the templates of cases need to name things."""
    return {
        "level_label": lambda code: AccidentLevel(code).label,
        "level_tone": lambda code: LEVEL_TONES[AccidentLevel(code)],
        "industry_label": lambda code: INDUSTRIES[code],
        "cause_label": lambda code: Cause(code).label,
        "type_label": type_name,
    }


@cases.get("")
@signed_in
def list_cases() -> ResponseReturnValue:
    """List published cases, narrowed down and searched."""
    wanted = Filter(**{name: request.args.get(name, "") for name in Filter.__dataclass_fields__})
    words = request.args.get("q", "").strip()[:100]
    page = None if words else paginate(listing(wanted))
    found = search(words, wanted) if words else [Found(version) for version in page.items] if page else []
    return render_template(
        "cases/list.html",
        page=page,
        found=found,
        words=words,
        wanted=wanted,
        levels=list(AccidentLevel),
        types={code: type_name(code, day) for code, day in types_in_use().items()},
        industries=INDUSTRIES,
        causes=list(Cause),
        years=years(),
        due={row.case_id: row.due_on for row in open_assignments(current_person())},
        **case_words(),
    )


@cases.get("/<code>")
@signed_in
def show_case(code: str) -> ResponseReturnValue:
    """Show a published case with its film."""
    return _case_page(code)


def _case_page(code: str) -> str:
    case, person = readable_case(code), current_person()
    version = case.published
    assert version is not None
    watched = watched_of(person.id, subject_of(version))
    total = 0 if version.film is None else version.film.seconds
    return render_template(
        "cases/case.html",
        case=case,
        version=version,
        total_s=total,
        watched_s=len(watched),
        stretches=watched.stretches(total),
        seen=has_seen(version, person),
        acknowledgement=acknowledgement_of(case, person),
        statement=STATEMENT,
        form=shown(AcknowledgementForm),
        **case_words(),
    )


@cases.post("/<code>/watch")
@signed_in
@writes
def watch(code: str) -> ResponseReturnValue:
    """Begin to watch the film; what runs elsewhere ends."""
    return started_json(start_watching(readable_case(code), current_person()))


@cases.get("/<code>/captions.vtt")
@signed_in
def captions(code: str) -> ResponseReturnValue:
    """Hand out the captions of the film."""
    version = readable_case(code).published
    return captions_of(None if version is None else version.film)


@cases.post("/<code>/acknowledge")
@signed_in
@writes
def say_seen(code: str) -> ResponseReturnValue:
    """Keep the person's word that they have seen the case."""
    form = AcknowledgementForm()
    take_form(form, lambda: _case_page(code), at="agreed")
    acknowledge(readable_case(code), current_person(), agreed=bool(form.agreed.data))
    flash(_("Acknowledged. The publisher sees that you have seen this case."), "success")
    return redirect(url_for(".show_case", code=code))


def qualification_choices() -> list[tuple[str, Any]]:
    """Return whom a case can be assigned to: everybody who learns, or those of a qualification."""
    every = regulations.qualifications(on=clock.today())
    return [("", _("everybody who learns now")), *((each.code, each.name) for each in every)]
