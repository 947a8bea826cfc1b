"""Settings of one process, read once from the environment, with embedded defaults that need no server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

IDLE = timedelta(minutes=30)
"""With twelve hours at most this is what NIST SP 800-63B asks of its second level (AAL2)."""
IDLE_MINUTES = range(5, 12 * 60 + 1)


class Side(StrEnum):
    """What a process serves: one wing, the oversight pages, or the whole house (培训端 / 考试端 / 监督端)."""

    TRAINING = "training"
    EXAM = "exam"
    OVERSIGHT = "oversight"
    ALL = "all"


class BadSetting(ValueError):
    """A setting of the environment cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    """Everything a process needs to know of its surroundings.

    Args:
        instance: folder of database, files and keys.
        database_url: SQLAlchemy address; SQLite inside ``instance`` unless set.
        redis_url: address of Redis for jobs and limits, or None for the embedded default.
        storage: folder of films, tickets and certificates.
        side: which side's routes and jobs exist in this process.
        public_url: address under which people reach the site; links in messages and QR codes start with it.
        secure_cookies: whether cookies travel over HTTPS only.
        proxies: how many proxies of ours stand in front and may say who asks; 0 trusts nobody's word.
        heads: folder, best on another machine, to which signed heads of the ledger are copied, or None.
        idle: how long a sign-in lasts in which nobody does anything.
        second_factor: whether duties that ask for a second factor open nothing without one; offered if not.
    """

    instance: Path
    database_url: str
    redis_url: str | None
    storage: Path
    side: Side
    public_url: str
    secure_cookies: bool
    proxies: int = 0
    heads: Path | None = None
    idle: timedelta = IDLE
    second_factor: bool = False

    @property
    def keys(self) -> Path:
        """Folder of the key files."""
        return self.instance / "keys"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from an environment.

    Args:
        environment: the variables, ``TRAINHUB_*``.

    Returns:
        The settings, every one with a usable value.

    Raises:
        BadSetting: a variable has a value that cannot be used.
    """
    instance = Path(environment.get("TRAINHUB_INSTANCE", "instance")).resolve()
    public_url = environment.get("TRAINHUB_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    if not public_url.startswith(("http://", "https://")):
        raise BadSetting(f"TRAINHUB_PUBLIC_URL must begin with http:// or https://, not {public_url!r}")
    return Settings(
        instance=instance,
        database_url=_driver(
            environment.get("TRAINHUB_DATABASE_URL") or f"sqlite:///{instance / 'trainhub.db'}"
        ),
        redis_url=environment.get("TRAINHUB_REDIS_URL") or None,
        storage=_folder(environment.get("TRAINHUB_STORAGE_URL"), instance / "files"),
        side=_side(environment.get("TRAINHUB_SIDE", "all")),
        public_url=public_url,
        secure_cookies=public_url.startswith("https://"),
        proxies=_count(environment.get("TRAINHUB_PROXIES", "0")),
        idle=_idle(environment.get("TRAINHUB_IDLE_MINUTES")),
        second_factor=_second_factor(environment.get("TRAINHUB_SECOND_FACTOR"), public_url),
        heads=Path(environment["TRAINHUB_HEADS"]).resolve() if environment.get("TRAINHUB_HEADS") else None,
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 9:
        raise BadSetting(f"TRAINHUB_PROXIES must be a number from 0 to 9, not {text!r}")
    return int(text)


def _idle(text: str | None) -> timedelta:
    if not text:
        return IDLE
    if not text.isdecimal() or len(text) > 4 or int(text) not in IDLE_MINUTES:
        least, most = IDLE_MINUTES[0], IDLE_MINUTES[-1]
        raise BadSetting(f"TRAINHUB_IDLE_MINUTES must be a number from {least} to {most}, not {text!r}")
    return timedelta(minutes=int(text))


def _second_factor(text: str | None, public_url: str) -> bool:
    """Return whether it is required: unless said, wherever people reach the house over HTTPS."""
    if not text:
        return public_url.startswith("https://")
    if text not in ("required", "offered"):
        raise BadSetting(f"TRAINHUB_SECOND_FACTOR must be required or offered, not {text!r}")
    return text == "required"


def _driver(url: str) -> str:
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _folder(url: str | None, default: Path) -> Path:
    if not url:
        return default
    if url.startswith("file://"):
        return Path(url.removeprefix("file://")).resolve()
    if "://" in url:
        raise BadSetting(f"TRAINHUB_STORAGE_URL: only folders (file://…) can be used, not {url!r}")
    return Path(url).resolve()


def _side(text: str) -> Side:
    try:
        return Side(text)
    except ValueError:
        raise BadSetting(f"TRAINHUB_SIDE must be one of {', '.join(Side)}, not {text!r}") from None
