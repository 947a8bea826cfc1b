"""What every page can use: filters for times and masked data, versioned static files, pages of long lists."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from flask import Flask, abort, request, url_for
from markupsafe import Markup, escape
from sqlalchemy import Select, func, select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _, _l, as_read

Row = TypeVar("Row")
LAST_PAGE = 1_000_000
"""No list is longer; a higher number would not fit the database's integers."""
_WEEKDAYS = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))
_TAG = re.compile(r"(<[^>]*>)")
_TO_THE_LETTER = ("<code", "<pre", "<textarea", "<option", "<script", "<style", "<svg", "<title")
_ONE_WORD = re.compile(
    r"\d{4}-\d\d-\d\d(?: (?:周[一二三四五六日]|[A-Z][a-z]{2}\b))?"
    r"|\b(?=[A-Z0-9-]{3,24}\b)[A-Z0-9]+(?:-[A-Z0-9]+)+\b(?!-)"
    r"|\d[\d.,]* (?:%|[a-zA-Z]{1,3}\b|小时|分钟|秒|分|天|日|人|名|位|个|题|道|页|份|条|次|种)"
)
"""What is read at one glance: a day with its weekday, a code with its hyphens, a number with its unit."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a long list.

    Args:
        items: the rows of this page.
        page: its number, from 1.
        per_page: rows a page.
        total: rows of the whole list.
    """

    items: list[Row]
    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def has_prev(self) -> bool:
        """Whether there is a page before this one."""
        return self.page > 1

    @property
    def has_next(self) -> bool:
        """Whether there is a page after this one."""
        return self.page < self.pages


def paginate(
    statement: Select[Any], per_page: int = 50, *, key: Any = None, total: int | None = None
) -> Page[Any]:
    """Fetch the page of a list that the request's ``page`` argument names.

    Args:
        statement: a select of one entity, in its order.
        per_page: rows a page.
        key: a column that tells the rows apart, for lists of many long rows: these are put in order and
            passed over by it alone, and only those of the page are read whole.
        total: rows of the whole list, where that is known already.
    """
    page = page_number()
    if total is None:
        count = select(func.count()).select_from(statement.order_by(None).subquery())
        total = db.session.scalar(count) or 0
    wanted = statement if key is None else statement.with_only_columns(key)
    rows = db.session.scalars(wanted.limit(per_page).offset((page - 1) * per_page)).unique().all()
    if key is not None:
        rows = db.session.scalars(statement.where(key.in_(rows))).unique().all()
    return Page(list(rows), page, per_page, total)


def page_number() -> int:
    """Return the page of a list that the request asks for."""
    try:
        return min(max(1, int(request.args.get("page", "1"))), LAST_PAGE)
    except ValueError:
        abort(404)


def local_date(value: date | datetime | None) -> str:
    """Write a day as ``2026-11-23 周一`` (Chinese) or ``2026-11-23 Mon`` (English), or as it is kept."""
    if value is None:
        return "–"
    day = clock.local_day(value) if isinstance(value, datetime) else value
    return f"{day:%Y-%m-%d} {_WEEKDAYS[day.weekday()]}"


def local_time(value: datetime | None) -> str:
    """Write a moment in Asia/Shanghai as ``2026-11-23 周一 14:30``."""
    return "–" if value is None else f"{local_date(value)} {clock.local(value):%H:%M}"


def duration(seconds: int | None) -> str:
    """Write a span: ``1 h 20 min``, ``2 h``, or ``45 s`` when shorter than a minute."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return _("%(count)s s", count=seconds)
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return _("%(count)s min", count=minutes)
    if not minutes:
        return _("%(hours)s h", hours=hours)
    return _("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)


def mask_id(number: str | None) -> str:
    """Show an ID number as its first three and last two characters."""
    return "–" if not number else number[:3] + "*" * max(0, len(number) - 5) + number[-2:]


def mask_phone(number: str | None) -> str:
    """Show a telephone number as its first three and last four digits."""
    return "–" if not number else number[:3] + "****" + number[-4:]


def mask_mail(address: str | None) -> str:
    """Show a mail address as its first character and its domain."""
    return "–" if not address else address[:1] + "****@" + address.partition("@")[2]


def mask_name(name: str) -> str:
    """Show a name as its first character and stars, as public lists do."""
    return name[:1] + "*" * max(1, len(name) - 1)


@cache
def _fingerprint(path: Path, modified: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


class Exact(Markup):
    """A text that a page shows to the letter, such as what a hash is of."""

    def __new__(cls, text: str) -> Exact:
        """Escape a text."""
        return super().__new__(cls, escape(text))


def _in_readers_language(value: Any) -> Any:
    """Say what was kept for any reader, wherever a template shows it."""
    return as_read(value) if isinstance(value, str) and not isinstance(value, Exact) else value


def unbroken(page: str) -> Markup:
    """Keep days, codes, and numbers with their units together at the ends of lines.

    Browsers break ``2026-12-07`` after its hyphens. What is shown to the letter, what holds text alone, and
    badges, which do not break, are left as they are.

    Args:
        page: a part of a page, as markup.
    """
    pieces = _TAG.split(page)
    inside = ""
    for place, piece in enumerate(pieces):
        if place % 2:
            name = piece.split(maxsplit=1)[0].rstrip(">").lower()
            is_whole = name in _TO_THE_LETTER or piece.startswith('<span class="badge')
            if not inside and is_whole and not piece.endswith("/>"):
                inside = name.replace("<", "</")
            elif name == inside:
                inside = ""
        elif not inside:
            pieces[place] = _ONE_WORD.sub(r'<span class="nowrap">\g<0></span>', piece)
    return Markup("".join(pieces))  # noqa: S704  (it was markup)


def install(app: Flask) -> None:
    """Give an application's templates their filters and functions."""

    def static_url(filename: str) -> str:
        path = Path(app.static_folder or "") / filename
        version = _fingerprint(path, path.stat().st_mtime) if path.is_file() else None
        return url_for("static", filename=filename, v=version)

    app.jinja_env.filters.update(
        local_date=local_date,
        local_time=local_time,
        duration=duration,
        mask_id=mask_id,
        mask_phone=mask_phone,
        mask_mail=mask_mail,
        mask_name=mask_name,
        exactly=Exact,
        unbroken=unbroken,
    )
    app.jinja_env.finalize = _in_readers_language

    def is_served(endpoint: str) -> bool:
        """Tell whether this process has a page: a process of one side links only to what it serves."""
        return endpoint in app.view_functions

    app.jinja_env.globals.update(static_url=static_url, is_served=is_served)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
