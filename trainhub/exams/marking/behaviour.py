"""How the questions of a marked sitting behaved (试题表现), from marks and answers, without a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from flask import current_app
from sqlalchemy import Row, func, select

from trainhub.exams.bank.choices import Choices, choices_of, scenes_of, without_options
from trainhub.exams.bank.statistics.calibration import Calibration, calibrate, fitting_model
from trainhub.exams.bank.statistics.drift import FEWEST_COMMON, Sat
from trainhub.exams.bank.statistics.hazards import SceneFigures, scene_figures
from trainhub.exams.bank.statistics.report import ItemReport, Report, describe, with_flags, without_flags
from trainhub.exams.bank.statistics.responses import Choice, Numbers, Options, Responses
from trainhub.exams.delivery import attempts_of, final_responses_of
from trainhub.exams.marking.changed_keys import changes_so_far, counting_versions, voided_questions
from trainhub.exams.marking.elsewhere import elsewhere, number_marked_before
from trainhub.exams.marking.models import Mark, Result, Standing
from trainhub.exams.sittings import Sitting
from trainhub.kernel.db import db

T = TypeVar("T")
KEPT = 8
"""How many papers a process remembers; to count a thousand candidates takes seconds."""


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
        scenes: how hazards went, by place in the paper, of questions that ask for them.
        right: a row a candidate: who got what wholly right.
        pass_mark: marks that pass.
        marked_at: when the last of its results was marked.
        voided: places of questions that give their marks to everybody; nothing of them is conspicuous.
    """

    paper_code: str
    questions: tuple[Question, ...]
    report: Report
    calibration: Calibration | None
    scenes: Mapping[int, SceneFigures]
    right: Numbers
    pass_mark: int
    marked_at: datetime | None
    voided: frozenset[int] = frozenset()

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
    """Return what changes whenever the marks of a sitting do, or it can be compared with another one."""
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
    before = number_marked_before(sitting)
    return (sitting.id, changes, before, *db.session.execute(statement).one())


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
    choices = _that_count(sitting, questions, choices_of)
    free = without_options({each.item_code for each in questions})
    voided = _voided(sitting, questions)
    answered = np.array([[each != frozenset() for each in row] for row in chosen])
    # Who left a voided question out has its marks like everybody else.
    answered[:, sorted(voided)] = True
    responses = Responses(
        tuple(each.name for each in questions),
        np.where(answered, shares, np.nan),
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
    scenes = _scenes(sitting, questions, answers)
    model = fitting_model(len(right))
    earlier = _earlier(sitting, [each for place, each in enumerate(questions) if place not in voided])
    return Behaviour(
        code,
        questions,
        without_flags(with_flags(describe(responses, earlier=earlier), scenes), voided),
        None if model is None else calibrate(right, model),
        scenes,
        right,
        int(marks[0][0].pass_mark),
        max((row[0].marked_at for row in marks if row[0].marked_at), default=None),
        voided,
    )


def _voided(sitting: Sitting, questions: Sequence[Question]) -> frozenset[int]:
    """Return the places of the questions that were voided: everybody has their marks, which says nothing."""
    voided = voided_questions(sitting.organisation_id)
    return frozenset(
        place for place, each in enumerate(questions) if (each.item_code, each.version) in voided
    )


def _scenes(
    sitting: Sitting, questions: Sequence[Question], answers: Sequence[Mapping[int, Any]]
) -> dict[int, SceneFigures]:
    """Return how hazards went, by place in the paper; of a changed key by the later version."""
    found = _that_count(sitting, questions, scenes_of)
    return {
        place: scene_figures(found[each.item_code, each.version], [row.get(each.number) for row in answers])
        for place, each in enumerate(questions)
        if (each.item_code, each.version) in found
    }


def _that_count(
    sitting: Sitting,
    questions: Sequence[Question],
    read: Callable[[Collection[tuple[str, int]]], Mapping[tuple[str, int], T]],
) -> dict[tuple[str, int], T]:
    """Return what is read of questions by the key that counts: of a changed one that of the later version."""
    later = counting_versions(sitting.organisation_id)
    counts = {(each.item_code, each.version): each.version for each in questions}
    counts = {asked: later.get(asked, version) for asked, version in counts.items()}
    found = read({(code, version) for (code, _asked), version in counts.items()})
    return {
        (code, asked): found[code, version]
        for (code, asked), version in counts.items()
        if (code, version) in found
    }


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
