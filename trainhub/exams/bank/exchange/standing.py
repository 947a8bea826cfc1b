"""Where an item stands in its bank, beside what it says: knowledge point, difficulty, cognitive level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import quote, unquote

from trainhub.exams.bank.content import ItemBody, ItemType

Pair = tuple[ItemType, ItemBody]


@dataclass(frozen=True)
class Standing:
    """Where an item stands (试题归类).

    Args:
        point: code of its knowledge point.
        level: how hard its author thinks it, 1 to 3.
        cognitive: its cognitive level.
    """

    point: str = ""
    level: int | None = None
    cognitive: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """What our own files say of it."""
        said = {"point": quote(self.point), "level": str(self.level or ""), "cognitive": self.cognitive}
        return {name: text for name, text in said.items() if text}


NOWHERE = Standing()


def standing_in(facts: Mapping[str, str]) -> Standing:
    """Return where an item of a file of ours stands."""
    level = facts.get("level", "")
    return Standing(
        unquote(facts.get("point", "")),
        int(level) if level in ("1", "2", "3") else None,
        facts.get("cognitive", ""),
    )


def stood(
    items: Sequence[Pair], standings: Sequence[Standing]
) -> Iterator[tuple[ItemType, ItemBody, Standing]]:
    """Yield items with where they stand; of those beyond ``standings`` nothing is known."""
    for pair, standing in zip_longest(items, standings):
        yield *pair, standing or NOWHERE
