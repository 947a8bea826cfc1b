"""Fills an empty database with one bank of invented items, sealed and indexed as the bank does it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import insert, select, text

from benchmarks import _questions as invented
from trainhub.cli.measuring import house, timed
from trainhub.exams.bank.content import bigrams
from trainhub.exams.bank.models import Bank, Item, ItemVersion, KnowledgePoint
from trainhub.exams.bank.vault import keyed_grams, new_key, seal_body
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Organisation, OrganisationKind, Person

LOT = 5000
STATES = ("live",) * 14 + ("approved",) * 4 + ("in_review", "draft")


def is_empty() -> bool:
    """Tell whether a database has no bank."""
    return db.session.scalar(select(Bank.id).limit(1)) is None


def fill(count: int, seed: int = 1) -> int:
    """Fill a bank and return its id; the index of words is written in its own order, for speed."""
    with transaction():
        bank_id, points = _open_bank()
    asked = invented.questions(count, seed)
    known: dict[str, int] = {}
    pairs: list[np.ndarray[Any, Any]] = []
    for start in range(0, count, LOT):
        with transaction():
            bank = db.session.get_one(Bank, bank_id)
            pairs += _write(bank, start + 1, asked[start : start + LOT], points, known)
    table = np.concatenate(pairs)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    with transaction():
        _write_grams(table)
    if db.engine.dialect.name == "postgresql":
        # What its autovacuum would do within a minute. SQLite has no statistics in a house either.
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return bank_id


def _open_bank() -> tuple[int, list[int]]:
    centre = Organisation(
        code="CENTRE", name="考试中心", kind=OrganisationKind.EXAM_CENTRE, district="340100"
    )
    author = Person(id="0" * 32, name="命题员")
    db.session.add_all([centre, author])
    db.session.flush()
    bank = Bank(
        code="BANK-1",
        name="题库",
        organisation_id=centre.id,
        qualification="SAFETY-MANAGER",
        key_sealed=new_key("BANK-1"),
    )
    points = [
        KnowledgePoint(qualification="SAFETY-MANAGER", code=f"{each:02}", name=f"知识点{each}")
        for each in range(1, 21)
    ]
    db.session.add_all([bank, *points])
    db.session.flush()
    return bank.id, [point.id for point in points]


def _write(
    bank: Bank, first: int, asked: list[Any], points: list[int], known: dict[str, int]
) -> Iterator[np.ndarray[Any, Any]]:
    chance, now, items, versions, pairs = Random(first), clock.now(), [], [], []
    for number, (kind, body) in enumerate(asked, start=first):
        code = f"Q-{number:08}"
        items.append(
            {
                "id": number,
                "code": code,
                "bank_id": bank.id,
                "type": kind.value,
                "knowledge_point_id": chance.choice(points),
                "fingerprint": code,
                "exposure": 0,
                "created_by_id": "0" * 32,
                "created_at": now,
            }
        )
        sealed = seal_body(bank, code, 1, kind, body)
        state = chance.choice(STATES)
        versions.append(
            {
                "item_id": number,
                "bank_id": bank.id,
                "number": 1,
                "newest": True,
                "state": state,
                "body_sealed": sealed,
                "author_id": "0" * 32,
                "created_at": now,
            }
        )
        grams = bigrams([body.stem, *(option.text for option in body.options)])
        for gram in grams - known.keys():
            (known[gram],) = keyed_grams(bank, [gram])
        pairs.append(np.array([(known[gram], number) for gram in grams], dtype=np.int64))
    db.session.execute(insert(Item), items)
    db.session.execute(insert(ItemVersion), versions)
    yield np.concatenate(pairs)


def _write_grams(table: np.ndarray[Any, Any]) -> None:
    """Write the index of words; the second index is made once all rows are there."""
    connection = db.session.connection()
    connection.execute(text("DROP INDEX ix_bank_gram_item_id"))
    raw = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        with raw.copy("COPY bank_gram (hash, item_id) FROM STDIN") as copy:
            for row in table.tolist():
                copy.write_row(row)
    else:
        for start in range(0, len(table), 100_000):
            raw.executemany("INSERT INTO bank_gram VALUES (?, ?)", table[start : start + 100_000].tolist())
    connection.execute(text("CREATE INDEX ix_bank_gram_item_id ON bank_gram (item_id)"))


def run(about: str | None, measure: Callable[[int], dict[str, Any]], given: list[str] | None = None) -> None:
    """Fill a bank as the command line asks, measure it, and print one JSON object."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--database", help="address of an empty database; a SQLite file unless given")
    options = parser.parse_args(given)
    with house(options.database, is_empty):
        seconds, bank_id = timed(fill, options.items)
        print(json.dumps({"filled_s": round(seconds), **measure(bank_id)}, ensure_ascii=False, indent=1))
