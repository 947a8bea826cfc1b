"""What the candidates of a sitting reached and answered, read so many at a time: never all of it as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Row, select

from trainhub.exams.bank.statistics.responses import Choice, Numbers
from trainhub.exams.delivery import attempts_of, final_responses_of
from trainhub.exams.marking.models import Mark, Result, Standing
from trainhub.exams.sittings import Sitting
from trainhub.kernel.db import db

LOT = 200
"""Candidates whose rows are held at once."""

Told = Callable[[int, int], object]
"""Hears how many candidates are read, and of how many."""


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


@dataclass
class Answered:
    """What was reached and answered on one paper (一份试卷的作答).

    Args:
        paper_code: which paper.
        questions: in its order.
        pass_mark: marks that pass.
        marked_at: when the last of its results was marked.
        shares: a row a candidate: which share of the marks of each question was reached.
        chosen: a row a candidate: options that were chosen; None is an answer of another kind.
        marks_set: by place answers that are marks on a picture or film, in the order of the candidates.
    """

    paper_code: str
    questions: tuple[Question, ...]
    pass_mark: int
    marked_at: datetime | None = None
    shares: list[Numbers] = field(default_factory=list)
    chosen: list[list[Choice | None]] = field(default_factory=list)
    marks_set: dict[int, list[Any]] = field(default_factory=dict)

    def take(self, result: Row[Any], given: Sequence[int], answers: dict[int, Any], known: _Known) -> None:
        """Take in one candidate."""
        if result.marked_at and (self.marked_at is None or result.marked_at > self.marked_at):
            self.marked_at = result.marked_at
        possible = [max(1, each.possible) for each in self.questions]
        self.shares.append(np.array(given, dtype=np.float64) / possible)
        self.chosen.append([known.choice(answers.get(each.number)) for each in self.questions])
        for place, answer in self.marks_set.items():
            answer.append(answers.get(self.questions[place].number))


class _Known:
    """One object for each choice, however many made it."""

    def __init__(self) -> None:
        self._choices: dict[Choice, Choice] = {}

    def choice(self, answer: Any) -> Choice | None:
        """Return the options that an answer names; None for an answer of another kind."""
        if answer is None or answer in ("", [], {}):
            found: Choice = frozenset()
        elif isinstance(answer, str):
            found = frozenset({answer})
        elif isinstance(answer, list) and all(isinstance(each, str) for each in answer):
            found = frozenset(answer)
        else:
            return None
        return self._choices.setdefault(found, found)


def answered_at(
    sitting: Sitting, with_marks: Callable[[Sequence[Question]], Sequence[int]], told: Told
) -> list[Answered]:
    """Return what was answered on each paper of a sitting, the most used one first.

    Args:
        sitting: a marked one; what misconduct voided is left out.
        with_marks: tells the places of questions that are answered by marks on a picture or film.
        told: hears how far it is.
    """
    papers: dict[str, Answered] = {}
    results, known = list(db.session.execute(_counted(sitting))), _Known()
    for start in range(0, len(results), LOT):
        told(start, len(results))
        lot = results[start : start + LOT]
        ids = [each.candidate_id for each in lot]
        marks = _marks_of(ids, sitting)
        attempts = {each.candidate_id: each for each in attempts_of(sitting, candidates=ids)}
        answers = final_responses_of(attempts.values())
        for each in lot:
            if not marks[each.candidate_id]:
                continue
            attempt, rows = attempts.get(each.candidate_id), marks[each.candidate_id]
            code = (attempt.paper_code if attempt else None) or sitting.paper_code or ""
            if code not in papers:
                questions = tuple(Question(*row[1:5]) for row in rows)
                papers[code] = Answered(code, questions, each.pass_mark)
                papers[code].marks_set = {place: [] for place in with_marks(questions)}
            mine = answers.get(attempt.id, {}) if attempt else {}
            papers[code].take(each, [row[5] for row in rows], mine, known)
    return sorted(papers.values(), key=lambda each: (-len(each.shares), each.paper_code))


def _counted(sitting: Sitting) -> Any:
    return (
        select(Result.candidate_id, Result.pass_mark, Result.marked_at)
        .where(Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED)
        .order_by(Result.candidate_id)
    )


def _marks_of(candidates: Sequence[int], sitting: Sitting) -> dict[int, list[Any]]:
    statement = (
        select(
            Result.candidate_id,
            Mark.number,
            Mark.item_code,
            Mark.item_version,
            Mark.possible,
            Mark.given,
        )
        .join(Mark, Mark.result_id == Result.id)
        .where(Result.sitting_id == sitting.id, Result.candidate_id.in_(candidates))
        .order_by(Result.candidate_id, Mark.number)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement):
        found[row[0]].append(row)
    return found
