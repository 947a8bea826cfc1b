"""The reserve paper of a sitting, the next one once it was begun, and what papers are told of their use."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Subquery, select, union

from trainhub import ledger, separation
from trainhub.exams import papers
from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import Change, Sitting, SittingState
from trainhub.exams.sittings.plan import LIVE
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Person

GIVEN = "reserve_paper_given"
CODE_GIVEN = Change.detail["paper"].as_string()

begun_papers: list[Callable[[Sitting, str], bool]] = []
"""Who knows whether somebody of a sitting has begun a paper: delivery puts its look-up here."""
awaited_papers: list[Callable[[Sitting, str], bool]] = []
"""Who knows whether a sitting goes on with a paper, begun or not: delivery puts its look-up here."""


def is_reserve_begun(sitting: Sitting) -> bool:
    """Tell whether somebody has begun the reserve paper, so that it is fair for nobody a second time."""
    code = sitting.reserve_paper_code
    return code is not None and any(is_begun(sitting, code) for is_begun in begun_papers)


def reserves_of(sitting: Sitting) -> list[str]:
    """Return the reserve papers of a sitting in the order in which they were given; mostly one, or none."""
    statement = select(CODE_GIVEN).where(Change.sitting_id == sitting.id, Change.kind == GIVEN)
    given = list(db.session.scalars(statement.order_by(Change.id)))
    last = sitting.reserve_paper_code
    return given if last is None or last in given else [*given, last]


def papers_given() -> Subquery:
    """Return a query of every paper that each sitting has had: the first one, and all its reserves."""
    return union(
        select(Sitting.id.label("sitting_id"), Sitting.paper_code.label("paper_code")),
        select(Sitting.id, Sitting.reserve_paper_code),
        select(Change.sitting_id, CODE_GIVEN).where(Change.kind == GIVEN),
    ).subquery()


def papers_for_reserve(sitting: Sitting) -> list[str]:
    """Return the sealed papers that may become the reserve of a sitting now; none while one is at hand."""
    if sitting.reserve_paper_code is not None and not is_reserve_begun(sitting):
        return []
    used = {sitting.paper_code, *reserves_of(sitting)}
    sealed: Sequence[str] = [paper.code for paper in papers.sealed_papers(sitting.qualification)]
    return [code for code in sealed if code not in used]


def give_reserve_paper(sitting: Sitting, paper_code: str, *, by: Person) -> None:
    """Decide which sealed paper a sitting goes on with if it is broken off; it too stays sealed until then.

    Once somebody has begun it, another one may be given, for the next time.

    Raises:
        Conflict: the sitting is closed, has a reserve paper that nobody has begun, or had this paper before.
        Invalid: there is no sealed paper of this code for the qualification.
        Refused: a separation rule forbids it.
    """
    hold_sitting(sitting)
    if sitting.state not in LIVE:
        raise Conflict(_("The sitting is closed."))
    before = sitting.reserve_paper_code
    if before is not None and not is_reserve_begun(sitting):
        raise Conflict(_("This sitting has a reserve paper that nobody has begun."))
    if paper_code in (sitting.paper_code, *reserves_of(sitting)):
        raise Conflict(_("The reserve paper is another one than those that the sitting has had."))
    if paper_code not in {paper.code for paper in papers.sealed_papers(sitting.qualification)}:
        raise Invalid(_("There is no sealed paper of this code for the qualification."))
    sitting.reserve_paper_code = paper_code
    separation.relations.state_uses(sitting.code, paper_code, also=True, by=by)
    note_change(sitting, GIVEN, by=by, paper=paper_code, before=before or "")
    ledger.append(
        "sitting.reserve_paper.given",
        by=by,
        side="exam",
        sitting=sitting.code,
        paper=paper_code,
        before=before,
    )


def _facts_for_opening(code: str) -> papers.SittingFacts | None:
    """Tell papers which papers a sitting uses and whether it is under way: what opening hangs on."""
    sitting = db.session.scalar(select(Sitting).where(Sitting.code == code))
    if sitting is None:
        return None
    begun = sitting.state not in (SittingState.PLANNED, SittingState.ARRANGED)
    return papers.SittingFacts(frozenset(_all_papers(sitting)), sitting.starts_at, begun)


def _uses_of_papers(codes: Sequence[str]) -> list[papers.PaperUse]:
    """Tell papers which sittings, not yet closed, use some of them: what its officers wait for."""
    return _uses(codes, LIVE)


def _ended_uses_of_papers(codes: Sequence[str]) -> list[papers.PaperUse]:
    """Tell papers which sittings that used some of them have ended: what their keys wait for."""
    return _uses(codes, (SittingState.CLOSED, SittingState.MARKED, SittingState.PUBLISHED))


def _uses(codes: Sequence[str], states: Sequence[SittingState]) -> list[papers.PaperUse]:
    given = select(Change.sitting_id).where(Change.kind == GIVEN, CODE_GIVEN.in_(codes))
    used = Sitting.paper_code.in_(codes) | Sitting.reserve_paper_code.in_(codes) | Sitting.id.in_(given)
    return [
        papers.PaperUse(
            code,
            each.code,
            each.starts_at,
            is_under_way=each.state == SittingState.OPEN,
            is_reserve=code != each.paper_code and not any(asks(each, code) for asks in awaited_papers),
        )
        for each in db.session.scalars(select(Sitting).where(used, Sitting.state.in_(states)))
        for code in _all_papers(each)
        if code in codes
    ]


def _all_papers(sitting: Sitting) -> list[str]:
    first = [] if sitting.paper_code is None else [sitting.paper_code]
    return [*first, *reserves_of(sitting)]


papers.sitting_sources.append(_facts_for_opening)
papers.use_sources.append(_uses_of_papers)
papers.ended_sources.append(_ended_uses_of_papers)
