"""Pages of the bank: banks, one bank with its items, one item; each person only those of their centre."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.bank import (
    views_agreeing,
    views_alike,
    views_bulk,
    views_columns,
    views_comments,
    views_conflicts,
    views_differences,
    views_export,
    views_flags,
    views_import,
    views_items,
    views_media,
    views_review,
    views_sources,
    views_syllabus,
)
from trainhub.exams.bank.alike.leaks import compare_practice, is_any_uncompared
from trainhub.exams.bank.alike.pairs import number_open
from trainhub.exams.bank.alike.reported import number_unseen
from trainhub.exams.bank.alike.telling import is_report_due, report_leaks
from trainhub.exams.bank.alike.wording import DIFFERENCES
from trainhub.exams.bank.banks import (
    BANK_DUTIES,
    add_bank,
    banks_of,
    counts_by_state,
    get_bank,
    knowledge_points,
    organisations_of,
)
from trainhub.exams.bank.bulk import MOST_AT_ONCE
from trainhub.exams.bank.content import TYPE_LABELS
from trainhub.exams.bank.ended import flag_ended, is_any_unflagged
from trainhub.exams.bank.finding import (
    MOST_FOUND,
    Filter,
    find,
    ignored_in,
    listing,
    number_in,
    versions_in_order,
)
from trainhub.exams.bank.flags import number_flagged
from trainhub.exams.bank.forms import BankForm, BulkForm, SearchForm
from trainhub.exams.bank.glance import at_a_glance
from trainhub.exams.bank.levels import DIFFICULTY_LABELS, LEVEL_LABELS
from trainhub.exams.bank.models import Bank, ItemVersion
from trainhub.exams.bank.presenting import STATES, rows_of
from trainhub.exams.bank.review import number_waiting
from trainhub.exams.bank.rich import as_html
from trainhub.exams.bank.searched import sealed_words, searched_words
from trainhub.exams.bank.tidying import CHORES, SWEEPING
from trainhub.exams.bank.views_bulk import PER_PAGE, bulk_form, wanted_filter
from trainhub.exams.bank.witness import bear_witness
from trainhub.exams.bank.work import open_work
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.pages import Page, paginate
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import came_back, take_form
from trainhub.people.organisations import organisation_of_id
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

bank = Blueprint("bank", __name__, url_prefix="/exam/bank")
views_items.add_routes(bank)
views_import.add_routes(bank)
views_columns.add_routes(bank)
views_export.add_routes(bank)
views_agreeing.add_routes(bank)
views_review.add_routes(bank)
views_bulk.add_routes(bank)
views_comments.add_routes(bank)
views_differences.add_routes(bank)
views_conflicts.add_routes(bank)
views_alike.add_routes(bank)
views_media.add_routes(bank)
bank.add_app_template_filter(as_html, "rich_html")
views_flags.add_routes(bank)
views_sources.add_routes(bank)
views_syllabus.add_routes(bank)


@bank.app_context_processor
def _words() -> dict[str, Any]:
    words = {
        "item_states": STATES,
        "item_types": TYPE_LABELS,
        "like_words": DIFFERENCES,
        "level_names": LEVEL_LABELS,
        "difficulty_names": DIFFICULTY_LABELS,
    }
    return words | views_flags.about_flags()


_LIMITS = ("state", "type", "point", "mine", "commented")
"""What an address may say of a list in clear."""

_LAST = 2**31 - 1


def _bank_form() -> BankForm:
    form = BankForm()
    known = regulations.qualifications(on=clock.today())
    form.qualification.choices = [(each.code, each.name) for each in known]
    return form


@bank.get("/")
@requires(*BANK_DUTIES)
def list_banks() -> ResponseReturnValue:
    """List the banks of the person's centres with how many items stand where."""
    return _list_page(_bank_form())


def _list_page(form: BankForm) -> str:
    person = current_person()
    banks = banks_of(person)
    names = {each.code: each.name for each in regulations.qualifications(on=clock.today())}
    waiting = {
        each.id: number_waiting(person, each) for each in banks if Duty.REVIEW_ITEMS in current_duties()
    }
    counts = {each.id: counts_by_state(each) for each in banks}
    return render_template(
        "bank/list.html", banks=banks, names=names, counts=counts, waiting=waiting, form=form
    )


@bank.post("/")
@requires(Duty.AUTHOR_ITEMS)
@writes
def record_bank() -> ResponseReturnValue:
    """Open a bank."""
    form = _bank_form()
    take_form(form, lambda: _list_page(form))
    person = current_person()
    centre = organisation_of_id(organisations_of(person, Duty.AUTHOR_ITEMS)[0])
    row = add_bank(form.code.data.strip(), form.name.data, form.qualification.data, centre, by=person)
    flash(_("The bank is open."), "success")
    return redirect(url_for(".show_bank", code=row.code))


