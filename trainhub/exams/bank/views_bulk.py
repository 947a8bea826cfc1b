"""Deeds on many items of a list: on those chosen at once, on all that pass the limits in the background."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.banks import BANK_DUTIES, get_bank, knowledge_points
from trainhub.exams.bank.bulk import (
    Chosen,
    Search,
    asked_for,
    begin,
    deeds_of,
    do_lot,
    get_bulk,
    in_background,
    report_of,
)
from trainhub.exams.bank.bulk_one import DEEDS
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.finding import Filter, find, listed_ids, marked_by
from trainhub.exams.bank.forms import BulkForm
from trainhub.exams.bank.models import Bank, VersionState
from trainhub.exams.bank.searched import sealed_words
from trainhub.exams.bank.syllabus import choosable
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, choose_language, ngettext
from trainhub.kernel.sent_forms import page_of, take_form
from trainhub.people.sign_in import current_person

PER_PAGE = 25
"""Items of a page of the list; a deed on no more than these is done at once."""


def bulk_form(bank: Bank) -> BulkForm:
    """Return the form of deeds on many items that the person may do in a bank."""
    form = BulkForm()
    form.action.choices = deeds_of(bank, current_person())
    points = choosable(knowledge_points(bank.qualification))
    form.point.choices = [("", str(_("none"))), *((each.code, f"{each.code} {each.name}") for each in points)]
    return form


def wanted_filter() -> Filter:
    """Return to what the request narrows the list.

    Raises:
        Invalid: it names no state or type.
    """
    state, kind = request.values.get("state", ""), request.values.get("type", "")
    if (state and state not in list(VersionState)) or (kind and kind not in list(ItemType)):
        raise Invalid(_("There is no such state or type."))
    author = current_person().id if request.values.get("mine") else ""
    commented = bool(request.values.get("commented"))
    return Filter(
        state, kind, request.values.get("point_of", request.values.get("point", "")), author, commented
    )


@requires(*BANK_DUTIES)
@writes
def act_on_many(code: str) -> ResponseReturnValue:
    """Do one deed with many items, each by itself; what is refused for one holds up no other."""
    bank, person = get_bank(code, by=current_person()), current_person()
    form = bulk_form(bank)
    take_form(form, lambda: _list_again(bank))
    chosen = _chosen(bank)
    # What a search finds is found by the work itself, if it is more than is done at once.
    is_work = len(chosen) > PER_PAGE
    wanted = Search(_words(), wanted_filter(), _shown_at()) if _words() and is_work else None
    row = begin(bank, form.order, chosen, by=person, search=wanted)
    if is_work:
        started = in_background(row, by=person, language=choose_language())
        return redirect(started.url.removesuffix("/state"))
    do_lot(row, chosen, by=person, spell_s=inf)
    report = report_of(row)
    row.ended_at = clock.now()
    if report.refused:
        return redirect(url_for(".bulk_report", code=code, bulk_id=row.id))
    flash(ngettext("Done for %(num)s item.", "Done for %(num)s items.", report.done), "success")
    return redirect(_list_of(bank))


def _words() -> str:
    """Return for what the items were searched that are all meant; empty if they are ticked or of a list."""
    return request.form.get("words", "")[:100] if "everything" in request.form else ""


def _chosen(bank: Bank) -> list[Chosen]:
    """Return the items meant, each with what was shown of it: those ticked, or all within the list's limits.

    Of a search as many as tell whether it is work for the background.
    """
    if "everything" not in request.form:
        ticked = (each.partition(" ") for each in _ticked())
        return list({code: mark for code, _blank, mark in ticked}.items())
    if words := _words():
        return marked_by(find(bank, words, wanted_filter(), most=PER_PAGE + 1), _shown_at())
    return marked_by(listed_ids(bank, wanted_filter()), _shown_at())


def _ticked() -> list[str]:
    return request.form.getlist("item")


def _shown_at() -> datetime:
    """Return when the list was shown of which all items are meant.

    Raises:
        Invalid: the form does not say it.
    """
    try:
        return datetime.fromisoformat(request.form.get("shown_at", "")).astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise Invalid(_("Choose items and what is to be done with them.")) from problem


def _list_again(bank: Bank) -> ResponseReturnValue:
    """Return the list from which somebody chose, with what they chose."""
    words = request.form.get("words", "")[:100].strip()
    if words:
        return page_of("bank.show_found", code=bank.code, q=sealed_words(bank, words, by=current_person()))
    return page_of("bank.show_bank", code=bank.code)


def _list_of(bank: Bank) -> str:
    wanted: dict[str, Any] = {
        name: request.form.get(name) or None for name in ("state", "type", "mine", "commented")
    }
    wanted["point"] = request.form.get("point_of") or None
    if words := request.form.get("words", "")[:100].strip():
        return url_for(
            ".show_found", code=bank.code, q=sealed_words(bank, words, by=current_person()), **wanted
        )
    return url_for(".show_bank", code=bank.code, **wanted)


@requires(*BANK_DUTIES)
def bulk_report(code: str, bulk_id: str) -> ResponseReturnValue:
    """Tell what became of each item of a deed on many."""
    bank = get_bank(code, by=current_person())
    row = get_bulk(bank, bulk_id, by=current_person())
    order, codes = asked_for(row)
    report = report_of(row)
    return render_template(
        "bank/bulk.html",
        bank=bank,
        row=row,
        order=order,
        label=DEEDS[row.deed].label,
        asked=len(codes),
        report=report,
        noted=[(item, words) for item, outcome, words in report.rows if outcome == "done" and words],
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the deeds on many items."""
    blueprint.post("/<code>/items")(act_on_many)
    blueprint.get("/<code>/items/bulk/<bulk_id>")(bulk_report)
