"""The processes beside the server: candidates and proxy, and the lines of JSON that tell them what to do."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.servers import free_port
from tests.survival.machines import ROOT, wait_for


class Hand:
    """A process that takes orders on its standard input and may answer on its standard output."""

    def __init__(self, module: str, *arguments: str, log: Path) -> None:
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.log, self.told = log, {}
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told = self.told | json.loads(line)

    def order(self, do: str, **facts: Any) -> None:
        """Tell it what to do."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do} | facts) + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()


def start_proxy(ports: list[int], log: Path) -> tuple[Hand, int]:
    """Start the proxy before these servers; returns it and its port."""
    port = free_port()
    hand = Hand("tests.survival.proxy", str(port), *map(str, ports), log=log)
    listening = f":{port:04X} "
    wait_for(lambda: listening in Path("/proc/net/tcp").read_text(), "the proxy")
    return hand, port


def start_load(folder: Path, told: dict[str, Any]) -> Hand:
    """Seat the candidates."""
    seats = folder / "seats.json"
    seats.write_text(json.dumps(told), encoding="utf-8")
    return Hand("tests.survival.load", str(seats), str(folder / "record.jsonl"), log=folder / "load.log")
