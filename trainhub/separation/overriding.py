"""What two people of the oversight side let pass although a rule forbids it (规则豁免)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from trainhub.kernel.db import db
from trainhub.separation.models import Overridden
from trainhub.separation.register import current

if TYPE_CHECKING:
    from trainhub.separation.decisions import Violation


def parted(
    violations: Sequence[Violation], at: datetime | None = None
) -> tuple[list[Violation], list[Violation]]:
    """Return what stands against an act, and what was let pass, as known at a moment.

    An override is of one rule, one person and one object; it says nothing about anybody else.
    """
    if not violations:
        return [], []
    objects = {each.object for each in violations}
    statement = select(Overridden.rule, Overridden.person_id, Overridden.object_code).where(
        current(Overridden, at), Overridden.object_code.in_(sorted(objects))
    )
    let_pass = {tuple(row) for row in db.session.execute(statement)} if len(objects) <= 500 else _all(at)
    standing: list[Violation] = []
    passed: list[Violation] = []
    for each in violations:
        known = each.rule.may_be_overridden and (each.rule.id, each.person, each.object) in let_pass
        (passed if known else standing).append(each)
    return standing, passed


def _all(at: datetime | None) -> set[tuple[str, ...]]:
    statement = select(Overridden.rule, Overridden.person_id, Overridden.object_code)
    return {tuple(row) for row in db.session.execute(statement.where(current(Overridden, at)))}
