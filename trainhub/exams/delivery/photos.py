"""Photographs of candidates (照片核验), where a sitting asks: with consent, encrypted, deleted by rule.

The purpose is one: that who sits there is who was let in. Refusing changes nothing for the candidate; the
desk is told and compares face and ID card as always. Nothing recognises faces: people look at the pictures.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select

from trainhub import ledger, regulations
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import Evidence, Photo, PhotoConsent, PhotoMoment, PhotoRule
from trainhub.exams.delivery.pictures import clean_jpeg
from trainhub.exams.sittings import Candidate, Sitting, SittingState, hold_sitting
from trainhub.kernel import clock, keys, storage
from trainhub.kernel.db import after_commit, db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _l
from trainhub.kernel.left_files import LeftFiles
from trainhub.kernel.rewrapping import MASTER, sealed_by_master
from trainhub.people.models import Person

MOST_RANDOM = 12
MOST_AT_CHECK_IN = 3


def set_rule(sitting: Sitting, at_check_in: bool, random_photos: int, *, by: Person) -> PhotoRule:
    """Say whether a sitting takes photographs; possible until it is open for entry.

    Raises:
        Invalid: no whole number of photographs between 0 and 12.
        Conflict: candidates may have been let in already.
    """
    if not 0 <= random_photos <= MOST_RANDOM:
        raise Invalid(_l("A sitting takes 0 to 12 photographs during the exam."))
    hold_sitting(sitting)
    if sitting.state not in (SittingState.PLANNED, SittingState.ARRANGED):
        raise Conflict(
            _l("This is settled before the sitting is opened, so that everybody is treated alike.")
        )
    rule = db.session.get(PhotoRule, sitting.id) or PhotoRule(sitting_id=sitting.id)
    rule.at_check_in, rule.random_photos = at_check_in, random_photos
    rule.set_by_id, rule.set_at = by.id, clock.now()
    db.session.add(rule)
    ledger.append(
        "photos.ruled",
        by=by,
        side="exam",
        sitting=sitting.code,
        at_check_in=at_check_in,
        random_photos=random_photos,
    )
    return rule


def rule_of(sitting: Sitting) -> PhotoRule | None:
    """Return what a sitting says about photographs, or None: it takes none."""
    rule = db.session.get(PhotoRule, sitting.id)
    return rule if rule is not None and (rule.at_check_in or rule.random_photos) else None


def takes_random_photos(sitting: Sitting) -> bool:
    """Tell whether the candidates' pages take photographs; settled before anybody is let in."""
    rule = db.session.get(PhotoRule, sitting.id)
    return rule is not None and rule.random_photos > 0


def consent_of(candidate: Candidate) -> bool | None:
    """Return what a candidate said about photographs; None: not asked yet."""
    said = db.session.get(PhotoConsent, candidate.id)
    return None if said is None else said.agrees


def note_consent(candidate: Candidate, agrees: bool, *, by: Person | None = None) -> None:
    """Keep what a candidate said; the last word counts, and a withdrawn consent deletes their photographs,
    unless their seat was frozen and they are evidence.

    Args:
        candidate: who was asked.
        agrees: what they said.
        by: the invigilator who asked at the desk; None: the candidate pressed it on their own page.
    """
    lock("photo-consent", candidate.id)
    said = db.session.get(PhotoConsent, candidate.id) or PhotoConsent(candidate_id=candidate.id)
    said.agrees, said.at = agrees, clock.now()
    db.session.add(said)
    ledger.append("photos.consent.noted", by=by, side="exam", candidate=candidate.code, agrees=agrees)
    if not agrees and not _is_evidence(candidate):
        _delete(photos_of(candidate))


def _is_evidence(candidate: Candidate) -> bool:
    wanted = select(Evidence.id).join(Attempt, Attempt.id == Evidence.attempt_id)
    return db.session.scalar(wanted.where(Attempt.candidate_id == candidate.id).limit(1)) is not None


