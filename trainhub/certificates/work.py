"""What waits in this room, and the background work that issues a sitting's certificates."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from trainhub.certificates.issuing import issue_for_sitting
from trainhub.certificates.register import certified_without_pass, waiting_sittings
from trainhub.governance.duties import organisations_for
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.jobs import Progress, job
from trainhub.kernel.rooms import Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

ISSUE = "certificates.issue"


@job(ISSUE, again=True)
def issue_certificates(progress: Progress, sitting_code: str, by_id: str) -> str:
    """Issue the certificates of a sitting, telling how far it is."""

    def told(done: int, total: int) -> None:
        progress.tell(
            done, total, ngettext("%(num)s certificate issued", "%(num)s certificates issued", done)
        )

    shown_at = f"/exam/certificates?q={sitting_code}"
    issue_for_sitting(sitting_code, by_id, told, lambda: progress.end(shown_at))
    return shown_at


def open_work(person: Person, duties: frozenset[str]) -> list[Task]:
    """Return the sittings whose passed results wait for a certificate from this person."""
    if Duty.ISSUE_CERTIFICATES not in duties:
        return []
    centres = organisations_for(person, Duty.ISSUE_CERTIFICATES)
    return [*_wrong(centres, person), *_waiting(centres, person)]


def _wrong(centres: Sequence[int], person: Person) -> list[Task]:
    """Certificates that stand although the result was corrected to not passed; the issuer has it done."""
    return [
        Task(
            title=_("Have another officer revoke: the result was corrected to not passed")
            if each.issued_by_id == person.id
            else _("Revoke: the result was corrected to not passed"),
            url=url_for("certificates.show", number=each.number),
            detail=each.number,
            tone="bad",
        )
        for each in certified_without_pass(centres)
    ]


def _waiting(centres: Sequence[int], person: Person) -> list[Task]:
    return [
        Task(
            title=_("Issue certificates"),
            url=url_for("certificates.overview") + f"#{each.sitting.code}",
            detail=each.sitting.code,
            count=each.count,
        )
        for each in waiting_sittings(centres, person)
        if each.theory_only and each.count > each.own
    ]
