"""A roster handed in on a page: kept sealed, imported in the background, bad rows given back to correct."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO

from sqlalchemy import func, select

from trainhub.exams.sittings.entering import import_roster
from trainhub.exams.sittings.models import Candidate, ImportState, RosterImport, Sitting
from trainhub.exams.sittings.rosters import Roster, read_roster
from trainhub.kernel import jobs, storage
from trainhub.kernel.broken_off import when_given_up
from trainhub.kernel.db import after_commit, db, reading, transaction
from trainhub.kernel.errors import Conflict, DomainError, Invalid, NotFound
from trainhub.kernel.i18n import _, _l, as_read, for_any_reader, ngettext
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.jobs import Job, Progress, job, path_to
from trainhub.kernel.keys import seal, unseal
from trainhub.kernel.left_files import LeftFiles, has_any
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.kernel.workbooks import MAX_FILE
from trainhub.kernel.written_workbooks import write_workbook
from trainhub.people.models import Person


def hand_in_roster(
    file: BinaryIO,
    file_name: str,
    sittings: Sequence[Sitting],
    *,
    by: Person,
    language: str,
    accept_good: bool = False,
    dry_run: bool = False,
) -> Job:
    """Take a roster and queue its import.

    Raises:
        Invalid: no file, a file that is too large, no sitting, or sittings of different centres.
    """
    content = file.read(MAX_FILE + 1)
    if not content:
        raise Invalid(_("Choose a workbook."))
    if len(content) > MAX_FILE:
        raise Invalid(_("The file is larger than %(count)s MB.", count=MAX_FILE >> 20))
    if len({sitting.organisation_id for sitting in sittings}) != 1:
        raise Invalid(_("Choose at least one sitting."))
    kept = RosterImport(
        id=random_id(),
        file_name=shown_name(file_name),
        sitting_codes=[sitting.code for sitting in sittings],
        accept_good=accept_good,
        dry_run=dry_run,
        organisation_id=sittings[0].organisation_id,
        imported_by_id=by.id,
    )
    kept.file_key = storage.put(BytesIO(seal("exam", content, f"roster:{kept.id}")), ".roster")
    db.session.add(kept)
    title = _l("Importing the roster %(name)s", name=kept.file_name)
    return jobs.start("sittings.roster", title, by=by, language=language, import_id=kept.id)


def shown_name(file_name: str) -> str:
    """Return a file's name as it can be shown: no path, no control characters, not too long."""
    name = "".join(each for each in file_name.replace("\\", "/").rsplit("/", 1)[-1] if each.isprintable())
    return name[:100] or "roster.xlsx"


sealed_by_master(RosterImport, "file_key", lambda row: f"roster:{row.id}", in_file=True)
sealed_by_master(RosterImport, "rejected_sealed", lambda row: f"rejected:{row.id}")


@job("sittings.roster", again=True)
def run_import(progress: Progress, import_id: str) -> str:
    """Import a roster that was handed in, or go on with one that was broken off; then its file is removed."""
    result = path_to("sittings.roster_result", import_id=import_id)
    with reading():
        if (kept := still_to_do(import_id)) is None:
            return result
        file_key = str(kept.file_key)
    try:
        with said_to_have_ended(import_id, _broken_off):
            roster = _read_sealed(storage.read(file_key), import_id)
            progress.tell(0, len(roster.rows), _("Checking the rows"))
            with for_any_reader():
                import_kept(import_id, roster, progress)
    except Exception:
        storage.remove(file_key)
        raise
    storage.remove(file_key)
    progress.tell(len(roster.rows), len(roster.rows), _("Done"))
    return result


def still_to_do(import_id: str) -> RosterImport | None:
    """Return a kept import that waits; None if all that is lacking is to say that it was done.

    Raises:
        Conflict: it has ended.
    """
    kept = db.session.get_one(RosterImport, import_id)
    if kept.report:
        return None
    if kept.state != ImportState.WAITING:
        raise Conflict(_("This roster has been imported already."))
    return kept


@contextmanager
def said_to_have_ended(import_id: str, broken_off: Callable[[int], str]) -> Iterator[None]:
    """Have an import that comes to no end say so.

    Args:
        import_id: of the kept import.
        broken_off: says of how many it had registered what is to be done.

    Raises:
        Conflict: it broke off after it had registered some.
    """
    try:
        yield
    except Exception as problem:
        registered = _refuse(import_id)
        if registered and not isinstance(problem, DomainError):
            raise Conflict(broken_off(registered)) from problem
        raise


def _refuse(import_id: str) -> int:
    """Note that an import came to no end; returns how many it had registered by then."""
    with transaction():
        return end_without_report(db.session.get_one(RosterImport, import_id))


def end_without_report(kept: RosterImport) -> int:
    """Say of an import that it goes on no more; returns how many it had registered by then."""
    registered = number_registered(kept)
    kept.state = ImportState.BROKEN_OFF if registered else ImportState.REFUSED
    kept.file_key = None
    return registered


