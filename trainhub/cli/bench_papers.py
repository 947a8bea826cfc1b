"""``trainhub bench papers``: parallel forms of 100 questions in 40 cells, beside forms drawn at random."""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

import click

from trainhub.cli.acting import say, says_json
from trainhub.cli.measuring import machine, told

SIZES = tuple((items, forms) for items in (5_000, 50_000, 200_000) for forms in (1, 20, 100))
RESOLUTION = 1e-6
"""The smallest difference of means that sums of 1/10,000 over 100 questions can show."""


@click.command("papers")
@click.option("--size", "sizes", multiple=True, type=(int, int), help="Items and forms; may be repeated.")
@click.option("--seed", default=1, show_default=True, help="Of the invented bank.")
@says_json
def papers_bench(sizes: tuple[tuple[int, int], ...], seed: int, as_json: bool) -> None:
    """Assemble forms from invented banks; check them by code of its own; draw others at random."""
    conditions = machine()
    figures: dict[str, Any] = {}
    for items, forms in sizes or SIZES:
        name = f"{items} items, {forms} forms"
        figures[name] = _measured(items, forms, seed)
        told(f"{name}: {figures[name]}")
    floor = {name: each.pop("floor") for name, each in figures.items()}
    ratio = {
        name: round(floor[name]["spread"] / max(each["spread"], RESOLUTION), 1)
        for name, each in figures.items()
        if floor[name]["spread"] and each["spread"] is not None
    }
    answer = {"conditions": conditions, "figures": figures, "floor": floor, "ratio": ratio}
    say(answer, "\n".join(_lines(answer)), as_json)
    if any(each["complaints"] or each["status"] not in ("optimal", "feasible") for each in figures.values()):
        sys.exit(1)


def _measured(items: int, forms: int, seed: int) -> dict[str, Any]:
    # Neither the solver nor the benchmark is loaded for any other command.
    from trainhub.cli import papers_invented as invented
    from trainhub.exams.papers.parallel import answer, read_blueprint, read_items

    wanted, rows = invented.blueprint(forms, seed), invented.items(items, seed)
    written = invented.as_csv(rows)
    begun = time.monotonic()
    blueprint = read_blueprint(wanted)
    found = answer(blueprint, read_items(written.decode(), blueprint)[0])
    total = time.monotonic() - begun
    begun = time.monotonic()
    drawn = invented.drawn(rows, wanted["cells"], forms, seed)
    drawing = time.monotonic() - begun
    means = [each["facility"] for each in found["forms"]]
    information = [each["information"] for each in found["forms"]]
    return {
        "total_s": round(total, 2),
        "status": found["status"],
        "objective": found["objective"],
        "bound": found["bound"],
        "gap": found["gap"],
        "spread": round(max(means) - min(means), 6) if means else None,
        "off_target": round(max(abs(each - invented.TARGET) for each in means), 6) if means else None,
        "information_spread": round(max(information) - min(information), 6) if means else None,
        "most_shared": found["max_common"],
        "complaints": len(invented.complaints(rows, wanted, [each["items"] for each in found["forms"]])),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "floor": {
            "what": "forms drawn at random, cells kept",
            "spread": round(max(drawn) - min(drawn), 6),
            "off_target": round(max(abs(each - invented.TARGET) for each in drawn), 6),
            "seconds": round(drawing, 3),
        },
    }


def _lines(answer: dict[str, Any]) -> list[str]:
    lines = [", ".join(f"{name}: {value}" for name, value in answer["conditions"].items())]
    for name, each in answer["figures"].items():
        floor = answer["floor"][name]
        lines.append(
            f"{name}: {each['total_s']} s, {each['status']} (objective {each['objective']}, "
            f"bound of the whole bank {each['bound']}); means {each['spread']} apart, "
            f"{each['off_target']} off the target; at random {floor['spread']} and {floor['off_target']}; "
            f"two forms share {each['most_shared']} at most"
        )
    return lines
