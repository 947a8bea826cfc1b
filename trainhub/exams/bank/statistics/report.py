"""All statistics of a matrix of responses in one plain object: what the command prints and pages show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import numpy as np

from trainhub.exams.bank.statistics.classical import ItemFigures, Reliability, item_figures, reliability
from trainhub.exams.bank.statistics.distractors import OptionFigures, option_figures
from trainhub.exams.bank.statistics.drift import Sat, Shift, shifts
from trainhub.exams.bank.statistics.flags import Flag, Say, flags_of, sentence
from trainhub.exams.bank.statistics.responses import Missing, Responses


@dataclass(frozen=True)
class ItemReport:
    """One item: figures, options, what is conspicuous."""

    name: str
    unanswered: int
    figures: ItemFigures
    options: Mapping[str, OptionFigures]
    shift: Shift | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Report:
    """A group of candidates and the items they answered."""

    candidates: int
    complete: int
    left_out: int
    items: tuple[ItemReport, ...]
    whole: Reliability
    missing: Missing


class HasFlags(Protocol):
    """Figures of one kind of question that find something conspicuous by themselves."""

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What is conspicuous."""


def with_flags(report: Report, others: Mapping[int, HasFlags]) -> Report:
    """Return a report with what other figures of some items find, by their place; the gravest first."""
    items = tuple(
        replace(each, flags=(*others[place].flags, *each.flags)) if place in others else each
        for place, each in enumerate(report.items)
    )
    return replace(report, items=items)


def without_flags(report: Report, places: Collection[int]) -> Report:
    """Return a report in which nothing is conspicuous about the items at some places."""
    items = (replace(each, flags=()) if place in places else each for place, each in enumerate(report.items))
    return replace(report, items=tuple(items))


def describe(
    responses: Responses, *, missing: Missing = Missing.WRONG, earlier: Mapping[str, Sat] | None = None
) -> Report:
    """Return the classical statistics of a matrix of responses.

    Args:
        responses: what was answered.
        missing: what is made of unanswered questions.
        earlier: how items went at an earlier sitting, to find those that drift.
    """
    counted = responses.counted(missing)
    scores = counted.scored()
    total = scores.sum(axis=1)
    moved = shifts(earlier or {}, sat(counted))
    items = []
    for place, figures in enumerate(item_figures(scores, np.array(counted.weights))):
        name, chosen = responses.items[place], counted.options[place]
        options = {} if chosen is None else option_figures(chosen, total, scores[:, place])
        flags = flags_of(figures, len(scores), options, moved.get(name))
        unanswered = int((~counted.answered[:, place]).sum())
        items.append(ItemReport(name, unanswered, figures, options, moved.get(name), tuple(flags)))
    return Report(
        candidates=len(scores),
        complete=int(responses.answered.all(axis=1).sum()),
        left_out=responses.left_out,
        items=tuple(items),
        whole=reliability(scores),
        missing=missing,
    )


def sat(responses: Responses) -> dict[str, Sat]:
    """Return how each item of a matrix went."""
    scores = responses.shares()
    return {
        name: Sat(len(scores), float(scores[:, place].sum())) for place, name in enumerate(responses.items)
    }


def treatment(missing: Missing, _: Say) -> str:
    """Say how unanswered questions were treated."""
    if missing is Missing.COMPLETE:
        return _("Only candidates who answered every question are counted.")
    return _(
        "An unanswered question counts as wrong, as the examination marks it; "
        "a row without any answer is left out."
    )


def plain(report: Report, _: Say) -> dict[str, Any]:
    """Return a report as the command prints it in JSON; what cannot be computed is None."""
    return {
        "candidates": report.candidates,
        "complete": report.complete,
        "left_out": report.left_out,
        "items": [_item(each, _) for each in report.items],
        "mean": report.whole.mean,
        "sd": report.whole.deviation,
        "alpha": report.whole.alpha,
        "alpha_standardised": report.whole.alpha_standardised,
        "kr20": report.whole.kr20,
        "kr20_sample_variance": report.whole.kr20_sample_variance,
        "guttman_lambda6": report.whole.guttman_lambda6,
        "sem": report.whole.sem,
        "missing": treatment(report.missing, _),
    }


def _item(item: ItemReport, _: Say) -> dict[str, Any]:
    figures = item.figures
    return {
        "item": item.name,
        "facility": figures.facility,
        "sd": figures.deviation,
        "item_total": figures.item_total,
        "item_rest": figures.item_rest,
        "alpha_if_dropped": figures.alpha_if_dropped,
        "upper_lower": figures.upper_lower,
        "unanswered": item.unanswered,
        "options": {name: asdict(each) for name, each in item.options.items()},
        "flags": [flag.kind.value for flag in item.flags],
        "remarks": [sentence(flag, _) for flag in item.flags],
        **({} if item.shift is None else {"drift": asdict(item.shift)}),
    }
