"""What happens to the exam: kills, freezes, full disks, wrong clocks, dead lines, closed pages."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.survival.machines import Machine, Web, send
from tests.survival.stage import CLOCK_SETTLES_S, Stage

Deed = Callable[[Stage], dict[str, Any]]
FAULTS: dict[str, Deed] = {}
TRIES = 3
NEEDS = {"postgres": "postgres", "backend": "postgres", "redis": "redis"}


def fault(kind: str) -> Callable[[Deed], Deed]:
    """Register a kind of fault."""

    def register(deed: Deed) -> Deed:
        FAULTS[kind] = deed
        return deed

    return register


def draw(stage: Stage) -> list[str]:
    """The kinds of a run in their order: every kind that the stage has comes before any comes again."""
    has = {"postgres": stage.postgres is not None, "redis": stage.redis is not None}
    known = stage.plan.kinds or tuple(FAULTS)
    kinds = [kind for kind in known if has.get(NEEDS.get(kind, ""), True)]
    chance, drawn = random.Random(f"faults {stage.plan.seed}"), []
    while len(drawn) < stage.plan.faults:
        drawn += chance.sample(kinds, len(kinds))
    return drawn[: stage.plan.faults]


def strike(stage: Stage, kind: str) -> None:
    """Let something happen, mend it, and note when it began and ended."""
    began = time.time()
    stage.record.note("begins", fault=kind)
    stage.record.flush()
    facts = FAULTS[kind](stage)
    stage.mend()
    stage.record.note("fault", fault=kind, began=began, ended=time.time(), **facts)
    told = ", ".join(f"{name} {value}" for name, value in facts.items())
    stage.say(f"  {kind:<10}{time.time() - began:5.1f} s  {told}")


def missed(struck: Sequence[dict[str, Any]], deadlines: int) -> list[str]:
    """What a run wanted to show and did not: kills that hit nobody, and no deadline within a fault.

    Args:
        struck: the faults of the run, as they were noted.
        deadlines: how many deadlines passed within one.
    """
    found = []
    for kind in ("commit", "hand-in"):
        kills = [each["killed"] for each in struck if each["fault"] == kind]
        if kills and not any(kills):
            found.append(f"missed: no kill in the middle of a {kind} hit anybody")
    if struck and not deadlines:
        found.append("missed: no deadline passed within a fault")
    return found


def short_while(stage: Stage, least: float = 0.2, most: float = 1.5) -> float:
    """Let a random while pass."""
    seconds = stage.chance.uniform(least, most)
    stage.pass_time(seconds)
    return round(seconds, 2)


def _a_worker(stage: Stage) -> int:
    pids = [pid for web in stage.webs for pid in web.worker_pids()]
    return stage.chance.choice(pids)


# ---- killed


@fault("worker")
def kill_worker(stage: Stage) -> dict[str, Any]:
    """Kill one process of a web server; its siblings go on, the first process starts another."""
    pid = _a_worker(stage)
    send(pid, signal.SIGKILL)
    return {"pid": pid}


@fault("web")
def kill_web(stage: Stage) -> dict[str, Any]:
    """Kill every process of every web server."""
    for web in stage.webs:
        web.kill()
    return {"down": short_while(stage)}


@fault("postgres")
def kill_postgres(stage: Stage) -> dict[str, Any]:
    """Kill PostgreSQL, the first process and all others."""
    assert stage.postgres is not None
    stage.postgres.kill()
    return {"down": short_while(stage)}


@fault("backend")
def kill_backend(stage: Stage) -> dict[str, Any]:
    """Kill one process of PostgreSQL that serves a connection: it then recovers by itself."""
    assert stage.postgres is not None
    pids = stage.postgres.backend_pids()
    pid = stage.chance.choice(pids) if pids else 0
    return {"killed": bool(pid) and send(pid, signal.SIGKILL)}


@fault("redis")
def kill_redis(stage: Stage) -> dict[str, Any]:
    """Kill Redis, and with it whatever jobs and limits it held."""
    assert stage.redis is not None
    stage.redis.kill()
    return {"down": short_while(stage, 1, 4)}


@fault("everything")
def kill_everything(stage: Stage) -> dict[str, Any]:
    """The power goes: web servers and databases at once."""
    for machine in stage.chance.sample(stage.machines, len(stage.machines)):
        machine.kill()
    return {"down": short_while(stage)}


@fault("hand-in")
def kill_in_a_rush(stage: Stage) -> dict[str, Any]:
    """Kill the web servers, or the database, in the middle of many hand-ins."""
    stage.load.order("rush", share=0.12)
    after = short_while(stage, 0.1, 1.0)
    victims: list[Machine] = [*stage.webs]
    if stage.postgres is not None and stage.chance.random() < 0.5:
        victims = [stage.postgres]
    for machine in victims:
        machine.kill()
    return {"after": after, "victim": victims[0].name, "killed": sum(not each.is_running for each in victims)}


# ---- killed exactly there


@fault("commit")
def kill_in_commit(stage: Stage) -> dict[str, Any]:
    """Kill whoever writes at the moment it asks the disk to keep a commit: written, not yet durable."""
    return _kill_in_call(stage, "fsync,fdatasync")


@fault("write")
def kill_in_write(stage: Stage) -> dict[str, Any]:
    """Kill whoever writes in the middle of writing a transaction: a part of it stands in the file."""
    return _kill_in_call(stage, "pwrite64,pwritev,pwritev2")


def _kill_in_call(stage: Stage, calls: str) -> dict[str, Any]:
    """Kill in a call, and try again where nobody made so many: a fault that hit nobody shows nothing."""
    for _try in range(TRIES):
        facts = _try_in_call(stage, calls)
        if facts["killed"]:
            break
    return facts


def _try_in_call(stage: Stage, calls: str, patience: float = 5.0) -> dict[str, Any]:
    pids = stage.postgres.backend_pids() if stage.postgres else [_a_worker(stage)]
    number = stage.chance.randint(1, 12)
    command = ["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={calls}"]
    command += ["-e", f"inject={calls}:signal=KILL:when={number}"]
    command += [part for pid in pids for part in ("-p", str(pid))]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    until = time.monotonic() + patience
    dead: list[int] = []
    while not dead and time.monotonic() < until:
        stage.pass_time(0.1)
        dead = [pid for pid in pids if not send(pid, 0) or _is_zombie(pid)]
    # Asked to end, strace may wait for ever for a thread that is gone; killed, it lets the others go on.
    tracer.kill()
    tracer.wait()
    return {"call": number, "killed": len(dead)}


def _is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


# ---- halted, filled, set wrong


@fault("freeze")
def freeze_worker(stage: Stage) -> dict[str, Any]:
    """Stop a process for some seconds, as a machine does that swaps, and let it go on as if nothing were."""
    pid = _a_worker(stage)
    if stage.postgres and stage.chance.random() < 0.4:
        pid = stage.chance.choice(stage.postgres.backend_pids() or [pid])
    send(pid, signal.SIGSTOP)
    seconds = short_while(stage, 1.5, 5)
    send(pid, signal.SIGCONT)
    return {"seconds": seconds}


@fault("disk")
def fill_disk(stage: Stage) -> dict[str, Any]:
    """Fill the disk of the database to the last block for a while; sometimes kill the servers meanwhile."""
    ballast = stage.disk.fill()
    seconds = short_while(stage, 2, 5)
    killed = stage.chance.random() < 0.3
    if killed:
        for web in stage.webs:
            web.kill()
    free = shutil.disk_usage(stage.disk.folder).free
    stage.disk.free()
    return {"ballast": f"{ballast >> 20} MB", "free": free, "seconds": seconds, "killed": killed}


@fault("clock")
def set_clock(stage: Stage) -> dict[str, Any]:
    """Set the servers' clock forward or back by up to some minutes, and right again."""
    seconds = stage.chance.choice([-1, 1]) * stage.chance.randint(20, 200)
    stage.clock.jump(seconds)
    stage.pass_time(CLOCK_SETTLES_S)
    short_while(stage, 1, 4)
    stage.clock.jump(0)
    stage.pass_time(CLOCK_SETTLES_S)
    return {"offset": seconds}


