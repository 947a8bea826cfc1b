"""The door between the wings: signed records, and nothing else, pass from one to the other."""

from trainhub.handover.checking import Problem, problems
from trainhub.handover.models import (
    Application,
    CertificateStatus,
    Outcome,
    PracticeQuestion,
    Revocation,
    TrainingRecord,
)
from trainhub.handover.practice import (
    hand_over_practice_questions,
    practice_questions_besides,
    practice_questions_of,
    practice_texts,
)
from trainhub.handover.records import (
    applications,
    issue_training_record,
    revoke_training_record,
    submit_application,
    training_record,
    training_records_of,
)
from trainhub.handover.results import (
    certificate_statuses_of,
    certificate_statuses_of_each,
    certificates_in_force,
    enter_outcomes,
    hand_over_outcomes,
    newest_status,
    outcomes_of,
    outcomes_of_each,
    passed_at,
    publish_certificate_status,
    publish_outcome,
    record_outcomes,
    sign_outcomes,
)
from trainhub.handover.signing import have_key

__all__ = [
    "Application",
    "CertificateStatus",
    "Outcome",
    "PracticeQuestion",
    "Problem",
    "Revocation",
    "TrainingRecord",
    "applications",
    "certificate_statuses_of",
    "certificate_statuses_of_each",
    "certificates_in_force",
    "enter_outcomes",
    "hand_over_outcomes",
    "hand_over_practice_questions",
    "have_key",
    "issue_training_record",
    "newest_status",
    "outcomes_of",
    "passed_at",
    "outcomes_of_each",
    "practice_questions_besides",
    "practice_questions_of",
    "practice_texts",
    "problems",
    "publish_certificate_status",
    "publish_outcome",
    "record_outcomes",
    "revoke_training_record",
    "sign_outcomes",
    "submit_application",
    "training_record",
    "training_records_of",
]
