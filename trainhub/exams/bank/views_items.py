"""Pages of single items: write one, read one with its versions and remarks, and deeds on many."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.alike.pairs import likes_of
from trainhub.exams.bank.as_shown import Unread, require_as_shown
from trainhub.exams.bank.banks import BANK_DUTIES, get_bank, knowledge_points, organisations_of
from trainhub.exams.bank.citing import sources_of
from trainhub.exams.bank.classifying import classify
from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.flags import flags_of
from trainhub.exams.bank.forms import RetireForm
from trainhub.exams.bank.forms_items import ItemForm
from trainhub.exams.bank.forms_media import Files, files_of, take_files
from trainhub.exams.bank.items import (
    Draft,
    get_item,
    is_as_written,
    newest_version,
    revise_item,
    submit,
    write_item,
)
from trainhub.exams.bank.levels import CognitiveLevel
from trainhub.exams.bank.models import Bank, Item, ItemVersion, KnowledgePoint, VersionState
from trainhub.exams.bank.presenting import Unwritten, about_comments, rows_of
from trainhub.exams.bank.remarks import remarks_on
from trainhub.exams.bank.review import retire, waiting_for
from trainhub.exams.bank.syllabus import choosable
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import stand_on, take_form
from trainhub.kernel.web import answer_with_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


def _form(bank: Bank, kept: KnowledgePoint | None = None) -> ItemForm:
    form = ItemForm()
    points = knowledge_points(bank.qualification)
    points = [each for each in points if each is kept or each in choosable(points)]
    form.point.choices = [("", _("none")), *((each.code, f"{each.code} {each.name}") for each in points)]
    return form


def _point(bank: Bank, code: str | None) -> KnowledgePoint | None:
    return next((each for each in knowledge_points(bank.qualification) if each.code == code), None)


def _files(bank: Bank, form: ItemForm) -> Files:
    """Return the files that came with a form; what is wrong with them stands among its errors."""
    files = take_files(bank, request.form, request.files, by=current_person())
    form.form_errors.extend(files.problems)
    return files


def _preview(bank: Bank, kind: str, body: ItemBody | None) -> Unwritten | None:
    """Return the question to be looked at before it is written down, if that is wanted."""
    return Unwritten(bank, kind, body) if body is not None and "preview" in request.form else None


@requires(Duty.AUTHOR_ITEMS)
def new_item(code: str) -> ResponseReturnValue:
    """Show the form of a new item."""
    bank = get_bank(code, by=current_person(), duty=Duty.AUTHOR_ITEMS)
    return _new_item_page(bank, _form(bank), Files(), None)


def _new_item_page(bank: Bank, form: ItemForm, files: Files, preview: Unwritten | None) -> str:
    return render_template("bank/new_item.html", bank=bank, form=form, files=files, preview=preview)


@requires(Duty.AUTHOR_ITEMS)
@writes
def record_item(code: str) -> ResponseReturnValue:
    """Write a new item."""
    bank = get_bank(code, by=current_person(), duty=Duty.AUTHOR_ITEMS)
    form = _form(bank)
    kind = ItemType(form.type.data) if form.validate_on_submit() else None
    files = _files(bank, form)
    body = None if kind is None or files.problems else form.sound_body(kind, files.media)
    preview = _preview(bank, form.type.data, body)
    if kind is None or body is None or preview is not None:
        status = 422 if preview is None else 200
        return answer_with_form(form, lambda: _new_item_page(bank, form, files, preview), status)
    stand_on(form, lambda: _new_item_page(bank, form, Files(), None))
    draft = Draft(kind, body, _point(bank, form.point.data), form.level, form.cognitive_level)
    item = write_item(bank, draft, by=current_person())
    flash(_("The item is written. Hand it in for review when it is ready."), "success")
    return redirect(url_for(".show_item", item_code=item.code))


@requires(*BANK_DUTIES)
def show_item(item_code: str) -> ResponseReturnValue:
    """Show an item with all its versions and what was said of them."""
    return _item_page(get_item(item_code, by=current_person()), None)


def _item_page(
    item: Item,
    form: ItemForm | None,
    files: Files | None = None,
    body: ItemBody | None = None,
    retire_form: RetireForm | None = None,
) -> str:
    shown = rows_of(reversed(item.versions))
    if form is None:
        form = _form(item.bank, item.knowledge_point)
        form.type.data = item.type
        form.point.data = item.knowledge_point.code if item.knowledge_point else ""
        form.cognitive.data, form.difficulty.data = item.cognitive or "", str(item.level or "")
        form.show(shown[0].body)
    newest = newest_version(item)
    may_write = item.bank.organisation_id in organisations_of(current_person(), Duty.AUTHOR_ITEMS)
    may_review = item.bank.organisation_id in organisations_of(current_person(), Duty.REVIEW_ITEMS)
    fixed = (VersionState.IN_REVIEW, VersionState.RETIRED)
    return render_template(
        "bank/item.html",
        item=item,
        shown=shown,
        remarks={each.version.id: remarks_on(each.version) for each in shown},
        **about_comments(shown[0].version, current_person()),
        may_write=may_write and newest.state not in fixed,
        to_review=_to_review(newest) if may_review else None,
        may_review=may_review,
        form=form,
        files=files_of(item.bank, shown[0].body) if files is None else files,
        preview=_preview(item.bank, item.type, body),
        retire_form=retire_form or RetireForm(formdata=None),
        likes=likes_of([item])[item.id],
        flags=flags_of(item),
        rests_on=sources_of([each.version.id for each in shown]),
        today=clock.today(),
    )


def _to_review(version: ItemVersion) -> int | None:
    """Return the id of a version that waits for a verdict of the person who looks, None if it does not."""
    return version.id if version.id in waiting_for(current_person(), version.item.bank) else None


@requires(Duty.AUTHOR_ITEMS)
@writes
def record_revision(item_code: str) -> ResponseReturnValue:
    """Write an item anew."""
    item = get_item(item_code, by=current_person(), duties=(Duty.AUTHOR_ITEMS,))
    form = _form(item.bank, item.knowledge_point)
    form.type.data = item.type
    is_valid, files = form.validate_on_submit(), _files(item.bank, form)
    body = form.sound_body(ItemType(item.type), files.media) if is_valid and not files.problems else None
    try:
        require_as_shown(item, request.form.get("shown", ""))
    except Unread as problem:
        # What was typed stands below the newer version, and goes in if it is sent once more.
        form.form_errors = [str(problem)]
        return answer_with_form(form, lambda: _item_page(item, form, files), 409)
    if body is None or "preview" in request.form:
        status = 422 if body is None else 200
        return answer_with_form(form, lambda: _item_page(item, form, files, body), status)
    stand_on(form, lambda: _item_page(item, form, files))
    is_classified = _classify(item, form)
    if is_as_written(item, body):
        _keep_version(item, is_classified)
    else:
        _write_version(item, body)
    return redirect(url_for(".show_item", item_code=item_code))


def _classify(item: Item, form: ItemForm) -> bool:
    """Let an item stand where the form says; a field that did not come says nothing."""
    sent = request.form
    point = _point(item.bank, form.point.data) if "point" in sent else item.knowledge_point
    cognitive = form.cognitive_level if "cognitive" in sent else _level_of(item)
    level = form.level if "difficulty" in sent else item.level
    return classify(item, point, cognitive, level, by=current_person())


def _level_of(item: Item) -> CognitiveLevel | None:
    return CognitiveLevel(item.cognitive) if item.cognitive else None


def _keep_version(item: Item, is_classified: bool) -> None:
    """The question says what it said: what two people stand for stays, and nothing is to be reviewed anew."""
    if "hand_in" in request.form and submit([newest_version(item)], by=current_person()):
        flash(_("Handed in: a second person reviews it now."), "success")
    elif is_classified:
        flash(_("Noted. The question itself is as it was, so no new version was written."), "success")
    else:
        flash(_("Nothing was changed."), "info")


def _write_version(item: Item, body: ItemBody) -> None:
    version = revise_item(item, body, by=current_person())
    if "hand_in" in request.form:
        submit([version], by=current_person())
        flash(_("Version %(number)s is written and handed in for review.", number=version.number), "success")
    else:
        flash(_("Version %(number)s is written.", number=version.number), "success")


@requires(Duty.AUTHOR_ITEMS)
@writes
def hand_in_item(item_code: str) -> ResponseReturnValue:
    """Hand the newest version of an item in for review."""
    take_form(None, lambda: show_item(item_code))
    item = get_item(item_code, by=current_person(), duties=(Duty.AUTHOR_ITEMS,))
    try:
        is_handed_in = submit([require_as_shown(item, request.form.get("shown", ""))], by=current_person())
    except Unread as problem:
        flash(str(problem), "warning")
        return redirect(url_for(".show_item", item_code=item_code))
    if is_handed_in:
        flash(_("Handed in: a second person reviews it now."), "success")
    else:
        flash(_("It is no draft any more; nothing was changed."), "info")
    return redirect(url_for(".show_item", item_code=item_code))


@requires(Duty.REVIEW_ITEMS)
@writes
def retire_item(item_code: str) -> ResponseReturnValue:
    """Take an item out of use."""
    item, form = get_item(item_code, by=current_person(), duties=(Duty.REVIEW_ITEMS,)), RetireForm()
    take_form(form, lambda: _item_page(item, None, retire_form=form))
    retire(require_as_shown(item, request.form.get("shown", "")), form.text.data, by=current_person())
    flash(_("The item is retired: it is set in no further paper."), "success")
    return redirect(url_for(".show_item", item_code=item_code))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of items."""
    blueprint.get("/<code>/items/new")(new_item)
    blueprint.post("/<code>/items/new")(record_item)
    blueprint.get("/items/<item_code>")(show_item)
    blueprint.post("/items/<item_code>")(record_revision)
    blueprint.post("/items/<item_code>/hand-in")(hand_in_item)
    blueprint.post("/items/<item_code>/retire")(retire_item)
