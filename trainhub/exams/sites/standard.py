"""The site standard as a short checklist (考试点建设标准): its points on a day, and which version they are.

The points come from ``regulations`` (``site.standard.items``); figures such as the share of spare machines
are those of the same day.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import rfc8785
from flask_babel import get_locale

from trainhub import regulations


@dataclass(frozen=True)
class StandardPoint:
    """One point of the site standard.

    Args:
        code: names the point in a finding.
        name_zh: in Chinese.
        name_en: in English.
        required: whether a site without it cannot be used (必备项).
        source: where it is written.
    """

    code: str
    name_zh: str
    name_en: str
    required: bool
    source: str

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return self.name_en if str(get_locale()).startswith("en") else self.name_zh


@dataclass(frozen=True)
class SiteStandard:
    """The standard as it holds on a day.

    Args:
        version: the same for the same points and figures.
        points: in their order.
    """

    version: str
    points: tuple[StandardPoint, ...]


def site_standard(on: date) -> SiteStandard:
    """Return the site standard of a day."""
    rows = regulations.value("site.standard.items", on=on)
    points = tuple(
        StandardPoint(row["code"], row["name_zh"], row["name_en"], bool(row["required"]), row["source"])
        for row in rows
    )
    return SiteStandard(hashlib.sha256(rfc8785.dumps(rows)).hexdigest()[:10], points)


def spare_machines_needed(seats: int, on: date) -> int:
    """Return how many spare machines a room with so many seats needs on a day."""
    share = int(regulations.value("site.spare_percent", on=on))
    return max(int(regulations.value("site.spare_minimum", on=on)), -(-seats * share // 100))
