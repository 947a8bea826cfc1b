"""One run: candidates under load, faults drawn from a seed, all compared; status 1 if anything is wrong.

python -m tests.survival --seed S --candidates N --faults F --database sqlite|postgres --workers W
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from collections import Counter

from tests.survival import checker, faults, serving
from tests.survival.record import read
from tests.survival.stage import Plan, Stage
from trainhub.kernel.logs import configure_logging

GAP_S = (0.5, 3.0)


def run(plan: Plan) -> checker.Verdict:
    """Do a whole run and return what the comparison found."""
    began = time.monotonic()
    print(
        f"seed {plan.seed}: {plan.candidates} candidates, {plan.faults} faults, {plan.database}", flush=True
    )
    stage = Stage(plan, lambda said: print(said, flush=True))
    try:
        stage.build()
        built = time.monotonic() - began
        print(f"  under way after {built:.0f} s; the disk is {stage.disk.kind}; {stage.folder}", flush=True)
        happened = act(stage)
        stage.finish()
        with stage.app.app_context():
            verdict = checker.check(stage.folder)
        struck = [each for each in read(stage.folder / "director.jsonl") if each["kind"] == "fault"]
    finally:
        stage.strike()
    verdict.problems += faults.missed(struck, verdict.figures["deadlines within a fault"])
    verdict.figures["seconds"] = round(time.monotonic() - began)
    report(verdict, happened)
    return verdict


def act(stage: Stage) -> Counter[str]:
    """Let the faults happen; with several servers, one of them is lost for good in the middle."""
    happened: Counter[str] = Counter()
    kinds = faults.draw(stage)
    for place, kind in enumerate(kinds):
        if len(stage.webs) > 1 and place == len(kinds) // 2:
            faults.lose_a_server(stage)
            happened["server lost"] += 1
        stage.pass_time(stage.chance.uniform(*GAP_S))
        faults.strike(stage, kind)
        happened[kind] += 1
    return happened


def report(verdict: checker.Verdict, happened: Counter[str]) -> None:
    """Print what was done and what was found."""
    print("faults: " + ", ".join(f"{kind} {count}" for kind, count in sorted(happened.items())))
    for name, value in verdict.figures.items():
        print(f"  {name:<28}{value:>9}")
    for problem in verdict.problems[: checker.SHOWN]:
        print(f"  PROBLEM {problem}")
    kinds = ", ".join(f"{kind} {count}" for kind, count in verdict.kinds().items())
    print(
        f"FAILED: {kinds}" if kinds else "passed: nothing lost, nothing changed, nothing doubled", flush=True
    )


def main() -> int:
    """Run once with what is given."""
    configure_logging(logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randint(1, 10**6))
    parser.add_argument("--candidates", type=int, default=Plan.candidates)
    parser.add_argument("--faults", type=int, default=Plan.faults)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--workers", type=int, default=Plan.workers)
    parser.add_argument("--servers", type=int, default=Plan.servers)
    parser.add_argument("--pace", type=float, default=Plan.pace)
    parser.add_argument("--kinds", nargs="*", default=[], choices=sorted(faults.FAULTS))
    parser.add_argument("--without-redis", action="store_true")
    parser.add_argument(
        "--broken", choices=sorted(serving.WAYS_TO_BREAK), default="", help="A server that is not to pass."
    )
    parser.add_argument("--in-memory", action="store_true", help="No commit waits for a disk.")
    parser.add_argument("--libfaketime", action="store_true", help="Set the clock by libfaketime.")
    parser.add_argument("--keep", action="store_true", help="Leave the folder with logs and lists.")
    given = vars(parser.parse_args())
    given["redis"] = not given.pop("without_redis")
    given["kinds"] = tuple(given["kinds"])
    try:
        return int(not run(Plan(**given)).passed)
    except RuntimeError as problem:
        # A machine did not come up: what it said last tells why.
        print(f"FAILED: {problem}", flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
