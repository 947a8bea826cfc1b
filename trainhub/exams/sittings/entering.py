"""Importing a roster: judged whole by reading, then registered some rows at a time, so that nobody waits.

Each lot is a deed of its own, judged once more with registrations held, and done for good. An import that was
broken off goes on where it stood: what came with it counts as imported, not as registered before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from trainhub import ledger, regulations
from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.imports import Verdict, judge, report_of
from trainhub.exams.sittings.models import Sitting
from trainhub.exams.sittings.plan import get_sitting
from trainhub.exams.sittings.registration import Entry, Registration, employers, enter, require_registering
from trainhub.exams.sittings.rosters import Roster, RosterRow
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock, reading, transaction
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Person
from trainhub.people.persons import get_person, record_persons

AT_ONCE = 50
"""Rows registered in one deed, less than a tenth of a second."""

Told = Callable[[int, int], object]
Keep = Callable[[dict[str, Any]], object]


def import_roster(
    roster: Roster,
    codes: Sequence[str],
    *,
    by_id: str | None,
    accept_good: bool = False,
    dry_run: bool = False,
    file_name: str = "",
    import_id: str | None = None,
    told: Told = lambda _done, _total: None,
    keep: Keep = lambda _report: None,
) -> dict[str, Any]:
    """Register the candidates of a roster in short deeds of its own; call it outside of any.

    A bad row keeps everybody out; what others do to a row after the first lot is reported with that row.

    Args:
        roster: as read.
        codes: of the sittings of which the rows may be.
        by_id: who imports; nobody need act in a dry run.
        accept_good: take the good rows although others are bad.
        dry_run: only say what would happen.
        file_name: for the report.
        import_id: the kept import, if there is one.
        told: is told how many rows of how many are registered.
        keep: is given the report in the last deed, which puts the import on record.

    Returns:
        The report as ``roster import --json`` prints it.

    Raises:
        Conflict: registration for a sitting is over.
        Invalid: no sitting is named, or nobody acts.
    """
    _require_said(codes, by_id, dry_run)
    with reading():
        verdicts = _judged(roster.rows, codes, import_id)
    may_go_in = accept_good or not any(each.reasons for each in verdicts) or _has_begun(verdicts)
    if may_go_in and dry_run:
        _pretend(verdicts)
    elif may_go_in and by_id is not None:
        _enter_all(verdicts, codes, by_id, import_id, told, accept_good=accept_good)
    with reading():
        report = report_of(file_name, roster, verdicts, dry_run=dry_run)
        report["warnings"] += [warning for code in codes for warning in _late(get_sitting(code))]
    if not dry_run and by_id is not None:
        with transaction():
            _record(verdicts, get_person(by_id), import_id, roster.after)
            keep(report)
    return report


def _require_said(codes: Sequence[str], by_id: str | None, dry_run: bool) -> None:
    if not codes:
        raise Invalid(_("Choose at least one sitting."))
    if not dry_run and by_id is None:
        raise Invalid(_("Say who acts."))


def _pretend(verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        verdict.is_entered = verdict.is_good


def _judged(rows: Sequence[RosterRow], codes: Sequence[str], import_id: str | None) -> list[Verdict]:
    sittings = [get_sitting(code) for code in codes]
    verdicts = judge(rows, sittings, import_id)
    if not _has_begun(verdicts):
        for sitting in sittings:
            require_registering(sitting)
    return verdicts


def _has_begun(verdicts: Sequence[Verdict]) -> bool:
    """Tell whether rows were registered by this import before it was broken off, or may have been."""
    return any(verdict.is_entered or verdict.is_withdrawn for verdict in verdicts)


def _enter_all(
    verdicts: list[Verdict],
    codes: Sequence[str],
    by_id: str,
    import_id: str | None,
    told: Told,
    *,
    accept_good: bool,
) -> None:
    """Register the good rows in lots; each verdict becomes what it was when its row's turn came."""
    places = [place for place, verdict in enumerate(verdicts) if verdict.is_good]
    whole = not accept_good and not _has_begun(verdicts)
    done = len(verdicts) - len(places)
    for lot in lots(places, AT_ONCE):
        rows = [verdicts[place].row for place in lot]
        with transaction():
            fresh = _entered(rows, codes, get_person(by_id), import_id, whole=whole)
        for place, verdict in zip(lot, fresh, strict=True):
            verdicts[place] = verdict
        if whole and any(verdict.reasons for verdict in fresh):
            return
        whole, done = False, done + len(lot)
        told(done, len(verdicts))


def _entered(
    rows: Sequence[RosterRow], codes: Sequence[str], by: Person, import_id: str | None, *, whole: bool
) -> list[Verdict]:
    """Judge some rows once more, now that nobody else registers, and register those that are still good.

    Args:
        rows: of the lot.
        codes: of the sittings.
        by: who imports.
        import_id: the kept import, if there is one.
        whole: register none of them if one is bad: nothing of the roster is registered yet.
    """
    lock("registration", "all")
    over: dict[str, str] = {}
    for code in sorted(codes):
        sitting = get_sitting(code)
        hold_sitting(sitting)
        try:
            require_registering(sitting)
        except Conflict as problem:
            over[code] = str(problem)
    verdicts = judge(rows, [get_sitting(code) for code in codes], import_id)
    for verdict in verdicts:
        if verdict.is_good and verdict.sitting is not None and verdict.sitting.code in over:
            verdict.reasons.append(over[verdict.sitting.code])
    if not (whole and any(verdict.reasons for verdict in verdicts)):
        _write([verdict for verdict in verdicts if verdict.is_good], by, import_id)
    return verdicts


def _write(taken: list[Verdict], by: Person, import_id: str | None) -> None:
    values = [verdict.row.values for verdict in taken]
    names = {each["employer"] for each in values if each.get("employer")}
    names |= {each["training_body"] for each in values if each.get("training_body")}
    persons = record_persons([(row["name"], row["id_number"]) for row in values], by=by)
    entries: list[Entry] = []
    for verdict, row, person in zip(taken, values, persons, strict=True):
        if verdict.sitting is None or verdict.finding is None:
            continue
        said = Registration(
            row.get("employer", ""), row.get("training_body", ""), row.get("phone", ""), import_id=import_id
        )
        entries.append(Entry(verdict.sitting, person, said, verdict.finding))
        verdict.is_entered = True
    enter(entries, employers(*names), by=by)
    db.session.flush()


def _record(verdicts: Sequence[Verdict], by: Person, import_id: str | None, after: str) -> None:
    counts = Counter(each.sitting.code for each in verdicts if each.is_entered and each.sitting)
    for code, count in counts.items():
        facts = {"sitting": code, "candidates": count, "roster": import_id}
        if after:
            note_change(get_sitting(code), "come_again", by=by, count=count, after=after)
            ledger.append("candidates.come_again", by=by, side="exam", **facts, after=after)
        else:
            note_change(get_sitting(code), "roster_imported", by=by, count=count)
            ledger.append("roster.imported", by=by, side="exam", **facts)


def _late(sitting: Sitting) -> list[dict[str, str]]:
    """Say that registration for a sitting should be over by local policy; late candidates are still taken."""
    day = clock.local_day(sitting.starts_at)
    days = int(regulations.value("exam.registration_closes_days_before", on=day))
    if (day - clock.today()).days >= days:
        return []
    text = _("Registration should close %(days)s days before the sitting; these are late.", days=days)
    return [{"where": sitting.code, "text": text}]
