"""What a reviewer should know of a paper beside its questions: checks of the whole, facts of each one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from trainhub.exams.bank.levels import LEVEL_LABELS, CognitiveLevel
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.exams.papers.blueprints import Cell, cells_of
from trainhub.exams.papers.demands import Demands, demands_of
from trainhub.exams.papers.enemies import pairs_among
from trainhub.exams.papers.figures import figures_by_version
from trainhub.exams.papers.models import Paper
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _, ngettext


@dataclass(frozen=True)
class Check:
    """One check of a paper (核对项): whether it holds, and what was found; None: only to be known."""

    title: str
    holds: bool | None
    found: str


@dataclass(frozen=True)
class QuestionFacts:
    """What is known of a question of a paper: where it belongs, how hard it is, how often it was set."""

    point: str
    level: str
    facility: str
    exposure: int


def checks_of(paper: Paper) -> list[Check]:
    """Return the checks of a paper that is not sealed."""
    return [_composition(paper), _versions(paper), _enemies(paper), *_targets(paper)]


def _asked(paper: Paper) -> tuple[list[Cell], Demands]:
    if paper.assembly is not None:
        return [Cell(**each) for each in paper.assembly.cells], Demands(**paper.assembly.demands)
    return cells_of(paper.blueprint), demands_of(paper.blueprint)


def _composition(paper: Paper) -> Check:
    cells, _demands = _asked(paper)
    wanted: Counter[tuple[str, int]] = Counter()
    for cell in cells:
        wanted[cell.type, cell.marks] += cell.count
    found = Counter((place.item.type, place.marks) for place in paper.places)
    words = ngettext(
        "%(num)s question, %(marks)s marks",
        "%(num)s questions, %(marks)s marks",
        len(paper.places),
        marks=sum(place.marks for place in paper.places),
    )
    return Check(_("Types, questions and marks are those of the blueprint"), found == wanted, words)


def _versions(paper: Paper) -> Check:
    old = [
        place.number
        for place in paper.places
        if not place.version.newest or place.version.state not in CHOOSABLE
    ]
    words = _("questions %(numbers)s", numbers=_(", ").join(map(str, old))) if old else ""
    return Check(_("Every question is an approved newest version"), not old, words)


def _enemies(paper: Paper) -> Check:
    number = {place.item_id: place.number for place in paper.places}
    pairs = sorted((number[one], number[two]) for one, two in pairs_among(number))
    words = _(", ").join(f"{one} – {two}" for one, two in pairs)
    return Check(_("No two questions meet that must not"), not pairs, words)


def _targets(paper: Paper) -> list[Check]:
    """Hold the form against the targets of its assembly, as they stood then.

    Questions of which nothing is known counted as the target: what rests on them alone meets no target.
    """
    if paper.assembly is None or paper.form is None:
        return []
    found, demands = paper.assembly.result["forms"][paper.form - 1], Demands(**paper.assembly.demands)
    count = len(paper.places)
    rated = found.get("rated", count)
    checks = []
    for title, value, target, tolerance in (
        (_("Difficulty"), found["facility"], demands.facility, demands.facility_tolerance),
        (
            _("Information of the form"),
            found["information"],
            demands.information,
            demands.information_tolerance,
        ),
    ):
        if value is None:
            continue
        if not rated:
            checks.append(Check(title, None, _("of none of its questions it is known")))
            continue
        words = f"{value:.3f}"
        holds = None
        if target is not None:
            words = _("%(value)s, target %(target)s", value=words, target=f"{target:.3f}")
            holds = tolerance is None or abs(value - target) <= tolerance + 1e-9
        if rated < count:
            words += _(" (known of %(rated)s of %(count)s questions)", rated=rated, count=count)
        checks.append(Check(title, holds, words))
    before = [
        f"{code}{_(': ')}{_('waits for its officers') if count is None else count}"
        for code, count in found["before"]
    ]
    if before:
        checks.append(Check(_("In common with the last papers"), None, _(", ").join(before)))
    return checks


def facts_of(paper: Paper) -> dict[int, QuestionFacts]:
    """Return by number what is known of each question of a paper that is not sealed."""
    figures = figures_by_version().subquery()
    ids = [place.version_id for place in paper.places]
    known = {
        version_id: (candidates, facility)
        for version_id, candidates, facility in db.session.execute(
            select(figures.c.version_id, figures.c.candidates, figures.c.facility).where(
                figures.c.version_id.in_(ids)
            )
        )
    }
    return {
        place.number: QuestionFacts(
            place.item.knowledge_point.name if place.item.knowledge_point else _("none"),
            str(LEVEL_LABELS[CognitiveLevel(place.item.cognitive)])
            if place.item.cognitive
            else _("not said"),
            _facility(known.get(place.version_id), place.item.level),
            place.item.exposure,
        )
        for place in paper.places
    }


def _facility(known: tuple[int, float] | None, level: int | None) -> str:
    if known is not None:
        return _("%(facility)s, from %(count)s candidates", facility=f"{known[1]:.2f}", count=known[0])
    words = {
        1: _("easy, its author thinks"),
        2: _("middling, its author thinks"),
        3: _("hard, its author thinks"),
    }
    return words.get(level or 0, _("unknown"))
