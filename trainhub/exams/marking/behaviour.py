"""How the questions of a marked sitting behaved (试题表现), from marks and answers, without a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from flask import current_app
from sqlalchemy import Float, Row, Select, cast, func, select

from trainhub.exams.bank.choices import Choices, choices_of, without_options
from trainhub.exams.bank.statistics.calibration import Calibration, calibrate, fitting_model
from trainhub.exams.bank.statistics.drift import FEWEST_COMMON, Sat
from trainhub.exams.bank.statistics.report import ItemReport, Report, describe
from trainhub.exams.bank.statistics.responses import Choice, Numbers, Options, Responses
from trainhub.exams.delivery import attempts_of, final_responses_of
from trainhub.exams.marking.changed_keys import changes_so_far, counting_versions
from trainhub.exams.marking.models import Mark, Result, Standing
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.kernel.db import db

KEPT = 8
"""How many papers a process remembers; to count a thousand candidates takes seconds."""
LOOKED_BACK = 20
"""How many earlier sittings are looked through for the same questions."""


@dataclass(frozen=True)
class Question:
    """A question of a paper: its number there, item and version, possible marks."""

    number: int
    item_code: str
    version: int
    possible: int

    @property
    def name(self) -> str:
        """What it is called in a report."""
        return f"{self.item_code}/{self.version}"


@dataclass(frozen=True)
class Behaviour:
    """How the questions of one paper behaved at a sitting.

    Args:
        paper_code: which paper.
        questions: in the order of the paper; the report's items have the same order.
        report: classical figures; unanswered is wrong.
        calibration: parameters; None with too few candidates.
        right: a row a candidate: who got what wholly right.
        pass_mark: marks that pass.
        marked_at: when the last of its results was marked.
    """

    paper_code: str
    questions: tuple[Question, ...]
    report: Report
    calibration: Calibration | None
    right: Numbers
    pass_mark: int
    marked_at: datetime | None

    @property
    def possible(self) -> int:
        """All marks of the paper."""
        return sum(each.possible for each in self.questions)

    def place_of(self, item_code: str) -> int | None:
        """Return where an item stands in the paper, from 0."""
        return next((place for place, each in enumerate(self.questions) if each.item_code == item_code), None)

    @property
    def rows(self) -> list[tuple[Question, ItemReport]]:
        """Questions with their figures."""
        return list(zip(self.questions, self.report.items, strict=True))


@dataclass(frozen=True)
class Elsewhere:
    """How one version of an item went at one sitting."""

    sitting: Sitting
    version: int
    sat: Sat


def behaviours_of(sitting: Sitting) -> list[Behaviour]:
    """Return how the questions of each paper of a sitting behaved, the most used paper first."""
    kept: dict[Any, list[Behaviour]] = current_app.extensions.setdefault("behaviours", {})
    now = _fingerprint(sitting)
    if now not in kept:
        found = _behaviours(sitting)
        while len(kept) >= KEPT:
            kept.pop(next(iter(kept)))
        kept[now] = found
    return kept[now]


def _fingerprint(sitting: Sitting) -> tuple[Any, ...]:
    """Return what changes whenever the marks of a sitting do."""
    statement = (
        select(
            func.count(),
            func.sum(Mark.given),
            func.sum(Mark.possible),
            func.sum(Mark.given * Mark.number),
            func.max(Result.marked_at),
        )
        .join(Result, Result.id == Mark.result_id)
        .where(Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED)
    )
    changes = changes_so_far(sitting.organisation_id)
    return (sitting.id, changes, *db.session.execute(statement).one())


def _behaviours(sitting: Sitting) -> list[Behaviour]:
    attempts = {each.candidate_id: each for each in attempts_of(sitting)}
    marks: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(_marks(sitting)):
        marks[row.candidate_id].append(row)
    papers: dict[str, list[int]] = defaultdict(list)
    for candidate_id in marks:
        attempt = attempts.get(candidate_id)
        code = attempt.paper_code if attempt else None
        papers[code or sitting.paper_code or ""].append(candidate_id)
    answers = final_responses_of(attempts.values())
    given = {candidate_id: answers.get(attempt.id, {}) for candidate_id, attempt in attempts.items()}
    found = [
        _behaviour(sitting, code, [marks[each] for each in who], [given.get(each, {}) for each in who])
        for code, who in papers.items()
    ]
    return sorted(found, key=lambda each: (-each.report.candidates, each.paper_code))


def _marks(sitting: Sitting) -> Any:
    return (
        select(
            Result.candidate_id,
            Result.pass_mark,
            Result.marked_at,
            Mark.number,
            Mark.item_code,
            Mark.item_version,
            Mark.possible,
            Mark.given,
        )
        .join(Result, Result.id == Mark.result_id)
        .where(Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED)
        .order_by(Result.candidate_id, Mark.number)
    )


def _behaviour(
    sitting: Sitting,
    code: str,
    marks: Sequence[Sequence[Row[Any]]],
    answers: Sequence[Mapping[int, Any]],
) -> Behaviour:
    questions = tuple(
        Question(each.number, each.item_code, each.item_version, each.possible) for each in marks[0]
    )
    shares = np.array([[each.given / max(1, each.possible) for each in row] for row in marks])
    chosen = [[_chosen(row.get(each.number)) for each in questions] for row in answers]
    choices = _choices_that_count(sitting, questions)
    free = without_options({each.item_code for each in questions})
    responses = Responses(
        tuple(each.name for each in questions),
        np.where(np.array([[each != frozenset() for each in row] for row in chosen]), shares, np.nan),
        tuple(
            None
            if each.item_code in free
            else _options(
                [row[place] for row in chosen], shares[:, place], choices.get((each.item_code, each.version))
            )
            for place, each in enumerate(questions)
        ),
        tuple(float(each.possible) for each in questions),
    )
    right = (shares >= 1).astype(np.float64)
    model = fitting_model(len(right))
    return Behaviour(
        code,
        questions,
        describe(responses, earlier=_earlier(sitting, questions)),
        None if model is None else calibrate(right, model),
        right,
        int(marks[0][0].pass_mark),
        max((row[0].marked_at for row in marks if row[0].marked_at), default=None),
    )


def _choices_that_count(sitting: Sitting, questions: Sequence[Question]) -> dict[tuple[str, int], Choices]:
    """Return what could be chosen, with the key that counts: of a changed key that of the later version."""
    later = counting_versions(sitting.organisation_id)
    asked = [(each.item_code, each.version) for each in questions]
    found = choices_of({(code, later.get((code, version), version)) for code, version in asked})
    counting = {each: found.get((each[0], later.get(each, each[1]))) for each in asked}
    return {each: choices for each, choices in counting.items() if choices is not None}


def _chosen(answer: Any) -> Choice | None:
    """Return the options that an answer names; None for an answer of another kind."""
    if answer is None or answer in ("", [], {}):
        return frozenset()
    if isinstance(answer, str):
        return frozenset({answer})
    if isinstance(answer, list) and all(isinstance(each, str) for each in answer):
        return frozenset(answer)
    return None


def _options(column: Sequence[Choice | None], shares: Numbers, choices: Choices | None) -> Options | None:
    """Return what was chosen at a question with options; the key of the bank, else what was marked right."""
    chosen = tuple(each for each in column if each is not None)
    if len(chosen) != len(column):
        return None
    if choices is not None:
        return Options(choices.key, choices.offered, chosen)
    if any(len(name) != 1 for each in chosen for name in each):
        return None
    key = frozenset().union(*(each for each, share in zip(chosen, shares, strict=True) if share >= 1))
    return Options(key, (), chosen)


def elsewhere(sitting: Sitting, items: Sequence[str]) -> dict[str, list[Elsewhere]]:
    """Return how items went at earlier sittings of the same centre and qualification, the newest first."""
    same = (
        Sitting.organisation_id == sitting.organisation_id,
        Sitting.qualification == sitting.qualification,
        Sitting.starts_at < sitting.starts_at,
    )
    return _went(select(Sitting).where(*same), items)


def history_of(item_code: str, centres: Sequence[int]) -> list[Elsewhere]:
    """Return how each version of an item went at the newest sittings of some centres that set it."""
    set_there = (
        select(Result.sitting_id).join(Mark, Mark.result_id == Result.id).where(Mark.item_code == item_code)
    )
    wanted = select(Sitting).where(Sitting.organisation_id.in_(centres), Sitting.id.in_(set_there))
    return _went(wanted, [item_code])[item_code]


def _went(wanted: Select[Sitting], items: Sequence[str]) -> dict[str, list[Elsewhere]]:
    marked = Sitting.state.in_((SittingState.MARKED, SittingState.PUBLISHED))
    recent = wanted.where(marked).order_by(Sitting.starts_at.desc()).limit(LOOKED_BACK)
    sittings = {each.id: each for each in db.session.scalars(recent)}
    reached = func.sum(cast(Mark.given, Float) / Mark.possible)
    statement = (
        select(Result.sitting_id, Mark.item_code, Mark.item_version, func.count(), reached)
        .join(Result, Result.id == Mark.result_id)
        .where(
            Result.sitting_id.in_(list(sittings)),
            Result.standing == Standing.COUNTED,
            Mark.item_code.in_(items),
            Mark.possible > 0,
        )
        .group_by(Result.sitting_id, Mark.item_code, Mark.item_version)
    )
    found: dict[str, list[Elsewhere]] = defaultdict(list)
    for sitting_id, code, version, count, sum_of_shares in db.session.execute(statement):
        found[code].append(Elsewhere(sittings[sitting_id], version, Sat(count, float(sum_of_shares))))
    for others in found.values():
        others.sort(key=lambda each: (each.sitting.starts_at, each.version), reverse=True)
    return found


def _earlier(sitting: Sitting, questions: Sequence[Question]) -> dict[str, Sat]:
    """Return how the same versions went at the newest earlier sitting that has enough of them."""
    versions = {(each.item_code, each.version): each.name for each in questions}
    by_sitting: dict[int, dict[str, Sat]] = defaultdict(dict)
    started = {}
    for code, others in elsewhere(sitting, [each.item_code for each in questions]).items():
        for each in others:
            if (code, each.version) in versions:
                by_sitting[each.sitting.id][versions[code, each.version]] = each.sat
                started[each.sitting.id] = each.sitting.starts_at
    enough = [each for each in by_sitting if len(by_sitting[each]) >= FEWEST_COMMON]
    return by_sitting[max(enough, key=lambda each: started[each])] if enough else {}
