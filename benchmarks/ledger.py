"""The ledger: acts a second, and what each deed costs at 0, 1 million and 5 million entries.

    python -m benchmarks.ledger [--small]

SQLite first, then PostgreSQL as Debian has it, on a server of its own that really writes to disk: without
fsync the floor, a bare commit, would say nothing. That the ledger is whole at every size is asserted; how
long anything took never is.
"""

from __future__ import annotations

import os
import sys

from tests.servers import DURABLE, create_database, drop_database
from trainhub.cli.bench import bench

MILLION = 1_000_000
SIZES = (0, MILLION, 5 * MILLION)


def main(given: list[str]) -> int:
    """Measure on SQLite and on PostgreSQL."""
    divisor = 1000 if "--small" in given else 1
    options = [str(word) for size in SIZES for word in ("--entries", size // divisor)]
    if divisor > 1:
        options += ["--seconds", "2", "--repeat", "10"]
    print("SQLite", flush=True)
    status = _bench(*options)
    os.environ[DURABLE] = "1"
    url = create_database()
    try:
        print("\nPostgreSQL", flush=True)
        return status or _bench(*options, "--database", url)
    finally:
        drop_database(url)


def _bench(*options: str) -> int:
    try:
        bench(["ledger", *options], standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
