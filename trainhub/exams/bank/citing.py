"""On which sources of the register items rest: found by number or title in what the item says of it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence, Set
from datetime import date

from sqlalchemy import delete, insert, or_, select

from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.flags import IN_USE
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.models_sources import Citation, Source
from trainhub.exams.bank.vault import body_of
from trainhub.kernel import clock
from trainhub.kernel.db import db

_YEAR = re.compile(r"[-—–]\d{4}$")
_TITLE = re.compile(r"《([^《》]{2,80})》")
_ASIDE = re.compile(r"\([^()]*\)$")
_STATE = "中华人民共和国"
_ARTICLE = re.compile(r"第([〇零一二两三四五六七八九十百千\d]{1,9})条")
_CLAUSE = re.compile(r"(?<![\w.\-])(\d{1,3}(?:\.\d{1,3}){1,4})(?![\w\-])")
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


def _spaced(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().replace("—", "-").replace("–", "-")


def _folded(text: str) -> str:
    return re.sub(r"\s", "", _spaced(text))


def _pattern(number: str) -> re.Pattern[str]:
    """Return what finds a number however it is spaced, but not as a part of another one."""
    signs = r"\s*".join(re.escape(sign) for sign in number)
    return re.compile(rf"(?<![A-Z\d]){signs}(?![\d.]|\s*-\s*\d)")


def _title_key(title: str) -> str:
    return _ASIDE.sub("", _folded(title).strip("《》")).removeprefix(_STATE)


class Matcher:
    """Finds the sources of a register in texts; only what is sure counts."""

    def __init__(self, sources: Iterable[Source], today: date) -> None:
        self._by_number: dict[str, list[Source]] = defaultdict(list)
        self._by_title: dict[str, list[Source]] = defaultdict(list)
        self._today = today
        for source in sources:
            self._by_title[_title_key(source.title)].append(source)
            number = _folded(source.number)
            for key in {number, _YEAR.sub("", number)}:
                if len(key) >= 4:
                    self._by_number[key].append(source)
        longest_first = sorted(self._by_number, key=len, reverse=True)
        self._patterns = [(_pattern(key), self._by_number[key]) for key in longest_first]

    def cited(self, text: str) -> set[int]:
        """Return the ids of the sources that a text names by their number or their title."""
        spaced, folded = _spaced(text), _folded(text)
        if not folded or not self._by_title:
            return set()
        found: set[int] = set()
        named = {_title_key(each) for each in _TITLE.findall(folded)} or {self._beginning(folded)}
        for pattern, editions in self._patterns:
            spaced, hits = pattern.subn(" ", spaced)
            if hits:
                source = self._edition(editions)
                found.add(source.id)
                named.discard(_title_key(source.title))
        found |= {self._edition(self._by_title[key]).id for key in named if key in self._by_title}
        return found

    def _beginning(self, folded: str) -> str:
        """Return the title with which a text without title marks begins, up to an article."""
        return _title_key(re.split(r"第[^第]{1,9}条|[\d,，。;；:：]", folded, maxsplit=1)[0])

    def _edition(self, editions: Sequence[Source]) -> Source:
        """Return the edition that is meant where none is named: the one in force, else the newest."""
        in_force = [each for each in editions if each.is_in_force(self._today)]
        return max(in_force or editions, key=lambda each: (each.in_force_from or date.min, each.id))


def articles_in(text: str) -> frozenset[str]:
    """Return the articles and clauses that a text names, such as ``27`` for 第二十七条, and ``5.1.2``."""
    folded = unicodedata.normalize("NFKC", text)
    articles = {str(_number(each)) for each in _ARTICLE.findall(folded)}
    return frozenset(articles | set(_CLAUSE.findall(folded)))


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    total, digit = 0, 0
    for sign in word:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _DIGITS.get(sign, int(sign) if sign.isdecimal() else 0)
    return total + digit


def matcher_of(organisation_id: int) -> Matcher:
    """Return what finds the sources of a centre's register."""
    statement = select(Source).where(Source.organisation_id == organisation_id, Source.withdrawn_at.is_(None))
    return Matcher(db.session.scalars(statement), clock.today())


