"""Pages of what reviewers have to look at: items that behaved conspicuously, or whose law has changed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.banks import get_bank
from trainhub.exams.bank.finding import versions_in_order
from trainhub.exams.bank.flags import flagged_versions, open_flags, values_of
from trainhub.exams.bank.forms import KeepForm
from trainhub.exams.bank.keeping import get_flag, keep_item
from trainhub.exams.bank.models_sources import SOURCE_CHANGED, Decision, FlagEvidence
from trainhub.exams.bank.presenting import Shown
from trainhub.exams.bank.sources import titles_of
from trainhub.exams.bank.vault import body_of
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import shown, take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

KINDS = {
    SOURCE_CHANGED: (_l("its law has changed"), "bad"),
    "key_likely_wrong": (_l("key likely wrong"), "bad"),
    "drifting": (_l("drifting"), "warn"),
    "too_easy": (_l("too easy"), "warn"),
    "too_hard": (_l("too hard"), "warn"),
    "weak": (_l("separates little"), "warn"),
    "dead_distractor": (_l("dead option"), "neutral"),
    "hazard_lacking": (_l("hazard perhaps lacking"), "warn"),
    "hazard_unfound": (_l("hazard that nobody finds"), "warn"),
}
DECISIONS = {
    Decision.KEPT: _l("right as it is"),
    Decision.CHANGED: _l("changed by a new version"),
    Decision.RETIRED: _l("retired"),
    Decision.KEY_CHANGE: _l("a change of its key was begun"),
    Decision.KEY_STAYS: _l("the change of its key was refused"),
    Decision.CORRECTED: _l("its law has not ended or changed: that was recorded by mistake"),
    Decision.REMARKED: _l("the sitting does not show it any more since it was marked anew"),
}
PER_PAGE = 10


def sentence_of(evidence: FlagEvidence) -> str:
    """Return what a flag rests on as a sentence."""
    values = values_of(evidence)
    if evidence.flag.kind == SOURCE_CHANGED:
        return _source_sentence(values)
    # NumPy is large: only who looks at such a flag waits for it.
    from trainhub.exams.bank.statistics.flags import Flag, FlagKind, as_shown, sentence

    return sentence(as_shown(Flag(FlagKind(evidence.flag.kind), values)), _)


def _source_sentence(values: dict[str, Any]) -> str:
    title = titles_of([values["source"]]).get(values["source"], "")
    if values["articles"]:
        articles = "、".join(values["articles"])
        return _(
            "%(title)s is in force until %(day)s; changed: %(articles)s.",
            title=title,
            day=values["until"],
            articles=articles,
        )
    return _("%(title)s is in force until %(day)s.", title=title, day=values["until"])


def about_flags() -> dict[str, Any]:
    """Return what templates need to show flags."""
    return {"flag_kinds": KINDS, "flag_decisions": DECISIONS, "flag_sentence": sentence_of}


@requires(Duty.REVIEW_ITEMS)
def list_flags(code: str) -> ResponseReturnValue:
    """List the items of a bank that somebody has to look at, the gravest first, each with all its flags."""
    bank = get_bank(code, by=current_person(), duty=Duty.REVIEW_ITEMS)
    page = paginate(flagged_versions(bank), per_page=PER_PAGE)
    versions = versions_in_order(page.items)
    flags = open_flags(versions)
    rows = [(Shown(version, body_of(version)), flags[version.id]) for version in versions]
    forms = {
        flag.code: shown(KeepForm, url_for(".keep_flagged", flag_code=flag.code), key=flag.code)
        for each in flags.values()
        for flag in each
    }
    return render_template("bank/flags.html", bank=bank, page=page, rows=rows, forms=forms)


@requires(Duty.REVIEW_ITEMS)
@writes
def keep_flagged(flag_code: str) -> ResponseReturnValue:
    """Say with a reason that a flagged item is right as it is."""
    flag, form = get_flag(flag_code, by=current_person()), KeepForm()
    bank_code = flag.version.item.bank.code
    take_form(form, lambda: list_flags(bank_code), at="reason")
    keep_item(flag, form.reason.data, by=current_person())
    flash(_("%(code)s stays as it is.", code=flag.version.item.code), "success")
    return redirect(url_for(".list_flags", code=bank_code))


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the pages of flags."""
    blueprint.get("/<code>/flags")(list_flags)
    blueprint.post("/flags/<flag_code>/keep")(keep_flagged)
