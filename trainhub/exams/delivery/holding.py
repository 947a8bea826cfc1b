"""Finding an attempt, and holding it until a deed ends, so that no two deeds cross."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.sittings import Candidate
from trainhub.kernel.db import db

SHORTEST_REASON = 4


def attempt_of(candidate: Candidate) -> Attempt | None:
    """Return a candidate's newest attempt, or None before admission."""
    wanted = select(Attempt).where(Attempt.candidate_id == candidate.id).order_by(Attempt.round.desc())
    return db.session.scalars(wanted.limit(1)).first()


def rounds_of(attempt: Attempt) -> Select[int]:
    """Return the query of the ids of all attempts of a candidate: who began anew is watched as before."""
    return select(Attempt.id).where(Attempt.candidate_id == attempt.candidate_id)


def locked(attempt: Attempt) -> Attempt:
    """Return an attempt as it stands now, held until the deed ends, so that no two deeds cross."""
    db.session.flush()
    db.session.refresh(attempt, with_for_update={"of": Attempt, "key_share": True})
    return attempt


def held(wanted: Select[Attempt]) -> list[Attempt]:
    """Return attempts as they stand now, held until the deed ends.

    In the order of their numbers, as batches of answers hold them: in another order the two would wait for
    each other. Whoever adds something that belongs to one of them does not wait.
    """
    db.session.flush()
    in_order = wanted.order_by(Attempt.id).with_for_update(of=Attempt, key_share=True)
    return list(db.session.scalars(in_order.execution_options(populate_existing=True)))


def hold_attempts(candidates: Sequence[Candidate]) -> None:
    """Hold all attempts of some candidates before the first of them is changed."""
    held(select(Attempt).where(Attempt.candidate_id.in_([candidate.id for candidate in candidates])))


def attempt_by_token(token: str) -> Attempt | None:
    """Return the attempt that a machine's token may write to, with all that its page shows, or None."""
    whose = joinedload(Attempt.candidate)
    shown = (
        whose.joinedload(Candidate.person),
        whose.joinedload(Candidate.sitting),
        whose.joinedload(Candidate.room),
    )
    wanted = select(Attempt).where(Attempt.token_hash == hash_token(token))
    return db.session.scalar(wanted.options(*shown))
