"""How the questions of a marked sitting behaved (试题表现), from marks and answers, without a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np

from trainhub.exams.bank.choices import Choices, choices_of, scenes_of, without_options
from trainhub.exams.bank.statistics.calibration import Model, calibrate, fitting_model
from trainhub.exams.bank.statistics.curves import Observed, Parameters, observed_points
from trainhub.exams.bank.statistics.drift import FEWEST_COMMON, Sat
from trainhub.exams.bank.statistics.hazards import SceneFigures, scene_figures
from trainhub.exams.bank.statistics.report import ItemReport, Report, describe, with_flags, without_flags
from trainhub.exams.bank.statistics.responses import Choice, Numbers, Options, Responses
from trainhub.exams.marking.answered import Answered, Question, Told, answered_at
from trainhub.exams.marking.changed_keys import counting_versions, voided_questions
from trainhub.exams.marking.elsewhere import elsewhere
from trainhub.exams.sittings import Sitting

T = TypeVar("T")


@dataclass(frozen=True)
class Fitted:
    """Curves of the questions of a paper (试题曲线).

    Args:
        model: by which they were fitted.
        items: parameters by place; None of a question that everybody or nobody got right.
        observed: by place which share got it right, ability by ability.
    """

    model: Model
    items: tuple[Parameters | None, ...]
    observed: tuple[tuple[Observed, ...], ...]

    @property
    def calibrated(self) -> list[Parameters]:
        """The parameters of the questions that have some."""
        return [each for each in self.items if each is not None]


@dataclass(frozen=True)
class Behaviour:
    """How the questions of one paper behaved at a sitting.

    Args:
        paper_code: which paper.
        questions: in the order of the paper; the report's items have the same order.
        report: classical figures; unanswered is wrong.
        calibration: parameters; None with too few candidates.
        scenes: how hazards went, by place in the paper, of questions that ask for them.
        right: by place which share of the candidates got it wholly right.
        pass_mark: marks that pass.
        marked_at: when the last of its results was marked.
        voided: places of questions that give their marks to everybody; nothing of them is conspicuous.
    """

    paper_code: str
    questions: tuple[Question, ...]
    report: Report
    calibration: Fitted | None
    scenes: Mapping[int, SceneFigures]
    right: tuple[float, ...]
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


def described(sitting: Sitting, told: Told = lambda _done, _of: None) -> list[Behaviour]:
    """Return how the questions of each paper of a sitting behaved, the most used paper first.

    Ten thousand candidates take half a minute: pages show what is kept (``shown_figures``).
    """

    def with_marks(questions: Sequence[Question]) -> list[int]:
        scenes = _that_count(sitting, questions, scenes_of)
        return [place for place, each in enumerate(questions) if (each.item_code, each.version) in scenes]

    return [_behaviour(sitting, each) for each in answered_at(sitting, with_marks, told)]


def _behaviour(sitting: Sitting, answered: Answered) -> Behaviour:
    questions, shares = answered.questions, np.array(answered.shares)
    voided = _voided(sitting, questions)
    scenes = _scenes(sitting, answered)
    earlier = _earlier(sitting, [each for place, each in enumerate(questions) if place not in voided])
    responses = _responses(sitting, answered, shares, voided)
    right = (shares >= 1).astype(np.float64)
    return Behaviour(
        answered.paper_code,
        questions,
        without_flags(with_flags(describe(responses, earlier=earlier), scenes), voided),
        _fitted(right),
        scenes,
        tuple(right.mean(axis=0).tolist()),
        int(answered.pass_mark),
        answered.marked_at,
        voided,
    )


def _responses(sitting: Sitting, answered: Answered, shares: Numbers, voided: Collection[int]) -> Responses:
    questions = answered.questions
    choices = _that_count(sitting, questions, choices_of)
    free = without_options({each.item_code for each in questions})
    given = np.array([[each != frozenset() for each in row] for row in answered.chosen])
    # Who left a voided question out has its marks like everybody else.
    given[:, sorted(voided)] = True
    options = tuple(
        None
        if each.item_code in free
        else _options(
            [row[place] for row in answered.chosen],
            shares[:, place],
            choices.get((each.item_code, each.version)),
        )
        for place, each in enumerate(questions)
    )
    return Responses(
        tuple(each.name for each in questions),
        np.where(given, shares, np.nan),
        options,
        tuple(float(each.possible) for each in questions),
    )


def _fitted(right: Numbers) -> Fitted | None:
    model = fitting_model(len(right))
    found = None if model is None else calibrate(right, model)
    if found is None:
        return None
    observed = tuple(
        tuple(observed_points(found.posterior, found.nodes, right[:, place]))
        for place in range(right.shape[1])
    )
    return Fitted(found.model, found.items, observed)


def _voided(sitting: Sitting, questions: Sequence[Question]) -> frozenset[int]:
    """Return the places of the questions that were voided: everybody has their marks, which says nothing."""
    voided = voided_questions(sitting.organisation_id)
    return frozenset(
        place for place, each in enumerate(questions) if (each.item_code, each.version) in voided
    )


def _scenes(sitting: Sitting, answered: Answered) -> dict[int, SceneFigures]:
    """Return how hazards went, by place in the paper; of a changed key by the later version."""
    found = _that_count(sitting, answered.questions, scenes_of)
    names = [(each.item_code, each.version) for each in answered.questions]
    return {place: scene_figures(found[names[place]], mine) for place, mine in answered.marks_set.items()}


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


def _options(column: Sequence[Choice | None], shares: Numbers, choices: Choices | None) -> Options | None:
    """Return what was chosen at a question with options; the key of the bank, else what was marked right."""
    chosen = tuple(each for each in column if each is not None)
    if len(chosen) != len(column):
        return None
    if choices is not None:
        return Options(choices.key, choices.offered, chosen)
    if any(len(name) != 1 for each in set(chosen) for name in each):
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
