"""Comments of review on the pages of an item: made, answered, settled; back to the page they came from."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.banks import BANK_DUTIES
from trainhub.exams.bank.comments import answer, comment, get_comment, settle
from trainhub.exams.bank.forms import CommentForm
from trainhub.exams.bank.items import get_item, newest_version
from trainhub.exams.bank.models import Item
from trainhub.exams.bank.review import waiting_for
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.sent_forms import page_of, take_form
from trainhub.people.sign_in import current_person


@requires(*BANK_DUTIES)
@writes
def record_comment(item_code: str) -> ResponseReturnValue:
    """Comment on the newest version."""
    item, form = get_item(item_code, by=current_person()), CommentForm()
    form.text.id = "comment-text"
    take_form(form, lambda: _shown_again(item), at="text")
    comment(newest_version(item), request.form.get("part", ""), form.text.data, by=current_person())
    return redirect(_page_of(item))


@requires(*BANK_DUTIES)
@writes
def record_answer(item_code: str, comment_code: str) -> ResponseReturnValue:
    """Answer a comment."""
    item, form = get_item(item_code, by=current_person()), CommentForm()
    form.text.id = f"answer-{comment_code}"
    take_form(form, lambda: _shown_again(item), at="text")
    answer(get_comment(item, comment_code), form.text.data, by=current_person())
    return redirect(_page_of(item))


@requires(*BANK_DUTIES)
@writes
def record_settled(item_code: str, comment_code: str) -> ResponseReturnValue:
    """Settle a comment."""
    item = get_item(item_code, by=current_person())
    take_form(None, lambda: _shown_again(item))
    settle(get_comment(item, comment_code), by=current_person())
    return redirect(_page_of(item))


def _shown_again(item: Item) -> ResponseReturnValue:
    """Return the page on which somebody wrote a comment or an answer, with what was written.

    An item that got its verdict meanwhile waits for review no more: what was written stands on its own page.
    """
    newest, person = newest_version(item), current_person()
    if request.form.get("page") == "review" and newest.id in waiting_for(person, item.bank):
        return page_of("bank.review_next", code=item.bank.code, at=newest.id)
    return page_of("bank.show_item", item_code=item.code)


def _page_of(item: Item) -> str:
    if request.form.get("page") == "review":
        version = newest_version(item)
        return url_for(".review_next", code=item.bank.code, at=version.id, _anchor="comments")
    return url_for(".show_item", item_code=item.code, _anchor="comments")


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the deeds of comments."""
    blueprint.post("/items/<item_code>/remarks")(record_comment)
    blueprint.post("/items/<item_code>/remarks/<comment_code>/answer")(record_answer)
    blueprint.post("/items/<item_code>/remarks/<comment_code>/settle")(record_settled)
