"""Which files are needed: by versions of items and by doubtful rows; and letting go of those that are not.

A row goes first, in the deed that lets the file go; the key of its file is noted in the same deed. The file
goes afterwards, and the note last. Whatever breaks between, a note is left that says what is still to be
done, and no row ever speaks of a file that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, exists, insert, select

from trainhub import ledger
from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.media.store import media_of, rows_of_media
from trainhub.exams.bank.models import Bank
from trainhub.exams.bank.models_media import BankMedium, FileToRemove, MediumOfHeld, MediumOfVersion
from trainhub.exams.bank.vault import lock_bank
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db
from trainhub.people.models import Person

AT_ONCE = 100


def note_bodies(bank: Bank, bodies: Sequence[tuple[int, ItemBody]], *, anew: bool = False) -> None:
    """Note which files versions show.

    Args:
        bank: theirs.
        bodies: ids of versions, and what they say.
        anew: what was noted of them before counts no more.
    """
    if anew:
        numbers = [number for number, _body in bodies]
        db.session.execute(delete(MediumOfVersion).where(MediumOfVersion.version_id.in_(numbers)))
    shown = {number: {each.digest for each in media_of(body)} for number, body in bodies}
    media = [medium for _number, body in bodies for medium in media_of(body)]
    rows = rows_of_media(bank, media) if media else {}
    found = [
        {"version_id": number, "medium_id": rows[digest].id}
        for number, digests in shown.items()
        for digest in digests
        if digest in rows
    ]
    if found:
        db.session.execute(insert(MediumOfVersion), found)


def hold_media(held_id: str, rows: Iterable[BankMedium]) -> None:
    """Keep files for a doubtful row until it is decided."""
    db.session.add_all(MediumOfHeld(held_id=held_id, medium_id=each) for each in {row.id for row in rows})


def let_go(bank: Bank, held_id: str, *, by: Person) -> None:
    """Let go of the files of a doubtful row that is decided; those that nothing else needs are removed."""
    lock_bank(bank)
    statement = select(BankMedium).join(MediumOfHeld, MediumOfHeld.medium_id == BankMedium.id)
    rows = db.session.scalars(statement.where(MediumOfHeld.held_id == held_id)).all()
    db.session.execute(delete(MediumOfHeld).where(MediumOfHeld.held_id == held_id))
    remove_unneeded(rows, by=by)


def is_needed() -> tuple[object, ...]:
    """Return the conditions under which a file is needed."""
    return (
        exists().where(MediumOfVersion.medium_id == BankMedium.id),
        exists().where(MediumOfHeld.medium_id == BankMedium.id),
    )


def remove_unneeded(rows: Sequence[BankMedium], *, by: Person | None) -> int:
    """Remove those of some files that nothing needs; the caller holds the lock of their bank.

    Returns:
        How many.
    """
    of_version, of_held = is_needed()
    wanted = select(BankMedium).where(
        BankMedium.id.in_([row.id for row in rows]),
        ~of_version,  # type: ignore[operator]
        ~of_held,  # type: ignore[operator]
    )
    gone = db.session.scalars(wanted).all()
    for row in gone:
        let_file_go(row.file_key)
        ledger.append(
            "item.file.removed", by=by, side="exam", bank=row.bank.code, medium=row.id, size=row.size
        )
        db.session.delete(row)
    db.session.flush()
    return len(gone)


def let_file_go(file_key: str) -> None:
    """Have a sealed file removed once the present deed is committed."""
    db.session.add(FileToRemove(file_key=file_key, since=clock.now()))


def is_any_to_remove() -> bool:
    """Tell whether a file is to go."""
    return db.session.scalar(select(FileToRemove.file_key).limit(1)) is not None


def remove_files() -> int:
    """Remove files that are to go: each first, and then the note of it. Returns how many."""
    notes = db.session.scalars(select(FileToRemove).limit(AT_ONCE)).all()
    for note in notes:
        storage.remove(note.file_key)
        db.session.delete(note)
    return len(notes)
