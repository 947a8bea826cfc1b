"""Comments of review on the pages of an item: made, answered, settled; back to the page they came from."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.banks import BANK_DUTIES
from trainhub.exams.bank.comments import answer, comment, get_comment, settle
from trainhub.exams.bank.forms import CommentForm
from trainhub.exams.bank.items import get_item, newest_version
from trainhub.exams.bank.models import Item
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.people.sign_in import current_person


@requires(*BANK_DUTIES)
@writes
def record_comment(item_code: str) -> ResponseReturnValue:
    """Comment on the newest version."""
    item = get_item(item_code, by=current_person())
    comment(newest_version(item), request.form.get("part", ""), _words(), by=current_person())
    return _back(item)


@requires(*BANK_DUTIES)
@writes
def record_answer(item_code: str, comment_code: str) -> ResponseReturnValue:
    """Answer a comment."""
    item = get_item(item_code, by=current_person())
    answer(get_comment(item, comment_code), _words(), by=current_person())
    return _back(item)


@requires(*BANK_DUTIES)
@writes
def record_settled(item_code: str, comment_code: str) -> ResponseReturnValue:
    """Settle a comment."""
    item = get_item(item_code, by=current_person())
    settle(get_comment(item, comment_code), by=current_person())
    return _back(item)


def _words() -> str:
    form = CommentForm()
    if not form.validate_on_submit():
        raise Invalid(_("A comment has one to 2,000 characters."))
    return form.text.data or ""


def _back(item: Item) -> ResponseReturnValue:
    if request.form.get("page") == "review":
        version = newest_version(item)
        return redirect(url_for(".review_next", code=item.bank.code, at=version.id, _anchor="comments"))
    return redirect(url_for(".show_item", item_code=item.code, _anchor="comments"))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the deeds of comments."""
    blueprint.post("/items/<item_code>/remarks")(record_comment)
    blueprint.post("/items/<item_code>/remarks/<comment_code>/answer")(record_answer)
    blueprint.post("/items/<item_code>/remarks/<comment_code>/settle")(record_settled)
