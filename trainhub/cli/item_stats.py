"""``trainhub items stats``: how the items of any response matrix behaved; needs no person and no database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import say, says_json, speaking
from trainhub.cli.ending import BadContent
from trainhub.kernel.i18n import in_language

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MODELS = ("rasch", "2pl")
PARAMETERS = ("difficulty", "discrimination", "difficulty_error", "discrimination_error")


def _english(text: str, **values: object) -> str:
    return text % values


@click.command("stats")
@click.argument("responses", type=FILE)
@click.option("--key", type=FILE, help="The right options: columns item and key, or a header and one row.")
@click.option("--without", multiple=True, metavar="COLUMN", help="A column that is no item; may be repeated.")
@click.option(
    "--maximum",
    multiple=True,
    metavar="[ITEM=]MARKS",
    help="What every item can give, or one item; may be repeated.",
)
@click.option(
    "--missing",
    type=click.Choice(["wrong", "complete"]),
    default="wrong",
    show_default=True,
    help="Unanswered is wrong, or only complete rows count.",
)
@click.option("--earlier", type=FILE, help="Responses of an earlier sitting, to find items that drift.")
@click.option("--earlier-key", type=FILE, help="Key of the earlier sitting; the same as --key unless given.")
@click.option("--calibrate", type=click.Choice(MODELS), help="Estimate item parameters, too.")
@says_json
def stats(
    responses: Path,
    key: Path | None,
    without: tuple[str, ...],
    maximum: tuple[str, ...],
    missing: str,
    earlier: Path | None,
    earlier_key: Path | None,
    calibrate: str | None,
    as_json: bool,
) -> None:
    """Tell how the items of RESPONSES behaved: a header of item names, a row a candidate, empty = no answer.

    The cells are marks, such as 0, 1 or 2.5; or raw options, with --key. What an item can give is said by
    --maximum, or by a row that a column named by --without labels "maximum"; otherwise it is 1, or the
    highest mark that anybody reached. Status 1 if a file cannot be understood.
    """
    # NumPy is large: only this command waits for it.
    from trainhub.exams.bank.statistics.marks import BadFile, maxima_said
    from trainhub.exams.bank.statistics.reading import read_responses, require_fitting
    from trainhub.exams.bank.statistics.report import describe, plain, sat
    from trainhub.exams.bank.statistics.responses import Missing

    # The command speaks English throughout, also where what reads its files knows both languages.
    with speaking(as_json), in_language("en"):
        try:
            maxima = maxima_said(maximum)
            read = read_responses(responses, key, without, maxima)
            before = read_responses(earlier, earlier_key or key, without, maxima) if earlier else None
            require_fitting(maxima, read, before)
        except BadFile as problem:
            raise BadContent(str(problem)) from None
    treated = Missing(missing)
    known = sat(before.counted(treated)) if before else None
    found = plain(describe(read, missing=treated, earlier=known), _english)
    found["assumed_maxima"] = list(read.assumed)
    for each, weight in zip(found["items"], read.weights, strict=True):
        each["maximum"] = weight
    if calibrate:
        found["calibration"] = _calibration(read.counted(treated).shares(), read.items, calibrate)
    say(found, "\n".join(_told(found)), as_json)


def _calibration(scores: Any, items: tuple[str, ...], model: str) -> dict[str, Any] | None:
    from trainhub.exams.bank.statistics.calibration import Model, calibrate

    found = calibrate(scores, Model(model))
    if found is None:
        return None
    return {
        "model": model,
        "log_likelihood": found.log_likelihood,
        "converged": found.converged,
        "items": [
            {"item": name, **(vars(each) if each else dict.fromkeys(PARAMETERS))}
            for name, each in zip(items, found.items, strict=True)
        ],
    }


def _told(found: dict[str, Any]) -> list[str]:
    width = max([4, *(len(each["item"]) for each in found["items"])])
    lines = [f"{'item':{width}}  facility  item-total  item-rest  upper-lower  alpha without"]
    for each in found["items"]:
        figures = (
            each[name] for name in ("facility", "item_total", "item_rest", "upper_lower", "alpha_if_dropped")
        )
        row = "  ".join(
            f"{_figure(value):>{size}}" for value, size in zip(figures, (8, 10, 9, 11, 13), strict=True)
        )
        lines.append(f"{each['item']:{width}}  {row}")
        lines += [f"{'':{width}}  ! {remark}" for remark in each["remarks"]]
    calibration = found.get("calibration") or {"items": ()}
    for each in calibration["items"]:
        told = f"difficulty {_figure(each['difficulty'])}, discrimination {_figure(each['discrimination'])}"
        lines.append(f"{each['item']:{width}}  {calibration['model']}: {told}")
    whole = ", ".join(f"{name} {_figure(found[name])}" for name in ("mean", "sd", "alpha", "kr20", "sem"))
    return [
        *lines,
        f"{found['candidates']} candidates, {found['complete']} complete: {whole}",
        found["missing"],
        *_too_few(found["candidates"]),
        *_assumed(found),
    ]


def _too_few(candidates: int) -> list[str]:
    from trainhub.exams.bank.statistics.flags import FEWEST

    if candidates >= FEWEST:
        return []
    return [
        f"{candidates} candidate{' is' if candidates == 1 else 's are'} too few to say anything of items: "
        f"chance decides nearly everything, and nothing is flagged; {FEWEST} are needed."
    ]


def _assumed(found: dict[str, Any]) -> list[str]:
    """Say of which items nobody said how many marks they give; their facility rests on it."""
    reached = [
        f"{each['item']} {each['maximum']:g}"
        for each in found["items"]
        if each["item"] in found["assumed_maxima"]
    ]
    if not reached:
        return []
    return [
        "The highest mark that anybody reached is taken for the maximum, as none was said: "
        + ", ".join(reached)
    ]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
