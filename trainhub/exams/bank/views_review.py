"""Pages of review: one item after the other, by keyboard if one likes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.alike.pairs import likes_of
from trainhub.exams.bank.banks import get_bank
from trainhub.exams.bank.citing import sources_of
from trainhub.exams.bank.forms import VerdictForm
from trainhub.exams.bank.items import get_item, newest_version
from trainhub.exams.bank.models import Bank, ItemVersion, VersionState
from trainhub.exams.bank.presenting import Shown, about_comments
from trainhub.exams.bank.remarks import remarks_on
from trainhub.exams.bank.review import approve, send_back, version_of, waiting_for
from trainhub.exams.bank.vault import body_of
from trainhub.exams.bank.views_differences import beside
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import Incomplete, take_form
from trainhub.kernel.whole_numbers import whole_number
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


@requires(Duty.REVIEW_ITEMS)
def review_next(code: str, at: int | None = None) -> ResponseReturnValue:
    """Show the next item that waits for the person; ``after`` leaves one for later, ``at`` stays at one."""
    bank = get_bank(code, by=current_person(), duty=Duty.REVIEW_ITEMS)
    waiting = waiting_for(current_person(), bank)
    after = request.args.get("after", "")
    here = [each for each in waiting if each == at or str(each) == request.args.get("at")]
    return _review_page(bank, waiting, here[0] if here else _next(waiting, after))


def _next(waiting: list[int], after: str) -> int | None:
    """Return the id that follows one left for later, or the first again after the last."""
    left = whole_number(after)
    later = [each for each in waiting if left is not None and each > left]
    return next(iter(later or waiting), None)


def _review_page(
    bank: Bank, waiting: list[int], version_id: int | None, form: VerdictForm | None = None
) -> str:
    version = None if version_id is None else version_of(version_id)
    earlier = (
        [] if version is None else [each for each in version.item.versions if each.number < version.number]
    )
    return render_template(
        "bank/review.html",
        bank=bank,
        waiting=len(waiting),
        shown=None if version is None else Shown(version, body_of(version)),
        pair=beside(earlier[-1], version) if version is not None and earlier else None,
        before=Shown(earlier[-1], body_of(earlier[-1])) if earlier else None,
        remarks=[]
        if version is None
        else [each for old in version.item.versions for each in remarks_on(old)],
        form=form or VerdictForm(formdata=None),
        likes=[] if version is None else likes_of([version.item])[version.item_id],
        rests_on=[] if version is None else sources_of([version.id]).get(version.id, []),
        today=clock.today(),
        **({} if version is None else about_comments(version, current_person())),
    )


@requires(Duty.REVIEW_ITEMS)
@writes
def give_verdict(code: str, item_code: str) -> ResponseReturnValue:
    """Approve the version of an item that was read, or send it back, then show the next."""
    item = get_item(item_code, by=current_person(), duties=(Duty.REVIEW_ITEMS,))
    form, version = VerdictForm(), newest_version(item)
    if item.bank.code != code:
        raise Invalid(_("Approve the item or send it back."))
    verdict, settles = request.form.get("verdict"), "settles" in request.form
    take_form(form, lambda: _unheard(form, version))
    if _is_unread(version):
        raise Conflict(
            _("Version %(number)s was handed in meanwhile: read it before you decide.", number=version.number)
        )
    said = form.text.data or ""
    if verdict == "approve":
        approve(version, said, by=current_person(), settles=settles)
        flash(_("%(code)s is approved.", code=item_code), "success")
    elif verdict == "send_back":
        if not said.strip():
            form.text.errors = [_("Say what is to be changed.")]
            raise Incomplete
        send_back(version, said, by=current_person())
        flash(_("%(code)s is sent back.", code=item_code), "success")
    else:
        raise Invalid(_("Approve the item or send it back."))
    return redirect(url_for(".review_next", code=code, after=version.id))


def _is_unread(version: ItemVersion) -> bool:
    """Tell whether the person read another version than the one that waits for a verdict now."""
    return version.state == VersionState.IN_REVIEW and request.form.get("version") != str(version.number)


def _unheard(form: VerdictForm, version: ItemVersion) -> str:
    """Show the item again with what is still lacking for the verdict."""
    bank, person = version.item.bank, current_person()
    return _review_page(bank, waiting_for(person, bank), version.id, form)


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of review."""
    blueprint.get("/<code>/review")(review_next)
    blueprint.post("/<code>/review/<item_code>")(give_verdict)
