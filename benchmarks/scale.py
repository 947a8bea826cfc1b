"""What a sitting of N candidates needs, computed from what was measured: the tables of docs/scale.md.

    python -m benchmarks.scale [--write]

Inputs stand in `benchmarks/scale.json`, each block with how it was measured; the load (a change every 50 s, a
beat every 30 s, all begin and all hand in within a minute) is assumed and stands there too. ``--write`` puts
the tables into the document.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INPUTS = Path(__file__).with_name("scale.json")
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "scale.md"
BEGIN, END = "<!-- computed by benchmarks/scale.py -->", "<!-- computed: end -->"
SIZES = (10_000, 100_000, 1_000_000)
KINDS = ("save", "beat", "opening", "hand_in")
PARTS = ("web", "database", "nginx")
REQUESTS = {"opening": 2}
"""To open a paper is to begin, and to fetch the document."""
FILLFACTOR = "70"
"""As deploy/postgresql/tables.sql sets it."""


@dataclass(frozen=True)
class Phase:
    """A stretch of an exam: how many calls of each kind a second arrive, by candidate.

    Args:
        name: for the table.
        calls: calls a second of one candidate, by kind.
    """

    name: str
    calls: dict[str, float]

    def per_second(self, candidates: int) -> dict[str, float]:
        """Calls a second of all."""
        return {kind: rate * candidates for kind, rate in self.calls.items()}

    def requests(self, candidates: int) -> float:
        """Requests a second of all."""
        rates = self.per_second(candidates)
        return sum(rate * REQUESTS.get(kind, 1) for kind, rate in rates.items())

    def cores(self, candidates: int, cpu_ms: dict[str, Any], part: str) -> float:
        """Cores that are busy all the time in a part of the house."""
        return sum(rate * cpu_ms[kind][part] for kind, rate in self.per_second(candidates).items()) / 1000


def phases(assumed: dict[str, float]) -> tuple[Phase, ...]:
    """The stretches of an exam: at work, everybody begins, begins in turn, everybody hands in.

    Who begins has not answered yet, and who hands in has stopped: in both minutes half of them work.
    """
    work = {"save": 1 / assumed["change_every_s"], "beat": 1 / assumed["beat_every_s"]}
    half = {kind: rate / 2 for kind, rate in work.items()}

    def begin(within_s: float) -> dict[str, float]:
        # Each page also tells once which machine it is on: a call like a sign of life.
        return {**half, "beat": half["beat"] + 1 / within_s, "opening": 1 / within_s}

    return (
        Phase("at work", work),
        Phase("all begin", begin(assumed["start_within_s"])),
        Phase("begin in turn", begin(assumed["staggered_start_within_s"])),
        Phase("all hand in", {**half, "hand_in": 1 / assumed["hand_in_within_s"]}),
    )


@dataclass(frozen=True)
class Need:
    """What a sitting of some size needs.

    Args:
        candidates: at once.
        peak: calls a second in the worst minute, with its name.
        cores: busy cores of each part in its worst minute.
        at_work: busy cores of each part while all work.
        processes: web processes, each of which has one core's worth of Python.
        log_mb_s: what the database writes to its log a second, at work.
        flushes_s: how often a second it must wait for the disk, at most.
        databases: of the assumed size.
        rows_gb: answers of the whole exam on disk.
        mbit_out: network to the candidates in the worst minute.
        mbit_work: network in both directions at work.
        web_gb: memory of all web processes.
        nginx_gb: memory of nginx for the connections.
        connections: to the databases together, at most.
    """

    candidates: int
    peak: tuple[float, str]
    cores: dict[str, float]
    at_work: dict[str, float]
    processes: int
    log_mb_s: float
    flushes_s: float
    databases: int
    rows_gb: float
    mbit_out: float
    mbit_work: float
    web_gb: float
    nginx_gb: float
    connections: int


def need(inputs: dict[str, Any], candidates: int, *, in_turn: bool = False) -> Need:
    """Compute what a sitting needs.

    Args:
        inputs: as in scale.json.
        candidates: at once.
        in_turn: whether they begin in turn, over the longer span.
    """
    assumed, cpu, storage = inputs["assumed"], inputs["cpu_ms"], inputs["storage"]["postgresql"][FILLFACTOR]
    left_out = "all begin" if in_turn else "begin in turn"
    there = [phase for phase in phases(assumed) if phase.name != left_out]
    cores = {part: max(phase.cores(candidates, cpu, part) for phase in there) for part in PARTS}
    processes = max(2, math.ceil(cores["web"] / assumed["busy_share"]))
    saves, beats = candidates / assumed["change_every_s"], candidates / assumed["beat_every_s"]
    log_mb_s = (saves * storage["wal_bytes_per_save"] + beats * storage["wal_bytes_per_beat"]) / 1e6
    databases = max(
        1,
        math.ceil(cores["database"] / (assumed["busy_share"] * assumed["cores_of_a_database"])),
        math.ceil(log_mb_s / (assumed["busy_share"] * assumed["log_mb_per_s_of_a_disk"])),
    )
    calls = {phase.name: phase.requests(candidates) for phase in there}
    worst = max(calls, key=lambda name: calls[name])
    wire = inputs["wire_bytes"]
    opening = wire["opening"]["out"] + wire["page_and_files"]["out"]
    begins = assumed["staggered_start_within_s" if in_turn else "start_within_s"]
    at_work = sum(saves * wire["save"][way] + beats * wire["beat"][way] for way in ("in", "out"))
    rows = assumed["minutes"] * 60 / assumed["change_every_s"]
    memory = inputs["memory"]
    # nginx leads any call to any process: each comes to know all candidates, up to what it keeps.
    known = min(candidates, assumed["attempts_kept_by_a_process"])
    return Need(
        candidates=candidates,
        peak=(calls[worst], worst),
        cores=cores,
        at_work={part: there[0].cores(candidates, cpu, part) for part in PARTS},
        processes=processes,
        log_mb_s=log_mb_s,
        # Each process has one writer, which commits again as soon as it has committed; the database lets
        # those who commit at once share a flush. So there are never more flushes than the disk can do.
        flushes_s=min(max(calls.values()), assumed["log_flushes_per_s_of_a_disk"] * databases),
        databases=databases,
        rows_gb=candidates * (rows * storage["bytes_per_row"] + storage["bytes_per_attempt"]) / 1e9,
        mbit_out=candidates / begins * opening * 8 / 1e6,
        mbit_work=at_work * 8 / 1e6,
        web_gb=processes * (memory["web_process_mb"] + known * memory["web_kb_per_attempt"] / 1024) / 1024,
        nginx_gb=candidates * memory["nginx_kb_per_connection"] / 1024**2,
        connections=processes * int(assumed["database_connections_per_process"]),
    )


def table(inputs: dict[str, Any]) -> str:
    """The tables of the document."""
    return "\n".join([*_costs(inputs), "", *_sizes(inputs), "", *_room(inputs)])


def _costs(inputs: dict[str, Any]) -> list[str]:
    cpu, wire = inputs["cpu_ms"], inputs["wire_bytes"]
    names = {"save": "save of an answer", "beat": "sign of life", "opening": "opening of the paper"}
    names["hand_in"] = "hand-in"
    lines = ["**Cost of one call** (measured). " + cpu["measured"] + " " + wire["measured"], ""]
    lines += [
        "| | web, ms of a core | database, ms | nginx, ms | bytes in | bytes out |",
        "|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        parts = " | ".join(f"{cpu[kind][part]:.2f}" for part in PARTS)
        lines.append(f"| {names[kind]} | {parts} | {_n(wire[kind]['in'])} | {_n(wire[kind]['out'])} |")
    lines.append(f"| the page and its files, once | – | – | – | – | {_n(wire['page_and_files']['out'])} |")
    memory = inputs["memory"]
    lines += ["", "**Memory** (measured). " + memory["measured"], ""]
    lines += [
        "| a web process, idle | in it, for each attempt it serves | nginx, for each connection |",
        "|---|---|---|",
    ]
    per = f"{memory['web_kb_per_attempt']:.0f} kB | {memory['nginx_kb_per_connection']:.0f} kB"
    return [*lines, f"| {memory['web_process_mb']:.0f} MB | {per} |"]


def _sizes(inputs: dict[str, Any]) -> list[str]:
    head = ["candidates at once", "begin", "calls a second, worst minute", "web cores (processes)"]
    head += [
        "database cores",
        "nginx cores",
        "cores at work: web, database, nginx",
        "flushes a second, at most",
    ]
    head += ["log, MB/s", "databases", "answers of the sitting", "network at the start", "network at work"]
    head += ["memory: web, nginx", "connections to databases, at most"]
    rows = []
    for size in SIZES:
        for in_turn in (False, True):
            rows.append(_row(need(inputs, size, in_turn=in_turn), "in 10 min" if in_turn else "in 1 min"))
    turned = [
        f"| {name} | " + " | ".join(row[number] for row in rows) + " |" for number, name in enumerate(head)
    ]
    return [
        "**What a sitting needs** (computed).",
        "",
        turned[0],
        "|---" * (len(rows) + 1) + "|",
        *turned[1:],
    ]


def _row(found: Need, begin: str) -> list[str]:
    calls, when = found.peak
    cores = found.cores
    return [
        _n(found.candidates),
        begin,
        f"{_n(calls)} ({when})",
        f"{cores['web']:.1f} ({found.processes})",
        f"{cores['database']:.1f}",
        f"{cores['nginx']:.1f}",
        ", ".join(f"{found.at_work[part]:.1f}" for part in PARTS),
        _n(found.flushes_s),
        f"{found.log_mb_s:.1f}",
        str(found.databases),
        f"{found.rows_gb:.1f} GB",
        f"{_n(found.mbit_out)} Mbit/s",
        f"{_n(found.mbit_work)} Mbit/s",
        f"{found.web_gb:.1f} GB, {found.nginx_gb:.1f} GB",
        _n(found.connections),
    ]


def _room(inputs: dict[str, Any]) -> list[str]:
    storage = inputs["storage"]
    head = (
        f"**On disk** (measured: {_n(storage['saves'])} saves by {_n(storage['attempts'])} attempts at work, "
    )
    lines = [head + f"{storage['batch']} to a commit, after a checkpoint).", ""]
    lines += ["| | bytes for an answer, indexes and all | bytes for an attempt | log for a save, bytes |"]
    lines[-1] += " log for a sign of life, bytes | changed in place (HOT) | attempts grew by |"
    lines.append("|---|---|---|---|---|---|---|")
    for fill, found in storage["postgresql"].items():
        lines.append(
            f"| PostgreSQL, pages of attempts filled to {fill} % | {found['bytes_per_row']:.0f} | "
            f"{_n(found['bytes_per_attempt'])} | {_n(found['wal_bytes_per_save'])} | "
            f"{_n(found['wal_bytes_per_beat'])} | {found['hot_share']:.0%} | "
            f"{found['attempts_grew_by']:.2f} |"
        )
    found = storage["sqlite"]
    lines.append(
        f"| SQLite | {found['bytes_per_row']:.0f} | {_n(found['bytes_per_attempt'])} | "
        f"{_n(found['wal_bytes_per_save'])} | – | – | – |"
    )
    return lines


def _n(value: float) -> str:
    return f"{value:,.0f}"


def write(document: str, inputs: dict[str, Any]) -> str:
    """Return the document with its tables computed anew."""
    before, _begin, rest = document.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(inputs)}\n\n{END}{after}"


def main() -> None:
    """Print the tables, or put them into the document."""
    parser = argparse.ArgumentParser(description="What a sitting of N candidates needs.")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scale.md")
    inputs = json.loads(INPUTS.read_text(encoding="utf-8"))
    if parser.parse_args().write:
        DOCUMENT.write_text(write(DOCUMENT.read_text(encoding="utf-8"), inputs), encoding="utf-8")
    else:
        print(table(inputs))


if __name__ == "__main__":
    main()