def keep_photo(candidate: Candidate, moment: PhotoMoment, sent: bytes, *, by: Person | None = None) -> Photo:
    """Keep a photograph, written anew and encrypted.

    Raises:
        Conflict: the sitting takes none at this moment, the candidate did not agree, or there are enough.
        Invalid: what was sent is no photograph that can be used.
    """
    lock("photo-consent", candidate.id)
    rule = rule_of(candidate.sitting)
    most = _most(rule, moment)
    if not most:
        raise Conflict(_l("This sitting takes no photographs at this moment."))
    if not consent_of(candidate):
        raise Conflict(_l("The candidate has not agreed to photographs."))
    if _count(candidate, moment) >= most:
        raise Conflict(_l("There are enough photographs of this candidate."))
    photo = Photo(
        candidate_id=candidate.id,
        moment=moment.value,
        file_key="",
        keep_until=_keep_until(candidate.sitting),
        by_id=None if by is None else by.id,
    )
    clean = clean_jpeg(sent)
    db.session.add(photo)
    db.session.flush()
    photo.file_key = storage.put(io.BytesIO(keys.seal(MASTER, clean, _context(photo))), ".photo")
    ledger.append(
        "photo.taken", by=by, side="exam", photo=photo.code, candidate=candidate.code, moment=moment
    )
    return photo


def _most(rule: PhotoRule | None, moment: PhotoMoment) -> int:
    if rule is None:
        return 0
    return rule.random_photos if moment is PhotoMoment.RANDOM else MOST_AT_CHECK_IN * rule.at_check_in


def _count(candidate: Candidate, moment: PhotoMoment) -> int:
    wanted = select(func.count()).where(Photo.candidate_id == candidate.id, Photo.moment == moment)
    return db.session.scalar(wanted) or 0


def still_to_take(candidate: Candidate) -> int:
    """Return how many photographs a candidate's page may still send."""
    taken = _count(candidate, PhotoMoment.RANDOM)
    return max(0, _most(rule_of(candidate.sitting), PhotoMoment.RANDOM) - taken)


def _keep_until(sitting: Sitting) -> Any:
    days = int(regulations.value("exam.photo.keep_days", on=clock.local_day(sitting.starts_at)))
    return max(sitting.ends_at, clock.now()) + timedelta(days=days)


def photos_of(candidate: Candidate) -> list[Photo]:
    """Return a candidate's photographs, the first one first."""
    wanted = select(Photo).where(Photo.candidate_id == candidate.id).order_by(Photo.id)
    return list(db.session.scalars(wanted))


def get_photo(sitting: Sitting, code: str) -> Photo:
    """Return a photograph of a candidate of this sitting.

    Raises:
        NotFound: there is none here.
    """
    wanted = select(Photo).join(Candidate, Candidate.id == Photo.candidate_id)
    found = db.session.scalar(wanted.where(Candidate.sitting_id == sitting.id, Photo.code == code))
    if found is None:
        raise NotFound(_l("There is no such photograph in this sitting."))
    return found


def jpeg_of(photo: Photo) -> bytes:
    """Return a photograph as it can be shown."""
    return keys.unseal(MASTER, storage.read(photo.file_key), _context(photo))


def _over() -> Any:
    return select(Photo).where(Photo.keep_until < clock.now())


def is_over() -> bool:
    """Tell whether the time of some photograph is over."""
    return db.session.scalar(_over().limit(1)) is not None


def delete_what_is_over() -> int:
    """Delete photographs whose time is over; the ledger says how many."""
    # What another process deletes at this moment is its own to count.
    return _delete(db.session.scalars(_over().limit(500).with_for_update(of=Photo, skip_locked=True)).all())


def _delete(photos: Sequence[Photo]) -> int:
    for photo in photos:
        after_commit(partial(storage.remove, photo.file_key))
        db.session.delete(photo)
    if photos:
        ledger.append("photos.deleted", by=None, side="exam", number=len(photos))
    return len(photos)


def _context(photo: Photo) -> str:
    return f"delivery_photo:{photo.code}"


sealed_by_master(Photo, "file_key", _context, in_file=True)
DELETING = Chore("photographs deleted by rule", is_over, delete_what_is_over)
SWEEPING = LeftFiles(
    ".photo", Photo.file_key, lambda: bool(ledger.decisions("photo.taken", per_page=1).entries)
).chore