def cite(
    organisation_id: int, written: Sequence[tuple[int, ItemBody]], *, kept: Set[tuple[int, int]] = frozenset()
) -> None:
    """Note on which sources versions rest, given their ids and what they say; what was noted before goes.

    Args:
        organisation_id: the centre whose register counts.
        written: ids of versions and what they say.
        kept: versions and sources noted before that stay.
    """
    matcher = matcher_of(organisation_id)
    found = {
        (version_id, each) for version_id, body in written for each in matcher.cited(body.source_article)
    }
    rows = [{"version_id": version, "source_id": source} for version, source in sorted(found | kept)]
    ids = [version_id for version_id, _body in written]
    for start in range(0, len(ids), 500):
        db.session.execute(delete(Citation).where(Citation.version_id.in_(ids[start : start + 500])))
    if rows:
        db.session.execute(insert(Citation), rows)


def citable(organisation_id: int) -> list[int]:
    """Return the ids of the versions of a centre whose sources matter: the newest, and those in use."""
    statement = (
        select(ItemVersion.id)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(
            Bank.organisation_id == organisation_id,
            or_(ItemVersion.newest, ItemVersion.state.in_(IN_USE)),
        )
    )
    return list(db.session.scalars(statement.order_by(ItemVersion.id)))


def cite_anew(organisation_id: int, version_ids: Sequence[int]) -> None:
    """Look once more on what some versions rest.

    An edition that ended since they were written stays noted: they say what it said, until written anew.
    """
    ended = (
        select(Citation.version_id, Citation.source_id)
        .join(Source, Source.id == Citation.source_id)
        .where(Citation.version_id.in_(version_ids))
        .where(Source.in_force_until.is_not(None), Source.withdrawn_at.is_(None))
    )
    kept = {(version_id, source_id) for version_id, source_id in db.session.execute(ended)}
    statement = select(ItemVersion).where(ItemVersion.id.in_(version_ids))
    written = [(each.id, body_of(each)) for each in db.session.scalars(statement)]
    cite(organisation_id, written, kept=kept)


def sources_of(version_ids: Sequence[int]) -> dict[int, list[Source]]:
    """Return on which sources versions rest."""
    found: dict[int, list[Source]] = defaultdict(list)
    statement = (
        select(Citation.version_id, Source)
        .join(Source, Source.id == Citation.source_id)
        .where(Citation.version_id.in_(version_ids))
        .order_by(Source.title)
    )
    for version_id, source in db.session.execute(statement):
        found[version_id].append(source)
    return found


def in_use_citing(source: Source, articles: Iterable[str] = ()) -> list[ItemVersion]:
    """Return the versions in use that rest on a source; of articles those that name one of them, or none."""
    return _in_use([source.id], articles)


def in_use_since(source: Source, articles: Iterable[str]) -> list[ItemVersion]:
    """Return those that rest on a source, or still on one before it because somebody found them right."""
    ids: list[int] = []
    found: list[int] = [source.id]
    while found:
        ids += found
        before = select(Source.id).where(Source.replaced_by_id.in_(found), Source.id.not_in(ids))
        found = list(db.session.scalars(before))
    return _in_use(ids, articles)


def _in_use(source_ids: Sequence[int], articles: Iterable[str]) -> list[ItemVersion]:
    citing = select(Citation.version_id).where(Citation.source_id.in_(source_ids))
    statement = (
        select(ItemVersion)
        .where(ItemVersion.id.in_(citing), ItemVersion.state.in_(IN_USE))
        .order_by(ItemVersion.id)
    )
    changed = frozenset(articles)
    return [each for each in db.session.scalars(statement) if names_changed(each, changed)]


def names_changed(version: ItemVersion, changed: Collection[str]) -> bool:
    """Tell whether a version names an article that changed, or none; without articles all changed."""
    named = articles_in(body_of(version).source_article) if changed else frozenset()
    return not named or any(_covers(each, one) for each in changed for one in named)


def _covers(changed: str, named: str) -> bool:
    """Tell whether a changed clause is a named one, stands above it, or below it."""
    return changed == named or named.startswith(f"{changed}.") or changed.startswith(f"{named}.")
