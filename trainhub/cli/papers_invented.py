"""Invented banks and blueprints, forms drawn at random, a check of forms; no house code here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from random import Random
from typing import Any

TYPES, POINTS, LEVELS = ("single", "multiple", "true_false", "numeric"), tuple("12345"), ("know", "apply")
KINDS = [(kind, point, level) for kind in TYPES for point in POINTS for level in LEVELS]
TARGET, MAX_EXPOSURE, MAX_COMMON = 0.65, 12, 10


def blueprint(forms: int, seed: int = 1) -> dict[str, Any]:
    """Return a blueprint of 100 questions in 40 cells, in the form of exchange."""
    return {
        "cells": [
            {"type": kind, "knowledge_point": point, "level": level, "count": 2 + number % 2, "marks": 1}
            for number, (kind, point, level) in enumerate(KINDS)
        ],
        "facility": {"target": TARGET, "tolerance": 0.005},
        "max_overlap": MAX_COMMON,
        "max_exposure": MAX_EXPOSURE,
        "forms": forms,
        "seed": seed,
        "time_limit_s": 120,
    }


def items(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return items: easier than the target, some exposed, one in 25 with enemies."""
    chance = Random(seed)  # noqa: S311 - invented on purpose, the same each time
    middle = {kind: chance.uniform(0.6, 0.8) for kind in KINDS}
    found = []
    for number in range(count):
        kind = KINDS[chance.randrange(len(KINDS))]
        found.append(
            {
                "id": f"I{number}",
                "type": kind[0],
                "knowledge_point": kind[1],
                "level": kind[2],
                "facility": round(min(0.98, max(0.05, chance.gauss(middle[kind], 0.17))), 4),
                "discrimination": round(max(0.0, chance.gauss(0.9, 0.35)), 3),
                "marks": 1,
                "exposure": chance.randrange(9),
                "enemy_group": f"E{chance.randrange(max(1, count // 60))}" if chance.random() < 0.04 else "",
                "last_used": "",
            }
        )
    return found


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return items in the form of exchange."""
    lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    return "\n".join(lines).encode()


def drawn(
    rows: Sequence[Mapping[str, Any]], cells: Sequence[Mapping[str, Any]], forms: int, seed: int
) -> list[float]:
    """Return the mean facilities of forms that are drawn at random, each cell filled from its own items."""
    chance = Random(seed)  # noqa: S311 - invented on purpose, the same each time
    by_kind: dict[tuple[str, str, str], list[float]] = {}
    for row in rows:
        by_kind.setdefault((row["type"], row["knowledge_point"], row["level"]), []).append(row["facility"])
    means = []
    for _form in range(forms):
        taken = [
            value
            for cell in cells
            for value in chance.sample(
                by_kind[cell["type"], cell["knowledge_point"], cell["level"]], cell["count"]
            )
        ]
        means.append(sum(taken) / len(taken))
    return means


def complaints(
    rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any], forms: Sequence[Sequence[str]]
) -> list[str]:
    """Return everything in forms that the blueprint does not allow."""
    known = {row["id"]: row for row in rows}
    needed: Counter[tuple[str, str, str]] = Counter()
    for cell in wanted["cells"]:
        needed[cell["type"], cell["knowledge_point"], cell["level"]] += cell["count"]
    found = []
    for number, form in enumerate(forms):
        kinds = Counter(
            (known[each]["type"], known[each]["knowledge_point"], known[each]["level"]) for each in form
        )
        groups = Counter(known[each]["enemy_group"] for each in form if known[each]["enemy_group"])
        mean = sum(known[each]["facility"] for each in form) / len(form)
        goal = wanted["facility"]
        for what, is_so in (
            ("a cell is not met", kinds != needed),
            ("an item stands twice", len(set(form)) < len(form)),
            ("enemies meet", any(count > 1 for count in groups.values())),
            ("the facility is off", abs(mean - goal["target"]) > goal["tolerance"] + 1e-9),
        ):
            if is_so:
                found.append(f"form {number}: {what}")
    return found + _together(known, wanted, forms)


def _together(
    known: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Any], forms: Sequence[Sequence[str]]
) -> list[str]:
    used = Counter(each for form in forms for each in form)
    found = [
        f"{each} is used too often"
        for each, count in used.items()
        if known[each]["exposure"] + count > wanted["max_exposure"]
    ]
    for one, other in combinations([set(form) for form in forms], 2):
        if len(one & other) > wanted["max_overlap"]:
            found.append("two forms share too much")
    return found
