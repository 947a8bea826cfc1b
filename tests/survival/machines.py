"""The machines of a run: web server, PostgreSQL, Redis; started, killed, started again on the same data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.servers import free_port, postgres_program

ROOT = Path(__file__).resolve().parents[2]
FAKETIME = "/usr/lib/*/faketime/libfaketime.so.1"
START_SECONDS = 120


def wait_for(answers: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
    """Wait until something answers."""
    until = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > until:
            raise RuntimeError(f"{what} did not answer within {seconds} s")
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    """The processes that a process started, and theirs."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            direct = [int(each) for each in task.read_text().split()]
        except OSError:
            continue
        for child in direct:
            found += [child, *children_of(child)]
    return found


class Machine:
    """A server program in a process group of its own; killing it is a power cut, without a word."""

    name = "machine"

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, command: list[str], **options: object) -> None:
        """Start the program, its output at the end of the log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options
            )

    @property
    def is_running(self) -> bool:
        """Whether its first process lives."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End every process of it at once."""
        if self.process is None:
            return
        for pid in [self.process.pid, *children_of(self.process.pid)]:
            send(pid, signal.SIGKILL)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process = None

    def last_words(self) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""


def send(pid: int, number: int) -> bool:
    """Send a signal; False if the process is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


class Web(Machine):
    """A web server as `trainhub serve` starts it, under the clock of the run (`serving`).

    Args:
        instance: folder of keys and files.
        log: of its output.
        environment: the settings of the process, beyond those of the instance.
        workers: processes.
    """

    name = "web"

    def __init__(self, instance: Path, log: Path, environment: dict[str, str], workers: int = 1) -> None:
        super().__init__(log)
        self.port = free_port()
        self.workers = workers
        self.environment = os.environ | environment
        self.environment |= {"TRAINHUB_INSTANCE": str(instance), "PYTHONPATH": str(ROOT)}
        self.environment |= {"TRAINHUB_PUBLIC_URL": f"http://127.0.0.1:{self.port}"}

    def start(self, patience: float = START_SECONDS) -> None:
        """Start, again whenever it ends as systemd's Restart=always does, and return once it answers."""
        try:
            wait_for(self._answers_or_begins_again, "the web server", patience)
        except RuntimeError:
            raise RuntimeError(self.last_words()) from None

    def _answers_or_begins_again(self) -> bool:
        """Begin if it does not run: it ends at once where its database is still coming up."""
        if not self.is_running:
            command = [sys.executable, "-m", "tests.survival.serving", "serve", "--port", str(self.port)]
            self.run([*command, "--workers", str(self.workers)], cwd=ROOT, env=self.environment)
        return self.answers()

    def answers(self) -> bool:
        """Whether it serves."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def worker_pids(self) -> list[int]:
        """The processes that answer requests; the first process only starts them."""
        return [] if self.process is None else children_of(self.process.pid)


def command_of(pid: int) -> str:
    """The command line of a process; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
    "listen_addresses": "127.0.0.1",
}


class Postgres(Machine):
    """A PostgreSQL that writes to disk and can be killed and started again on the same files."""

    name = "postgres"

    def __init__(self, data: Path, log: Path) -> None:
        super().__init__(log)
        self.data, self.port = data, free_port()
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        """Address of the database of the run."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/trainhub"

    def create(self) -> None:
        """Make the files and an empty database, and leave it running."""
        self.data.mkdir(mode=0o700)
        if self.user:
            shutil.chown(self.data, self.user)
        command = [str(postgres_program("initdb")), "--pgdata", str(self.data), "--username", "postgres"]
        command += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        subprocess.run(command, check=True, user=self.user, cwd="/", stdout=subprocess.DEVNULL)
        self.start()
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE trainhub")

    def start(self, patience: float = START_SECONDS) -> None:
        """Start on the files as they are, through recovery if they need it; again if the disk stops it."""
        settings = DURABLE | {"port": str(self.port), "unix_socket_directories": str(self.data)}
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        command = [str(postgres_program("postgres")), "-D", str(self.data), *options]
        until = time.monotonic() + patience
        while True:
            # A pid file of the killed server names a process that is gone, or by now somebody else's.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            self.run(command, user=self.user, cwd="/")
            while self.is_running:
                if self.answers():
                    return
                time.sleep(0.05)
            if time.monotonic() > until:
                raise RuntimeError(self.last_words())
            time.sleep(0.2)

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg.connect(self._server, connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True

    def backend_pids(self) -> list[int]:
        """The processes that serve the web server's connections."""
        if self.process is None:
            return []
        return [pid for pid in children_of(self.process.pid) if " trainhub " in command_of(pid)]

    @property
    def _server(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"


class Redis(Machine):
    """A Redis for jobs and limits; what it holds may be lost, and the exam must not notice."""

    name = "redis"

    def __init__(self, folder: Path, log: Path) -> None:
        super().__init__(log)
        self.folder, self.port = folder, free_port()

    @property
    def url(self) -> str:
        """Address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and return once it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.run(["redis-server", *options])
        wait_for(self.answers, "Redis")

    def answers(self) -> bool:
        """Whether it takes commands."""
        command = ["redis-cli", "-p", str(self.port), "ping"]
        return subprocess.run(command, capture_output=True, check=False).stdout.strip() == b"PONG"
