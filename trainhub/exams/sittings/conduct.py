"""From arranged to published: opening with every check made once more, closing, and the line of what blocks.

Later rooms add what they know to ``opening_checks`` (staffing: are there enough invigilators?); nothing here
knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trainhub import ledger
from trainhub.exams.sites import SiteState
from trainhub.exams.sittings.changes import last_of, note_change
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import Candidate, Eligibility, Sitting, SittingState
from trainhub.exams.sittings.plan import candidates_of, number_of_candidates
from trainhub.exams.sittings.relations import require_separation, separation_violations
from trainhub.kernel import clock
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.people.models import Person


@dataclass(frozen=True)
class Obstacle:
    """Something that keeps a sitting from being opened (开考前检查不通过项).

    Args:
        text: what is missing, in the reader's language.
        url: where it is settled, if there is a page.
    """

    text: Any
    url: str | None = None


OpeningCheck = Callable[[Sitting], Iterable[Obstacle]]
opening_checks: list[OpeningCheck] = []
"""What must be true before a sitting is opened; each returns what is missing. Later rooms append theirs."""


def obstacles_to_opening(sitting: Sitting) -> list[Obstacle]:
    """Return everything that keeps a sitting from being opened now."""
    return [obstacle for check in opening_checks for obstacle in check(sitting)]


def _arranged(sitting: Sitting) -> Iterable[Obstacle]:
    if sitting.state == SittingState.PLANNED:
        yield Obstacle(_l("Seats have not been given."))
    if not any(candidate.seat_number for candidate in candidates_of(sitting)):
        yield Obstacle(_l("No candidate has a seat."))


def _paper(sitting: Sitting) -> Iterable[Obstacle]:
    if sitting.paper_code is None:
        yield Obstacle(_l("No sealed paper has been given to the sitting."))


def _site(sitting: Sitting) -> Iterable[Obstacle]:
    if sitting.site.state != SiteState.ACTIVE:
        yield Obstacle(_l("The site is not active."))


def _time(sitting: Sitting) -> Iterable[Obstacle]:
    if clock.now() < sitting.entry_from:
        yield Obstacle(_l("Entry has not begun: the sitting can be opened from then on."))
    if clock.now() > sitting.ends_at:
        yield Obstacle(_l("The time of the sitting is over."))


def _separation(sitting: Sitting) -> Iterable[Obstacle]:
    for violation in separation_violations(sitting):
        yield Obstacle(violation)


opening_checks += [_arranged, _paper, _site, _time, _separation]


def open_sitting(sitting: Sitting, *, by: Person) -> None:
    """Open a sitting for entry, after checking everything and all pairs of the separation rules once more.

    Raises:
        Conflict: it is not arranged, or something is missing; the sentence says what.
        Refused: a separation rule is violated.
    """
    hold_sitting(sitting)
    if sitting.state not in (SittingState.PLANNED, SittingState.ARRANGED):
        raise Conflict(_("The sitting has been opened already."))
    checks = [check for check in opening_checks if check is not _separation]
    obstacles = [obstacle for check in checks for obstacle in check(sitting)]
    if obstacles:
        raise Conflict(" ".join(str(obstacle.text) for obstacle in obstacles))
    require_separation(sitting, by=by)
    sitting.state = SittingState.OPEN
    note_change(sitting, "opened", by=by)
    ledger.append(
        "sitting.opened",
        by=by,
        side="exam",
        sitting=sitting.code,
        paper=sitting.paper_code,
        candidates=number_of_candidates(sitting),
    )


closing_checks: list[OpeningCheck] = []
"""What must be true before a sitting is closed; delivery appends that nobody is still writing."""


def close_sitting(sitting: Sitting, *, by: Person) -> None:
    """Close a sitting: nobody enters or writes any more, and marking may begin.

    Raises:
        Conflict: it is not open, or somebody is still writing.
    """
    hold_sitting(sitting)
    if sitting.state != SittingState.OPEN:
        raise Conflict(_("The sitting is not open."))
    obstacles = [obstacle for check in closing_checks for obstacle in check(sitting)]
    if obstacles:
        raise Conflict(" ".join(str(obstacle.text) for obstacle in obstacles))
    _go(sitting, SittingState.CLOSED, "closed", by)


def note_marked(sitting: Sitting, *, by: Person) -> None:
    """Take note that all attempts of a closed sitting are marked; called by marking.

    Raises:
        Conflict: it is not closed, or marked already.
    """
    _require(sitting, SittingState.CLOSED)
    _go(sitting, SittingState.MARKED, "marked", by)


def note_published(sitting: Sitting, *, by: Person) -> None:
    """Take note that the results of a sitting are published; called by marking.

    Raises:
        Conflict: it is not marked, or published already.
    """
    _require(sitting, SittingState.MARKED)
    _go(sitting, SittingState.PUBLISHED, "published", by)


def _require(sitting: Sitting, state: SittingState) -> None:
    hold_sitting(sitting)
    if sitting.state != state:
        raise Conflict(_("The sitting is not in the state that this step follows."))


def _go(sitting: Sitting, state: SittingState, kind: str, by: Person) -> None:
    sitting.state = state
    note_change(sitting, kind, by=by)
    ledger.append(f"sitting.{kind}", by=by, side="exam", sitting=sitting.code)


@dataclass(frozen=True)
class Step:
    """One step of a sitting from plan to publication, as its page shows it.

    Args:
        label: what is done.
        state: done, current or open.
        at: when it was done.
        by: who did it.
        blocks: what stands in the way, in words.
        detail: a number or name that says more.
    """

    label: Any
    state: str
    at: datetime | None = None
    by: str = ""
    blocks: tuple[Any, ...] = ()
    detail: Any = ""


SAME_STEP = {"roster_imported": ("come_again", "registered")}
"""What else is written into the change log where a step is done."""


def steps_of(sitting: Sitting) -> list[Step]:
    """Return the line of a sitting from plan to publication: what is done, who did it, what blocks."""
    candidates = candidates_of(sitting)
    pending = sum(candidate.eligibility == Eligibility.PENDING for candidate in candidates)
    rows = [
        ("planned", _l("Planned"), True, (), ""),
        (
            "roster_imported",
            _l("Candidates registered"),
            bool(candidates),
            _registering(candidates),
            len(candidates),
        ),
        (
            "eligibility_found",
            _l("Eligibility settled"),
            bool(candidates) and not pending,
            _open(pending),
            "",
        ),
        ("arranged", _l("Seats and tickets"), sitting.state != SittingState.PLANNED, (), ""),
        ("paper_given", _l("Sealed paper"), sitting.paper_code is not None, (), sitting.paper_code or ""),
        ("opened", _l("Opened"), _reached(sitting, SittingState.OPEN), _before_opening(sitting), ""),
        ("closed", _l("Closed"), _reached(sitting, SittingState.CLOSED), (), ""),
        ("marked", _l("Marked"), _reached(sitting, SittingState.MARKED), (), ""),
        ("published", _l("Results published"), _reached(sitting, SittingState.PUBLISHED), (), ""),
    ]
    steps: list[Step] = []
    current = False
    for kind, label, done, blocks, detail in rows:
        change = last_of(sitting, kind, *SAME_STEP.get(kind, ())) if done else None
        state = "done" if done else "open" if current else "current"
        current = current or not done
        at, by = (change.at, change.by.name) if change else (None, "")
        steps.append(Step(label, state, at, by, () if done else tuple(blocks), detail))
    return steps


def _reached(sitting: Sitting, state: SittingState) -> bool:
    order = list(SittingState)
    return order.index(SittingState(sitting.state)) >= order.index(state)


def _registering(candidates: list[Candidate]) -> tuple[Any, ...]:
    return () if candidates else (_l("Nobody is registered yet."),)


def _open(pending: int) -> tuple[Any, ...]:
    return (
        (
            ngettext(
                "The eligibility of %(num)s candidate is open.",
                "The eligibility of %(num)s candidates is open.",
                pending,
            ),
        )
        if pending
        else ()
    )


def _before_opening(sitting: Sitting) -> tuple[Any, ...]:
    if _reached(sitting, SittingState.OPEN):
        return ()
    return tuple(obstacle.text for obstacle in obstacles_to_opening(sitting))
