"""Finding cases: by level, type, industry, cause and year, and by words of their text, Chinese included.

Texts are looked up by pairs of neighbouring characters, which works alike on every database and needs no
dictionary; what the pairs leave is held against the words themselves, and ranked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, delete, extract, func, insert, select

from trainhub.cases.models import Case, CaseState, CaseVersion, Gram, VersionState
from trainhub.kernel.db import db

TEXTS = (
    "title",
    "events",
    "direct_cause",
    "indirect_cause",
    "lessons",
    "measures",
    "unit",
    "place",
    "responsibility",
    "rescue",
)
TITLE_WEIGHT = 20
AROUND = 40
MOST_FOUND = 300


@dataclass(frozen=True)
class Filter:
    """What a list of cases is narrowed to; empty fields leave all."""

    level: str = ""
    accident_type: str = ""
    industry: str = ""
    cause: str = ""
    year: str = ""


@dataclass(frozen=True)
class Found:
    """A case in a list, with the passage in which the words stand.

    Args:
        version: what readers see.
        passage: pieces of text, each with whether it is one of the words.
    """

    version: CaseVersion
    passage: tuple[tuple[str, bool], ...] = ()


def normalised(text: str) -> str:
    """Return a text as it is compared: one width, small letters, no blanks between characters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())


def grams(text: str) -> set[str]:
    """Return the pairs of neighbouring characters of a text; a single character stands for itself."""
    plain = normalised(text)
    return {plain[place : place + 2] for place in range(len(plain) - 1)} or ({plain} if plain else set())


def index(version: CaseVersion) -> None:
    """Make a published version findable, in place of the one before."""
    db.session.execute(delete(Gram).where(Gram.case_id == version.case_id))
    found: set[str] = set()
    for name in TEXTS:
        found |= grams(getattr(version, name))
    if found:
        rows = [{"case_id": version.case_id, "gram": gram} for gram in sorted(found)]
        db.session.execute(insert(Gram), rows)


def listing(wanted: Filter) -> Select[CaseVersion]:
    """Return a select of what readers can see and a filter leaves, the newest accident first."""
    statement = (
        select(CaseVersion)
        .join(Case, Case.id == CaseVersion.case_id)
        .where(Case.state == CaseState.PUBLISHED, CaseVersion.state == VersionState.PUBLISHED)
    )
    for name in ("level", "accident_type", "industry", "cause"):
        if given := getattr(wanted, name):
            statement = statement.where(getattr(CaseVersion, name) == given)
    if re.fullmatch("[0-9]{4}", wanted.year):
        statement = statement.where(extract("year", CaseVersion.occurred_on) == int(wanted.year))
    return statement.order_by(CaseVersion.occurred_on.desc(), CaseVersion.id.desc())


def search(words: str, wanted: Filter) -> list[Found]:
    """Return the cases that hold all words, the best first.

    Args:
        words: parted by blanks; each must stand somewhere in the case.
        wanted: further limits.
    """
    parts = [part for part in words.split() if normalised(part)][:8]
    if not parts:
        return []
    needed = set().union(*(grams(part) for part in parts if len(normalised(part)) > 1))
    statement = listing(wanted)
    if needed:
        with_all = (
            select(Gram.case_id)
            .where(Gram.gram.in_(needed))
            .group_by(Gram.case_id)
            .having(func.count() == len(needed))
        )
        statement = statement.where(CaseVersion.case_id.in_(with_all))
    versions = db.session.scalars(statement.limit(MOST_FOUND)).all()
    ranked = sorted(((_weight(version, parts), version) for version in versions), key=lambda pair: -pair[0])
    return [Found(version, passage(version, parts)) for weight, version in ranked if weight]


def _weight(version: CaseVersion, parts: Iterable[str]) -> int:
    """Return how well a version fits: 0 if a word is missing; words in the title weigh most."""
    title = normalised(version.title)
    rest = "\n".join(normalised(getattr(version, name)) for name in TEXTS[1:])
    total = 0
    for part in (normalised(each) for each in parts):
        count = title.count(part) * TITLE_WEIGHT + rest.count(part)
        if not count:
            return 0
        total += count
    return total


def passage(version: CaseVersion, parts: list[str]) -> tuple[tuple[str, bool], ...]:
    """Return the first passage of a version in which a word stands, cut into words and what is between."""
    pattern = re.compile("|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True)), re.I)
    for name in TEXTS[1:]:
        text = " ".join(getattr(version, name).split())
        hit = pattern.search(text)
        if hit:
            first = max(0, hit.start() - AROUND)
            return _cut(text[first : hit.end() + AROUND], pattern, first > 0)
    return ()


def _cut(text: str, pattern: re.Pattern[str], is_inside: bool) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = [("…", False)] if is_inside else []
    place = 0
    for hit in pattern.finditer(text):
        pieces += [(text[place : hit.start()], False), (hit.group(), True)]
        place = hit.end()
    return (*pieces, (text[place:] + "…", False))


def types_in_use() -> dict[str, date]:
    """Return the types of accidents of published cases by code, each with a day on which it was valid."""
    statement = listing(Filter()).with_only_columns(CaseVersion.accident_type, CaseVersion.occurred_on)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def years() -> list[int]:
    """Return the years in which published accidents happened, the newest first."""
    days = db.session.scalars(
        select(CaseVersion.occurred_on)
        .join(Case, Case.id == CaseVersion.case_id)
        .where(Case.state == CaseState.PUBLISHED, CaseVersion.state == VersionState.PUBLISHED)
        .distinct()
    )
    return sorted({day.year for day in days}, reverse=True)
