"""Which sittings the statistics looked at: none is forgotten, and none described from old marks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from trainhub.kernel import clock
from trainhub.kernel.db import EXAM_SIDE, Model
from trainhub.kernel.rewrapping import sealed_by_master


class Described(Model):
    """The questions of a marked sitting are described (试题统计): asked for when, and done when.

    Whoever asks again moves ``asked_at``; what was computed for an earlier asking is then not entered.
    ``figures_sealed`` is what was found, for the pages: it names options and keys.
    """

    __tablename__ = "marking_described"
    __table_args__ = (EXAM_SIDE,)

    sitting_id: Mapped[int] = mapped_column(
        ForeignKey("sittings_sitting.id"), primary_key=True, autoincrement=False
    )
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    done_at: Mapped[datetime | None]
    figures_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


def sealed_as(sitting_id: int) -> str:
    """Return what binds the sealed figures to their sitting."""
    return f"described:{sitting_id}"


# Said here, not where figures are read: whoever rotates keys loads no NumPy.
sealed_by_master(Described, "figures_sealed", lambda row: sealed_as(row.sitting_id))
