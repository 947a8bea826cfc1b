"""Background work: queued with the deed that asks for it, run by huey, its progress visible to who asked.

Embedded, the queue is a SQLite file and the worker a thread of the web process; with ``TRAINHUB_REDIS_URL``
the queue is Redis and workers may be processes of their own (``trainhub worker``).

A process that is killed takes the work with it that it had begun: the queue has given it away. Work that may
be begun anew at any point is marked so (``again``); while it runs its process holds a lock that goes with the
process, and a chore queues anew what says that it runs and is held by nobody, or is in no queue.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from flask import Blueprint, Flask, current_app, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from sqlalchemy import JSON, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from trainhub.kernel import clock
from trainhub.kernel.access import signed_in
from trainhub.kernel.alone import alone
from trainhub.kernel.db import CORE_ROWS_BY_SIDE, Model, after_commit, db, reading, transaction
from trainhub.kernel.errors import DomainError, NotFound
from trainhub.kernel.i18n import _, _l, as_kept, as_read, for_any_reader, in_language
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.logs import log
from trainhub.kernel.rooms import stand_in

LATELY = timedelta(hours=1)
"""What is older and has not ended was broken off with its process."""
PATIENCE_S = 10.0
"""Whoever looks whether a job is held holds it for a moment."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Model):
    """A piece of background work (后台任务) that somebody of a side asked for and can watch.

    ``arguments`` are kept of work that is taken up again; ``broken_off`` counts how often its process ended.
    """

    __tablename__ = "kernel_job"
    __table_args__ = (CORE_ROWS_BY_SIDE,)

    id: Mapped[str] = mapped_column(primary_key=True, default=random_id)
    kind: Mapped[str]
    side: Mapped[str]
    title: Mapped[str]
    owner_id: Mapped[str | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(default="zh_CN")
    state: Mapped[str] = mapped_column(default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    arguments: Mapped[Any] = mapped_column(JSON, nullable=True)
    broken_off: Mapped[int] = mapped_column(default=0)
    result_url: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    @property
    def url(self) -> str:
        """Where its progress can be asked."""
        return url_for("jobs.state", job_id=self.id)


@dataclass(frozen=True)
class Progress:
    """What a running job tells about itself, in short transactions of its own between its own deeds."""

    job_id: str

    def tell(self, done: int, total: int, message: object = "") -> None:
        """Say how far the job is; call it outside a transaction."""
        with transaction():
            values = {"done": done, "total": total, "message": as_kept(message)}
            db.session.execute(update(Job).where(Job.id == self.job_id).values(**values))

    def asked_at(self) -> datetime | None:
        """Return when the work was asked for, however often it was broken off since."""
        with reading():
            return db.session.scalar(select(Job.created_at).where(Job.id == self.job_id))

    def end(self, result_url: str) -> None:
        """Say that all is done, in the deed that does it: killed after it, the work is not begun again."""
        values = {"state": JobState.DONE, "result_url": result_url, "ended_at": clock.now()}
        db.session.execute(update(Job).where(Job.id == self.job_id).values(**values))


Work = Callable[..., str | None]
_works: dict[str, Work] = {}
_sides: dict[str, str] = {}
_again: set[str] = set()


def job(kind: str, side: str = "exam", *, again: bool = False) -> Callable[[Work], Work]:
    """Register a function as background work.

    It is called as ``work(progress, **arguments)`` outside any transaction: it computes first and writes in
    short transactions, so that nobody waits for it. It returns the address of its result, or None.

    Args:
        kind: begins with the room.
        side: whose work it is; only a worker of that side runs it.
        again: whether it may be begun anew wherever its process was killed, with nothing done twice.
    """

    def register(work: Work) -> Work:
        _works[kind], _sides[kind] = work, side
        if again:
            _again.add(kind)
        return work

    return register


def start(kind: str, title: object, *, by: Any, language: str = "zh_CN", **arguments: Any) -> Job:
    """Queue background work; it begins once the present deed is committed.

    Args:
        kind: as registered with ``job``.
        title: what the person reads while it runs, in the language of then: marked by ``_l``.
        by: the person who asked, or None.
        language: of whatever it makes that has one, such as how days are written; not of what it tells.
        arguments: plain values (ids, storage keys), no personal data.
    """
    if kind not in _works:
        raise KeyError(kind)
    row = Job(
        id=random_id(),
        kind=kind,
        side=_sides[kind],
        title=as_kept(title),
        owner_id=None if by is None else by.id,
        language=language,
        arguments=arguments if kind in _again else None,
    )
    db.session.add(row)
    queue_after_commit(row.id, kind, arguments)
    return row


def queue_after_commit(job_id: str, kind: str, arguments: dict[str, Any]) -> None:
    """Give a job to the workers of its side once the present deed is committed."""
    after_commit(lambda: _queue().enqueue(_task().s(job_id, kind, arguments)))


def perform(job_id: str, kind: str, arguments: dict[str, Any]) -> None:
    """Run one job to its end and keep what became of it, unless another process has begun it."""
    with held(job_id, PATIENCE_S) if kind in _again else nullcontext(True) as is_mine:
        # What was queued twice is done once.
        if is_mine and db.session.scalar(select(Job.ended_at).where(Job.id == job_id)) is None:
            _perform(job_id, kind, arguments)


def taken_up_again(side: str) -> list[str]:
    """Return the kinds of work of a side, or of all, that are begun anew where their process was killed."""
    return [kind for kind in _again if side in ("all", _sides[kind])]


def held(job_id: str, patience_s: float = 0.0) -> AbstractContextManager[bool]:
    """Hold a job for as long as this process lives and works on it."""
    return alone(db.engine, f"job:{job_id}", patience_s, is_once=True)


def _perform(job_id: str, kind: str, arguments: dict[str, Any]) -> None:
    _note(job_id, state=JobState.RUNNING)
    language = db.session.scalar(select(Job.language).where(Job.id == job_id)) or "zh_CN"
    db.session.rollback()
    # What it tells and writes down is read later, by whoever looks and in their language. A document that it
    # makes says for itself in which language it is.
    with in_language(language), for_any_reader():
        try:
            result_url = _works[kind](Progress(job_id), **arguments)
        except DomainError as refusal:
            db.session.rollback()
            for keep in current_app.extensions.get("refusals", ()):
                keep(refusal)
            _note(job_id, state=JobState.FAILED, message=str(refusal), ended_at=clock.now())
        except Exception as problem:
            db.session.rollback()
            log().error("job failed", job=job_id, kind=kind, exc_info=problem)
            message = _("Something failed on our side. Nothing of this act was kept.")
            _note(job_id, state=JobState.FAILED, message=message, ended_at=clock.now())
        else:
            _note(job_id, state=JobState.DONE, result_url=result_url, ended_at=clock.now())


def _note(job_id: str, **values: Any) -> None:
    with transaction():
        db.session.execute(update(Job).where(Job.id == job_id).values(**values))


def _queue() -> Huey:
    return cast(Huey, current_app.extensions["jobs"])


def _task() -> Any:
    return current_app.extensions["jobs-task"]


def path_to(endpoint: str, **values: str | int) -> str:
    """Return the path of a page, as the result of a job: a worker has no request for ``url_for``."""
    return current_app.url_map.bind("").build(endpoint, values)


def is_under_way(kind: str) -> bool:
    """Tell whether work of a kind was asked for lately and has not ended."""
    began = Job.created_at > clock.now() - LATELY
    wanted = select(Job.id).where(Job.kind == kind, Job.ended_at.is_(None), began)
    return db.session.scalar(wanted.limit(1)) is not None


def run_pending() -> int:
    """Run everything that is queued, here and now; for the command line and for tests.

    Returns:
        The number of jobs run.
    """
    count = 0
    while (task := _queue().dequeue()) is not None:
        _queue().execute(task)
        count += 1
    return count


def start_worker(app: Flask) -> Consumer:
    """Start a worker thread in this process; it dies with the process and leaves the queue intact."""
    consumer = app.extensions["jobs"].create_consumer(workers=1, periodic=False, check_worker_health=False)
    consumer._set_signal_handlers = lambda: None
    consumer.start()
    return cast(Consumer, consumer)


jobs = Blueprint("jobs", __name__, url_prefix="/jobs")


def own_job_or_404(job_id: str) -> Job:
    """Return a job of the signed-in person.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = db.session.scalar(select(Job).where(Job.id == job_id, Job.owner_id == current_user.person_id))
    if found is None:
        raise NotFound(_l("There is no such task of yours."))
    return found


@jobs.get("/<job_id>")
@signed_in
def show(job_id: str) -> ResponseReturnValue:
    """Show a job's progress; the page may be left."""
    row = own_job_or_404(job_id)
    stand_in(row.side, row.kind.partition(".")[0])
    return render_template("kernel/job.html", job=row)


@jobs.get("/<job_id>/state")
@signed_in
def state(job_id: str) -> ResponseReturnValue:
    """Tell a job's progress to the page's script."""
    row = own_job_or_404(job_id)
    return jsonify(
        state=row.state,
        done=row.done,
        total=row.total,
        message=as_read(row.message),
        result_url=row.result_url,
    )


def install(app: Flask) -> None:
    """Give an application its queue; each side has one of its own, for only it may do its work."""
    settings = app.config["SETTINGS"]
    queue: Huey
    of_side = "" if settings.side == "all" else f"-{settings.side}"
    if settings.redis_url:
        queue = RedisHuey(f"trainhub{of_side}", url=settings.redis_url, results=False)
    else:
        settings.instance.mkdir(parents=True, exist_ok=True)
        queue = SqliteHuey("trainhub", filename=str(settings.instance / f"jobs{of_side}.db"), results=False)

    def run_job(job_id: str, kind: str, arguments: dict[str, Any]) -> None:
        with app.app_context():
            perform(job_id, kind, arguments)

    app.extensions["jobs"] = queue
    app.extensions["jobs-task"] = queue.task(name="run_job")(run_job)
    app.register_blueprint(jobs)
