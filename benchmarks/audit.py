"""The audit at scale: every rule over 1 million rows of the register and 10 million.

    python -m benchmarks.audit [--small]

SQLite with 1 million rows for comparison, then PostgreSQL as Debian has it, on a server of its own. That the
audit finds exactly the violations that were planted is asserted; how long it took never is.
"""

from __future__ import annotations

import sys

from tests.servers import create_database, drop_database
from trainhub.cli.bench import bench

MILLION = 1_000_000


def main(given: list[str]) -> int:
    """Measure on SQLite and on PostgreSQL."""
    small = "--small" in given
    first = MILLION // 10 if small else MILLION
    print("SQLite", flush=True)
    status = _bench("--rows", first)
    url = create_database()
    try:
        print("\nPostgreSQL", flush=True)
        return status or _bench("--rows", first, "--rows", 10 * first, "--database", url)
    finally:
        drop_database(url)


def _bench(*options: object) -> int:
    try:
        bench(["audit", *map(str, options)], standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
