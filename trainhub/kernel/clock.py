"""The one clock of the house: UTC inside, Asia/Shanghai on the page, and tests can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_offset = timedelta(0)
_frozen: datetime | None = None


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _frozen if _frozen is not None else datetime.now(UTC) + _offset


def today() -> date:
    """Return the present day as the calendar on the wall in China shows it."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return a moment as Asia/Shanghai shows it."""
    return moment.astimezone(SHANGHAI)


def local_day(moment: datetime) -> date:
    """Return the calendar day of a moment in Asia/Shanghai: the day whose law counts."""
    return local(moment).date()


def from_local(wall: datetime) -> datetime:
    """Turn a naive wall-clock time of Asia/Shanghai (as typed in a form) into aware UTC."""
    return wall.replace(tzinfo=SHANGHAI).astimezone(UTC)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Let the clock stand still at a moment (aware) for the duration of a block."""
    global _frozen
    before = _frozen
    _frozen = moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


def move(by: timedelta) -> None:
    """Shift a running clock, or one that stands still, by a span; for tests and rehearsals only."""
    global _frozen, _offset
    if _frozen is not None:
        _frozen += by
    else:
        _offset += by
