"""Pages of likeness: pairs of items that may say the same, and practice questions that resemble items."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from trainhub import handover
from trainhub.exams.bank.alike.catching_up import number_unsketched, start_looking
from trainhub.exams.bank.alike.pairs import get_pair, judge, pairs_in
from trainhub.exams.bank.alike.reported import get_leak, leaks_in, note_seen
from trainhub.exams.bank.alike.showing import beside_text, side_by_side
from trainhub.exams.bank.as_shown import Unread, mark_of, require_as_shown
from trainhub.exams.bank.banks import BANK_DUTIES, get_bank, organisations_of
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models_alike import Leak, Pair, PairState
from trainhub.exams.bank.review import retire
from trainhub.exams.bank.vault import body_of
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l, as_kept, choose_language
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import take_form
from trainhub.people.organisations import get_organisation
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

VERDICTS = ("first", "second", "different")


@requires(*BANK_DUTIES)
def list_pairs(code: str) -> ResponseReturnValue:
    """Show a bank's likely pairs side by side, with what differs marked."""
    bank = get_bank(code, by=current_person())
    page = paginate(pairs_in(bank), per_page=10)
    return render_template(
        "bank/pairs.html",
        bank=bank,
        page=page,
        pairs=[(pair, *_sides(pair)) for pair in page.items],
        unsketched=number_unsketched(bank),
        may_judge=bank.organisation_id in organisations_of(current_person(), Duty.REVIEW_ITEMS),
        form=FlaskForm(),
    )


def _sides(pair: Pair) -> tuple[Any, Any, str]:
    """Return both texts, and the mark that a verdict about them brings back."""
    versions = [newest_version(item) for item in (pair.first, pair.second)]
    return *side_by_side(*map(body_of, versions)), " ".join(map(mark_of, versions))


@requires(*BANK_DUTIES)
@writes
def look_for_pairs(code: str) -> ResponseReturnValue:
    """Compare the items of a bank that were never compared, in the background."""
    take_form(None, lambda: list_pairs(code))
    bank = get_bank(code, by=current_person())
    job = start_looking(bank, by=current_person(), language=choose_language())
    return redirect(job.url.removesuffix("/state"))


@requires(Duty.REVIEW_ITEMS)
@writes
def judge_pair(code: str, pair_id: int) -> ResponseReturnValue:
    """Remember a verdict; of two that say the same, the chosen one is retired."""
    take_form(None, lambda: list_pairs(code))
    bank = get_bank(code, by=current_person(), duty=Duty.REVIEW_ITEMS)
    pair, verdict = get_pair(pair_id, by=current_person()), request.form.get("verdict")
    if verdict not in VERDICTS:
        raise Invalid(_("Say whether the items are the same."))
    first, _blank, second = request.form.get("shown", "").partition(" ")
    try:
        require_as_shown(pair.first, first)
        require_as_shown(pair.second, second)
    except Unread as problem:
        flash(str(problem), "warning")
        return redirect(url_for(".list_pairs", code=bank.code))
    judge(pair, PairState.DIFFERENT if verdict == "different" else PairState.SAME, by=current_person())
    if verdict == "different":
        flash(_("Both items stay."), "success")
    else:
        gone, kept = (pair.first, pair.second) if verdict == "first" else (pair.second, pair.first)
        reason = as_kept(_l("Says the same as %(code)s.", code=kept.code))
        retire(newest_version(gone), reason, by=current_person())
        flash(_("%(code)s is retired.", code=gone.code), "success")
    return redirect(url_for(".list_pairs", code=bank.code))


@requires(Duty.REVIEW_ITEMS)
def list_leaks(code: str) -> ResponseReturnValue:
    """Show the items of a bank that practice questions resemble."""
    bank = get_bank(code, by=current_person(), duty=Duty.REVIEW_ITEMS)
    page = paginate(leaks_in(bank), per_page=10)
    records = handover.practice_texts([leak.record_code for leak in page.items])
    bodies = {each.organisation_code for each in records.values()}
    return render_template(
        "bank/leaks.html",
        bank=bank,
        page=page,
        leaks=[(leak, *_beside(leak, records)) for leak in page.items],
        bodies={each: get_organisation(each).name for each in bodies},
        form=FlaskForm(),
    )


def _beside(leak: Leak, records: dict[str, Any]) -> tuple[Any, Any, Any, str]:
    record = records.get(leak.record_code)
    text = record.text if record is not None else _("This record was changed past its signature.")
    version = newest_version(leak.item)
    return record, *beside_text(body_of(version), text), mark_of(version)


@requires(Duty.REVIEW_ITEMS)
@writes
def settle_leak(code: str, leak_id: int) -> ResponseReturnValue:
    """Note that a reviewer has looked, and retire the item if they say so."""
    take_form(None, lambda: list_leaks(code))
    bank = get_bank(code, by=current_person(), duty=Duty.REVIEW_ITEMS)
    leak = get_leak(leak_id, by=current_person())
    try:
        require_as_shown(leak.item, request.form.get("shown", ""))
    except Unread as problem:
        flash(str(problem), "warning")
        return redirect(url_for(".list_leaks", code=bank.code))
    note_seen(leak, by=current_person())
    if "retire" in request.form:
        reason = as_kept(_l("A practice question resembles it."))
        retire(newest_version(leak.item), reason, by=current_person())
        flash(_("%(code)s is retired.", code=leak.item.code), "success")
    return redirect(url_for(".list_leaks", code=bank.code))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages."""
    blueprint.get("/<code>/alike")(list_pairs)
    blueprint.post("/<code>/alike")(look_for_pairs)
    blueprint.post("/<code>/alike/<int:pair_id>")(judge_pair)
    blueprint.get("/<code>/leaks")(list_leaks)
    blueprint.post("/<code>/leaks/<int:leak_id>")(settle_leak)
