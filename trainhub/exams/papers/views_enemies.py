"""The page of items that must not meet in one paper."""

from __future__ import annotations

import re

from flask import Blueprint as Pages
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.papers.enemies import ENEMY_DUTIES, enemies_for, let_meet, set_apart
from trainhub.exams.papers.forms import EnemiesForm
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person


@requires(*ENEMY_DUTIES)
def list_enemies() -> ResponseReturnValue:
    """List the pairs that people keep apart."""
    return _page(EnemiesForm(formdata=None))


def _page(form: EnemiesForm) -> str:
    page = paginate(enemies_for(current_person()), per_page=50)
    return render_template("papers/enemies.html", page=page, form=form)


@requires(*ENEMY_DUTIES)
@writes
def record_enemies() -> ResponseReturnValue:
    """Keep some items apart."""
    form = EnemiesForm()
    take_form(form, lambda: _page(form), at="codes")
    count = len(set_apart(re.split(r"[\s,，、;；]+", form.codes.data), by=current_person()))
    flash(ngettext("%(num)s pair is kept apart.", "%(num)s pairs are kept apart.", count), "success")
    return redirect(url_for(".list_enemies"))


@requires(*ENEMY_DUTIES)
@writes
def end_enmity(code: str) -> ResponseReturnValue:
    """Let two items meet again."""
    take_form(None, list_enemies)
    let_meet(code, by=current_person())
    flash(_("The two items may meet again."), "success")
    return redirect(url_for(".list_enemies"))


def add_routes(papers: Pages) -> None:
    """Put these pages under the addresses of papers."""
    papers.get("/enemies")(list_enemies)
    papers.post("/enemies")(record_enemies)
    papers.post("/enemies/<code>/end")(end_enmity)
