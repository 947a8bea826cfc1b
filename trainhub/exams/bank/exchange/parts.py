"""Parts of Office packages by the names that other parts give them."""

from __future__ import annotations

import posixpath

from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package
from trainhub.kernel.errors import Invalid


def targets_of(package: Package, part: str) -> dict[str, str]:
    """Return the parts that a part speaks of, by its names for them; nothing outside of the package."""
    folder, _slash, name = part.rpartition("/")
    path = f"{folder}/_rels/{name}.rels"
    try:
        root = parse(package.read(path)) if path in package else None
    except Invalid:
        return {}
    found = {}
    for each in [] if root is None else root:
        target = each.get("Target") or ""
        inside = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        if inside in package and each.get("TargetMode") != "External":
            found[each.get("Id") or ""] = inside
    return found


def part_of(package: Package, name: str) -> bytes | None:
    """Return a part; None if the package has it not."""
    return package.read(name) if name in package else None
