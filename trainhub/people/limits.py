"""Limits on how often an address may try: sign-in, public look-ups, objections."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)


def install(app: Flask) -> None:
    """Give an application its limiter: in Redis where there is one, else in this process."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["SETTINGS"].redis_url or "memory://")
    limiter.init_app(app)
