"""Further evidence for a candidate without a training record: one person proposes, a second one decides."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import (
    Candidate,
    CandidateState,
    Eligibility,
    Evidence,
    EvidenceState,
    Sitting,
)
from trainhub.exams.sittings.registration import MAY_REGISTER
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.identity import records_of

EVIDENCE_KINDS = {
    "paper_record": _l("training record on paper, checked against the training body's register"),
    "skill_certificate": _l("certificate of occupational skill of the matching trade"),
    "exempt": _l("exempt from training by a decision of the authority"),
}
"""What may stand in for a training record that came through the door."""


def propose_evidence(
    candidates: Sequence[Candidate], kind: str, description: str, *, by: Person
) -> list[Evidence]:
    """Lay evidence before a second person, for one candidate or several of one sitting.

    Args:
        candidates: whose eligibility is open.
        kind: one of ``EVIDENCE_KINDS``.
        description: what was seen, and where it is kept.
        by: who saw it.

    Raises:
        Invalid: kind or description are missing, or nobody is chosen.
        Conflict: a candidate's eligibility is settled, or evidence is laid already.
    """
    if kind not in EVIDENCE_KINDS or len(description.strip()) < 4:
        raise Invalid(_("Say what was seen and where it is kept."))
    if not candidates:
        raise Invalid(_("Choose at least one candidate."))
    laid = []
    for candidate in candidates:
        _require_open(candidate)
        if open_evidence(candidate) is not None:
            raise Conflict(_("Evidence for this candidate waits for a decision already."))
        evidence = Evidence(
            candidate=candidate,
            kind=kind,
            description=description.strip(),
            state=EvidenceState.PROPOSED,
            proposed_by_id=by.id,
            proposed_at=clock.now(),
        )
        db.session.add(evidence)
        laid.append(evidence)
        note_change(candidate.sitting, "evidence_proposed", by=by, candidate=candidate, reason=description)
    db.session.flush()
    for evidence in laid:
        _record("candidate.evidence.proposed", evidence, by)
    return laid


def decide_evidence(evidence: Evidence, accept: bool, reason: str, *, by: Person) -> None:
    """Accept or decline evidence; whoever laid it does not decide on it.

    Raises:
        Forbidden: the same person laid it.
        Invalid: no reason is given.
        Conflict: it is decided already, or the sitting has been opened.
    """
    candidate = evidence.candidate
    hold_sitting(candidate.sitting)
    db.session.refresh(evidence)
    if evidence.state != EvidenceState.PROPOSED:
        raise Conflict(_("This evidence has been decided on already."))
    if evidence.proposed_by_id in records_of(by.id):
        raise Forbidden(_("Who laid the evidence does not decide on it: two persons look at it."))
    if not reason.strip():
        raise Invalid(_("Give the reason."))
    _require_open(candidate)
    evidence.state = EvidenceState.ACCEPTED if accept else EvidenceState.DECLINED
    evidence.decided_by_id, evidence.decided_at, evidence.reason = by.id, clock.now(), reason.strip()
    if accept:
        candidate.eligibility = Eligibility.ACCEPTED_EVIDENCE
        candidate.eligibility_facts = {"evidence": evidence.id, "kind": evidence.kind}
    kind = "evidence_accepted" if accept else "evidence_declined"
    note_change(candidate.sitting, kind, by=by, candidate=candidate, reason=reason)
    _record("candidate.evidence.accepted" if accept else "candidate.evidence.declined", evidence, by)


def _require_open(candidate: Candidate) -> None:
    if candidate.state != CandidateState.REGISTERED or candidate.eligibility != Eligibility.PENDING:
        raise Conflict(_("The eligibility of this candidate is settled."))
    if candidate.sitting.state not in MAY_REGISTER:
        raise Conflict(_("The sitting has been opened; its register is closed."))


def _record(kind: str, evidence: Evidence, by: Person) -> None:
    candidate = evidence.candidate
    ledger.append(
        kind,
        by=by,
        side="exam",
        sitting=candidate.sitting.code,
        person=candidate.person_id,
        evidence=evidence.id,
        evidence_kind=evidence.kind,
    )


def open_evidence(candidate: Candidate) -> Evidence | None:
    """Return the evidence of a candidate that waits for a decision."""
    statement = select(Evidence).where(
        Evidence.candidate_id == candidate.id, Evidence.state == EvidenceState.PROPOSED
    )
    return db.session.scalar(statement.limit(1))


def evidence_of(candidate: Candidate) -> list[Evidence]:
    """Return all evidence of a candidate, newest first."""
    statement = select(Evidence).where(Evidence.candidate_id == candidate.id).order_by(Evidence.id.desc())
    return list(db.session.scalars(statement))


def waiting_evidence(sitting: Sitting) -> list[Evidence]:
    """Return the evidence of a sitting that waits for a decision."""
    statement = (
        select(Evidence)
        .join(Candidate, Candidate.id == Evidence.candidate_id)
        .where(Candidate.sitting_id == sitting.id, Evidence.state == EvidenceState.PROPOSED)
        .order_by(Evidence.id)
    )
    return list(db.session.scalars(statement))


def get_evidence(evidence_id: int, *, centres: Sequence[int]) -> Evidence:
    """Return evidence of a sitting of some exam centres.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    statement = (
        select(Evidence)
        .join(Candidate, Candidate.id == Evidence.candidate_id)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(Evidence.id == evidence_id, Sitting.organisation_id.in_(centres))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such evidence."))
    return found
