"""Who holds a share of a paper's key, and what the ledger says that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from trainhub.exams.papers.content import hash_of
from trainhub.exams.papers.models import Paper
from trainhub.exams.papers.models_opening import OpeningKey, Share
from trainhub.exams.papers.opening_keys import key_in_use, require_unchanged
from trainhub.exams.papers.shares import THRESHOLD, commitment, context_of, seal_to, split
from trainhub.governance.duties import holders
from trainhub.kernel import cipher
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.ledger import Entry
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import person_standing_for, records_of
from trainhub.separation.report_ledger import facts_of_entry


def possible_officers(paper: Paper) -> list[Person]:
    """Return who may receive a share: opening officers of the paper's organisation who have a key."""
    organisation = db.session.get_one(Organisation, paper.organisation_id)
    officers = holders(Duty.OPEN_PAPERS, organisation=organisation)
    return [person for person in officers if key_in_use(person) is not None]


def shareholders(paper: Paper, officers: Sequence[Person]) -> list[OpeningKey]:
    """Return the keys to which the shares go, each held against the ledger.

    Raises:
        Invalid: there are fewer than two people, or somebody among them cannot hold a share.
        Conflict: a key was altered in the database.
    """
    known = {person.id: person for person in possible_officers(paper)}
    chosen = sorted({person_standing_for(person.id) for person in officers})
    if len(chosen) < THRESHOLD:
        raise Invalid(_("Choose two officers at least; with three, one of them may be away."))
    if any(each not in known for each in chosen):
        raise Invalid(_("Choose officers of this organisation who have set up their opening key."))
    found = [key for each in chosen if (key := key_in_use(known[each])) is not None]
    for key in found:
        require_unchanged(key)
    return found


def hand_out(paper: Paper, paper_key: bytes, holding: Sequence[OpeningKey]) -> list[dict[str, Any]]:
    """Cut a paper's key into shares and seal each to its officer; return what the ledger is told of them."""
    told: list[dict[str, Any]] = []
    for key, (number, share) in zip(holding, split(paper_key, len(holding)), strict=True):
        context = context_of(paper.code, number, key.code)
        sealed = seal_to(key.public_key, share, context)
        officer = person_standing_for(key.person_id)
        db.session.add(
            Share(paper_id=paper.id, number=number, person_id=officer, key_id=key.id, sealed=sealed)
        )
        said = commitment(context, key.public_key, sealed)
        told.append({"number": number, "officer": officer, "key": key.code, "commitment": said})
    return told


def shares_of(paper: Paper, person: Person) -> list[Share]:
    """Return the shares of a paper that a person holds, under whichever record; two after a merger."""
    statement = select(Share).where(Share.paper_id == paper.id, Share.person_id.in_(records_of(person.id)))
    return list(db.session.scalars(statement.order_by(Share.number)))


def all_shares(paper: Paper) -> list[Share]:
    """Return all shares of a paper."""
    return list(db.session.scalars(select(Share).where(Share.paper_id == paper.id).order_by(Share.number)))


def require_unchanged_share(share: Share) -> str:
    """Hold a share, and the key that it went to, against the ledger; return the share's context.

    Raises:
        Conflict: share, key or holder were changed in the database.
    """
    paper, key = share.paper, share.key
    context = context_of(paper.code, share.number, key.code)
    found = commitment(context, key.public_key, share.sealed)
    said = {each["number"]: each for each in sealing_facts(paper).get("shares", [])}.get(share.number, {})
    if said.get("commitment") != found or said.get("officer") != share.person_id:
        raise Conflict(
            _("Share %(number)s of the paper %(code)s was altered.", number=share.number, code=paper.code)
        )
    return context


def sealing_facts(paper: Paper) -> dict[str, Any]:
    """Return what the ledger was told when a paper was sealed; empty if that is not to be found."""
    entry = db.session.scalar(select(Entry).where(Entry.leaf_hash == paper.ledger_leaf))
    facts = facts_of_entry(entry) if entry is not None else {}
    return facts if facts.get("paper") == paper.code else {}


def written_of(paper: Paper, paper_key: bytes) -> bytes:
    """Decipher a paper and hold it against the hash that the ledger was told.

    Raises:
        Conflict: it was altered after sealing, or this is not its key.
    """
    altered = Conflict(_("The paper %(code)s was altered after sealing.", code=paper.code))
    try:
        written = cipher.decrypt(paper_key, paper.content_sealed or b"", f"paper:{paper.code}")
    except cipher.Undecipherable:
        raise altered from None
    if sealing_facts(paper).get("content_hash") != hash_of(written):
        raise altered
    return written
