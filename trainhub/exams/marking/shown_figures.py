"""What pages show of how questions behaved: kept by whoever described the sitting, as long as it is true.

To count ten thousand candidates takes half a minute, which nobody waits for at a page. What the background
found is kept beside the sitting, sealed, for it names options and keys; a small sitting is counted at once.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from flask import current_app
from sqlalchemy import func, select

from trainhub.exams.marking.answered import Told
from trainhub.exams.marking.behaviour import Behaviour, described
from trainhub.exams.marking.changed_keys import changes_so_far
from trainhub.exams.marking.elsewhere import number_marked_before
from trainhub.exams.marking.models import Mark, Result, Standing
from trainhub.exams.marking.models_statistics import Described, sealed_as
from trainhub.exams.sittings import Sitting
from trainhub.kernel import keys
from trainhub.kernel.db import db

KEPT = 8
"""How many sittings a process remembers."""
AT_ONCE = 200
"""Candidates whose answers are counted while somebody waits for the page."""


def behaviours_of(sitting: Sitting, told: Told = lambda _done, _of: None) -> list[Behaviour]:
    """Return how the questions of each paper of a sitting behaved, counted now if nothing true is kept."""
    mark = mark_of(sitting)
    found = _found(sitting, mark)
    return _remember(mark, described(sitting, told)) if found is None else found


def figures_at_hand(sitting: Sitting) -> list[Behaviour] | None:
    """Return the same for a page that somebody waits for; None where the background has to count first."""
    mark = mark_of(sitting)
    found = _found(sitting, mark)
    if found is None and number_counted(sitting) <= AT_ONCE:
        return _remember(mark, described(sitting))
    return found


def keep(row: Described, mark: list[Any], found: list[Behaviour]) -> None:
    """Keep what was found of a sitting.

    Args:
        row: of the sitting.
        mark: of the marks from which it was found.
        found: how the questions behaved.
    """
    written = json.dumps([mark, _plain(found)], separators=(",", ":"))
    row.figures_sealed = keys.seal("exam", zlib.compress(written.encode()), sealed_as(row.sitting_id))


def _found(sitting: Sitting, mark: list[Any]) -> list[Behaviour] | None:
    remembered: dict[str, list[Behaviour]] = current_app.extensions.setdefault("behaviours", {})
    if (name := json.dumps(mark)) in remembered:
        return remembered[name]
    sealed = db.session.scalar(select(Described.figures_sealed).where(Described.sitting_id == sitting.id))
    if sealed is None:
        return None
    of, plain = json.loads(zlib.decompress(keys.unseal("exam", sealed, sealed_as(sitting.id))))
    return _remember(mark, _read(list[Behaviour], plain)) if of == mark else None


def _remember(mark: list[Any], found: list[Behaviour]) -> list[Behaviour]:
    remembered: dict[str, list[Behaviour]] = current_app.extensions.setdefault("behaviours", {})
    while len(remembered) >= KEPT:
        remembered.pop(next(iter(remembered)))
    remembered[json.dumps(mark)] = found
    return found


def number_counted(sitting: Sitting) -> int:
    """Return how many results of a sitting count."""
    counted = select(func.count(Result.id)).where(
        Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED
    )
    return db.session.scalar(counted) or 0


def mark_of(sitting: Sitting) -> list[Any]:
    """Return what changes whenever the marks of a sitting do, or it can be compared with another one.

    Of a large sitting the marks of questions are not summed for each page; whatever changes them changes its
    results or the keys, and asks for a new description.
    """
    results = select(
        func.count(), func.sum(Result.marks), func.count().filter(Result.passed), func.max(Result.marked_at)
    ).where(Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED)
    count, *sums, marked_at = db.session.execute(results).one()
    asked_at = db.session.scalar(select(Described.asked_at).where(Described.sitting_id == sitting.id))
    return [
        sitting.id,
        list(changes_so_far(sitting.organisation_id)),
        number_marked_before(sitting),
        count,
        *[int(each or 0) for each in sums],
        *[None if each is None else each.isoformat() for each in (marked_at, asked_at)],
        *(_sums_of_marks(sitting) if count <= AT_ONCE else []),
    ]


def _sums_of_marks(sitting: Sitting) -> list[int]:
    sums = func.sum(Mark.given), func.sum(Mark.possible), func.sum(Mark.given * Mark.number)
    statement = (
        select(*sums)
        .join(Result, Result.id == Mark.result_id)
        .where(Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED)
    )
    return [int(each or 0) for each in db.session.execute(statement).one()]


def _plain(value: Any) -> Any:
    """Return figures as JSON can hold them."""
    if is_dataclass(value):
        return [_plain(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, Mapping):
        return [[_plain(name), _plain(each)] for name, each in value.items()]
    if isinstance(value, list | tuple | frozenset):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _read(kind: Any, plain: Any) -> Any:
    """Return what ``_plain`` wrote of something of a kind."""
    origin, parts = get_origin(kind), get_args(kind)
    if plain is None or kind is Any:
        return plain
    if origin in (Union, UnionType):
        return _read(next(each for each in parts if each is not type(None)), plain)
    if origin is not None:
        return _read_many(origin, parts, plain)
    if is_dataclass(kind):
        hints, made = get_type_hints(kind), cast(Any, kind)
        return made(*(_read(hints[each.name], part) for each, part in zip(fields(kind), plain, strict=True)))
    if kind is datetime:
        return datetime.fromisoformat(plain)
    return kind(plain) if issubclass(kind, Enum) else plain


def _read_many(origin: Any, parts: tuple[Any, ...], plain: Any) -> Any:
    if issubclass(origin, Mapping):
        return {_read(parts[0], name): _read(parts[1], each) for name, each in plain}
    if origin is tuple and parts[-1] is not Ellipsis:
        return tuple(_read(part, each) for part, each in zip(parts, plain, strict=True))
    return origin(_read(parts[0], each) for each in plain)
