"""How long it takes to find the like items of a bank, and those of one new item, on SQLite or PostgreSQL.

python -m benchmarks.alike --items 200000
python -m benchmarks.alike --items 200000 --database postgresql+psycopg://…/empty
"""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import func, select

from benchmarks import _bank_filling
from benchmarks import _questions as invented
from trainhub.cli.measuring import machine, timed
from trainhub.exams.bank.alike.catching_up import look_through
from trainhub.exams.bank.alike.noting import note_items
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_alike import Band, Pair
from trainhub.kernel.db import db, transaction


def measure(bank_id: int, rounds: int = 40) -> dict[str, Any]:
    """Return the figures: seconds for the whole bank, milliseconds for a new item."""
    seconds, items = timed(look_through, bank_id)
    with transaction():
        pairs = db.session.scalar(select(func.count(Pair.id)))
        bands = db.session.scalar(select(func.count()).select_from(Band))
    times = sorted(_write_anew(bank_id, each) for each in range(rounds))
    figures = {
        "items": items,
        "whole bank, s": round(seconds, 1),
        "pairs": pairs,
        "bands": bands,
        "a new item, ms": {
            "p50": round(times[rounds // 2], 1),
            "p95": round(times[int(rounds * 0.95) - 1], 1),
        },
    }
    return {"figures": figures, "conditions": machine() | {"database": db.engine.dialect.name}}


def _write_anew(bank_id: int, seed: int) -> float:
    """Note one item anew as a twin of another, in a deed of its own, and return its milliseconds."""
    for name in ("bank-keys", "bank-sketchers"):
        g.pop(name, None)
    _kind, body = invented.questions(1, seed=1000 + seed)[0]

    def deed() -> None:
        with transaction():
            bank = db.session.get_one(Bank, bank_id)
            item = db.session.scalars(select(Item.id).order_by(Item.id).offset(seed).limit(1)).one()
            note_items(bank.organisation_id, [(item, body)], anew=True)

    seconds, _none = timed(deed)
    return 1000 * seconds


if __name__ == "__main__":
    _bank_filling.run(__doc__, measure)
