"""Limits on how often an address, a name or a ticket may be tried: sign-in, public look-ups, objections.

A whole exam site, or a city behind one gateway, comes from one address: what is narrow is counted by the name
or ticket that is tried, and the limit of an address only keeps floods out.
"""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse

limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)


def is_tried_seldom(rate: str, key: str) -> bool:
    """Count a try outside of any view; tells whether it is within a rate such as ``30 per minute``."""
    return limiter.limiter.hit(parse(rate), key)


def install(app: Flask) -> None:
    """Give an application its limiter: in Redis where there is one, else in this process."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["SETTINGS"].redis_url or "memory://")
    limiter.init_app(app)
