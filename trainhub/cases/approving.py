"""Four eyes on every case: another person approves it or sends it back; a case can be withdrawn."""

from __future__ import annotations

from trainhub import ledger, separation
from trainhub.cases.drafting import hold
from trainhub.cases.finding import index
from trainhub.cases.models import Case, CaseState, CaseVersion, VersionState
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def _in_review(case: Case, by: Person) -> CaseVersion:
    hold(case)
    if case.organisation_id not in organisations_for(by, Duty.APPROVE_CASES):
        raise Forbidden(_l("You do not approve cases for this organisation."))
    version = case.in_work
    if version is None or version.state != VersionState.IN_REVIEW:
        raise Conflict(_("No version of this case waits for approval."))
    return version


def approve(case: Case, *, by: Person) -> None:
    """Publish the version that waits; readers see it from now on.

    Raises:
        Conflict: none waits.
        Refused: S-15, the person drafted it.
        Forbidden: approving is not theirs.
    """
    version = _in_review(case, by)
    separation.relations.state_approved(by, case.code, by=by)
    if case.published is not None:
        case.published.state = VersionState.REPLACED
    version.state, case.state = VersionState.PUBLISHED, CaseState.PUBLISHED
    version.reviewed_by_id, version.reviewed_at = by.id, clock.now()
    db.session.flush()
    index(version)
    ledger.append("case.approved", by=by, side="training", case=case.code, version=version.number)


def send_back(case: Case, remark: str, *, by: Person) -> None:
    """Send the version that waits back to its drafter.

    Raises:
        Invalid: no remark.
        Conflict: none waits.
        Refused: S-15, the person drafted it.
        Forbidden: approving is not theirs.
    """
    if len(remark.strip()) < 2:
        raise Invalid(_("Say what is to be changed."))
    version = _in_review(case, by)
    separation.require_other_person("S-15", version.drafted_by_id, by)
    version.state, version.remark = VersionState.DRAFT, remark.strip()
    version.reviewed_by_id, version.reviewed_at = by.id, clock.now()
    ledger.append("case.sent_back", by=by, side="training", case=case.code, version=version.number)


def withdraw(case: Case, reason: str, *, by: Person) -> None:
    """Take a published case away from its readers, with the reason; a version in work ends with it.

    Raises:
        Invalid: no reason.
        Conflict: it is not published.
        Forbidden: approving is not theirs.
    """
    hold(case)
    if case.organisation_id not in organisations_for(by, Duty.APPROVE_CASES):
        raise Forbidden(_l("You do not approve cases for this organisation."))
    if case.state != CaseState.PUBLISHED:
        raise Conflict(_("This case is not published."))
    if len(reason.strip()) < 2:
        raise Invalid(_("Give the reason."))
    if case.in_work is not None:
        case.in_work.state = VersionState.REPLACED
    case.state, case.withdrawal_reason = CaseState.WITHDRAWN, reason.strip()
    ledger.append("case.withdrawn", by=by, side="training", case=case.code, reason=case.withdrawal_reason)
