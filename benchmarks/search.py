"""How long a search takes in a bank of many items, on SQLite or PostgreSQL, beside two floors of the run.

The floors: one item looked up by its code, and every body of the bank deciphered and looked through, which is
what a search without an index would have to do.

    python -m benchmarks.search --items 200000
    python -m benchmarks.search --items 200000 --database postgresql+psycopg://…/empty
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from sqlalchemy import select

from benchmarks import _bank_filling
from trainhub.cli.measuring import machine, timed
from trainhub.exams.bank.content import normalised
from trainhub.exams.bank.finding import Filter, search
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.vault import body_in, body_of
from trainhub.kernel.db import db, reading

PAGE = 26
WORDS = {
    "rare": "接地线被盗 铸造车间 灌浆",
    "one in 30": "报告调度室",
    "common": "作业",
    "common twice": "作业 应当",
    "nowhere": "海上直升机救援",
    "long": "在受限空间内进行动火作业，发现气体浓度超标时，监护人员应当立即停止作业并撤离",
}
FILTERS = {
    "": Filter(),
    "drafts": Filter(state="draft"),
    "single choice of a point": Filter(type="single", point="07"),
}


def measure(bank_id: int, rounds: int = 20) -> dict[str, Any]:
    """Return the figures: milliseconds, the median and the 95th of 100."""
    figures, found = {}, {}
    for name, words in WORDS.items():
        for label, wanted in FILTERS.items():
            place = f"{name}, {label}" if label else name
            figures[place], found[place] = _quantiles(
                lambda w=words, f=wanted: _search(bank_id, w, f), rounds
            )
    figures["common, third page"], _count = _quantiles(lambda: _third_page(bank_id), rounds)
    floor = {"one item by code": _quantiles(lambda: _look_up(bank_id), rounds)[0]}
    seconds, _came = timed(_scan, bank_id)
    floor["all bodies deciphered and scanned"] = round(seconds * 1000)
    conditions = machine() | {"database": db.engine.dialect.name}
    return {"figures": figures, "found": found, "floor": floor, "conditions": conditions}


def _quantiles(act: Callable[[], Any], rounds: int) -> tuple[dict[str, float], Any]:
    times, came = [], None
    for _each in range(rounds):
        g.pop("bank-keys", None)
        with reading():
            seconds, came = timed(act)
        times.append(1000 * seconds)
    times.sort()
    return {"p50": round(times[rounds // 2], 1), "p95": round(times[int(rounds * 0.95) - 1], 1)}, came


def _search(bank_id: int, words: str, wanted: Filter) -> int:
    """Do what the page does: one page of results with what they say."""
    found = search(db.session.get_one(Bank, bank_id), words, wanted, most=PAGE)
    return len([body_of(version) for version in found])


def _third_page(bank_id: int) -> int:
    before = None
    for _page in range(3):
        found = search(db.session.get_one(Bank, bank_id), "作业", before=before, most=PAGE)
        before = found[-1].item_id
    return len(found)


def _look_up(bank_id: int) -> int:
    code = select(Item).where(Item.code == "Q-00000077", Item.bank_id == bank_id)
    return len(body_of(db.session.scalars(code).one().versions[-1]).stem)


def _scan(bank_id: int) -> int:
    bank = db.session.get_one(Bank, bank_id)
    rows = select(Item.code, ItemVersion.number, ItemVersion.body_sealed).join(
        ItemVersion, ItemVersion.item_id == Item.id
    )
    return sum("报告调度室" in normalised(body_in(bank, *row).stem) for row in db.session.execute(rows))


if __name__ == "__main__":
    _bank_filling.run(__doc__, measure)
