"""Blueprints: what a paper of a qualification consists of; the law's unless somebody says more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from trainhub import ledger, regulations
from trainhub.exams.bank.banks import knowledge_points, organisations_of
from trainhub.exams.bank.content import SETTABLE
from trainhub.exams.bank.levels import CognitiveLevel
from trainhub.exams.papers.demands import Demands, check_demands, write_demands
from trainhub.exams.papers.models import Blueprint
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty

MOST_QUESTIONS = 300


@dataclass(frozen=True)
class Cell:
    """A cell of a blueprint: so many questions of a type about a knowledge point, each for so many marks.

    Args:
        type: of the questions.
        knowledge_point: code of the point that covers them; None for any.
        count: how many.
        marks: for each.
        level: cognitive level of them; None for any.
    """

    type: str
    knowledge_point: str | None
    count: int
    marks: int
    level: str | None = None


def default_cells(qualification: str) -> list[Cell]:
    """Return the composition that the law of today gives a paper of a qualification."""
    rows: list[dict[str, Any]] = regulations.value(f"exam.paper.{qualification}", on=clock.today())
    return [
        Cell(row["type"], row.get("knowledge_point"), row["count"], row["marks"], row.get("level"))
        for row in rows
    ]


def cells_of(blueprint: Blueprint) -> list[Cell]:
    """Return the cells of a blueprint."""
    return [Cell(**cell) for cell in blueprint.cells]


def written_cells(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Return cells as they are kept; a level that is not asked for is left out, as it always was."""
    return [
        {name: value for name, value in asdict(cell).items() if name != "level" or value} for cell in cells
    ]


def draw_blueprint(
    qualification: str,
    organisation: Organisation,
    name: str,
    *,
    by: Person,
    cells: Sequence[Cell] | None = None,
    minutes: int | None = None,
    pass_mark: int | None = None,
    demands: Demands | None = None,
) -> Blueprint:
    """Draw up a blueprint; what is not given comes from the regulations of today.

    Raises:
        Invalid: the cells cannot make a paper.
        Forbidden: the person does not assemble papers for the organisation.
    """
    if organisation.id not in organisations_of(by, Duty.ASSEMBLE_PAPERS):
        raise Forbidden(_l("You do not assemble papers for this organisation."))
    try:
        regulations.qualification(qualification, on=clock.today())
    except LookupError:
        raise Invalid(_("The law of today knows no such qualification.")) from None
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise Invalid(_("A blueprint needs a name of 100 characters at most."))
    chosen = list(cells) if cells is not None else default_cells(qualification)
    today = clock.today()
    blueprint = Blueprint(
        code=f"BP-{readable_code(6)}",
        name=name.strip(),
        organisation=organisation,
        qualification=qualification,
        minutes=minutes or int(regulations.value("exam.theory.minutes", on=today)),
        pass_mark=pass_mark or int(regulations.value("exam.theory.pass_mark", on=today)),
        cells=[],
        created_by_id=by.id,
    )
    _check_cells(qualification, chosen, blueprint.pass_mark)
    blueprint.cells = written_cells(chosen)
    write_demands(blueprint, demands or Demands())
    db.session.add(blueprint)
    db.session.flush()
    _record("blueprint.drawn", blueprint, by)
    return blueprint


def change_cells(
    blueprint: Blueprint,
    cells: Sequence[Cell],
    minutes: int,
    pass_mark: int,
    *,
    by: Person,
    demands: Demands | None = None,
) -> None:
    """Change a blueprint; papers assembled before keep what they were assembled by.

    Raises:
        Invalid: the cells cannot make a paper, or no form can meet the demands.
        Forbidden: the person does not assemble papers for the organisation.
    """
    if blueprint.organisation_id not in organisations_of(by, Duty.ASSEMBLE_PAPERS):
        raise Forbidden(_l("You do not assemble papers for this organisation."))
    lock("blueprint", blueprint.code)
    if not 1 <= minutes <= 600:
        raise Invalid(_("An exam lasts 1 to 600 minutes."), about="minutes")
    _check_cells(blueprint.qualification, cells, pass_mark)
    if demands is not None:
        check_demands(demands)
    blueprint.cells = written_cells(cells)
    if demands is not None:
        write_demands(blueprint, demands)
    blueprint.minutes, blueprint.pass_mark = minutes, pass_mark
    _record("blueprint.changed", blueprint, by)


def _check_cells(qualification: str, cells: Sequence[Cell], pass_mark: int) -> None:
    known = {point.code for point in knowledge_points(qualification)}
    for cell in cells:
        if cell.type not in SETTABLE or cell.count < 1 or cell.marks < 1:
            raise Invalid(_("Each cell has a type, a count and marks of at least one."))
        if cell.level is not None and cell.level not in list(CognitiveLevel):
            raise Invalid(_("There is no such cognitive level."))
        if cell.knowledge_point is not None and cell.knowledge_point not in known:
            raise Invalid(_("There is no knowledge point %(code)s.", code=cell.knowledge_point))
    if not 1 <= sum(cell.count for cell in cells) <= MOST_QUESTIONS:
        said = _("A paper has 1 to %(most)s questions.", most=MOST_QUESTIONS)
        raise Invalid(said, about="questions_in_all")
    if not 1 <= pass_mark <= sum(cell.count * cell.marks for cell in cells):
        raise Invalid(_("The pass mark lies above all marks of the paper."), about="pass_mark")


def _record(kind: str, blueprint: Blueprint, by: Person) -> None:
    ledger.append(
        kind,
        by=by,
        side="exam",
        blueprint=blueprint.code,
        qualification=blueprint.qualification,
        cells=blueprint.cells,
        demands=blueprint.demands,
        minutes=blueprint.minutes,
        pass_mark=blueprint.pass_mark,
    )


def get_blueprint(code: str, *, by: Person) -> Blueprint:
    """Return a blueprint of an organisation for which a person assembles papers.

    Raises:
        NotFound: there is none.
    """
    statement = select(Blueprint).where(
        Blueprint.code == code, Blueprint.organisation_id.in_(organisations_of(by, Duty.ASSEMBLE_PAPERS))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such blueprint."))
    return found


def blueprints_of(person: Person) -> list[Blueprint]:
    """Return the blueprints of the organisations for which a person assembles papers."""
    statement = select(Blueprint).where(
        Blueprint.organisation_id.in_(organisations_of(person, Duty.ASSEMBLE_PAPERS))
    )
    return list(db.session.scalars(statement.order_by(Blueprint.qualification, Blueprint.id)))
