"""The audit never calls clean what it could not look up."""

import json

from tests import audit
from tests.run import COULD_NOT_TELL


def report(*packages: dict) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


SOUND = {"name": "sound", "version": "1.0", "vulns": []}
WEAK = {"name": "weak", "version": "2.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


def test_all_answered_and_nothing_known_is_clean():
    verdict = audit.judge(report(SOUND), "")
    assert (verdict.state, verdict.exit_status) == ("clean", 0)


def test_a_known_weakness_fails_and_names_package_and_cure():
    verdict = audit.judge(report(SOUND, WEAK, UNKNOWN), "")
    assert (verdict.state, verdict.exit_status) == ("vulnerable", 1)
    assert verdict.lines == ["VULNERABLE: weak 2.0: CVE-2026-1, fixed in 2.1"]


def test_a_package_without_an_answer_is_not_clean():
    verdict = audit.judge(report(SOUND, UNKNOWN), "")
    assert verdict.exit_status == COULD_NOT_TELL
    assert verdict.lines == ["NOT AUDITED: no answer about 1 of 2 packages (unknown: not found)"]


def test_an_empty_report_is_not_clean():
    assert audit.judge(report(), "").exit_status == COULD_NOT_TELL


def test_no_network_is_not_clean():
    verdict = audit.judge("", "ERROR: something\nConnectionError: no route")
    assert verdict.exit_status == COULD_NOT_TELL
    assert "NOT AUDITED" in verdict.lines[0] and "no route" in verdict.lines[0]


def test_an_answer_that_does_not_come_in_time_is_not_clean():
    assert audit.audit(at_most=0.01).lines == ["NOT AUDITED: no answer within 0 seconds"]
