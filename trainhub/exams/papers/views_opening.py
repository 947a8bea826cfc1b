"""Pages of opening officers: their key, the papers entrusted to them, giving a share."""

from __future__ import annotations

from flask import Blueprint as Pages
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.papers.forms import KeyForm, ShareForm
from trainhub.exams.papers.models import Paper
from trainhub.exams.papers.opening import (
    entrusted_to,
    get_entrusted,
    give_share,
    officers_who_opened,
    waiting,
)
from trainhub.exams.papers.opening_keys import PASSPHRASE_LENGTH, WrongPassphrase, key_in_use, make_key
from trainhub.exams.papers.shareholders import all_shares
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import take_form
from trainhub.people.limits import limiter
from trainhub.people.models import Person
from trainhub.people.sign_in import current_person, knows_password
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of


def _who_tries() -> str:
    return f"opening:{current_person().id}"


@requires(Duty.OPEN_PAPERS)
def list_openings() -> ResponseReturnValue:
    """Show an officer's key, and the papers of which they hold a share."""
    return _list_page(KeyForm(formdata=None))


def _list_page(form: KeyForm) -> str:
    person = current_person()
    entrusted = entrusted_to(person)
    return render_template(
        "papers/openings.html",
        key=key_in_use(person),
        papers=entrusted,
        waiting=waiting(entrusted),
        mine=records_of(person.id),
        unopened=[paper for paper in entrusted if paper.key_sealed is None],
        form=form,
        length=PASSPHRASE_LENGTH,
    )


@requires(Duty.OPEN_PAPERS)
@limiter.limit("10 per minute", key_func=_who_tries)
@writes
def set_key() -> ResponseReturnValue:
    """Make an opening key, after asking for the sign-in password once more."""
    form, person = KeyForm(), current_person()
    if not form.validate_on_submit() or not _may_replace(form, person) or not _proves(form, person):
        return _list_page(form), 422
    try:
        make_key(form.passphrase.data, by=person)
    except Invalid as problem:
        form.passphrase.errors = [str(problem)]
        return _list_page(form), 422
    flash(_("Your opening key is set up. Nobody can give you the passphrase back: keep it safe."), "success")
    return redirect(url_for(".list_openings"))


def _may_replace(form: KeyForm, person: Person) -> bool:
    """Have an officer who holds shares of unopened papers say that they know what a new key means."""
    holds = any(paper.key_sealed is None for paper in entrusted_to(person))
    if key_in_use(person) is None or not holds or form.understood.data:
        return True
    form.understood.errors = [_("You hold shares of papers that are not open yet. Confirm this first.")]
    return False


def _proves(form: KeyForm, person: Person) -> bool:
    """Check the sign-in password; a wrong one counts as a failed sign-in."""
    if not knows_password(records_of(person.id), form.password.data):
        form.password.errors = [_("This is not your sign-in password, or the account is locked.")]
        return False
    return True


@requires(Duty.OPEN_PAPERS)
def show_opening(code: str) -> ResponseReturnValue:
    """Show where the opening of a paper stands, and take the passphrase when it is time."""
    return _opening_page(get_entrusted(code, by=current_person()), ShareForm(formdata=None))


def _opening_page(paper: Paper, form: ShareForm, sitting: str = "") -> str:
    return render_template(
        "papers/opening.html",
        paper=paper,
        shares=all_shares(paper),
        waiting=waiting([paper]),
        mine=records_of(current_person().id),
        form=form,
        tried=sitting,
        opened_by=officers_who_opened(paper),
    )


@requires(Duty.OPEN_PAPERS)
@limiter.limit("10 per minute", key_func=_who_tries)
@writes
def give(code: str, sitting: str) -> ResponseReturnValue:
    """Give one's share for a sitting; a wrong passphrase is counted although nothing else happens."""
    form, person = ShareForm(), current_person()
    paper = get_entrusted(code, by=person)
    take_form(form, lambda: _opening_page(paper, form, sitting))
    try:
        is_open = give_share(paper, sitting, form.passphrase.data, by=person)
    except WrongPassphrase as problem:
        form.passphrase.errors = [str(problem)]
        return _opening_page(paper, form, sitting), 422
    if is_open:
        flash(_("The paper is open. Candidates see it from the start of the sitting on."), "success")
    else:
        flash(_("Your share is given. A second officer opens the paper with theirs."), "success")
    return redirect(url_for(".show_opening", code=code))


def add_routes(papers: Pages) -> None:
    """Put these pages under the addresses of papers."""
    papers.get("/opening")(list_openings)
    papers.post("/opening/key")(set_key)
    papers.get("/<code>/opening")(show_opening)
    papers.post("/<code>/opening/<sitting>")(give)
