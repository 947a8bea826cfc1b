"""The register of relations as the auditor searches it, and old decisions decided once more.

These pages exist in a process of oversight alone. They stand above the rules and not among them: their
guard asks governance for duties, which asks the rules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.governance import views_overrides
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l
from trainhub.kernel.pages import Page, page_number
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.separation.auditor import read_moment
from trainhub.separation.duties import Duty
from trainhub.separation.models import RELATIONS, name_of
from trainhub.separation.replay import (
    Recorded,
    Refusal,
    refusal_of,
    replay_of_row,
    row_of,
    superseding,
)
from trainhub.separation.search import PERSONS, Question, find, persons_called_so
from trainhub.separation.witness import bear_witness
from trainhub.separation.wording import COLUMN_WORDS, RELATION_WORDS, described, names_of, persons_in
from trainhub.separation.wording_of_sources import what_it_rests_on

separation = Blueprint("separation", __name__, url_prefix="/oversight")

ROWS_A_PAGE = 50
WORDS: dict[str, Any] = {"relation_words": RELATION_WORDS, "column_words": COLUMN_WORDS, "persons": PERSONS}


@separation.get("/relations")
@requires(Duty.AUDIT)
def list_relations() -> ResponseReturnValue:
    """Search the register of relations by relation, person and code, as known now or at a moment."""
    question, at, problem = _question(), request.args.get("at", "").strip(), ""
    try:
        question = replace(question, at=read_moment(at) if at else None)
    except Invalid as error:
        problem = str(error)
    number = page_number()
    rows, total = ([], 0) if problem else find(question, number, ROWS_A_PAGE)
    page = render_template(
        "separation/relations.html",
        question=question,
        at=at,
        problem=problem,
        page=Page(rows, number, ROWS_A_PAGE, total),
        described=described([found.row for found in rows]),
        names=names_of({question.person, *persons_in(found.row for found in rows)}),
        relations=list(RELATIONS),
        pictured=persons_called_so(question.person) if question.person else [],
        **WORDS,
    )
    return page, 422 if problem else 200


@separation.get("/relations/<relation>/<int:number>")
@requires(Duty.AUDIT)
def show_relation(relation: str, number: int) -> ResponseReturnValue:
    """Show a row of the register with who stated it and why, and decide once more whether it may stand."""
    row = row_of(relation, number)
    later = superseding(row)
    replayed = replay_of_row(row)
    return render_template(
        "separation/relation.html",
        relation=relation,
        row=row,
        later=later,
        said=described([row])[0],
        replay=replayed,
        names=names_of({*persons_in([row]), *_persons_of(replayed)}),
        **WORDS,
    )


@separation.get("/refusals/<int:number>")
@requires(Duty.AUDIT, Duty.SUPERVISE)
def show_refusal(number: int) -> ResponseReturnValue:
    """Show a refused act with its evidence, and decide it once more."""
    refusal = refusal_of(number)
    said = zip(refusal.proposed, described(refusal.proposed), strict=True)
    return render_template(
        "separation/refusal.html",
        refusal=refusal,
        said=[(name_of(row), each) for row, each in said],
        names=names_of(_people_of(refusal)),
        audits=Duty.AUDIT in current_duties(),
        supervises=Duty.SUPERVISE in current_duties(),
        **WORDS,
    )


def _question() -> Question:
    relation = request.args.get("relation", "")
    return Question(
        relation=relation if relation in RELATIONS else "",
        person=request.args.get("person", "").strip()[:80],
        code=request.args.get("code", "").strip()[:80],
        everything=bool(request.args.get("everything")),
    )


def _persons_of(replayed: Any) -> set[str]:
    return set() if replayed is None else {each.person for each in (*replayed.then, *replayed.today)}


def _people_of(refusal: Refusal) -> set[str | None]:
    recorded: tuple[Recorded, ...] = refusal.violations
    return {refusal.entry.by_id, *(each.person for each in recorded), *_persons_of(refusal.replay)}


def _url_of_row(relation: str, row: int | None) -> str:
    """Return where a row that proves something is shown; a proposed row is nowhere, the rest for auditors."""
    if row is None or Duty.AUDIT not in current_duties():
        return ""
    return url_for("separation.show_relation", relation=relation, number=row)


WORDS |= {"url_of_row": _url_of_row, "rests_on": what_it_rests_on}

room = Room(
    name="separation",
    side="oversight",
    blueprints=(separation, views_overrides.blueprint),
    navigation=(
        NavigationEntry(_l("Register of relations"), "separation.list_relations", (Duty.AUDIT,)),
        NavigationEntry(_l("Overrides of rules"), "overrides.list_overrides", (Duty.AUDIT, Duty.SUPERVISE)),
    ),
    open_work=views_overrides.open_work,
    witness=bear_witness,
)
