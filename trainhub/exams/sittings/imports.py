"""Importing a roster: parsed before any lock, written in one short transaction, all or nothing unless asked.

One roster may serve several sittings: each row goes to the sitting of its qualification that has seats left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trainhub import ledger, regulations, separation
from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.eligibility import Facts, Finding, examine, gather_facts
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import Eligibility, Sitting
from trainhub.exams.sittings.plan import capacity, number_of_candidates
from trainhub.exams.sittings.registration import Entry, Registration, employers, enter, require_registering
from trainhub.exams.sittings.relations import registration_of
from trainhub.exams.sittings.rosters import Roster, RosterRow
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.people.models import Person
from trainhub.people.persons import record_persons


@dataclass
class Verdict:
    """What becomes of a row.

    Args:
        row: as read.
        sitting: where it belongs, once known.
        finding: what the check of the person found.
        reasons: why it is not taken; empty if it is.
    """

    row: RosterRow
    sitting: Sitting | None = None
    finding: Finding | None = None
    reasons: list[str] = field(default_factory=list)

    @property
    def is_duplicate(self) -> bool:
        """Whether the person is registered for this very sitting already: nothing is wrong."""
        return not self.reasons and self.finding is not None and self.finding.already_here

    @property
    def is_good(self) -> bool:
        """Whether the row can be registered."""
        return not self.reasons and not self.is_duplicate


def judge(roster: Roster, sittings: Sequence[Sitting]) -> list[Verdict]:
    """Judge every row against the register, for the sittings that the roster is for.

    Args:
        roster: as read.
        sittings: in the order in which they are filled, if several hold the same examination.
    """
    numbers = [row.values["id_number"] for row in roster.rows if not row.reasons]
    facts = gather_facts(numbers, {sitting.qualification for sitting in sittings})
    free = {sitting.id: capacity(sitting) - number_of_candidates(sitting) for sitting in sittings}
    placed: dict[str, list[tuple[Sitting, int]]] = {}
    verdicts = []
    for row in roster.rows:
        verdict = Verdict(row, reasons=list(row.reasons))
        _find_sitting(verdict, sittings, free, facts)
        if not verdict.reasons and verdict.sitting is not None:
            _examine(verdict, verdict.sitting, facts, placed)
        if verdict.is_good and verdict.sitting is not None:
            free[verdict.sitting.id] -= 1
            placed.setdefault(row.values["id_number"], []).append((verdict.sitting, row.number))
        verdicts.append(verdict)
    _ask_the_rules(verdicts, facts)
    return verdicts


def _ask_the_rules(verdicts: Sequence[Verdict], facts: Facts) -> None:
    """Say of each good row which rule of separation keeps the person from the staff of the sitting."""
    good = [(each, each.sitting, each.row.values) for each in verdicts if each.is_good and each.sitting]
    names = {row.get(part, "") for _verdict, _sitting, row in good for part in ("employer", "training_body")}
    organisations = employers(*names)
    proposals = []
    for verdict, sitting, row in good:
        person = facts.by_number.get(row["id_number"])
        who = f"row {verdict.row.number}" if person is None else person.id
        proposals.append(
            registration_of(
                who,
                sitting,
                organisations.get(row.get("employer", "")),
                organisations.get(row.get("training_body", "")),
            )
        )
    for (verdict, _sitting, _row), found in zip(good, separation.check_each(proposals), strict=True):
        verdict.reasons += dict.fromkeys(str(violation) for violation in found)


def _find_sitting(verdict: Verdict, sittings: Sequence[Sitting], free: dict[int, int], facts: Facts) -> None:
    """Find the sitting of a row by its qualification; without such a column, the only one."""
    wanted = verdict.row.values.get("qualification")
    if wanted is None and len({sitting.qualification for sitting in sittings}) == 1:
        fitting = list(sittings)
    elif not wanted:
        if wanted is None:
            verdict.reasons.append(
                _("The workbook has no column for the qualification, and the sittings differ.")
            )
        return
    else:
        code = qualification_of(wanted, sittings)
        if code is None:
            verdict.reasons.append(_("The catalogue knows no qualification “%(name)s”.", name=wanted[:40]))
            return
        fitting = [sitting for sitting in sittings if sitting.qualification == code]
        if not fitting:
            verdict.reasons.append(_("“%(name)s” is not examined in the chosen sitting.", name=wanted[:40]))
            return
    person = facts.by_number.get(verdict.row.values.get("id_number", ""))
    here = {each.sitting_id for each in facts.registrations[person.id]} if person else set()
    chosen = [each for each in fitting if each.id in here] or [each for each in fitting if free[each.id] > 0]
    verdict.sitting = (chosen or fitting)[0]
    if not chosen:
        verdict.reasons.append(_("No seat is left in the sitting %(code)s.", code=fitting[0].code))


def qualification_of(text: str, sittings: Sequence[Sitting]) -> str | None:
    """Return the code of a qualification as a roster writes it: Chinese or English name, or the code."""
    day = clock.local_day(sittings[0].starts_at)
    wanted = "".join(text.split()).casefold()
    for known in regulations.qualifications(on=day):
        names = {known.code, known.name_zh, known.name_zh.removesuffix("作业"), known.name_en}
        if wanted in {"".join(name.split()).casefold() for name in names}:
            return known.code
    return None


def _examine(
    verdict: Verdict, sitting: Sitting, facts: Facts, placed: dict[str, list[tuple[Sitting, int]]]
) -> None:
    number = verdict.row.values["id_number"]
    verdict.finding = examine(sitting, number, facts)
    person = facts.by_number.get(number)
    if person is not None and person.name != verdict.row.values["name"]:
        verdict.reasons.append(
            _("This ID number is on record under another name. Check both against the ID card.")
        )
    for other, row in placed.get(number, []):
        if other.starts_at < sitting.ends_at and sitting.starts_at < other.ends_at:
            verdict.reasons.append(_("Row %(row)s registers the same person for the same time.", row=row))
    verdict.reasons += verdict.finding.reasons


def import_roster(
    roster: Roster,
    sittings: Sequence[Sitting],
    *,
    by: Person | None,
    accept_good: bool = False,
    dry_run: bool = False,
    file_name: str = "",
    import_id: str | None = None,
) -> dict[str, Any]:
    """Register the candidates of a roster in one transaction.

    Args:
        roster: as read.
        sittings: of which the rows may be.
        by: who imports; nobody need act in a dry run.
        accept_good: take the good rows although others are bad.
        dry_run: only say what would happen.
        file_name: for the report.
        import_id: the kept import, if there is one.

    Returns:
        The report in the form that ``roster import --json`` prints.

    Raises:
        Conflict: registration for a sitting is over.
        Invalid: no sitting is named, or nobody acts.
    """
    if not sittings:
        raise Invalid(_("Choose at least one sitting."))
    lock("registration", "all")
    for sitting in sorted(sittings, key=lambda each: each.code):
        hold_sitting(sitting)
        require_registering(sitting)
    verdicts = judge(roster, sittings)
    bad = any(verdict.reasons for verdict in verdicts)
    taken = [verdict for verdict in verdicts if verdict.is_good and (accept_good or not bad)]
    if not dry_run:
        if by is None:
            raise Invalid(_("Say who acts."))
        _write(taken, by, import_id)
    report = report_of(file_name, roster, verdicts, imported=taken, dry_run=dry_run)
    report["warnings"] += [warning for sitting in sittings for warning in _late(sitting)]
    return report


def _late(sitting: Sitting) -> list[dict[str, str]]:
    """Say that registration for a sitting should be over by local policy; late candidates are still taken."""
    day = clock.local_day(sitting.starts_at)
    days = int(regulations.value("exam.registration_closes_days_before", on=day))
    if (day - clock.today()).days >= days:
        return []
    text = _("Registration should close %(days)s days before the sitting; these are late.", days=days)
    return [{"where": sitting.code, "text": text}]


def _write(taken: list[Verdict], by: Person, import_id: str | None) -> None:
    taken = [each for each in taken if each.sitting is not None and each.finding is not None]
    values = [verdict.row.values for verdict in taken]
    names = {each["employer"] for each in values if each.get("employer")}
    names |= {each["training_body"] for each in values if each.get("training_body")}
    organisations = employers(*names)
    counts: Counter[str] = Counter()
    sittings: dict[str, Sitting] = {}
    persons = record_persons([(row["name"], row["id_number"]) for row in values], by=by)
    entries: list[Entry] = []
    for verdict, row, person in zip(taken, values, persons, strict=True):
        if verdict.sitting is None or verdict.finding is None:
            continue
        said = Registration(
            row.get("employer", ""), row.get("training_body", ""), row.get("phone", ""), import_id=import_id
        )
        entries.append(Entry(verdict.sitting, person, said, verdict.finding))
        counts[verdict.sitting.code] += 1
        sittings[verdict.sitting.code] = verdict.sitting
    enter(entries, organisations, by=by)
    db.session.flush()
    for code, count in counts.items():
        note_change(sittings[code], "roster_imported", by=by, count=count)
        ledger.append("roster.imported", by=by, side="exam", sitting=code, candidates=count, roster=import_id)


def report_of(
    file_name: str, roster: Roster, verdicts: list[Verdict], *, imported: list[Verdict], dry_run: bool
) -> dict[str, Any]:
    """Return what became of each row: rows = imported + duplicates + rejected + held.

    Held are the good rows of a roster that was refused as a whole because of its bad ones. In a dry run
    ``imported`` counts what would be imported.
    """
    taken = {id(verdict) for verdict in imported}
    held = [verdict for verdict in verdicts if verdict.is_good and id(verdict) not in taken]
    warnings = [{"where": where, "text": text} for where, text in roster.warnings]
    for verdict in imported:
        if verdict.finding is not None and verdict.finding.eligibility == Eligibility.PENDING:
            text = _(
                "No training record has come yet: registered, without seat and ticket until it is settled."
            )
            warnings.append({"where": verdict.row.where, "text": text})
    return {
        "file": file_name,
        "format": "xlsx",
        "dry_run": dry_run,
        "rows": len(verdicts),
        "imported": len(imported),
        "duplicates": sum(verdict.is_duplicate for verdict in verdicts),
        "rejected": [
            {"where": verdict.row.where, "reason": " ".join(verdict.reasons)}
            for verdict in verdicts
            if verdict.reasons
        ],
        "held": [
            {
                "where": verdict.row.where,
                "reason": _("Nothing is wrong with this row; other rows of the file are bad."),
                "proposal": _("Import the good rows alone."),
            }
            for verdict in held
        ],
        "by_type": dict(Counter(verdict.sitting.qualification for verdict in imported if verdict.sitting)),
        "by_sitting": dict(Counter(verdict.sitting.code for verdict in imported if verdict.sitting)),
        "pending": sum(
            verdict.finding is not None and verdict.finding.eligibility == Eligibility.PENDING
            for verdict in imported
        ),
        "warnings": warnings,
    }
