"""Drafting a case: facts and film, handed in for approval by another person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from trainhub import ledger, separation
from trainhub.cases.facts import CaseFacts, check, facts_of, write
from trainhub.cases.models import Case, CaseState, CaseVersion, VersionState
from trainhub.courses.models import Film, FilmState
from trainhub.governance.duties import organisations_for
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty


def draft_case(facts: CaseFacts, organisation: Organisation, *, by: Person) -> Case:
    """Begin a case.

    Raises:
        Invalid: a fact cannot be.
        Forbidden: the person does not draft for this organisation.
    """
    if organisation.id not in organisations_for(by, Duty.DRAFT_CASES):
        raise Forbidden(_l("You do not draft cases for this organisation."))
    check(facts)
    case = Case(code=f"AL-{facts.occurred_on:%Y}-{readable_code(5)}", organisation_id=organisation.id)
    db.session.add(case)
    db.session.flush()
    _new_version(case, facts, by)
    ledger.append("case.drafted", by=by, side="training", case=case.code)
    return case


def _new_version(case: Case, facts: CaseFacts, by: Person) -> CaseVersion:
    version = CaseVersion(number=len(case.versions) + 1, drafted_by_id=by.id)
    write(version, facts)
    case.versions.append(version)
    db.session.flush()
    separation.relations.state_drafted(by, case.code, by=by)
    return version


def change_draft(case: Case, facts: CaseFacts, *, by: Person) -> None:
    """Change the facts of a draft.

    Raises:
        Conflict: there is no draft, or it is with the approver.
        Invalid: a fact cannot be.
    """
    version = _own_draft(case, by)
    check(facts)
    write(version, facts)
    version.drafted_by_id = by.id
    separation.relations.state_drafted(by, case.code, by=by)
    ledger.append("case.changed", by=by, side="training", case=case.code, version=version.number)


def hold(case: Case) -> None:
    """Let nobody else change a case until the transaction ends, and know it as the last one left it."""
    lock("case", case.code)
    db.session.flush()
    db.session.expire_all()


def _own_draft(case: Case, by: Person) -> CaseVersion:
    hold(case)
    if case.organisation_id not in organisations_for(by, Duty.DRAFT_CASES):
        raise Forbidden(_l("You do not draft cases for this organisation."))
    version = case.in_work
    if version is None or version.state != VersionState.DRAFT:
        raise Conflict(_("There is no draft of this case to change."))
    return version


def give_film(case: Case, film: Film, *, by: Person) -> None:
    """Give a draft its film, in place of any before.

    Raises:
        Conflict: there is no draft, or it is with the approver.
    """
    version = _own_draft(case, by)
    version.film = film
    separation.relations.state_drafted(by, case.code, by=by)
    ledger.append("case.film.given", by=by, side="training", case=case.code, film=film.code)


def begin_correction(case: Case, *, by: Person) -> None:
    """Begin a new version of a published case; readers see the old one until the new one is approved.

    Raises:
        Conflict: the case is not published, or a new version is in work already.
    """
    hold(case)
    if case.organisation_id not in organisations_for(by, Duty.DRAFT_CASES):
        raise Forbidden(_l("You do not draft cases for this organisation."))
    if case.state != CaseState.PUBLISHED or case.published is None or case.in_work is not None:
        raise Conflict(_("A published case without a version in work is corrected."))
    before = case.published
    version = _new_version(case, facts_of(before), by)
    version.film = before.film
    ledger.append("case.correction.begun", by=by, side="training", case=case.code, version=version.number)


def submit(case: Case, *, by: Person) -> None:
    """Hand a draft to the approver.

    Raises:
        Conflict: there is no draft.
        Invalid: its film is not ready, or a text that readers need is missing.
    """
    version = _own_draft(case, by)
    if version.film is not None and version.film.state != FilmState.READY:
        raise Invalid(_("The film of the case is not ready yet, or was refused."))
    needed = (version.events, version.direct_cause, version.lessons, version.measures, version.source)
    if not all(text.strip() for text in needed):
        raise Invalid(_("Course of events, direct cause, lessons, measures and source are needed."))
    version.state, version.remark = VersionState.IN_REVIEW, ""
    ledger.append("case.submitted", by=by, side="training", case=case.code, version=version.number)


def get_case(code: str, *, organisations: Sequence[int] | None = None) -> Case:
    """Return a case by code.

    Args:
        code: of the case.
        organisations: only a case of one of these, if given.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    statement = select(Case).where(Case.code == code)
    if organisations is not None:
        statement = statement.where(Case.organisation_id.in_(organisations))
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such case."))
    return found


def cases_in_work(organisations: Sequence[int], state: VersionState) -> list[CaseVersion]:
    """Return the versions of some organisations that are in a state, the oldest first."""
    statement = (
        select(CaseVersion)
        .join(Case, Case.id == CaseVersion.case_id)
        .where(Case.organisation_id.in_(organisations), CaseVersion.state == state)
        .order_by(CaseVersion.drafted_at)
    )
    return list(db.session.scalars(statement))


def on_the_desk(organisations: Sequence[int]) -> Select[CaseVersion]:
    """Return the statement of the versions that some authorities have, unpublished ones first."""
    return (
        select(CaseVersion)
        .join(Case, Case.id == CaseVersion.case_id)
        .where(Case.organisation_id.in_(organisations), CaseVersion.state != VersionState.REPLACED)
        .order_by(CaseVersion.state == VersionState.PUBLISHED, CaseVersion.drafted_at.desc())
    )
