"""Limits on how often an address, a name or a ticket may be tried: sign-in, public look-ups, objections.

A whole exam site, or a city behind one gateway, comes from one address: what is narrow is counted by the name
or ticket that is tried, and the limit of an address only keeps floods out. Where people come in, an address
is counted by what it was refused: however many come in rightly at once, none of them is told to wait.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits import parse

from trainhub.kernel.i18n import ngettext
from trainhub.kernel.web import error_page

limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)

REFUSED_FROM_AN_ADDRESS = "600 per minute"


def refused_seldom() -> Callable[[Any], Any]:
    """Return a decorator of views: an address refused too often has to wait; who comes in is not counted."""
    return limiter.limit(REFUSED_FROM_AN_ADDRESS, deduct_when=_was_refused)


def _was_refused(response: Response) -> bool:
    return 400 <= response.status_code < 500


def is_tried_seldom(rate: str, key: str) -> bool:
    """Count a try outside of any view; tells whether it is within a rate such as ``30 per minute``."""
    return limiter.limiter.hit(parse(rate), key)


def install(app: Flask) -> None:
    """Give an application its limiter: in Redis where there is one, else in this process."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["SETTINGS"].redis_url or "memory://")
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, too_often)


def too_often(_error: RateLimitExceeded, *, back: tuple[str, str] | None = None) -> ResponseReturnValue:
    """Answer who tried too often, with how long to wait.

    Args:
        back: address and words of the way back, where that is neither the sign-in nor the front page.
    """
    limit = limiter.current_limit
    # The library counts by the machine's own clock, whatever clock a test has set.
    seconds = max(1, math.ceil(limit.reset_at - time.time())) if limit else 60
    minutes = math.ceil(seconds / 60)
    if seconds <= 90:
        wait = ngettext("Wait one second, then try again.", "Wait %(num)d seconds, then try again.", seconds)
    else:
        wait = ngettext("Wait one minute, then try again.", "Wait %(num)d minutes, then try again.", minutes)
    return error_page(429, wait, back=back)
