"""Names in the files of a plan of which nothing is known: not read and told, as they may be misspelt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trainhub.exams.staffing.plan.instance import DUTIES, Instance
from trainhub.exams.staffing.plan.solving import Assignment

KNOWN = {
    "": ("sittings", "people", "forbidden", "settings"),
    "sittings": (
        *("id", "starts_at", "ends_at", "site", "district", "qualification", "candidates", "rooms", "needs"),
    ),
    "people": (
        *("id", "duties", "qualifications", "district", "site", "unavailable", "max_sittings", "on_duty"),
    ),
    "forbidden": ("person", "sitting", "rule", "duty"),
    "settings": ("cross_district", "seed", "time_limit_s", "gap"),
}
"""What the form of exchange says of an instance and its parts; candidates and rooms decide nothing."""


def unread_in(written: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a warning for each name of a sound instance that says nothing here, with its place."""
    return tuple(
        f"{where}{name}: nothing is known of this name; it was not read"
        for kind, where, part in _parts(written)
        for name in part
        if name not in KNOWN[kind]
    )


def _parts(written: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    yield "", "", written
    for kind in ("sittings", "people", "forbidden"):
        for number, each in enumerate(written.get(kind) or ()):
            yield kind, f"{kind}[{number}].", each
    yield "settings", "settings.", written.get("settings") or {}


def unknown_in(previous: Iterable[Assignment], instance: Instance) -> tuple[str, ...]:
    """Return a warning for whatever an earlier result names and the instance does not, with its place."""
    sittings = {each.id for each in instance.sittings}
    people = {each.id for each in instance.people}
    return tuple(
        f"assignments[{number}].{field}: the instance has no {field} {value!r}; it is not kept"
        for number, each in enumerate(previous)
        for field, value, known in (
            ("sitting", each.sitting, sittings),
            ("person", each.person, people),
            ("duty", each.duty, DUTIES),
        )
        if value not in known
    )
