"""Pages of review: one item after the other, by keyboard if one likes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.alike.pairs import likes_of
from trainhub.exams.bank.banks import get_bank
from trainhub.exams.bank.forms import VerdictForm
from trainhub.exams.bank.items import get_item, newest_version
from trainhub.exams.bank.models import Bank, ItemVersion
from trainhub.exams.bank.presenting import Shown, about_comments
from trainhub.exams.bank.remarks import remarks_on
from trainhub.exams.bank.review import approve, send_back, waiting_for
from trainhub.exams.bank.vault import body_of
from trainhub.exams.bank.views_differences import beside
from trainhub.governance.guards import requires
from trainhub.kernel.db import db, writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


@requires(Duty.REVIEW_ITEMS)
def review_next(code: str) -> ResponseReturnValue:
    """Show the next item that waits for the person; ``after`` leaves one for later, ``at`` stays at one."""
    bank = get_bank(code, by=current_person(), duty=Duty.REVIEW_ITEMS)
    waiting = waiting_for(current_person(), bank)
    after = request.args.get("after", "")
    here = [each for each in waiting if str(each) == request.args.get("at")]
    return _review_page(bank, waiting, here[0] if here else _next(waiting, after))


def _next(waiting: list[int], after: str) -> int | None:
    """Return the id that follows one left for later, or the first again after the last."""
    later = [each for each in waiting if after.isdecimal() and each > int(after)]
    return next(iter(later or waiting), None)


def _review_page(bank: Bank, waiting: list[int], version_id: int | None) -> str:
    version = None if version_id is None else db.session.get_one(ItemVersion, version_id)
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
        form=VerdictForm(formdata=None),
        likes=[] if version is None else likes_of([version.item])[version.item_id],
        **({} if version is None else about_comments(version, current_person())),
    )


@requires(Duty.REVIEW_ITEMS)
@writes
def give_verdict(code: str, item_code: str) -> ResponseReturnValue:
    """Approve an item or send it back, then show the next."""
    item = get_item(item_code, by=current_person(), duties=(Duty.REVIEW_ITEMS,))
    form, version = VerdictForm(), newest_version(item)
    if not form.validate_on_submit() or item.bank.code != code:
        raise Invalid(_("A remark has 2,000 characters at most."))
    if request.form.get("verdict") == "approve":
        settles = "settles" in request.form
        approve(version, form.text.data or "", by=current_person(), settles=settles)
        flash(_("%(code)s is approved.", code=item_code), "success")
    elif request.form.get("verdict") == "send_back":
        send_back(version, form.text.data or "", by=current_person())
        flash(_("%(code)s is sent back.", code=item_code), "success")
    else:
        raise Invalid(_("Approve the item or send it back."))
    return redirect(url_for(".review_next", code=code, after=version.id))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of review."""
    blueprint.get("/<code>/review")(review_next)
    blueprint.post("/<code>/review/<item_code>")(give_verdict)
