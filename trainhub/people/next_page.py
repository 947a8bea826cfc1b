"""Where one goes on after signing in."""

from __future__ import annotations


def safe_next(target: str | None) -> str:
    """Follow only addresses of this site (no open redirect).

    Browsers and ``urlsplit`` drop tabs and line ends and take a backslash for a slash, so that ``/\\t/host``
    would lead to another host.
    """
    if not target or not target.isprintable() or "\\" in target:
        return "/home"
    return target if target.startswith("/") and not target.startswith("//") else "/home"
