"""The stage of a run: disk, databases, web servers, proxy, candidates, clock; built, kept up, taken down."""

from __future__ import annotations

import glob
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from tests.survival import crew, serving, world
from tests.survival.disk import NoSmallDisk, SmallDisk, keep_mounts_to_ourselves
from tests.survival.machines import FAKETIME, Machine, Postgres, Redis, Web
from tests.survival.record import Record
from trainhub import create_app
from trainhub.cli.databases import prepare
from trainhub.config import read_settings
from trainhub.exams import delivery
from trainhub.exams.delivery.models import Attempt
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person

DISK_MB = {"sqlite": 96, "postgres": 400}
MOVE_EVERY_S = 1.0
CLOCK_SETTLES_S = 1.6


class Missing(Exception):
    """A tool without which a run would test less than it says."""


@dataclass(frozen=True)
class Plan:
    """What a run is to be.

    Args:
        seed: of everything that is drawn.
        candidates: how many sit.
        faults: how many things happen to them.
        database: ``sqlite`` or ``postgres``.
        workers: processes of each web server.
        servers: web servers on ports of their own.
        redis: whether jobs and limits are kept in a Redis.
        pace: seconds between two answers of a candidate, on average.
        broken: put up a server that is broken in this way (``serving``); the run must then fail.
        in_memory: let the database lie in memory, where no commit waits for a disk.
        libfaketime: set the servers' clock by libfaketime.
        kinds: of faults; none named: all that the stage has.
        keep: leave the folder in place.
    """

    seed: int
    candidates: int = 1000
    faults: int = 24
    database: str = "sqlite"
    workers: int = 2
    servers: int = 1
    redis: bool = True
    pace: float = 5.0
    broken: str = ""
    in_memory: bool = False
    libfaketime: bool = False
    kinds: tuple[str, ...] = ()
    keep: bool = False

    @property
    def seconds(self) -> int:
        """How long the faults will take, roughly: what deadlines are spread over."""
        return 10 + 6 * self.faults


class Clock:
    """The clock of the web servers: set by a file that each of their processes looks at.

    libfaketime sets everything that a process takes for the time, but makes the server's threads twelve times
    as expensive; so a run sets the house's own clock, and libfaketime is used where it is asked for.
    """

    def __init__(self, folder: Path, record: Record, libfaketime: bool) -> None:
        self._file, self._record = folder / "clock", record
        self._file.write_text("+0\n")
        self.environment = {serving.CLOCK_FILE: str(self._file)}
        if libfaketime:
            found = glob.glob(FAKETIME)
            if not found:
                raise Missing("libfaketime is not installed; `make test` as root installs it")
            self.environment = {
                "LD_PRELOAD": found[0],
                "FAKETIME_TIMESTAMP_FILE": str(self._file),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }

    def jump(self, seconds: int) -> None:
        """Set the servers' clock so many seconds beside the true one."""
        unfinished = self._file.with_suffix(".part")
        unfinished.write_text(f"{seconds:+d}\n")
        self._record.note("clock", offset=seconds)
        unfinished.rename(self._file)


