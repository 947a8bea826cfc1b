"""How items went at examinations, as assembly counts with it: marking tells it, assembly asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select

from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.papers.models import Figures
from trainhub.kernel.db import db, lock

FEWEST = 10
"""Fewer candidates than this say nothing of an item; the statistics set no flag on fewer either."""
STEEPEST = 3.0


@dataclass(frozen=True)
class Observed:
    """How one version of an item went at one sitting.

    Args:
        item_code: of the item.
        version: its number.
        candidates: who met it.
        facility: mean share of its marks.
        discrimination: slope of its characteristic curve; None: unknown.
    """

    item_code: str
    version: int
    candidates: int
    facility: float
    discrimination: float | None


def slope_of(item_rest: float | None) -> float | None:
    """Return the slope that belongs to a correlation with the rest (Lord 1980), at most a steep one."""
    if item_rest is None or item_rest <= 0:
        return None
    return float(min(STEEPEST, 1.702 * item_rest / max(1e-6, 1 - item_rest**2) ** 0.5))


def note_figures(sitting_code: str, observed: Iterable[Observed]) -> None:
    """Keep how versions went at a sitting, in place of what was kept of it before."""
    lock("papers-figures", sitting_code)
    rows = list(observed)
    codes = {each.item_code for each in rows}
    statement = (
        select(Item.code, ItemVersion.number, ItemVersion.id)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(Item.code.in_(codes))
    )
    known = {(code, number): version_id for code, number, version_id in db.session.execute(statement)}
    db.session.execute(delete(Figures).where(Figures.sitting_code == sitting_code))
    by_version: dict[int, Observed] = {}
    for each in rows:
        version_id = known.get((each.item_code, each.version))
        if version_id is None or each.candidates < 1:
            continue
        before = by_version.get(version_id)
        if before is None or before.candidates < each.candidates:
            by_version[version_id] = each
    db.session.add_all(
        Figures(
            version_id=version_id,
            sitting_code=sitting_code,
            candidates=each.candidates,
            facility=min(1.0, max(0.0, each.facility)),
            discrimination=each.discrimination,
        )
        for version_id, each in by_version.items()
    )


def figures_by_version() -> Select[int, int, float, float | None]:
    """Return a select of version, candidates, facility and slope over all sittings, weighed by candidates."""
    known = Figures.discrimination.is_not(None)
    weighed = func.sum(Figures.discrimination * Figures.candidates).filter(known)
    return (
        select(
            Figures.version_id.label("version_id"),
            func.sum(Figures.candidates).label("candidates"),
            (func.sum(Figures.facility * Figures.candidates) / func.sum(Figures.candidates)).label(
                "facility"
            ),
            (weighed / func.sum(Figures.candidates).filter(known)).label("discrimination"),
        )
        .group_by(Figures.version_id)
        .having(func.sum(Figures.candidates) >= FEWEST)
    )
