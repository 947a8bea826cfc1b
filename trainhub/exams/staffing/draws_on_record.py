"""Draws as they stand on record: found, listed, and published so that anybody repeats them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select

from trainhub import ledger
from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing import lottery
from trainhub.exams.staffing.models_of_draws import (
    Draw,
    DrawnPlace,
    DrawSitting,
    DrawState,
)
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.ledger import Head


def published(draw: Draw) -> dict[str, Any]:
    """Return the file of a draw with which anybody repeats it.

    Raises:
        Conflict: nothing was drawn.
    """
    if draw.seed is None:
        raise Conflict(_("Nothing was drawn yet."))
    pool = json.loads(draw.pool)
    return {
        "format": lottery.FORMAT,
        "draw": draw.code,
        "pool": pool,
        "pool_hash": draw.pool_hash,
        "commitments": {row.party: row.commitment for row in draw.commitments},
        "secrets": {row.party: row.secret for row in draw.commitments},
        "head": {"size": draw.head_size, "root": draw.head_root},
        "seed": draw.seed,
        "drawn": lottery.draw(pool, draw.seed),
        "ledger": _proofs(draw),
    }


def _proofs(draw: Draw) -> list[dict[str, Any]]:
    """Return the proofs that pool and commitments stood in the ledger when the head was signed."""
    head = db.session.scalar(select(Head).where(Head.size == draw.head_size))
    hashes = [draw.leaf_hash, *(row.leaf_hash for row in draw.commitments)]
    entries = select(ledger.Entry.id).where(ledger.Entry.leaf_hash.in_(hashes)).order_by(ledger.Entry.id)
    return [ledger.prove(number, head) for number in db.session.scalars(entries)]


def get_draw(code: str, *, centres: Sequence[int] | None = None) -> Draw:
    """Return a draw by its code.

    Args:
        code: of the draw.
        centres: whose draws the reader may see; None for all.

    Raises:
        NotFound: there is none among these.
    """
    statement = select(Draw).where(Draw.code == code)
    if centres is not None:
        statement = statement.where(Draw.centre_id.in_(centres))
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such draw."))
    return found


def draws_of(sitting: Sitting) -> list[Draw]:
    """Return all draws for a sitting, withdrawn ones too, in the order in which they were ordered."""
    mine = exists().where(DrawSitting.draw_id == Draw.id, DrawSitting.sitting_id == sitting.id)
    return list(db.session.scalars(select(Draw).where(mine).order_by(Draw.id)))


def drawn_at(sitting: Sitting) -> set[int]:
    """Return the numbers of the appointments to a sitting that come from a draw."""
    mine = select(DrawnPlace.appointment_id).where(
        DrawnPlace.sitting_id == sitting.id, DrawnPlace.appointment_id.is_not(None)
    )
    return {number for number in db.session.scalars(mine) if number is not None}


def open_draws(centres: Sequence[int] | None = None) -> list[Draw]:
    """Return the draws that wait for a commitment or a secret, the oldest first."""
    statement = select(Draw).where(Draw.state == DrawState.FROZEN).order_by(Draw.id)
    if centres is not None:
        statement = statement.where(Draw.centre_id.in_(centres))
    return list(db.session.scalars(statement))
