"""Finding the items of a centre that are like a text: bands first, then sketches, then word for word."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from trainhub.exams.bank.alike.comparing import Likeness, compare
from trainhub.exams.bank.alike.saying import Said, said_by
from trainhub.exams.bank.alike.sketching import shares
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.models_alike import Band, Sketch
from trainhub.exams.bank.vault import body_in
from trainhub.kernel.db import db

MOST_IN_BAND = 40
"""So many items may stand under one number: a form of words that hundreds share tells nothing more."""
MOST_COMPARED, MOST_KEPT = 16, 8
_SKETCHES_READ = 120
_LEAST_SHARE = 0.35
_AT_ONCE = 5000


@dataclass
class Neighbourhood:
    """What stands under the bands of some sketches, and what is read of it on the way.

    Args:
        members: ids of items by band.
        places: sketches by item.
        said: what items say, by item; None for one that is out of use.
    """

    members: dict[int, list[int]]
    places: dict[int, bytes] = field(default_factory=dict)
    said: dict[int, Said | None] = field(default_factory=dict)

    def like(self, said: Said, places: bytes, bands: Sequence[int], *, besides: int) -> dict[int, Likeness]:
        """Return the items that are like a text, by how like they are; the text's own item aside."""
        near = self._near(places, bands, besides)
        self._read_bodies(near)
        found = {}
        for item_id in near:
            other = self.said[item_id]
            likeness = None if other is None else compare(said, other)
            if likeness is not None:
                found[item_id] = likeness
        best = sorted(found.items(), key=lambda each: -each[1].percent)[:MOST_KEPT]
        return dict(best)

    def _near(self, places: bytes, bands: Sequence[int], besides: int) -> list[int]:
        counts = Counter(each for band in bands for each in self.members.get(band, ()))
        counts.pop(besides, None)
        ids = [each for each, _count in counts.most_common(_SKETCHES_READ)]
        missing = [each for each in ids if each not in self.places]
        for part in _parts(missing):
            rows = db.session.execute(select(Sketch.item_id, Sketch.places).where(Sketch.item_id.in_(part)))
            self.places.update((item_id, sketch) for item_id, sketch in rows)
        ids = [each for each in ids if each in self.places]
        share = shares(places, [self.places[each] for each in ids])
        order = sorted(range(len(ids)), key=lambda place: -share[place])[:MOST_COMPARED]
        return [ids[place] for place in order if share[place] >= _LEAST_SHARE]

    def _read_bodies(self, ids: Iterable[int]) -> None:
        missing = [each for each in ids if each not in self.said]
        if missing:
            self.said.update(dict.fromkeys(missing))
            self.said.update(said_of(missing))


def around(bands: Collection[int]) -> Neighbourhood:
    """Return what stands under some bands."""
    members: dict[int, list[int]] = defaultdict(list)
    for part in _parts(list(bands)):
        for band, item_id in db.session.execute(select(Band.hash, Band.item_id).where(Band.hash.in_(part))):
            members[band].append(item_id)
    return Neighbourhood(members)


def said_of(item_ids: Sequence[int]) -> Mapping[int, Said]:
    """Return what the newest versions of items say, deciphered, as far as they are not retired."""
    found: dict[int, Said] = {}
    banks: dict[int, Bank] = {}
    for part in _parts(item_ids):
        statement = (
            select(Item.id, Item.code, Item.bank_id, ItemVersion.number, ItemVersion.body_sealed)
            .join(ItemVersion, ItemVersion.item_id == Item.id)
            .where(Item.id.in_(part), ItemVersion.newest, ItemVersion.state != VersionState.RETIRED)
        )
        for item_id, code, bank_id, number, sealed in db.session.execute(statement):
            if bank_id not in banks:
                banks[bank_id] = db.session.get_one(Bank, bank_id)
            found[item_id] = said_by(body_in(banks[bank_id], code, number, sealed))
    return found


def _parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
