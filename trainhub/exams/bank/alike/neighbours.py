"""Finding the items of a centre that are like a text: bands first, then sketches, then word for word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sqlalchemy import String, cast, func, select

from trainhub.exams.bank.alike.comparing import Likeness, compare
from trainhub.exams.bank.alike.saying import Said, said_by
from trainhub.exams.bank.alike.sketching import shares
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.models_alike import Band, Sketch
from trainhub.exams.bank.vault import body_in
from trainhub.kernel.db import db
from trainhub.kernel.many import among

MOST_IN_BAND = 20
"""So many items may stand under one number: a form of words that hundreds share tells nothing more."""
MOST_COMPARED, MOST_KEPT = 5, 5
_SKETCHES_READ = 60
_LEAST_SHARE = 0.5
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Asked:
    """A text whose neighbours are wanted.

    Args:
        said: what it says.
        places: its sketch.
        candidates: items that share a band with it, those that share most first.
    """

    said: Said
    places: bytes
    candidates: Sequence[int]


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

    def candidates(self, bands: Sequence[int]) -> list[int]:
        """Return the items that stand under some bands, those first that stand under most."""
        counts = Counter(chain.from_iterable(self.members.get(band, ()) for band in bands))
        # Sorting some dozens or hundreds is cheaper than picking the largest of them, as most_common does.
        return sorted(counts, key=counts.__getitem__, reverse=True)[:_SKETCHES_READ]

    def like(self, asked: Sequence[Asked]) -> list[dict[int, Likeness]]:
        """Return for each of some texts the items that are like it; what is read is read for all at once."""
        self._read_sketches({each for text in asked for each in text.candidates})
        near = [self._nearest(text) for text in asked]
        missing = {each for ids in near for each in ids} - self.said.keys()
        self.said.update(dict.fromkeys(missing))
        self.said.update(said_of(sorted(missing)))
        return [self._compared(text.said, ids) for text, ids in zip(asked, near, strict=True)]

    def _read_sketches(self, ids: set[int]) -> None:
        for part in _parts(sorted(ids - self.places.keys())):
            wanted = select(Sketch.item_id, Sketch.places).where(among(Sketch.item_id, part))
            rows = db.session.connection().execute(wanted)
            self.places.update((item_id, sketch) for item_id, sketch in rows.all())

    def _nearest(self, text: Asked) -> list[int]:
        ids = [each for each in text.candidates if each in self.places]
        share = shares(text.places, [self.places[each] for each in ids])
        order = sorted(range(len(ids)), key=lambda place: -share[place])[:MOST_COMPARED]
        return [ids[place] for place in order if share[place] >= _LEAST_SHARE]

    def _compared(self, said: Said, ids: Sequence[int]) -> dict[int, Likeness]:
        found = {}
        for item_id in ids:
            other = self.said[item_id]
            likeness = None if other is None else compare(said, other)
            if likeness is not None:
                found[item_id] = likeness
        return dict(sorted(found.items(), key=lambda each: -each[1].percent)[:MOST_KEPT])


def around(bands: Collection[int]) -> Neighbourhood:
    """Return what stands under some bands."""
    members: dict[int, list[int]] = {}
    # One row a band: a bank of many like items has a million rows under the bands of a few thousand texts.
    ids = func.aggregate_strings(cast(Band.item_id, String), ",")
    for part in _parts(list(bands)):
        wanted = select(Band.hash, ids).where(among(Band.hash, part)).group_by(Band.hash)
        for band, found in db.session.connection().execute(wanted):
            members[band] = [int(each) for each in found.split(",")]
    return Neighbourhood(members)


def said_of(item_ids: Sequence[int]) -> Mapping[int, Said]:
    """Return what the newest versions of items say, deciphered, as far as they are not retired."""
    found: dict[int, Said] = {}
    banks: dict[int, Bank] = {}
    for part in _parts(item_ids):
        statement = (
            select(Item.id, Item.code, Item.bank_id, ItemVersion.number, ItemVersion.body_sealed)
            .join(ItemVersion, ItemVersion.item_id == Item.id)
            .where(among(Item.id, part), ItemVersion.newest, ItemVersion.state != VersionState.RETIRED)
        )
        for item_id, code, bank_id, number, sealed in db.session.execute(statement):
            if bank_id not in banks:
                banks[bank_id] = db.session.get_one(Bank, bank_id)
            found[item_id] = said_by(body_in(banks[bank_id], code, number, sealed))
    return found


def _parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
