"""Rotating the master key of content: whatever it sealed is sealed anew in batches, while work goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import inspect, select

from trainhub.kernel import cipher, keys, storage
from trainhub.kernel.db import Model, db, reading, transaction
from trainhub.kernel.errors import NotFound

MASTER = "exam"
LOT = 200
"""Values that are sealed anew in one deed, a few hundredths of a second."""
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
            if each.in_file:
                done += sum(_rewrap_file(number, each) for number in lot)
            else:
                with transaction():
                    rows = select(each.model).where(key.in_(lot)).with_for_update()
                    done += sum(_rewrap(row, each) for row in db.session.scalars(rows))
            tell(done)
    return done


def lots(values: Sequence[T], size: int = LOT) -> Iterator[Sequence[T]]:
    """Cut many values into lots that one short transaction can hold."""
    return (values[start : start + size] for start in range(0, len(values), size))


def _rewrap(row: Any, each: Sealed) -> bool:
    fresh = resealed(keys.ring(MASTER), getattr(row, each.column), each.context(row))
    if fresh is not None:
        setattr(row, each.column, fresh)
    return fresh is not None


def _rewrap_file(number: Any, each: Sealed) -> bool:
    """Seal a file anew beside it, then put it in its place in a deed: nobody who writes waits for a film."""
    with reading():
        laid = _laid_beside(number, each)
    if laid is None:
        return False
    file_key, partial = laid
    with transaction():
        # Whoever removes the file holds its row: what is gone does not come back.
        row = db.session.get(each.model, number, with_for_update=True)
        if row is not None and getattr(row, each.column) == file_key:
            storage.put_in_place(partial, file_key)
            return True
    partial.unlink(missing_ok=True)
    return False


def _laid_beside(number: Any, each: Sealed) -> tuple[str, Path] | None:
    row = db.session.get(each.model, number)
    file_key = None if row is None else getattr(row, each.column)
    if file_key is None:
        return None
    with suppress(NotFound):
        fresh = resealed(keys.ring(MASTER), storage.read(file_key), each.context(row))
        if fresh is not None:
            return file_key, storage.lay_beside(file_key, fresh)
    return None


def resealed(ring: Sequence[bytes], sealed: bytes, context: str) -> bytes | None:
    """Return bytes sealed with the first of some keys, or None if it sealed them already."""
    if cipher.is_sealed_with(ring[0], sealed, context):
        return None
    return cipher.encrypt(ring[0], cipher.decrypt_by(ring[1:] or ring, sealed, context), context)
