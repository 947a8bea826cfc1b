"""A web process as the units start it: one side or all, behind one proxy that is believed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.deploy.front import ROOT
from tests.servers import free_port


class Web:
    """`trainhub serve` on a free port; it can be killed and started again on the same."""

    def __init__(self, log: Path, **settings: str) -> None:
        self.port = free_port()
        self._log = log
        self._environment = os.environ | settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start; `wait` for it to answer."""
        command = [sys.executable, "-m", "trainhub", "serve", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Return once it can work."""
        until = time.monotonic() + 60
        while not self._ready():
            if self._process is None or self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(self._log.read_text()[-3000:])
            time.sleep(0.05)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=1).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """End it as a power cut would: every process of it at once, without a word."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def end(self) -> None:
        """End it as systemd does: told first, ended by force when its time is over (``TimeoutStopSec``)."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
            self._process = None
