"""Pages of questions found wrong after an exam: propose, look at what it does, approve or refuse."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.marking.changed_keys import may_go_back
from trainhub.exams.marking.forms import KeptForm, RefusalForm
from trainhub.exams.marking.kept_marks import keep_marks, kept_after, to_look_at
from trainhub.exams.marking.key_changes import (
    Wanted,
    propose_key_change,
    refuse_key_change,
    require_approvable,
)
from trainhub.exams.marking.listing_key_changes import (
    changes_of_question,
    get_key_change,
    registered_still,
    waiting_first,
)
from trainhub.exams.marking.models import CorrectionState
from trainhub.exams.marking.models_keys import KeyChange
from trainhub.exams.marking.set_questions import closed_with
from trainhub.exams.marking.touched import touched_by
from trainhub.exams.marking.under_way import told_so_far
from trainhub.exams.marking.views_corrections import DUTIES, STATES, centres_of_reader
from trainhub.exams.marking.work import REKEY
from trainhub.exams.marking.wrong_elsewhere import other_versions_met
from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.governance.guards import requires
from trainhub.kernel import jobs
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, _l, choose_language
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import page_of, shown, take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

key_changes = Blueprint("key_changes", __name__, url_prefix="/exam/marking")

KINDS = ("void", "rekey", "back")
"""What can be asked for: nothing counts, the key of a later version, the key with which it was set."""


@key_changes.get("/key-changes")
@requires(*DUTIES)
def overview() -> ResponseReturnValue:
    """List the changed keys of the reader's centres, what waits first."""
    page = paginate(waiting_first(centres_of_reader(*DUTIES)))
    return render_template("marking/key_changes.html", page=page, states=STATES)


@key_changes.get("/key-changes/<change_code>")
@requires(*DUTIES)
def show(change_code: str) -> ResponseReturnValue:
    """Show one change: what is wrong, whom it concerns, what it did, and who stands for it."""
    return _page(get_key_change(change_code, centres=centres_of_reader(*DUTIES)))


def _page(change: KeyChange) -> str:
    return render_template(
        "marking/key_change.html",
        change=change,
        touched=touched_by(change) if change.state == CorrectionState.PROPOSED else None,
        sittings=closed_with(change.organisation_id, change.item_code, change.item_version),
        states=STATES,
        told_so_far=told_so_far(change),
        others=[
            each
            for each in changes_of_question(change.organisation_id, change.item_code, change.item_version)
            if each.id != change.id
        ],
        may_decide=change.state == CorrectionState.PROPOSED
        and change.organisation_id in centres_of_reader(Duty.MARK),
        is_own=change.proposed_by_id == current_person().id,
        altered=[each for each in change.effects if each.old_marks != each.new_marks],
        other_versions=other_versions_met(change),
        registered=registered_still(change.effects),
        by_hand=[each for each in change.effects if each.by_hand],
        to_look_at={
            each.result_id for each in to_look_at([change.organisation_id]) if each.key_change_id == change.id
        },
        kept=kept_after(change),
        may_mark=change.organisation_id in centres_of_reader(Duty.MARK),
        form=shown(RefusalForm),
        keeping=_keeping(change),
    )


def _keeping(change: KeyChange) -> dict[int, KeptForm]:
    """Return the forms in which a marker says of each result that its marks stay."""
    return {
        each.result_id: shown(
            KeptForm,
            url_for(".keep", change_code=change.code, candidate_code=each.result.candidate.code),
            key=each.result_id,
        )
        for each in change.effects
        if each.by_hand
    }


@key_changes.post("/<code>/key-changes")
@requires(Duty.MARK)
@writes
def propose(code: str) -> ResponseReturnValue:
    """Propose to void or re-key a question that a sitting had set; refused, it comes back as it was typed."""
    sitting = get_sitting(code, centres=centres_of_reader(Duty.MARK))
    try:
        change = propose_key_change(sitting.organisation, _wanted(request.form), by=current_person())
    except (Invalid, Conflict) as problem:
        wrong, said = problem.about, str(problem)
        take_form(None, lambda: _proposed_again(sitting, wrong, said))
        raise
    flash(_("The change is proposed. Nothing changes until another marker approves it."), "success")
    return redirect(url_for("key_changes.show", change_code=change.code))


