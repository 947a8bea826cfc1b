"""``trainhub bench staffing``: plans of the size of a city, beside the bare solver in the same run."""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

import click

from trainhub.cli.acting import say, says_json
from trainhub.cli.measuring import machine

SIZES = ((200, 1_000), (1_000, 5_000))
POSSIBLE = 150


@click.command("staffing")
@click.option("--size", "sizes", multiple=True, type=(int, int), help="Sittings and people; may be repeated.")
@click.option("--seconds", default=60.0, show_default=True, help="How long the solver may search at most.")
@click.option("--seed", default=1, show_default=True, help="Of the invented instance.")
@click.option("--chained", is_flag=True, help="Sittings begin at every hour and overlap in chains.")
@says_json
def staffing_bench(
    sizes: tuple[tuple[int, int], ...], seconds: float, seed: int, chained: bool, as_json: bool
) -> None:
    """Plan invented cities with 2 % of the pairs forbidden; check each plan by code of its own."""
    figures = {}
    for sittings, people in sizes or SIZES:
        for possible in (POSSIBLE, None):
            name = f"{sittings} x {people}, {possible or 'nearly all'} possible"
            figures[name] = _measured(sittings, people, seed, possible, chained, seconds)
            click.echo(f"{name}: {figures[name]}", err=True)
    floor = {name: each.pop("floor") for name, each in figures.items()}
    ratio = {
        name: round(figures[name]["total_s"] / (bare["build_s"] + bare["solve_s"]), 3)
        for name, bare in floor.items()
        if bare
    }
    answer = {"conditions": machine(), "figures": figures, "floor": floor, "ratio": ratio}
    say(answer, "\n".join(_told(answer)), as_json)
    if any(each["complaints"] for each in figures.values()):
        sys.exit(1)


def _measured(
    sittings: int, people: int, seed: int, possible: int | None, chained: bool, seconds: float
) -> dict[str, Any]:
    # Neither the solver nor the benchmark is loaded for any other command.
    from trainhub.cli import staffing_invented as invented
    from trainhub.exams.staffing.plan import read_instance, solve

    written = invented.instance(sittings, people, seed, possible, chained)
    written["settings"]["time_limit_s"] = seconds
    is_solvable = (possible or people) * sittings <= 1_000_000
    floor = invented.bare(written, seconds) if is_solvable and not chained else None
    wanted = read_instance(written)
    better: list[float] = []
    begun = time.monotonic()
    plan = solve(wanted, progress=lambda _text: better.append(time.monotonic() - begun))
    total = time.monotonic() - begun
    return {
        "places": sum(sum(each["needs"].values()) for each in written["sittings"]),
        "missing": sum(plan.missing.values()),
        "first_plan_s": round(better[0], 2) if better else None,
        "total_s": round(total, 2),
        "status": plan.status,
        "cost": plan.objective,
        "bound": plan.bound,
        "gap": round(plan.gap, 5),
        "load": plan.load(wanted.people),
        "complaints": len(invented.complaints(written, [vars(each) for each in plan.assignments])),
        "floor": floor,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _told(answer: dict[str, Any]) -> list[str]:
    lines = [", ".join(f"{name}: {value}" for name, value in answer["conditions"].items())]
    for name, each in answer["figures"].items():
        lines.append(
            f"{name}: {each['places']} places, {each['missing']} missing; "
            f"first plan {each['first_plan_s']} s, "
            f"{each['status']} (gap {100 * each['gap']:.2f} %) after {each['total_s']} s; "
            f"load {each['load']['min']} to {each['load']['max']}; bare solver {answer['floor'][name]}"
        )
    return lines
