"""The names of the duties (职责), side:subject:verb; the rules speak of them, governance grants them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from trainhub.kernel.i18n import _l


class Duty(StrEnum):
    """A duty that a person can hold for an organisation and a period (职责)."""

    MANAGE_COURSES = "training:course:manage"
    TEACH = "training:class:teach"
    ISSUE_TRAINING_RECORDS = "training:record:issue"
    DRAFT_CASES = "training:case:draft"
    APPROVE_CASES = "training:case:approve"
    AUTHOR_ITEMS = "exam:item:author"
    REVIEW_ITEMS = "exam:item:review"
    ASSEMBLE_PAPERS = "exam:paper:assemble"
    REVIEW_PAPERS = "exam:paper:review"
    OPEN_PAPERS = "exam:paper:open"
    MANAGE_SITES = "exam:site:manage"
    ARRANGE_SITTINGS = "exam:sitting:arrange"
    ASSIGN_STAFF = "exam:staff:assign"
    INVIGILATE = "exam:sitting:invigilate"
    ASSESS = "exam:practical:assess"
    INSPECT = "exam:sitting:inspect"
    ENTER_SHEETS = "exam:sheet:enter"
    MARK = "exam:result:mark"
    PUBLISH_RESULTS = "exam:result:publish"
    ISSUE_CERTIFICATES = "exam:certificate:issue"
    HANDLE_OBJECTIONS = "exam:objection:handle"
    AUDIT = "oversight:record:audit"
    SUPERVISE = "oversight:rule:override"
    ADMINISTER_SYSTEM = "system:machine:administer"
    ADMINISTER_SECURITY = "system:account:administer"
    ENROL_PEOPLE = "enterprise:people:enrol"

    @property
    def side(self) -> str:
        """The side the duty belongs to: training, exam, oversight, system or enterprise."""
        return self.value.split(":", 1)[0]

    @property
    def label(self) -> Any:
        """The duty in the reader's language."""
        return LABELS[self]


LABELS: dict[Duty, Any] = {
    Duty.MANAGE_COURSES: _l("Training administrator"),
    Duty.TEACH: _l("Instructor"),
    Duty.ISSUE_TRAINING_RECORDS: _l("Issuer of training records"),
    Duty.DRAFT_CASES: _l("Publisher of accident cases"),
    Duty.APPROVE_CASES: _l("Approver of accident cases"),
    Duty.AUTHOR_ITEMS: _l("Item author"),
    Duty.REVIEW_ITEMS: _l("Item reviewer"),
    Duty.ASSEMBLE_PAPERS: _l("Paper officer"),
    Duty.REVIEW_PAPERS: _l("Paper reviewer"),
    Duty.OPEN_PAPERS: _l("Paper opening officer"),
    Duty.MANAGE_SITES: _l("Exam site officer"),
    Duty.ARRANGE_SITTINGS: _l("Exam administrator"),
    Duty.ASSIGN_STAFF: _l("Staffing officer"),
    Duty.INVIGILATE: _l("Invigilator"),
    Duty.ASSESS: _l("Assessor"),
    Duty.INSPECT: _l("Inspector"),
    Duty.ENTER_SHEETS: _l("Answer sheet clerk"),
    Duty.MARK: _l("Marker"),
    Duty.PUBLISH_RESULTS: _l("Results officer"),
    Duty.ISSUE_CERTIFICATES: _l("Certificate officer"),
    Duty.HANDLE_OBJECTIONS: _l("Objections officer"),
    Duty.AUDIT: _l("Audit administrator"),
    Duty.SUPERVISE: _l("Supervisor"),
    Duty.ADMINISTER_SYSTEM: _l("System administrator"),
    Duty.ADMINISTER_SECURITY: _l("Security administrator"),
    Duty.ENROL_PEOPLE: _l("Enterprise training manager"),
}

ADMINISTRATION = frozenset({Duty.ADMINISTER_SYSTEM, Duty.ADMINISTER_SECURITY, Duty.AUDIT})
EXAMINATION = frozenset(duty for duty in Duty if duty.side == "exam")
BARRING_TRAINING = frozenset({Duty.MANAGE_COURSES, Duty.TEACH, Duty.ISSUE_TRAINING_RECORDS})
"""Teaching and class administration; learning, and publishing accident cases, bar nobody."""