@when_given_up("sittings.roster")
def give_up(import_id: str) -> None:
    """Say of an import whose process died again and again that it goes on no more, and remove its file."""
    kept = db.session.get_one(RosterImport, import_id)
    if kept.state == ImportState.WAITING:
        after_commit(partial(storage.remove, str(kept.file_key)))
        end_without_report(kept)


def number_registered(kept: RosterImport) -> int:
    """Return how many candidates an import has registered so far."""
    statement = select(func.count(Candidate.id)).where(Candidate.import_id == kept.id)
    return db.session.scalar(statement) or 0


def _broken_off(registered: int) -> str:
    return ngettext(
        "The import was broken off: %(num)s row is registered. Hand the roster in once more; it goes on.",
        "The import was broken off: %(num)s rows are registered. Hand the roster in once more; it goes on.",
        registered,
    )


def _read_sealed(sealed: bytes, import_id: str) -> Roster:
    # Names and numbers of people do not touch the disk in clear.
    with for_any_reader():
        return read_roster(unseal("exam", sealed, f"roster:{import_id}"))


def import_kept(import_id: str, roster: Roster, progress: Progress) -> None:
    """Register the rows of a kept import, or the rest of them, and keep what became of each."""
    with reading():
        kept = db.session.get_one(RosterImport, import_id)
        codes, by_id, file_name = list(kept.sitting_codes), kept.imported_by_id, kept.file_name
        accept_good, dry_run = kept.accept_good, kept.dry_run

    def told(done: int, total: int) -> None:
        said = ngettext("%(num)s row settled", "%(num)s rows settled", done)
        progress.tell(done, total, said)

    def keep(report: dict[str, Any]) -> None:
        _keep(db.session.get_one(RosterImport, import_id), roster, report)

    report = import_roster(
        roster,
        codes,
        by_id=by_id,
        accept_good=accept_good,
        dry_run=dry_run,
        file_name=file_name,
        import_id=import_id,
        told=told,
        keep=keep,
    )
    if dry_run:
        with transaction():
            keep(report)


def _keep(kept: RosterImport, roster: Roster, report: dict[str, Any]) -> None:
    """Keep what became of the rows, in the deed that ends the import."""
    kept.file_key = None
    kept.report = report
    refused = bool(report["rejected"]) and not kept.accept_good and not report["imported"]
    kept.state = ImportState.REFUSED if refused else ImportState.IMPORTED
    bad = {each["where"]: each["reason"] for each in report["rejected"]}
    left = [row for row in roster.rows if row.where in bad]
    rows = [[*row.cells, bad[row.where]] for row in left]
    names = {row.where: row.values.get("name", "") for row in left}
    plain = json.dumps({"header": roster.header, "rows": rows, "names": names}, ensure_ascii=False).encode()
    kept.rejected_sealed = seal("exam", plain, f"rejected:{kept.id}") if rows else None


def get_import(import_id: str, *, centres: Sequence[int]) -> RosterImport:
    """Return a kept import of some exam centres.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    statement = select(RosterImport).where(
        RosterImport.id == import_id, RosterImport.organisation_id.in_(centres)
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such import."))
    return found


def last_imports(centres: Sequence[int]) -> list[RosterImport]:
    """Return the last ten imports of some centres, the newest first."""
    statement = select(RosterImport).where(RosterImport.organisation_id.in_(centres))
    return list(db.session.scalars(statement.order_by(RosterImport.imported_at.desc()).limit(10)))


def rejected_workbook(kept: RosterImport) -> bytes:
    """Return the rows that were not taken as a workbook to correct, each with its reason in the last column.

    Raises:
        NotFound: no row was rejected.
    """
    if kept.rejected_sealed is None:
        raise NotFound(_l("No row of this roster was rejected."))
    plain = _unsealed(kept)
    header: list[str] = plain["header"]
    rows: list[list[Any]] = plain["rows"]
    width = max([len(header), *(len(row) - 1 for row in rows)])
    padded = [[*row[:-1], *[""] * (width - len(row) + 1), as_read(row[-1])] for row in rows]
    titles = [*header, *[""] * (width - len(header)), _("Reason for rejection")]
    return write_workbook(_("To correct"), titles, padded)


def names_of_rejected(kept: RosterImport) -> dict[str, str]:
    """Return the names of the people whose rows were not taken, by the row."""
    names: dict[str, str] = _unsealed(kept).get("names", {}) if kept.rejected_sealed is not None else {}
    return names


def _unsealed(kept: RosterImport) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unseal("exam", kept.rejected_sealed or b"", f"rejected:{kept.id}"))
    return found


def template_workbook() -> bytes:
    """Return an empty roster with the headings that we read."""
    header = ["序号", "姓名", "身份证号", "手机号", "工作单位", "培训机构", "考试项目", "备注"]
    return write_workbook("考生名册", header, [])


SWEEPING = LeftFiles(".roster", RosterImport.file_key, has_any(RosterImport.id)).chore
