"""The servers that ``trainhub bench answers`` measures: processes of their own, and what they use."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Served:
    """A server and its workers while they run.

    Args:
        process: that was started.
        port: where it listens.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def _family(self) -> list[int]:
        """Return the process and all that it started."""
        parents: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
        found, waiting = [], [self.process.pid]
        while waiting:
            found.append(waiting.pop())
            waiting += parents.get(found[-1], [])
        return found

    def cpu_s(self) -> float:
        """Return the seconds of the processor that the server has used so far."""
        total = 0
        for pid in self._family():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def memory_mb(self) -> int:
        """Return the memory of all its processes, what they share counted once, in megabytes."""
        total = 0
        for pid in self._family():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total // 1024


@contextmanager
def started(environment: dict[str, str], workers: int, *, floor: bool = False) -> Iterator[Served]:
    """Serve for a while: the house, or the floor that it is compared with.

    Args:
        environment: of the instance and its database.
        workers: how many processes.
        floor: whether to serve the two bare routes instead of the house.
    """
    port = free_port()
    if floor:
        command = [sys.executable, "-m", "trainhub.cli.answers_floor", str(port), str(workers)]
    else:
        command = [sys.executable, "-m", "trainhub", "serve", "--port", str(port), "--workers", str(workers)]
        command += ["--side", "exam"]
    log = Path(environment["TRAINHUB_INSTANCE"]) / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  (our own program)
            command, env={**os.environ, **environment}, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_for(port, process, log)
        yield Served(process, port)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
