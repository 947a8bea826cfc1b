"""Rotating the master key of content: whatever it sealed is sealed anew in batches, while work goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import inspect, select

from trainhub.kernel import cipher, keys, storage
from trainhub.kernel.db import Model, db, reading, transaction
from trainhub.kernel.errors import NotFound

MASTER = "exam"
LOT = 200
T = TypeVar("T")


@dataclass(frozen=True)
class Sealed:
    """A column, or the file it names, that the master key seals (主密钥加密的列).

    Args:
        model: of the table.
        column: of the model.
        context: of a row, as it was given when it was sealed.
        in_file: whether the column names a kept file.
    """

    model: type[Any]
    column: str
    context: Callable[[Any], str]
    in_file: bool = False


_sealed: list[Sealed] = []


def sealed_by_master(
    model: type[Model], column: str, context: Callable[[Any], str], *, in_file: bool = False
) -> None:
    """Say that the master key seals a column, so that a rotation takes it along."""
    _sealed.append(Sealed(model, column, context, in_file))


def rewrap(tell: Callable[[int], object] = lambda _done: None) -> int:
    """Seal with the present master key whatever an older one sealed; can be broken off and begun again.

    Args:
        tell: called after each batch with the number of rows sealed anew so far.

    Returns:
        How many rows were sealed anew.
    """
    done = 0
    for each in _sealed:
        key = inspect(each.model).primary_key[0]
        with reading():
            wanted = select(key).where(getattr(each.model, each.column).is_not(None)).order_by(key)
            numbers = list(db.session.scalars(wanted))
        for lot in lots(numbers):
            with transaction():
                rows = select(each.model).where(key.in_(lot)).with_for_update()
                done += sum(_rewrap(row, each) for row in db.session.scalars(rows))
            tell(done)
    return done


def lots(values: Sequence[T], size: int = LOT) -> Iterator[Sequence[T]]:
    """Cut many values into lots that one short transaction can hold."""
    return (values[start : start + size] for start in range(0, len(values), size))


def _rewrap(row: Any, each: Sealed) -> bool:
    value = getattr(row, each.column)
    with suppress(NotFound):
        sealed = storage.read(value) if each.in_file else value
        fresh = resealed(keys.ring(MASTER), sealed, each.context(row))
        if fresh is not None and each.in_file:
            storage.replace(value, fresh)
        elif fresh is not None:
            setattr(row, each.column, fresh)
        return fresh is not None
    return False


def resealed(ring: Sequence[bytes], sealed: bytes, context: str) -> bytes | None:
    """Return bytes sealed with the first of some keys, or None if it sealed them already."""
    if cipher.is_sealed_with(ring[0], sealed, context):
        return None
    return cipher.encrypt(ring[0], cipher.decrypt_by(ring[1:] or ring, sealed, context), context)
