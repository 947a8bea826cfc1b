"""Pages of statistics: how a marked sitting's papers and questions behaved; never a name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.bank.banks import BANK_DUTIES
from trainhub.exams.marking.changed_keys import counting_versions
from trainhub.exams.marking.flagging import describe, is_being_described
from trainhub.exams.marking.listing_key_changes import changes_of_question
from trainhub.exams.marking.models import CorrectionState
from trainhub.exams.marking.views_corrections import STATES as KEY_CHANGE_STATES
from trainhub.exams.marking.wrong_elsewhere import changed_elsewhere
from trainhub.exams.sittings import Sitting, SittingState, get_sitting, sittings_of
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l, choose_language
from trainhub.kernel.pages import paginate
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

statistics = Blueprint("statistics", __name__, url_prefix="/exam/statistics")

DUTIES = (Duty.MARK, Duty.PUBLISH_RESULTS, Duty.REVIEW_ITEMS)
"""Who marks or publishes at the centre, and who reviews the items of its bank."""
MARKED = (SittingState.MARKED, SittingState.PUBLISHED)


def _centres() -> list[int]:
    person = current_person()
    return sorted({centre for duty in DUTIES for centre in organisations_for(person, duty)})


def _own_sitting(code: str) -> Sitting:
    sitting = get_sitting(code, centres=_centres())
    if sitting.state not in MARKED:
        raise NotFound(_l("There is no such sitting."))
    return sitting


def _name_of(sitting: Sitting) -> str:
    return regulations.qualification(sitting.qualification, on=clock.local_day(sitting.starts_at)).name


def _behaviour(found: list[Any], item_code: str | None = None) -> tuple[Any, list[Any]]:
    """Return the paper that is asked for, or the most used one (with an item), and all papers."""
    wanted = request.args.get("paper")
    chosen = [each for each in found if wanted in (None, each.paper_code)]
    if item_code is not None:
        chosen = [each for each in chosen if each.place_of(item_code) is not None]
    elif found and not chosen:
        raise NotFound(_l("This paper was not sat there."))
    return (chosen[0] if chosen else None), found


def _at_hand(sitting: Sitting) -> list[Any] | None:
    # NumPy and SciPy are large: only these pages wait for them.
    from trainhub.exams.marking.shown_figures import figures_at_hand

    return figures_at_hand(sitting)


def _waiting_page(sitting: Sitting) -> str:
    """Say that the answers of a large sitting are counted in the background first."""
    return render_template(
        "marking/statistics_waiting.html",
        sitting=sitting,
        name=_name_of(sitting),
        is_under_way=is_being_described(sitting),
    )


@statistics.post("/<code>/figures")
@requires(*DUTIES)
@writes
def record_figures(code: str) -> ResponseReturnValue:
    """Have the answers of a sitting counted anew in the background, and show how far that is."""
    take_form(None, lambda: show_sitting(code))
    sitting = _own_sitting(code)
    row = None
    if not is_being_described(sitting):
        row = describe(sitting, by=current_person(), language=choose_language())
    if row is None:
        return redirect(url_for(".show_sitting", code=code))
    return redirect(url_for("jobs.show", job_id=row.id))


@statistics.get("/")
@requires(*DUTIES)
def list_sittings() -> ResponseReturnValue:
    """List the marked sittings of the reader's centres, the newest first."""
    page = paginate(sittings_of(_centres(), MARKED))
    return render_template("marking/statistics_list.html", page=page, name_of=_name_of)


@statistics.get("/<code>")
@requires(*DUTIES)
def show_sitting(code: str) -> ResponseReturnValue:
    """Show how a paper behaved: what is conspicuous, how reliable it is, question by question."""
    from trainhub.exams.marking import telling
    from trainhub.exams.marking.plots import paper_information

    sitting = _own_sitting(code)
    found = _at_hand(sitting)
    if found is None:
        return _waiting_page(sitting)
    behaviour, papers = _behaviour(found)
    return render_template(
        "marking/statistics.html",
        sitting=sitting,
        name=_name_of(sitting),
        behaviour=behaviour,
        papers=papers,
        words=telling.paper_in_words(behaviour) if behaviour else [],
        too_few=telling.too_few(behaviour.report.candidates) if behaviour else "",
        flagged=telling.by_kind(telling.flagged(behaviour)) if behaviour else [],
        flags=telling.FLAGS,
        sentence=_sentence,
        sharpness=paper_information(behaviour) if behaviour else None,
        treatment=_treatment(behaviour),
    )


