"""Judging the rows of a roster against the register, and the report of what became of each.

One roster may serve several sittings: each row goes to the sitting of its qualification that has seats left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from trainhub import regulations, separation
from trainhub.exams.sittings.eligibility import Facts, Finding, examine, gather_facts
from trainhub.exams.sittings.models import (
    Candidate,
    CandidateState,
    Change,
    Eligibility,
    RosterImport,
    Sitting,
)
from trainhub.exams.sittings.plan import capacity, number_of_candidates
from trainhub.exams.sittings.registration import employers
from trainhub.exams.sittings.relations import registration_of
from trainhub.exams.sittings.rosters import Roster, RosterRow
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _


@dataclass
class Verdict:
    """What becomes of a row.

    Args:
        row: as read.
        sitting: where it belongs, once known.
        finding: what the check of the person found.
        reasons: why it is not taken; empty if it is.
        is_entered: whether this very import has registered it.
        is_withdrawn: whether the person was withdrawn since the roster was handed in: they stay so.
    """

    row: RosterRow
    sitting: Sitting | None = None
    finding: Finding | None = None
    reasons: list[str] = field(default_factory=list)
    is_entered: bool = False
    is_withdrawn: bool = False

    @property
    def is_duplicate(self) -> bool:
        """Whether the person was registered for this very sitting before: nothing is wrong."""
        is_here = self.finding is not None and self.finding.already_here
        return not self.reasons and is_here and not self.is_entered

    @property
    def is_good(self) -> bool:
        """Whether the row can be registered, and is not yet."""
        return not self.reasons and not self.is_duplicate and not self.is_entered


def judge(
    rows: Sequence[RosterRow],
    sittings: Sequence[Sitting],
    import_id: str | None = None,
    *,
    whatever_seats: bool = False,
) -> list[Verdict]:
    """Judge rows of a roster against the register, for the sittings that the roster is for.

    Args:
        rows: as read.
        sittings: in the order in which they are filled, if several hold the same examination.
        import_id: of the kept import, to know whom it registered itself before it was broken off.
        whatever_seats: judge each as if seats were left, to show who might be chosen.
    """
    numbers = [row.values["id_number"] for row in rows if not row.reasons]
    facts = gather_facts(numbers, {sitting.qualification for sitting in sittings})
    more = len(rows) if whatever_seats else 0
    free = {each.id: capacity(each) - number_of_candidates(each) + more for each in sittings}
    placed: dict[str, list[tuple[Sitting, int]]] = {}
    withdrawn = _withdrawn_since(import_id, sittings)
    verdicts = []
    for row in rows:
        verdict = Verdict(row, reasons=list(row.reasons))
        _find_sitting(verdict, sittings, free, facts)
        if not verdict.reasons and verdict.sitting is not None:
            _examine(verdict, verdict.sitting, facts, placed)
            came_with = verdict.finding.came_with if verdict.finding is not None else None
            if import_id is not None and came_with == import_id:
                verdict.is_entered, verdict.reasons = True, []
            _leave_withdrawn(verdict, verdict.sitting, facts, withdrawn)
        if verdict.is_good and verdict.sitting is not None:
            free[verdict.sitting.id] -= 1
            placed.setdefault(row.values["id_number"], []).append((verdict.sitting, row.number))
        verdicts.append(verdict)
    _ask_the_rules(verdicts, facts)
    return verdicts


def _withdrawn_since(import_id: str | None, sittings: Sequence[Sitting]) -> set[tuple[str, str]]:
    """Return who was withdrawn from which examination since a roster was handed in."""
    kept = None if import_id is None else db.session.get(RosterImport, import_id)
    if kept is None:
        return set()
    statement = (
        select(Candidate.person_id, Sitting.qualification)
        .join(Change, Change.candidate_id == Candidate.id)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(
            Sitting.id.in_([each.id for each in sittings]),
            Candidate.state == CandidateState.WITHDRAWN,
            Change.kind == "withdrawn",
            Change.at > kept.imported_at,
        )
    )
    return {(person, qualification) for person, qualification in db.session.execute(statement)}


def _leave_withdrawn(
    verdict: Verdict, sitting: Sitting, facts: Facts, withdrawn: set[tuple[str, str]]
) -> None:
    person = facts.by_number.get(verdict.row.values["id_number"])
    is_here = verdict.finding is not None and verdict.finding.already_here
    if person is not None and not is_here and (person.id, sitting.qualification) in withdrawn:
        verdict.is_withdrawn = True
        verdict.reasons.append(_("Withdrawn since this roster was handed in; not registered again by it."))


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


def report_of(file_name: str, roster: Roster, verdicts: list[Verdict], *, dry_run: bool) -> dict[str, Any]:
    """Return what became of each row: rows = imported + duplicates + rejected + held.

    Held are the good rows of a roster that was refused as a whole because of its bad ones. In a dry run
    ``imported`` counts what would be imported.
    """
    imported = [verdict for verdict in verdicts if verdict.is_entered]
    held = [verdict for verdict in verdicts if verdict.is_good]
    warnings = [{"where": where, "text": text} for where, text in roster.warnings]
    for verdict in imported:
        if verdict.finding is not None and verdict.finding.eligibility == Eligibility.PENDING:
            text = _(
                "No training record has come yet: registered, without seat and ticket until it is settled."
            )
            warnings.append({"where": verdict.row.where, "text": text})
    return {
        "file": file_name,
        "format": "again" if roster.after else "xlsx",
        "after": roster.after,
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
