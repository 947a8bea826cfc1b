"""What oversight reads of a sitting: the sections of its proof report live, and the report itself, signed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from trainhub.governance.guards import current_duties, requires
from trainhub.governance.ledger_words import WORDS
from trainhub.governance.narrowing import Narrowing, choices, narrowed
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l, ngettext
from trainhub.kernel.pages import Page, local_time, page_number, paginate
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation import sittings_on_record as on_record
from trainhub.separation.duties import Duty
from trainhub.separation.models import SittingRelation
from trainhub.separation.naming import Names
from trainhub.separation.report import text_of
from trainhub.separation.report_issuing import issue_report
from trainhub.separation.report_making import make_report

SITTINGS_A_PAGE = 20
ROWS_SHOWN = 200
"""Of one section; filters show the others, the signed JSON holds all."""
STATES: dict[str, tuple[Any, str]] = {
    "planned": (_l("not opened yet"), "neutral"),
    "opened": (_l("opened"), "info"),
    "published": (_l("results published"), "good"),
}


@requires(Duty.AUDIT, Duty.SUPERVISE)
def list_sittings() -> ResponseReturnValue:
    """List the sittings on record by centre, day, state, and whether something is found in them."""
    chosen = {
        name: request.args.get(name, "").strip()[:80]
        for name in ("centre", "first", "last", "state", "code", "findings")
    }
    problem = ""
    try:
        selection = on_record.Selection(
            chosen["centre"], _day(chosen["first"]), _day(chosen["last"]), chosen["state"], chosen["code"]
        )
    except Invalid as error:
        problem, selection = str(error), on_record.Selection()
    page, found = _page(selection, chosen["findings"])
    codes = [row.sitting_code for row in page.items]
    centres = on_record.centres()
    answer = render_template(
        "governance/sittings.html",
        page=page,
        found=found,
        chosen=chosen,
        problem=problem,
        states=STATES,
        state_of=on_record.states_of(codes),
        centres=centres,
        centre_names=dict(centres),
        audited=on_record.AUDITED_AT_ONCE,
    )
    return answer, 422 if problem else 200


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(_l("Write the day as year-month-day, such as 2026-07-01.")) from None


def _page(selection: on_record.Selection, wanted: str) -> tuple[Page[SittingRelation], dict[str, int]]:
    """Return a page of sittings and in which of them how much is found."""
    statement = on_record.sittings(selection)
    if wanted not in ("yes", "no"):
        page = paginate(statement, SITTINGS_A_PAGE)
        return page, on_record.findings([row.sitting_code for row in page.items])
    rows = on_record.first_of(statement)
    found = on_record.findings([row.sitting_code for row in rows])
    kept = [row for row in rows if (row.sitting_code in found) is (wanted == "yes")]
    number = page_number()
    shown = kept[(number - 1) * SITTINGS_A_PAGE : number * SITTINGS_A_PAGE]
    return Page(shown, number, SITTINGS_A_PAGE, len(kept)), found


@requires(Duty.AUDIT, Duty.SUPERVISE)
def show_sitting(code: str) -> ResponseReturnValue:
    """Show what the proof report of a sitting would say now, narrowed to what somebody looks for."""
    names = chosen_names()
    report = make_report(code, names=names, by_id=current_person().id, words=WORDS)
    narrowing = Narrowing(
        **{name: request.args.get(name, "").strip()[:80] for name in ("section", "duty", "rule", "person")}
    )
    return render_template(
        "governance/sitting.html",
        report=report,
        in_short=_in_short(report),
        sections=narrowed(report["sections"], narrowing),
        choices=choices(report["sections"]),
        narrowing=narrowing,
        names=names,
        settings=list(Names),
        text_of=text_of,
        moment=_moment,
        rows_shown=ROWS_SHOWN,
        audits=Duty.AUDIT in current_duties(),
    )


def _in_short(report: dict[str, Any]) -> list[str]:
    """Return the whole report in one line: who acted, what was asked, what was found, what was let pass."""
    people = len({each["by"] for each in report["ledger"]["entries"] if each["by"]})
    overrides = sum(len(each["rows"]) for each in report["sections"] if each["id"] == "overrides")
    return [
        ngettext("%(num)s person acted", "%(num)s people acted", people),
        ngettext("%(num)s rule", "%(num)s rules", len(report["audit"]["rules"])),
        ngettext("%(num)s violation", "%(num)s violations", report["audit"]["violations"]),
        ngettext("%(num)s override", "%(num)s overrides", overrides),
    ]


def _moment(text: str) -> str:
    return local_time(datetime.fromisoformat(text))


def chosen_names() -> Names:
    """Return how much of the names the reader asks for; masked unless they say otherwise."""
    try:
        return Names(request.values.get("names", Names.MASKED.value))
    except ValueError:
        return Names.MASKED


@requires(Duty.AUDIT)
@writes
def download_report(code: str) -> ResponseReturnValue:
    """Make, sign and record the report of a sitting, and hand it out as PDF or as JSON."""
    take_form(None, lambda: show_sitting(code))
    made = issue_report(code, names=chosen_names(), by=current_person().id, words=WORDS)
    as_json = request.form.get("format") == "json"
    answer = Response(made.json if as_json else made.pdf)
    answer.mimetype = "application/json" if as_json else "application/pdf"
    ending = "json" if as_json else "pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="proof-report-{code}.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of sittings."""
    blueprint.get("/sittings")(list_sittings)
    blueprint.get("/sittings/<code>")(show_sitting)
    blueprint.post("/sittings/<code>/report")(download_report)
