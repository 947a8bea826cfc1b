"""``trainhub bench ledger``: acts a second, and what each deed of the ledger costs as it grows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from random import Random
from statistics import median, quantiles
from typing import Any

import click

from trainhub import ledger
from trainhub.cli.acting import say, says_json
from trainhub.cli.bench_ledger_acts import Acted, Load, act, bare
from trainhub.cli.ledger_filling import clear, fill, is_empty
from trainhub.cli.measuring import conditions, house, timed, told
from trainhub.kernel import clock
from trainhub.kernel.db import db, reading, transaction
from trainhub.ledger import proving, sequencing
from trainhub.ledger.models import Head
from trainhub.ledger.verifying import verify

MILLION = 1_000_000
BATCH = 1_000
SELDOM = "override.approved"
DEEDS = (
    "append",
    "sequence_1000",
    "sign_head",
    "prove_inclusion",
    "prove_consistency",
    "page_newest",
    "page_of_a_kind",
    "page_in_the_middle",
)


@click.command("ledger")
@click.option("--entries", multiple=True, type=int, help="At how many entries; may be given again, rising.")
@click.option("--database", help="Address of an EMPTY database; a file of SQLite if not given.")
@click.option("--writers", default=16, show_default=True, help="Who act at the same time.")
@click.option("--processes", type=int, help="Among how many processes; 1 on SQLite, else 2.")
@click.option("--seconds", default=20.0, show_default=True, help="How long they act, each way.")
@click.option("--rate", default=1000.0, show_default=True, help="Acts a second of the steady way.")
@click.option("--repeat", default=50, show_default=True, help="Single deeds of each kind.")
@says_json
def ledger_bench(
    entries: tuple[int, ...],
    database: str | None,
    writers: int,
    processes: int | None,
    seconds: float,
    rate: float,
    repeat: int,
    as_json: bool,
) -> None:
    """Fill a ledger and measure it: many acts at once, single deeds at each size, verifying all of it."""
    with house(database, is_empty) as environment:
        shared = processes or (1 if db.engine.dialect.name == "sqlite" else 2)
        load = Load(writers, min(shared, writers), seconds, rate)
        try:
            sizes = {
                size: _measure(size, environment, load, max(2, repeat))
                for size in sorted(entries or (0, MILLION))
            }
            answer = as_one(sizes, conditions() | _of(load))
        finally:
            db.session.remove()
            if database:
                clear()
            db.engine.dispose()
    say(answer, in_words(answer), as_json)
    if not all(each["whole"] for each in answer["figures"].values()):
        sys.exit(1)


def _of(load: Load) -> dict[str, Any]:
    return {
        "writers": load.writers,
        "processes": load.processes,
        "seconds": load.seconds,
        "sequencer_every_s": load.every_s,
    }


def _measure(size: int, environment: dict[str, str], load: Load, repeat: int) -> dict[str, Any]:
    """Return everything that is measured at one size; the ledger is whole before the acts and after them."""
    filling, _none = timed(
        fill, size, lambda have: told(f"{have:>10} entries") if have % MILLION == 0 else None
    )
    told(f"{size:>10} entries: single deeds")
    deeds = _deeds(repeat)
    told(f"{size:>10} entries: verifying")
    with reading():
        seconds, verdict = timed(verify)
    ways: dict[str, Acted] = {}
    for name, way, rate in (("floor", bare, 0.0), ("fast", act, 0.0), ("steady", act, load.rate)):
        told(f"{size:>10} entries: {load.writers} writers, {name}")
        ways[name] = way(environment, Load(load.writers, load.processes, load.seconds, rate, load.every_s))
    with reading():
        after = verify() if verdict.size <= MILLION // 10 else None
    for problem in (*verdict.problems, *(after.problems if after else ()))[:20]:
        told(f"not whole: {problem.index} {problem.what}")
    return {
        "deeds_ms": deeds,
        "verify": {"seconds": round(seconds, 2), "entries_per_second": round(verdict.size / seconds)},
        "size": verdict.size,
        "whole": not verdict.problems and not (after and after.problems),
        "filling_seconds": round(filling, 1),
        **{name: each.as_json() for name, each in ways.items()},
    }


def _deeds(repeat: int) -> dict[str, dict[str, float]]:
    times: dict[str, list[float]] = {name: [] for name in DEEDS}
    random = Random(1)  # noqa: S311 - which entries are looked at need not be secret
    for _turn in range(repeat):
        times["append"].append(timed(_deed, lambda: ledger.append("bench.act", by=None, side="core"))[0])
    for _turn in range(max(2, repeat // 10)):
        with transaction():
            while sequencing.sequence():
                pass
            for number in range(BATCH):
                ledger.append("bench.act", by=None, side="core", number=number)
        times["sequence_1000"].append(timed(_deed, sequencing.sequence)[0])
        times["sign_head"].append(timed(_deed, sequencing.sign_head)[0])
    with reading():
        size = sequencing.size_of_tree()
        numbers = [
            ledger.decisions(after=random.randrange(size), per_page=1).entries[0].id for _ in range(repeat)
        ]
    looks: dict[str, Callable[[int], object]] = {
        "prove_inclusion": proving.prove,
        "prove_consistency": lambda number: _growth(max(1, number % size), size),
        "page_newest": lambda _number: _page(),
        "page_of_a_kind": lambda _number: _page(SELDOM),
        "page_in_the_middle": lambda _number: _page(before=size // 2 + 1),
    }
    for name, look in looks.items():
        for number in numbers:
            with reading():
                times[name].append(timed(look, number)[0])
    return {name: _ms(each) for name, each in times.items()}


def _deed(do: Callable[[], object]) -> None:
    with transaction():
        do()


def _growth(first: int, second: int) -> dict[str, Any]:
    heads = [Head(size=size, root="", at=clock.now(), key="", signature="") for size in (first, second)]
    return proving.prove_growth(*heads)


def _page(kind: str = "", before: int | None = None) -> None:
    """Ask what the page of the ledger asks."""
    page, head = ledger.decisions(kind, before=before), ledger.newest_head()
    ledger.covered(page.entries, head)
    ledger.kinds()
    ledger.number_of_decisions()
    ledger.number_waiting()


def _ms(times: list[float]) -> dict[str, float]:
    return {
        "p50": round(median(times) * 1000, 3),
        "p95": round(quantiles(times, n=20, method="inclusive")[-1] * 1000, 3),
    }


def as_one(sizes: dict[int, dict[str, Any]], known: dict[str, Any]) -> dict[str, Any]:
    """Return what was measured in the form of every benchmark."""
    first, last = (sizes[at] for at in (min(sizes), max(sizes)))
    return {
        "figures": {
            str(size): {name: value for name, value in each.items() if name != "floor"}
            for size, each in sizes.items()
        },
        "floor": {str(size): each["floor"] for size, each in sizes.items()},
        "ratio": {
            "fast_to_floor": {
                str(size): round(each["fast"]["per_second"] / each["floor"]["per_second"], 3)
                for size, each in sizes.items()
            },
            "growth_of_size": round(last["size"] / max(1, first["size"]), 1),
            "growth_of_deeds": {
                name: round(last["deeds_ms"][name]["p50"] / first["deeds_ms"][name]["p50"], 2)
                for name in DEEDS
            },
        },
        "conditions": known,
    }


def in_words(answer: dict[str, Any]) -> str:
    """Return what was measured as lines to read."""
    lines = [", ".join(f"{name} {value}" for name, value in answer["conditions"].items())]
    for size, each in answer["figures"].items():
        verdict = "whole" if each["whole"] else "NOT whole"
        lines.append(f"{size} entries, filled in {each['filling_seconds']} s; {verdict}")
        lines += [f"  {_way(name, way)}" for name, way in _ways(answer, size, each)]
        for name, spent in each["deeds_ms"].items():
            lines.append(f"  {name:<20}p50 {spent['p50']:>9.2f}  p95 {spent['p95']:>9.2f} ms")
        checked = each["verify"]
        lines.append(
            f"  verify in full      {checked['seconds']:>9.2f} s of {each['size']}  "
            f"{checked['entries_per_second']} entries/s"
        )
    growth = answer["ratio"]["growth_of_deeds"]
    if len(answer["figures"]) > 1:
        words = "  ".join(f"{name} {times}" for name, times in growth.items())
        lines.append(f"{answer['ratio']['growth_of_size']} times the entries; the deeds cost, times: {words}")
    return "\n".join(lines)


def _ways(answer: dict[str, Any], size: str, each: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("bare commits", answer["floor"][size]),
        ("acts, as fast as can be", each["fast"]),
        ("acts, steady", each["steady"]),
    ]


def _way(name: str, way: dict[str, Any]) -> str:
    line = (
        f"{name:<24}{way['per_second']:>8.0f}/s  p50 {way['p50_ms']:>6.2f}  p95 {way['p95_ms']:>7.2f}  "
        f"p99 {way['p99_ms']:>7.2f}  highest {way['highest_ms']:.0f} ms"
    )
    if way["starved"]:
        line += f"  {way['starved']} given up"
    if "drained_s" in way:
        line += (
            f"  waiting at most {way['waiting_highest_first_half']}, later "
            f"{way['waiting_highest_second_half']}; the last placed after {way['drained_s']} s"
        )
    return line
