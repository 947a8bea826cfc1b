"""The draw of exam staff: freeze the pool, two parties commit, a head is signed, both reveal, all is drawn.

Nobody could know the seed before the last secret was revealed: each party brings a secret, and the ledger's
head that goes into it did not exist when they committed. Who withholds a secret, and every drawing anew,
leaves a trace with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from trainhub import ledger
from trainhub.exams.sittings import Sitting, hold_sitting
from trainhub.exams.staffing import lottery
from trainhub.exams.staffing.appointing import BEFORE_THE_END, appoint, withdraw_appointment
from trainhub.exams.staffing.draws_on_record import drawn_at, draws_of, get_draw, open_draws, published
from trainhub.exams.staffing.models import AppointmentState
from trainhub.exams.staffing.models_of_draws import (
    Commitment,
    Draw,
    DrawnPlace,
    DrawSitting,
    DrawState,
    Party,
)
from trainhub.exams.staffing.pools import DUTIES, pool_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, DomainError, Invalid, Refused
from trainhub.kernel.i18n import _, for_any_reader
from trainhub.kernel.identifiers import random_id
from trainhub.ledger import Head
from trainhub.ledger.models import Leaf
from trainhub.people.models import Person
from trainhub.people.persons import get_person
from trainhub.separation import identity
from trainhub.separation.duties import Duty

__all__ = [
    "commit",
    "drawn_at",
    "draws_of",
    "freeze",
    "get_draw",
    "head_for",
    "open_draws",
    "published",
    "reveal",
    "withdraw_draw",
]

HEX = re.compile(r"[0-9a-f]{64}")
SHORTEST_REASON = 5


def freeze(sittings: Sequence[Sitting], duties: Iterable[Duty], reason: str = "", *, by: Person) -> Draw:
    """Freeze the pool of a draw for what some sittings of one day still lack, and publish its hash.

    Args:
        sittings: of one centre, on one day.
        duties: for which people are drawn.
        reason: why people are drawn once more; needed if there was a draw for any of the sittings.
        by: who orders the draw.

    Raises:
        Invalid: the sittings are not of one centre and day, or the reason is missing.
        Conflict: a sitting is over or in a draw that is not finished, or nobody is missing.
        CannotBeFilled: there are not enough people whom no rule excludes; it says what is in the way.
    """
    for sitting in sorted(sittings, key=lambda each: each.code):
        hold_sitting(sitting)
    day = _one_day(sittings)
    if any(each.state not in BEFORE_THE_END for each in sittings):
        raise Conflict(_("The sitting is over: nobody is appointed any more."))
    earlier = [draw for sitting in sittings for draw in draws_of(sitting)]
    if any(draw.state == DrawState.FROZEN for draw in earlier):
        raise Conflict(_("A draw for one of these sittings is not finished. Finish or withdraw it first."))
    if earlier and len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("People were drawn for these sittings before. Say why they are drawn anew."))
    pool = pool_of(sittings, duties)
    draw = Draw(
        centre_id=sittings[0].organisation_id,
        day=day,
        pool=lottery.canonical(pool).decode(),
        pool_hash=lottery.hash_of(pool),
        reason=reason.strip(),
        frozen_by_id=by.id,
        sittings=[DrawSitting(sitting=each) for each in sittings],
    )
    draw.code = random_id()
    codes = sorted(each.code for each in sittings)
    entry = _record("draw.frozen", draw, by, pool=draw.pool_hash, sittings=codes, reason=draw.reason)
    draw.leaf_hash = entry.leaf_hash
    db.session.add(draw)
    db.session.flush()
    return draw


def newest_first(centres: Sequence[int] | None = None) -> Select[Draw]:
    """Return the statement of draws, the newest first: of some centres, or of all."""
    statement = select(Draw).order_by(Draw.id.desc())
    return statement if centres is None else statement.where(Draw.centre_id.in_(centres))


def _one_day(sittings: Sequence[Sitting]) -> Any:
    days = {clock.local_day(each.starts_at) for each in sittings}
    if len(days) != 1 or len({each.organisation_id for each in sittings}) != 1:
        raise Invalid(_("People are drawn for sittings of one exam centre on one day."))
    return days.pop()


def _codes(draw: Draw) -> list[str]:
    return sorted(each.sitting.code for each in draw.sittings)


def _record(kind: str, draw: Draw, by: Person, **facts: Any) -> ledger.Entry:
    return ledger.append(kind, by=by, side="exam", draw=draw.code, **facts)


def commit(draw: Draw, party: Party, commitment: str, *, by: Person) -> Commitment:
    """Commit a party to its secret.

    Args:
        draw: which.
        party: for whom.
        commitment: ``lottery.commitment`` of the secret, 64 hexadecimal digits.
        by: who commits.

    Raises:
        Invalid: this is no such hash.
        Conflict: the party committed before, the draw is finished, or one person stands for both parties.
    """
    _still_open(draw)
    if not HEX.fullmatch(commitment):
        raise Invalid(_("A commitment has 64 digits from 0 to 9 and a to f."))
    if draw.of(party) is not None:
        raise Conflict(_("This party committed before; a commitment is never changed."))
    _two_people(draw, party, by)
    entry = _record("draw.committed", draw, by, party=party, commitment=commitment)
    row = Commitment(party=party, commitment=commitment, by_id=by.id, leaf_hash=entry.leaf_hash)
    draw.commitments.append(row)
    db.session.flush()
    return row


def _still_open(draw: Draw) -> None:
    lock("draw", draw.code)
    db.session.refresh(draw)
    if draw.state != DrawState.FROZEN:
        raise Conflict(_("This draw is finished or withdrawn."))


def _two_people(draw: Draw, party: Party, by: Person) -> None:
    """Refuse one human being, under whatever record, for both parties."""
    me = identity.records_of(by.id)
    others = [row for row in draw.commitments if row.party != party]
    if any(row.by_id in me or row.revealed_by_id in me for row in others):
        raise Conflict(_("One person cannot stand for both parties of a draw."))


def head_for(draw: Draw) -> Head | None:
    """Return the first signed head of the ledger that holds both commitments, or None."""
    if len(draw.commitments) < len(Party):
        return None
    hashes = [row.leaf_hash for row in draw.commitments]
    placed = select(func.count(), func.max(Leaf.position)).where(
        Leaf.leaf_hash.in_(hashes), Leaf.position.is_not(None)
    )
    number, last = db.session.execute(placed).one()
    if number < len(hashes):
        return None
    return db.session.scalar(select(Head).where(Head.size > last).order_by(Head.size).limit(1))


def reveal(draw: Draw, party: Party, secret: str, *, by: Person) -> bool:
    """Reveal the secret of a party; after the second one, all places are drawn and people appointed.

    Args:
        draw: which.
        party: whose secret.
        secret: 64 hexadecimal digits.
        by: who reveals.

    Returns:
        Whether people were drawn.

    Raises:
        Invalid: this is not the secret that was committed.
        Conflict: not both parties have committed, or no signed head holds both commitments yet.
    """
    _still_open(draw)
    row, head = draw.of(party), head_for(draw)
    if row is None or len(draw.commitments) < len(Party):
        raise Conflict(_("Secrets are revealed after both parties have committed."))
    if head is None:
        raise Conflict(_("No signed head of the ledger holds both commitments yet; it does within a minute."))
    if row.secret is not None:
        raise Conflict(_("The secret of this party is revealed already."))
    expected = lottery.commitment(draw.code, draw.pool_hash, party, secret)
    if not HEX.fullmatch(secret) or expected != row.commitment:
        raise Invalid(_("This is not the secret that was committed."))
    _two_people(draw, party, by)
    row.secret, row.revealed_by_id, row.revealed_at = secret, by.id, clock.now()
    draw.head_size, draw.head_root = head.size, head.root
    _record("draw.revealed", draw, by, party=party, secret=secret, head=head.size, root=head.root)
    if any(each.secret is None for each in draw.commitments):
        return False
    _carry_out(draw)
    return True


def _carry_out(draw: Draw) -> None:
    """Draw all places and appoint; what a rule refuses by now stays empty and is drawn anew."""
    pool = json.loads(draw.pool)
    secrets = {row.party: str(row.secret) for row in draw.commitments}
    draw.seed = lottery.seed_of(draw.pool_hash, secrets, int(draw.head_size or 0), str(draw.head_root))
    draw.state, draw.drawn_at = DrawState.DRAWN, clock.now()
    sittings = {each.sitting.code: each.sitting for each in draw.sittings}
    for number, found in enumerate(lottery.draw(pool, draw.seed)):
        sitting = sittings[found["sitting"]]
        place = DrawnPlace(
            number=number,
            sitting_id=sitting.id,
            duty=DUTIES[found["duty"]],
            room=found["room"],
            person_id=found["person"],
        )
        draw.places.append(place)
        _appoint(place, sitting, draw.frozen_by)
    db.session.flush()
    _record(
        "draw.drawn",
        draw,
        draw.frozen_by,
        seed=draw.seed,
        head=draw.head_size,
        root=draw.head_root,
        places=[
            {
                "sitting": place.sitting.code,
                "duty": place.duty,
                "room": place.room,
                "person": place.person_id,
                "refused_by": place.refused_by,
            }
            for place in draw.places
        ],
    )


def _appoint(place: DrawnPlace, sitting: Sitting, by: Person) -> None:
    rooms = {room.exam_room.code: room for room in sitting.rooms}
    room = rooms.get(place.room or "")
    with for_any_reader():
        try:
            if place.room and room is None:
                raise Conflict(_("This room is not of the sitting."))
            place.appointment = appoint(sitting, room, get_person(place.person_id), Duty(place.duty), by=by)
        except Refused as refusal:
            place.refused_by = refusal.rule.id
        except DomainError as problem:
            place.refused_by = str(problem)


def withdraw_draw(draw: Draw, reason: str, *, by: Person) -> None:
    """Withdraw a draw: before it is drawn nothing comes of it; afterwards all who were drawn are off duty.

    Raises:
        Invalid: no reason is given.
        Conflict: it was withdrawn before, or a sitting of it is over.
    """
    lock("draw", draw.code)
    db.session.refresh(draw)
    if draw.state == DrawState.WITHDRAWN:
        raise Conflict(_("This draw was withdrawn before."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Say why the draw is withdrawn, for everybody who reads it later."))
    for place in draw.places:
        row = place.appointment
        if row is not None and row.state == AppointmentState.APPOINTED:
            withdraw_appointment(row, reason, by=by)
    draw.state, draw.withdrawn_by_id = DrawState.WITHDRAWN, by.id
    draw.withdrawn_at, draw.withdrawal_reason = clock.now(), reason.strip()
    db.session.flush()
    _record("draw.withdrawn", draw, by, reason=draw.withdrawal_reason, sittings=_codes(draw))
