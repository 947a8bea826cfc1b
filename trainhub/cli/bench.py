"""``trainhub bench …``: what the house can do on this machine, each figure with its floor and conditions."""

from __future__ import annotations

import click

from trainhub.cli.bench_answers import answers_bench
from trainhub.cli.bench_audit import audit
from trainhub.cli.bench_ledger import ledger_bench
from trainhub.cli.bench_papers import papers_bench
from trainhub.cli.bench_staffing import staffing_bench


@click.group("bench")
def bench() -> None:
    """Measure on this machine: invented data in an empty database, each figure beside its floor."""


bench.add_command(answers_bench)
bench.add_command(audit)
bench.add_command(ledger_bench)
bench.add_command(papers_bench)
bench.add_command(staffing_bench)