def _proposed_again(sitting: Sitting, wrong: str, problem: str) -> ResponseReturnValue:
    if wrong == "question":
        return page_of("marking.show_sitting", code=sitting.code)
    return render_template(
        "marking/key_change_again.html",
        sitting=sitting,
        typed=request.form,
        problem=problem,
        wrong=wrong,
        goes_back=_may_go_back(sitting.organisation_id),
    )


def _may_go_back(centre_id: int) -> bool:
    """Tell whether the question that was typed has another key now than the one with which it was set."""
    try:
        return may_go_back(centre_id, *_question(request.form))
    except Invalid:
        return False


def _wanted(given: Mapping[str, str]) -> Wanted:
    kind = given.get("kind", "")
    if kind not in KINDS:
        raise Invalid(_l("Say whether the question is voided or gets another key."), about="kind")
    item_code, item_version = _question(given)
    return Wanted(
        item_code=item_code,
        item_version=item_version,
        to_version=_counting(kind, item_version, given.get("to_version", "")),
        reason=given.get("reason", ""),
        basis=given.get("basis", ""),
    )


def _question(given: Mapping[str, str]) -> tuple[str, int]:
    """Return item and version that a form names, in two fields or in the one from which they are chosen."""
    item_code, version = given.get("item", ""), given.get("version", "")
    if chosen := given.get("question", ""):
        item_code, _stroke, version = chosen.rpartition("/")
    if not item_code:
        raise Invalid(_l("Say which question was wrong."), about="question")
    return item_code[:60], _number(version)


def _counting(kind: str, item_version: int, later: str) -> int | None:
    if kind == "void":
        return None
    if kind == "rekey" and not later.strip():
        raise Invalid(_l("Say which later version has the right key."), about="to_version")
    return item_version if kind == "back" else _number(later)


def _number(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Invalid(_l("The version is a whole number."), about="to_version")
    return int(text)


@key_changes.post("/key-changes/<change_code>/approve")
@requires(Duty.MARK)
@writes
def approve(change_code: str) -> ResponseReturnValue:
    """Have a change approved and everybody recomputed in the background; its proposer is refused (S-21).

    Whoever approves confirms how much it touches; if that is not what the page showed, it shows it anew.
    """
    take_form(None, lambda: show(change_code))
    change, by = get_key_change(change_code, centres=centres_of_reader(Duty.MARK)), current_person()
    take_form(None, lambda: _page(change))
    require_approvable(change, by=by)
    touched = request.form.get("touched", "")
    if touched != touched_by(change).mark:
        raise Invalid(_("Confirm first that you know what the change touches."), about="touched")
    title = _l("Recompute for the changed key of %(item)s", item=change.item_code)
    asked = {"change_code": change.code, "by_id": by.id, "touched": touched}
    row = jobs.start(REKEY, title, by=by, language=choose_language(), **asked)
    return redirect(url_for("jobs.show", job_id=row.id))


@key_changes.post("/key-changes/<change_code>/refuse")
@requires(Duty.MARK)
@writes
def refuse(change_code: str) -> ResponseReturnValue:
    """Refuse a change; every key stays what it is."""
    change = get_key_change(change_code, centres=centres_of_reader(Duty.MARK))
    form = RefusalForm()
    take_form(form, lambda: _page(change), at="note")
    refuse_key_change(change, form.note.data, by=current_person())
    flash(_("The change is refused. Every key and every result stays what it was."), "success")
    return redirect(url_for("key_changes.show", change_code=change_code))


@key_changes.post("/key-changes/<change_code>/kept/<candidate_code>")
@requires(Duty.MARK)
@writes
def keep(change_code: str, candidate_code: str) -> ResponseReturnValue:
    """Say that marks corrected by hand stay after a key has changed."""
    change = get_key_change(change_code, centres=centres_of_reader(Duty.MARK))
    form = KeptForm()
    take_form(form, lambda: _page(change), at="reason")
    keep_marks(change, candidate_code, form.reason.data, by=current_person())
    return redirect(url_for("key_changes.show", change_code=change_code, _anchor="by-hand"))