class Stage:
    """Everything that a run consists of."""

    def __init__(self, plan: Plan, say: Callable[[str], None] = print) -> None:
        for tool in ("strace", "redis-server", "redis-cli"):
            if shutil.which(tool) is None:
                raise Missing(f"{tool} is not installed; `make test` as root installs it")
        self.plan, self.say = plan, say
        self.chance = random.Random(plan.seed)
        self.folder = Path(tempfile.mkdtemp(prefix="trainhub-survival-"))
        self.folder.chmod(0o755)
        self.record = Record(self.folder / "director.jsonl")
        self.clock = Clock(self.folder, self.record, plan.libfaketime)
        self.disk = self._small_disk()
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        self.webs: list[Web] = []
        self._moved_at = 0.0

    def _small_disk(self) -> SmallDisk:
        try:
            keep_mounts_to_ourselves()
            return SmallDisk(self.folder / "disk", DISK_MB[self.plan.database], self.plan.in_memory)
        except NoSmallDisk as problem:
            raise Missing(f"no small file system can be mounted here: {problem}") from None

    def build(self) -> None:
        """Start the databases, make the exam, start the servers and seat the candidates."""
        environment = {"TRAINHUB_INSTANCE": str(self.folder / "instance")}
        if self.plan.database == "postgres":
            self.postgres = Postgres(self.disk.folder / "data", self.folder / "postgres.log")
            self.postgres.create()
            environment["TRAINHUB_DATABASE_URL"] = self.postgres.url
        else:
            environment["TRAINHUB_DATABASE_URL"] = f"sqlite:///{self.disk.folder / 'trainhub.db'}"
        if self.plan.redis:
            self.redis = Redis(self.folder, self.folder / "redis.log")
            self.redis.start()
            environment["TRAINHUB_REDIS_URL"] = self.redis.url
        settings = read_settings(environment)
        prepare(settings)
        self.app = create_app(settings)
        with self.app.app_context():
            self.seats = world.build(self.app, self.plan.candidates, self.plan.seconds, self.plan.seed)
            self.officer_id = db.session.scalar(select(Person.id).order_by(Person.created_at).limit(1))
            db.session.remove()
        broken = {serving.BROKEN: self.plan.broken} if self.plan.broken else {}
        self._start_servers(settings.instance, environment | self.clock.environment | broken)
        self._seat_candidates()

    def _start_servers(self, instance: Path, environment: dict[str, str]) -> None:
        for number in range(self.plan.servers):
            log = self.folder / f"web{number + 1}.log"
            self.webs.append(Web(instance, log, environment, self.plan.workers))
        for web in self.webs:
            web.start()

    def _seat_candidates(self) -> None:
        ports = [web.port for web in self.webs]
        self.proxy, proxy_port = crew.start_proxy(ports, self.folder / "proxy.log")
        told = {
            "seed": self.plan.seed,
            "pace": self.plan.pace,
            "ramp": min(10.0, self.plan.candidates / 60),
            "seats": [seat.plain() for seat in self.seats],
            "addresses": [[["127.0.0.1", port] for port in ports], [["127.0.0.1", proxy_port]]],
        }
        self.load = crew.start_load(self.folder, told)
        self.until(lambda: self.load.told.get("working", 0) > 0.5 * self.plan.candidates, 60, "the start")

    # ---- looking after it, as systemd and the invigilators would

    @property
    def machines(self) -> list[Machine]:
        """What must run; the databases first, for the others need them."""
        return [each for each in (self.postgres, self.redis, *self.webs) if each is not None]

    def pass_time(self, seconds: float) -> None:
        """Let time pass; invigilators move candidates whose sign-in was cut off."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(0.2, left))
            if time.monotonic() - self._moved_at > MOVE_EVERY_S:
                self._move_who_waits()

    def until(self, true: Callable[[], bool], seconds: float, what: str) -> bool:
        """Let time pass until something is true; False (and a word) if it does not become so."""
        until = time.monotonic() + seconds
        while not true():
            if time.monotonic() > until or self.load.process.poll() not in (None, 0):
                self.say(f"waited {seconds:.0f} s for {what}: {self.load.told}")
                return False
            self.pass_time(0.3)
        return True

    def mend(self) -> None:
        """Start again whatever does not run: systemd's Restart=always."""
        for machine in self.machines:
            if not machine.is_running and machine not in self.gone_for_good:
                machine.kill()
                machine.start()

    gone_for_good: tuple[Machine, ...] = ()

    def _move_who_waits(self) -> None:
        self._moved_at = time.monotonic()
        for code in self.load.told.get("moves", ())[:20] if hasattr(self, "load") else ():
            try:
                with self.app.app_context(), transaction():
                    attempt = db.session.scalars(select(Attempt).where(Attempt.code == code)).one()
                    if attempt.has_machine:
                        by = db.session.get_one(Person, self.officer_id)
                        self.record.note("moved", attempt=code)
                        delivery.move(attempt, "the answer to the sign-in was lost", by=by)
            except Exception as problem:
                # The database is down: the invigilator tries again in a moment.
                self.record.note("not_moved", attempt=code, why=type(problem).__name__)
                return

    # ---- the end

    def finish(self, patience: float = 90.0) -> None:
        """Mend everything, let the candidates come to the end, then kill and start all of it once more."""
        self.clock.jump(0)
        self.disk.free()
        self.mend()
        self.load.order("finish")
        everybody = len(self.seats)

        def are_all_through() -> bool:
            # Two workers that die within moments take their server with them a little later (Granian takes it
            # for a loop of crashes); it is started again whenever that is, as systemd would.
            self.mend()
            return bool(self.load.told.get("done") == everybody)

        if not self.until(are_all_through, patience, "everybody's end"):
            self.load.order("give_up")
        self.load.process.wait(30)
        for machine in reversed(self.machines):
            machine.kill()
        for machine in self.machines:
            if machine not in self.gone_for_good:
                machine.start()

    def strike(self) -> None:
        """Take everything down."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for hand in ("load", "proxy"):
            if hasattr(self, hand):
                getattr(self, hand).end()
        for machine in reversed(self.machines):
            machine.kill()
        self.disk.unmount()
        if not self.plan.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
