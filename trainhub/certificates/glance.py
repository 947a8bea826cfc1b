"""What a home page shows of certificates beside the tasks: how many are valid, expire soon, were revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select

from trainhub.certificates.models import Certificate
from trainhub.certificates.register import issued, own_certificates
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Chart, KeyFigure
from trainhub.separation.duties import Duty

SOON = timedelta(days=90)


def at_a_glance(person: Any, duties: frozenset[str]) -> list[KeyFigure | Chart]:
    """Return the figures of certificates: those one holds, and those one's centre issued."""
    shown: list[KeyFigure | Chart] = []
    mine = own_certificates(person)
    if mine:
        shown.append(KeyFigure(len(mine), _("My certificates"), url_for("certificates.mine")))
    if Duty.ISSUE_CERTIFICATES in duties:
        shown += _issuing(organisations_for(person, Duty.ISSUE_CERTIFICATES))
    return shown


def _issuing(centres: list[int]) -> list[KeyFigure]:
    valid = issued(centres, state="valid")
    expiring = _count(valid.where(Certificate.valid_to < clock.today() + SOON))
    return [
        KeyFigure(_count(valid), _("Valid certificates"), url_for("certificates.overview", state="valid")),
        KeyFigure(expiring, _("Expire within 90 days"), tone="warn" if expiring else ""),
        KeyFigure(
            _count(issued(centres, state="revoked")),
            _("Revoked certificates"),
            url_for("certificates.overview", state="revoked"),
        ),
    ]


def _count(statement: Select[Certificate]) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