@statistics.get("/<code>/<item_code>")
@requires(*DUTIES)
def show_item(code: str, item_code: str) -> ResponseReturnValue:
    """Show how one question behaved: in words, its curve, its options, and how it went before."""
    from trainhub.exams.marking import telling
    from trainhub.exams.marking.elsewhere import elsewhere
    from trainhub.exams.marking.plots import item_curve, option_curves

    sitting = _own_sitting(code)
    found = _at_hand(sitting)
    if found is None:
        return _waiting_page(sitting)
    behaviour, _papers = _behaviour(found, item_code)
    place = None if behaviour is None else behaviour.place_of(item_code)
    if behaviour is None or place is None:
        raise NotFound(_l("There is no such question in this paper."))
    item, question = behaviour.report.items[place], behaviour.questions[place]
    changes = changes_of_question(sitting.organisation_id, item_code, question.version)
    return render_template(
        "marking/statistics_item.html",
        sitting=sitting,
        name=_name_of(sitting),
        behaviour=behaviour,
        question=question,
        place=place,
        changes=changes,
        changes_elsewhere=changed_elsewhere(sitting.organisation_id, {(item_code, question.version)}),
        counting=next((each for each in changes if each.state == CorrectionState.APPROVED), None),
        key_change_states=KEY_CHANGE_STATES,
        item=item,
        words=telling.item_in_words(item, behaviour.report.candidates),
        too_few=telling.too_few(behaviour.report.candidates),
        flags=telling.FLAGS,
        sentence=_sentence,
        curve=item_curve(behaviour, place),
        curve_words=_curve_words(behaviour, place),
        options=option_curves(item.options),
        scene=_scene(behaviour, place, sitting),
        before=elsewhere(sitting, [item_code])[item_code],
        may_mark=sitting.organisation_id in organisations_for(current_person(), Duty.MARK),
        may_review=bool({Duty.REVIEW_ITEMS, Duty.AUTHOR_ITEMS} & set(current_duties())),
    )


@statistics.get("/items/<item_code>")
@requires(*DUTIES)
def show_history(item_code: str) -> ResponseReturnValue:
    """Show how each version of an item went, sitting by sitting."""
    from trainhub.exams.marking.elsewhere import history_of

    found = history_of(item_code, _centres())
    if not found:
        raise NotFound(_l("No marked sitting of yours has set this question."))
    return render_template("marking/statistics_history.html", item_code=item_code, before=found)


def _scene(behaviour: Any, place: int, sitting: Sitting) -> Any:
    """Return what is drawn of a question about hazards, on its picture for who reads the bank; else None."""
    from trainhub.exams.marking.scenes import plot_of

    if place not in behaviour.scenes:
        return None
    question = behaviour.questions[place]
    asked = (question.item_code, question.version)
    version = counting_versions(sitting.organisation_id).get(asked, question.version)
    reads = any(sitting.organisation_id in organisations_for(current_person(), duty) for duty in BANK_DUTIES)
    return plot_of(behaviour.scenes[place], question.item_code, version, shows_picture=reads)


def _sentence(flag: Any) -> str:
    from trainhub.exams.bank.statistics.flags import as_shown, sentence

    return sentence(as_shown(flag), _)


def _curve_words(behaviour: Any, place: int) -> list[str]:
    from trainhub.exams.marking.telling import curve_in_words

    calibration = behaviour.calibration
    parameters = None if calibration is None else calibration.items[place]
    return [] if parameters is None else curve_in_words(parameters, calibration.model)


def _treatment(behaviour: Any) -> str:
    if behaviour is None:
        return ""
    return _(
        "An unanswered question counts as wrong, as the examination marks it; "
        "an attempt that was handed in empty counts like any other."
    )
