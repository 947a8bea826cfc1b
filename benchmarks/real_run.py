"""The real run: question files and a roster of 300 in, 300 candidates over HTTP, certificates out.

    python -m benchmarks.real_run [--data ../shared/data] [--keep FOLDER]

Without the folder of real input the project's own questions and an invented roster take its place. Every
figure is printed with what it is compared with; what must be right is asserted, how long it took never is.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import func, select

from benchmarks import _candidates, _office
from tests.delivery.server import Server
from tests.factories.sittings import HEADER, make_id_number, make_name, write_roster
from trainhub import create_app, regulations, separation
from trainhub.certificates.issuing import issue_for_sitting
from trainhub.certificates.models import Certificate
from trainhub.certificates.verification import verify_number, verify_pdf
from trainhub.cli.databases import prepare
from trainhub.config import read_settings
from trainhub.exams.delivery import attempts_of, check_receipt
from trainhub.exams.delivery.forms_prepared import paper_of
from trainhub.exams.delivery.models import Response
from trainhub.exams.invigilation import PhoneGiven, check_in, close_desk
from trainhub.exams.marking import Result, mark_sitting, publish_results
from trainhub.exams.sittings import candidates_of, get_sitting, open_sitting
from trainhub.exams.staffing import appointments_of
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.logs import configure_logging
from trainhub.people import messages
from trainhub.people.persons import id_number_of
from trainhub.separation.duties import Duty

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
NAMES = {"SAFETY-MANAGER": "安全生产管理人员", "PRINCIPAL": "主要负责人", "LV-ELECTRICIAN": "低压电工作业"}


def step(what: str, act: Callable[[], object]) -> object:
    """Do something, and print what it was, how long it took and what came of it."""
    began = time.perf_counter()
    came = act()
    print(f"{what:<46}{time.perf_counter() - began:>8.1f} s  {came}", flush=True)
    return came


def main() -> int:
    """Run everything."""
    configure_logging(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--keep", type=Path, help="Keep the instance in this folder.")
    given = parser.parse_args()
    data = given.data if (given.data / "rosters").is_dir() else None
    print("real input" if data else "no real input here: the project's own questions, an invented roster")
    with tempfile.TemporaryDirectory() as folder:
        run(given.keep or Path(folder) / "instance", data)
    return 0


def run(instance: Path, data: Path | None) -> None:
    """Run the whole story on an instance of its own."""
    settings = read_settings({"TRAINHUB_INSTANCE": str(instance)})
    prepare(settings)
    # Early enough that papers may be handed in at the end, whatever the regulations say of leaving early.
    app = create_app(settings)
    with app.app_context():
        with reading():
            early = int(regulations.value("exam.early_hand_in_minutes", on=clock.today()))
        starts_at = (clock.now() - timedelta(minutes=early + 1)).replace(second=0, microsecond=0)
        office = _office.begin(starts_at)
        prepare_sittings(office, data or None, instance)
        candidates = step("candidates checked in at the desks", lambda: let_in(office))
        sit(instance, candidates)
        finish(office, candidates)


def prepare_sittings(office: _office.Run, data: Path | None, instance: Path) -> None:
    """Everything before the day."""
    step("question files imported (rows)", lambda: _office.import_questions(office, data))
    step("items approved by a second person", lambda: _office.approve_everything(office))
    papers = {}
    step("papers assembled and sealed", lambda: papers.update(_office.seal_papers(office)) or len(papers))
    step("site admitted, sittings planned", lambda: _office.plan_sittings(office) or len(office.codes))
    roster = data / "rosters" / "roster_312.xlsx" if data else invented_roster(instance)
    report = step("roster imported", lambda: _office.register(office, roster))
    assert report["registered"] == 300, report
    eligible = step("training records handed over and found", lambda: _office.hand_over_training(office))
    assert eligible == 300
    step("seats given, tickets printed (bytes)", lambda: _office.arrange_and_print(office, papers))
    step("staff appointed under the rules", lambda: _office.appoint_staff(office))


def invented_roster(folder: Path) -> Path:
    """A roster of 300 good rows and one bad one."""
    shares = [("SAFETY-MANAGER", 220), ("PRINCIPAL", 55), ("LV-ELECTRICIAN", 25)]
    wanted = [NAMES[code] for code, count in shares for _each in range(count)]
    rows = [
        {
            "序号": str(number),
            "姓名": make_name(number),
            "身份证号": make_id_number(number),
            "手机号": f"139{number:08d}",
            "工作单位": f"第 {number % 17} 机械厂",
            "培训机构": "海川市安泰安全培训学校",
            "考试项目": name,
        }
        for number, name in enumerate(wanted)
    ]
    rows.append(rows[0] | {"序号": "301", "身份证号": "370202198803159999"})
    return write_roster(folder / "roster.xlsx", rows, HEADER)


def let_in(office: _office.Run) -> list[_candidates.Candidate]:
    """Open the sittings and check everybody in before the exam begins."""
    chance, found = random.Random(7), []
    with clock.set_to(office.starts_at - timedelta(minutes=15)):
        for code in office.codes.values():
            with transaction():
                open_sitting(get_sitting(code), by=invigilator_of(code))
            with transaction():
                sitting, by = get_sitting(code), invigilator_of(code)
                for number, candidate in enumerate(candidates_of(sitting)):
                    phone = f"137{len(found):08d}"
                    check_in(candidate, PhoneGiven.GIVEN, phone, identity_confirmed=True, by=by)
                    skill = 0.6 if number % 6 == 5 else chance.uniform(0.87, 0.99)
                    digits = (id_number_of(candidate.person) or "")[-6:]
                    found.append(_candidates.Candidate(candidate.ticket_number, digits, skill, {}))
    with transaction():
        keys = {}
        for code in office.codes.values():
            for item in paper_of(get_sitting(code).paper_code, code).items:
                texts = {option.key: option.text for option in item.body.options} or {"T": "T", "F": "F"}
                keys[item.body.stem] = texts[item.body.answer[0]]
    for each in found:
        each.keys = keys
    return Checked(found)


class Checked(list):
    """Candidates who are let in; printed as their number."""

    def __str__(self) -> str:
        return str(len(self))


def invigilator_of(code: str):
    """The first invigilator of a sitting."""
    rows = appointments_of(get_sitting(code))
    return next(row.person for row in rows if row.duty == Duty.INVIGILATE)


def sit(instance: Path, candidates: list[_candidates.Candidate]) -> None:
    """300 candidates against a real server process; the floors are measured in the same run."""
    db.session.remove()
    db.engine.dispose()
    server = Server(instance)
    server.start()
    try:
        bare = _candidates.floor(server.address)
        seconds = _candidates.run_all(candidates, server.address)
    finally:
        server.kill()
    saves = [each for candidate in candidates for each in candidate.latencies]
    print(f"{'candidates entered, answered, handed in':<46}{seconds:>8.1f} s  {len(candidates)}")
    print(f"  answers saved one by one          {len(saves):>8}    {len(saves) / seconds:.0f}/s on average")
    print(f"  retried because the server was busy {sum(each.retries for each in candidates):>6}")
    print(f"  saving an answer                  {spread(saves)}")
    print(f"  floor: bare answer of the server  {spread(bare)}")
    print(f"  floor: one durable SQLite commit  {spread(commits(instance))}")
    assert all(each.receipt for each in candidates)


def spread(seconds: list[float]) -> str:
    """Median and tails in milliseconds."""
    cut = quantiles(seconds, n=100)
    return f"p50 {median(seconds) * 1000:7.1f}  p95 {cut[94] * 1000:7.1f}  p99 {cut[98] * 1000:7.1f} ms"


def commits(folder: Path, count: int = 400) -> list[float]:
    """How long a single row takes to be durable on this disk, in a database of the same settings."""
    path = folder / "floor.db"
    with sqlite3.connect(path, isolation_level=None) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)")
        seconds = []
        for _each in range(count):
            began = time.perf_counter()
            connection.execute("INSERT INTO row (text) VALUES (?)", ("x" * 200,))
            seconds.append(time.perf_counter() - began)
    os.unlink(path)
    return seconds


def finish(office: _office.Run, candidates: list[_candidates.Candidate]) -> None:
    """After the day: what was sent is there, marks are right, certificates are genuine."""
    by_code = {each.code: each for each in candidates}
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Response)) == 100 * len(candidates)
        intact = sum(bool(check_receipt(each.receipt).is_intact) for each in candidates)
    print(f"journals recomputed and intact: {intact} of {len(candidates)}")
    assert intact == len(candidates)
    codes, persons = list(office.codes.values()), office.world.persons
    with transaction():
        marker, publisher = persons["marker"].id, persons["results-officer"].id
        officer = persons["certificate-officer"].id
    with clock.set_to(office.starts_at + timedelta(hours=3)):
        for code in codes:
            with transaction():
                close_desk(get_sitting(code), by=invigilator_of(code))
    with clock.set_to(office.starts_at + timedelta(days=1)):
        step("marked from the journal", lambda: sum(mark_sitting(code, marker) for code in codes))
        step("published by a second person", lambda: sum(publish_results(code, publisher) for code in codes))
    check_marks(codes, by_code)
    with clock.set_to(office.starts_at + timedelta(days=2)):
        theory_only = [office.codes[each] for each in ("SAFETY-MANAGER", "PRINCIPAL")]
        issued = step(
            "certificates drawn, signed, issued",
            lambda: sum(issue_for_sitting(code, officer) for code in theory_only),
        )
        assert issued >= 200, issued
        step("certificates verified by number and by file", verify_all)
    step("people told at their own number", tell_everybody)
    report = step("all rules over the whole register", audit)
    assert report == "0 violations"


def check_marks(codes: list[str], by_code: dict[str, _candidates.Candidate]) -> None:
    """Compare every result with what the simulated candidate knows of its own answers."""
    with reading():
        attempts = {each.candidate_id: each.code for code in codes for each in attempts_of(get_sitting(code))}
        results = db.session.scalars(select(Result)).all()
        same = sum(result.marks == by_code[attempts[result.candidate_id]].right for result in results)
        passed = sum(result.passed for result in results)
    print(f"results equal to what the candidates counted themselves: {same} of {len(results)}")
    print(f"passed: {passed}")
    assert same == len(results) == len(by_code)


def verify_all(sample: int = 40) -> str:
    """Verify every number, and some files with one byte changed."""
    with reading():
        numbers = [(row.number, row.document_key) for row in db.session.scalars(select(Certificate))]
        assert all(verify_number(number).verdict == "genuine" for number, _key in numbers)
        documents = [storage.read(key) for _number, key in numbers[:sample]]
    changed = [flipped(data) for data in documents]
    assert all(verify_pdf(data).verdict == "genuine" for data in documents)
    assert all(verify_pdf(data).verdict != "genuine" for data in changed)
    return f"{len(numbers)} numbers, {len(documents)} files, {len(changed)} changed files told apart"


def flipped(data: bytes) -> bytes:
    """The file with one bit of one byte changed, in its middle."""
    place = len(data) // 2
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def tell_everybody() -> int:
    """Hand all waiting messages to the local carrier."""
    total = 0
    while True:
        with transaction():
            sent = messages.send_waiting()
        total += sent
        if not sent:
            return total


def audit() -> str:
    """Run every rule over the whole register."""
    with reading():
        return f"{len(separation.audit().violations)} violations"


if __name__ == "__main__":
    sys.exit(main())