@bank.get("/<code>")
@requires(*BANK_DUTIES)
def show_bank(code: str) -> ResponseReturnValue:
    """Show a bank's items, narrowed by state, type and knowledge point."""
    row = get_bank(code, by=current_person())
    wanted = wanted_filter()
    counts = counts_by_state(row)
    page = paginate(
        listing(row, wanted), per_page=PER_PAGE, key=ItemVersion.id, total=number_in(counts, wanted)
    )
    return _bank_page(row, wanted, page, SearchForm(formdata=None), counts=counts)


@bank.post("/<code>/search")
@requires(*BANK_DUTIES)
@writes
def search_items(code: str) -> ResponseReturnValue:
    """Take the words of a search and lead to what they find; they stand sealed in its address, in no log.

    What is found has an address of its own, so that a browser comes back to it from an item.
    """
    person = current_person()
    row, form = get_bank(code, by=person), SearchForm()
    take_form(form, lambda: _bank_page(row, wanted_filter(), Page([], 1, 1, 0), form))
    limits: dict[str, Any] = {
        name: request.form[name] for name in (*_LIMITS, "before") if request.form.get(name)
    }
    sealed = sealed_words(row, form.words.data, by=person)
    return redirect(url_for(".show_found", code=code, q=sealed, **limits), 303)


@bank.get("/<code>/found")
@requires(*BANK_DUTIES)
def show_found(code: str, q: str = "") -> ResponseReturnValue:
    """Show the items that a search finds; without its words, the whole bank."""
    person = current_person()
    row, wanted = get_bank(code, by=person), wanted_filter()
    words = searched_words(row, request.args.get("q", q), by=person)
    if words is None:
        return redirect(url_for(".show_bank", code=code))
    form = SearchForm(formdata=None, words=words)
    found: list[int] = []
    before = _before()
    most = MOST_FOUND if before is None else PER_PAGE
    try:
        found = find(row, words, wanted, before=before, most=most + 1)
    except Invalid as problem:
        form.words.errors = [str(problem)]
    shown = versions_in_order(found[:PER_PAGE])
    goes_on = shown[-1].item_id if len(found) > PER_PAGE else None
    # How many there are is known from the first page, up to a limit; 0: more, or a further page.
    total = len(found) if before is None and len(found) <= MOST_FOUND else 0
    page = _bank_page(row, wanted, Page(shown, 1, max(1, len(shown)), total), form, goes_on)
    return page, 422 if form.words.errors else 200


def _before() -> int | None:
    """Return the item before which a list goes on; an address may say any number, a database takes some."""
    asked = request.args.get("before", type=int)
    return None if asked is None else min(max(asked, 0), _LAST)


def _bank_page(
    row: Bank,
    wanted: Filter,
    page: Page[ItemVersion],
    form: SearchForm,
    goes_on: int | None = None,
    counts: dict[str, int] | None = None,
) -> str:
    return render_template(
        "bank/bank.html",
        bank=row,
        qualification=regulations.qualification(row.qualification, on=clock.today()),
        wanted=wanted,
        page=page,
        rows=rows_of(page.items),
        counts=counts_by_state(row) if counts is None else counts,
        waiting=number_waiting(current_person(), row) if Duty.REVIEW_ITEMS in current_duties() else 0,
        points=knowledge_points(row.qualification),
        form=_bulk_form(row),
        search_form=form,
        goes_on=goes_on,
        ignored=ignored_in(form.words.data or ""),
        most_at_once=MOST_AT_ONCE,
        shown_at=clock.now().isoformat(),
        like_pairs=number_open(row),
        leaks=number_unseen(row),
        flagged=number_flagged(row),
    )


def _bulk_form(row: Bank) -> BulkForm:
    back = came_back()
    return back.form if back is not None and isinstance(back.form, BulkForm) else bulk_form(row)


room = Room(
    name="exams.bank",
    side="exam",
    blueprints=(bank,),
    navigation=(NavigationEntry(_l("Item banks"), "bank.list_banks", tuple(BANK_DUTIES)),),
    open_work=open_work,
    at_a_glance=at_a_glance,
    chores=(
        Chore("bank.leaks", is_any_uncompared, compare_practice),
        Chore("bank.report of leaks", is_report_due, report_leaks),
        Chore("bank.ended sources", is_any_unflagged, flag_ended),
        *CHORES,
        *SWEEPING,
    ),
    witness=bear_witness,
)
