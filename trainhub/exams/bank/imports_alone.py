"""A question file judged alone, without a bank: what it holds, and what of it is held or rejected."""

from __future__ import annotations

import json
from collections import Counter

from trainhub.exams.bank.content import same_answer, same_question, same_question_exactly
from trainhub.exams.bank.import_report import Report
from trainhub.exams.bank.known import as_similar
from trainhub.exams.bank.reading import ParsedFile, Row
from trainhub.exams.bank.reading.proposed import as_proposal
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.kernel.i18n import _


def judged_alone(parsed: ParsedFile, file_name: str) -> Report:
    """Return what an import would say of a file before it looks at a bank; nothing is written.

    What is repeated is found within the file only, and names of knowledge points are not looked up.

    Args:
        parsed: the file.
        file_name: as the report shows it.
    """
    report = Report(file_name, rows=len(parsed.rows), form=parsed.form, dry_run=True)
    report.warnings = [{"where": where, "text": text} for where, text in parsed.warnings]
    report.warnings += [{"where": row.where, "text": note} for row in parsed.rows for note in row.notes]
    report.by_type = dict(Counter(row.type.value for row in parsed.rows if row.type is not None))
    known: dict[str, tuple[str, str]] = {}
    near: dict[str, str] = {}
    fresh = []
    for row in parsed.rows:
        if row.outcome is Outcome.REJECTED:
            report.rejected.append({"where": row.where, "reason": row.reason})
        elif not _is_repeated(row, known, report):
            judged = _unless_similar(row, near)
            if judged.outcome is Outcome.HELD:
                held = {"where": row.where, "reason": judged.reason, "proposal": as_proposal(judged)}
                report.held.append(held)
            else:
                fresh.append(row)
    report.imported = len(fresh)
    report.tell_unread(fresh)
    return report


def _is_repeated(row: Row, known: dict[str, tuple[str, str]], report: Report) -> bool:
    """Tell whether the file has this question already; a contradicting key is named."""
    if row.outcome is Outcome.HELD:
        question, answer = "held\0" + json.dumps(row.cells, ensure_ascii=False, sort_keys=True), ""
    else:
        assert row.type is not None and row.body is not None
        question, answer = same_question_exactly(row.type, row.body), same_answer(row.type, row.body)
    if question not in known:
        known[question] = (answer, row.where)
        return False
    first_answer, where = known[question]
    report.duplicates += 1
    report.repeated.append({"where": row.where, "same_as": where})
    if first_answer != answer:
        text = _("The same question as %(other)s, but with another key. Check which is right.", other=where)
        report.warnings.append({"where": row.where, "text": text})
    return True


def _unless_similar(row: Row, near: dict[str, str]) -> Row:
    """Return a row as it stands, or held because only signs tell it from an earlier one."""
    if row.outcome is Outcome.HELD:
        return row
    assert row.type is not None and row.body is not None
    first = near.setdefault(same_question(row.type, row.body), row.where)
    return row if first == row.where else as_similar(row, first)