# ---- the line, and the page


@fault("cut")
def cut_line(stage: Stage) -> dict[str, Any]:
    """Cut the line of half of the candidates; it stays dead for a while."""
    seconds = round(stage.chance.uniform(1, 5), 1)
    stage.proxy.order("cut", seconds=seconds)
    return {"seconds": seconds, "waited": short_while(stage)}


@fault("delay")
def slow_line(stage: Stage) -> dict[str, Any]:
    """Let the line be slow."""
    seconds, least = round(stage.chance.uniform(3, 8), 1), round(stage.chance.uniform(0.1, 1.2), 2)
    stage.proxy.order("delay", seconds=seconds, least=least)
    return {"seconds": seconds, "least": least, "waited": short_while(stage)}


@fault("deaf")
def lose_answers(stage: Stage) -> dict[str, Any]:
    """Let requests arrive and lose every answer: the server has what nobody knows it has."""
    seconds = round(stage.chance.uniform(1, 5), 1)
    stage.proxy.order("deafen", seconds=seconds)
    return {"seconds": seconds, "waited": short_while(stage, 0.5, seconds)}


@fault("replay")
def say_it_again(stage: Stage) -> dict[str, Any]:
    """Send old requests a second and third time, out of order: answers, starts, sign-ins, hand-ins."""
    requests = stage.chance.randint(100, 400)
    stage.proxy.order("replay", requests=requests)
    return {"requests": requests, "waited": short_while(stage)}


@fault("reload")
def close_pages(stage: Stage) -> dict[str, Any]:
    """Close a third of the pages in the middle of whatever they do, and open them again."""
    share = round(stage.chance.uniform(0.1, 0.5), 2)
    stage.load.order("reload", share=share)
    return {"share": share, "waited": short_while(stage)}


def lose_a_server(stage: Stage) -> Web:
    """Kill one of several web servers for good."""
    victim = stage.chance.choice(stage.webs)
    stage.gone_for_good = (*stage.gone_for_good, victim)
    began = time.time()
    victim.kill()
    stage.record.note("fault", fault="server lost", began=began, ended=time.time())
    stage.say(f"  server lost: port {victim.port}")
    return victim
