"""A real Firefox ESR, driven by its own Marionette protocol: JSON over a socket, nothing in between."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.servers import free_port, unavailable

START_SECONDS = 60
KEYS = {"ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Enter": "\ue007"}


class Firefox:
    """One headless Firefox with a profile of its own."""

    def __init__(self, profile: Path) -> None:
        program = shutil.which("firefox-esr")
        if program is None:
            unavailable("Firefox ESR")
        port = free_port()
        profile.mkdir()
        (profile / "user.js").write_text(
            f'user_pref("marionette.port", {port});\n'
            'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
            'user_pref("app.update.enabled", false);\n'
            'user_pref("browser.shell.checkDefaultBrowser", false);\n'
        )
        command = [
            program,
            "--headless",
            "--marionette",
            "--no-remote",
            "--profile",
            str(profile),
            "about:blank",
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._socket = self._connect(port)
        self._number = 0
        self._read()
        self.call("WebDriver:NewSession", {})

    def _connect(self, port: int) -> socket.socket:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=60)
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    self._process.kill()
                    raise
                time.sleep(0.1)

    def call(self, command: str, parameters: dict[str, Any]) -> Any:
        """Send a command of Marionette and return its result."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _kind, _number, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error}")
        return result

    def _read(self) -> Any:
        length = b""
        while (byte := self._socket.recv(1)) != b":":
            length += byte
        body = b""
        while len(body) < int(length):
            body += self._socket.recv(int(length) - len(body))
        return json.loads(body)

    def go(self, url: str) -> None:
        """Open a page."""
        self.call("WebDriver:Navigate", {"url": url})

    def run(self, script: str, *values: Any) -> Any:
        """Run the body of a function in the page and return what it returns."""
        parameters = {"script": script, "args": list(values)}
        return self.call("WebDriver:ExecuteScript", parameters)["value"]

    def press(self, *keys: str) -> None:
        """Press keys as a person would."""
        for key in keys:
            value = KEYS.get(key, key)
            actions = [{"type": kind, "value": value} for kind in ("keyDown", "keyUp")]
            sequence = {"type": "key", "id": "keyboard", "actions": actions}
            self.call("WebDriver:PerformActions", {"actions": [sequence]})

    def click(self, selector: str) -> None:
        """Click on an element."""
        self.run("document.querySelector(arguments[0]).click()", selector)

    def fill(self, selector: str, value: str) -> None:
        """Put a value into a field as if it had been typed or chosen."""
        script = (
            "const field = document.querySelector(arguments[0]); field.value = arguments[1];"
            " ['input', 'change'].forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true })))"
        )
        self.run(script, selector, value)

    def choose_file(self, selector: str, path: Path) -> None:
        """Choose a file of this machine."""
        found = self.call("WebDriver:FindElement", {"using": "css selector", "value": selector})["value"]
        (element,) = found.values()
        self.call("WebDriver:ElementSendKeys", {"id": element, "text": str(path)})

    def forget_all(self, address: str) -> None:
        """Be a fresh window again: no sign-in, nothing kept."""
        self.go(f"{address}/sign-in")
        self.call("WebDriver:DeleteAllCookies", {})

    def wait_for(self, script: str, seconds: float = 30) -> None:
        """Wait until an expression is true in the page."""
        until = time.monotonic() + seconds
        while not self.run(f"return Boolean({script})"):
            if time.monotonic() > until:
                raise AssertionError(f"not within {seconds} s: {script}")
            time.sleep(0.1)

    def close(self) -> None:
        """End this Firefox."""
        self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
