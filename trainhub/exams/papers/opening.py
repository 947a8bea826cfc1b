"""Opening a sealed paper by two of its officers, each with the passphrase of their own key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select

from trainhub import ledger, regulations
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.papers.hiding import restore
from trainhub.exams.papers.models import Paper, PaperState
from trainhub.exams.papers.models_opening import FirstShare, Opening, Share
from trainhub.exams.papers.opening_keys import WrongPassphrase, unlock
from trainhub.exams.papers.sealing import PaperUse, use_sources
from trainhub.exams.papers.shareholders import require_unchanged_share, shares_of, written_of
from trainhub.exams.papers.shares import combine, unseal
from trainhub.kernel import cipher, clock, keys
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people.models import Person
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of
from trainhub.separation.report_ledger import entries_about, facts_of_entry

BEFORE_MINUTES = "exam.opening.before_minutes"
FIRST_SHARE_MINUTES = "exam.opening.first_share_minutes"
OPENED = "paper.opened_by_two"


def _context(first: FirstShare) -> str:
    return f"first-share:{first.paper.code}:{first.sitting_code}:{first.share.number}:{first.code}"


sealed_by_master(FirstShare, "share_sealed", _context)


@dataclass(frozen=True)
class Waiting:
    """A paper that waits for its officers, for one sitting (待启封试卷).

    Args:
        paper: which.
        use: the sitting that uses it.
        opens_from: from when on the officers may open it.
        first: what the first of them gave, if that still stands.
    """

    paper: Paper
    use: PaperUse
    opens_from: datetime
    first: FirstShare | None

    @property
    def is_time(self) -> bool:
        """Whether the officers may act now."""
        return self.use.is_under_way and clock.now() >= self.opens_from


def is_ready(paper_code: str) -> bool:
    """Tell whether a sealed paper can be read for its sitting without any further person."""
    ready = exists().where(
        Paper.code == paper_code, Paper.state == PaperState.SEALED, Paper.key_sealed.is_not(None)
    )
    return bool(db.session.scalar(select(ready)))


def get_entrusted(code: str, *, by: Person) -> Paper:
    """Return a sealed paper of which a person holds a share, as officer of its organisation.

    Raises:
        NotFound: there is none.
    """
    statement = select(Paper).where(
        Paper.code == code,
        Paper.state == PaperState.SEALED,
        Paper.opening == Opening.OFFICERS,
        Paper.organisation_id.in_(organisations_of(by, Duty.OPEN_PAPERS)),
        exists().where(Share.paper_id == Paper.id, Share.person_id.in_(records_of(by.id))),
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such paper of which you hold a share."))
    return found


def entrusted_to(person: Person) -> list[Paper]:
    """Return the papers of which a person holds a share, newest first."""
    statement = (
        select(Paper)
        .where(
            Paper.organisation_id.in_(organisations_of(person, Duty.OPEN_PAPERS)),
            exists().where(Share.paper_id == Paper.id, Share.person_id.in_(records_of(person.id))),
        )
        .order_by(Paper.sealed_at.desc(), Paper.id.desc())
    )
    return list(db.session.scalars(statement))


def waiting(papers: Sequence[Paper]) -> list[Waiting]:
    """Return for which sittings some papers wait for their officers, the soonest first."""
    unopened = {paper.code: paper for paper in papers if paper.key_sealed is None}
    if not unopened:
        return []
    uses = [use for source in use_sources for use in source(sorted(unopened))]
    return [
        Waiting(paper, use, opens_from(use.starts_at), first_share(paper, use.sitting_code))
        for use in sorted(uses, key=lambda each: (each.starts_at, each.sitting_code))
        for paper in [unopened[use.paper_code]]
    ]


def opens_from(starts_at: datetime) -> datetime:
    """Return from when on the paper of a sitting may be opened by its officers."""
    minutes = int(regulations.value(BEFORE_MINUTES, on=clock.local_day(starts_at)))
    return starts_at - timedelta(minutes=minutes)


def first_share(paper: Paper, sitting_code: str) -> FirstShare | None:
    """Return what the first officer gave for a sitting, if it has not run out."""
    statement = select(FirstShare).where(
        FirstShare.paper_id == paper.id,
        FirstShare.sitting_code == sitting_code,
        FirstShare.ends_at > clock.now(),
    )
    return db.session.scalar(statement)


def give_share(paper: Paper, sitting_code: str, passphrase: str, *, by: Person) -> bool:
    """Give one's share for the paper of a sitting; the second person's opens it.

    Args:
        paper: one of which the person holds a share.
        sitting_code: for which sitting.
        passphrase: of the person's opening key.
        by: who gives it.

    Returns:
        Whether the paper is open now.

    Raises:
        WrongPassphrase: it is wrong; the caller commits, so that the try is counted.
        NotFound: the person holds no share of it, or no such duty any more.
        Conflict: it is not time, the paper is open, the person has given theirs, or something was altered.
    """
    lock("paper", paper.code)
    paper = get_entrusted(paper.code, by=by)
    db.session.refresh(paper, with_for_update=True)
    if paper.key_sealed is not None:
        raise Conflict(_("The paper %(code)s is open already.", code=paper.code))
    _require_time(paper, sitting_code)
    first = first_share(paper, sitting_code)
    if first is not None and first.share.person_id in records_of(by.id):
        raise Conflict(_("You have given your share. Another officer has to give theirs."))
    share, plain = _open_share(paper, passphrase, by)
    if first is None:
        _keep(share, sitting_code, plain, by)
        return False
    _open(paper, first, (share, plain), by)
    return True


def _require_time(paper: Paper, sitting_code: str) -> None:
    found = next((each for each in waiting([paper]) if each.use.sitting_code == sitting_code), None)
    if found is None:
        raise Conflict(_("The sitting %(code)s does not use this paper.", code=sitting_code))
    if not found.use.is_under_way:
        raise Conflict(
            _("The sitting %(code)s is not open for entry yet; the paper stays sealed.", code=sitting_code)
        )
    if not found.is_time:
        raise Conflict(_("It is too early to open the paper of the sitting %(code)s.", code=sitting_code))


def _open_share(paper: Paper, passphrase: str, by: Person) -> tuple[Share, bytes]:
    """Return the share that a passphrase opens; who became one of two records may hold two."""
    shares = shares_of(paper, by)
    contexts = [require_unchanged_share(share) for share in shares]
    for share, context in zip(shares, contexts, strict=True):
        try:
            private = unlock(share.key, passphrase)
        except WrongPassphrase:
            if share is shares[-1]:
                raise
            continue
        try:
            return share, unseal(private, share.sealed, context)
        except cipher.Undecipherable:
            raise Conflict(
                _("Share %(number)s of the paper %(code)s was altered.", number=share.number, code=paper.code)
            ) from None
    raise NotFound(_l("There is no such paper of which you hold a share."))


def _keep(share: Share, sitting_code: str, plain: bytes, by: Person) -> None:
    """Keep the first share, for this paper and sitting alone, until the second comes or its time is over."""
    paper = share.paper
    db.session.execute(
        delete(FirstShare).where(FirstShare.paper_id == paper.id, FirstShare.sitting_code == sitting_code)
    )
    minutes = int(regulations.value(FIRST_SHARE_MINUTES, on=clock.today()))
    first = FirstShare(
        code=random_id(),
        paper=paper,
        share=share,
        sitting_code=sitting_code,
        ends_at=clock.now() + timedelta(minutes=minutes),
    )
    first.share_sealed = keys.seal("exam", plain, _context(first))
    db.session.add(first)
    db.session.flush()
    ledger.append("paper.share_given", by=by, side="exam", paper=paper.code, sitting=sitting_code)


def _open(paper: Paper, first: FirstShare, second: tuple[Share, bytes], by: Person) -> None:
    share, plain = second
    require_unchanged_share(first.share)
    try:
        earlier = keys.unseal("exam", first.share_sealed, _context(first))
    except cipher.Undecipherable:
        raise Conflict(
            _("What the first officer gave was altered; it is void at %(time)s.", time=_clock(first.ends_at))
        ) from None
    paper_key = combine([(first.share.number, earlier), (share.number, plain)])
    written = written_of(paper, paper_key)
    paper.key_sealed = keys.seal("exam", paper_key, f"paper-key:{paper.code}")
    paper.opened_at = clock.now()
    first_officer, sitting_code = first.share.person_id, first.sitting_code
    db.session.execute(delete(FirstShare).where(FirstShare.paper_id == paper.id))
    restore(paper, written, by=by)
    ledger.append(
        OPENED,
        by=by,
        side="exam",
        paper=paper.code,
        sitting=sitting_code,
        first=first_officer,
        second=share.person_id,
    )


def officers_who_opened(paper: Paper) -> list[Person]:
    """Return who gave the shares that opened a paper, the first of them first; the ledger tells."""
    if paper.opened_at is None:
        return []
    for entry in reversed(entries_about([paper.code], ledger.Entry.kind == OPENED)):
        facts = facts_of_entry(entry)
        return [get_person(facts[each]) for each in ("first", "second")]
    return []


def _clock(moment: datetime) -> str:
    return f"{clock.local(moment):%H:%M}"


def are_overdue() -> bool:
    """Tell whether a first share stands longer than it may."""
    return bool(db.session.scalar(select(exists().where(FirstShare.ends_at <= clock.now()))))


def forget_overdue() -> None:
    """Erase the first shares to which no second came in time."""
    overdue = db.session.scalars(
        select(FirstShare).where(FirstShare.ends_at <= clock.now()).with_for_update()
    )
    for first in overdue:
        ledger.append(
            "paper.share_expired", by=None, side="exam", paper=first.paper.code, sitting=first.sitting_code
        )
        db.session.delete(first)
