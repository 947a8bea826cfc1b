"""What goes on after it was broken off: a sitting on which reserve form, background work from where.

The form was looked up by the clock: one set back between two reserve papers made the later one count for a
room that had begun the earlier. What went on before this revision is filled in as it was looked up until
then. Work that a killed process left is known by its row, an import by the items that it has brought in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

HALTS = sa.table(
    "delivery_halt",
    sa.column("id"),
    sa.column("sitting_id"),
    sa.column("ended_at", sa.DateTime()),
    sa.column("on_reserve", sa.Boolean()),
    sa.column("reserve_paper_code"),
)
SITTINGS = sa.table("sittings_sitting", sa.column("id"), sa.column("reserve_paper_code"))
CHANGES = sa.table(
    "sittings_change",
    sa.column("id"),
    sa.column("sitting_id"),
    sa.column("kind"),
    sa.column("at", sa.DateTime()),
    sa.column("detail", sa.JSON()),
)


def upgrade() -> None:
    """Name the form instead of saying that there was one."""
    op.add_column("delivery_halt", sa.Column("reserve_paper_code", sa.String(), nullable=True))
    for row in _rows(sa.select(HALTS).where(HALTS.c.on_reserve)):
        code = _reserve_at(row.sitting_id, row.ended_at)
        op.get_bind().execute(HALTS.update().where(HALTS.c.id == row.id).values(reserve_paper_code=code))
    with op.batch_alter_table("delivery_halt") as batch:
        batch.drop_column("on_reserve")
    op.add_column("kernel_job", sa.Column("arguments", sa.JSON(), nullable=True))
    op.add_column("kernel_job", sa.Column("broken_off", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("kernel_job") as batch:
        batch.alter_column("broken_off", existing_type=sa.Integer(), server_default=None)
    op.add_column("bank_import", sa.Column("came_in", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Say again only that there was one."""
    with op.batch_alter_table("bank_import") as batch:
        batch.drop_column("came_in")
    with op.batch_alter_table("kernel_job") as batch:
        batch.drop_column("broken_off")
        batch.drop_column("arguments")
    with op.batch_alter_table("delivery_halt") as batch:
        batch.add_column(sa.Column("on_reserve", sa.Boolean(), nullable=False, server_default=sa.false()))
    named = HALTS.c.reserve_paper_code.is_not(None)
    op.get_bind().execute(HALTS.update().where(named).values(on_reserve=True))
    with op.batch_alter_table("delivery_halt") as batch:
        batch.alter_column("on_reserve", existing_type=sa.Boolean(), server_default=None)
        batch.drop_column("reserve_paper_code")


def _rows(statement: sa.Select[Any]) -> list[sa.Row[Any]]:
    return list(op.get_bind().execute(statement).all())


def _reserve_at(sitting_id: int, moment: datetime) -> str | None:
    given = sa.select(CHANGES.c.detail).where(
        CHANGES.c.sitting_id == sitting_id, CHANGES.c.kind == "reserve_paper_given", CHANGES.c.at <= moment
    )
    found = _rows(given.order_by(CHANGES.c.id.desc()).limit(1))
    if found:
        return str(found[0].detail["paper"])
    last = _rows(sa.select(SITTINGS.c.reserve_paper_code).where(SITTINGS.c.id == sitting_id))
    code = last[0].reserve_paper_code if last else None
    return None if code is None else str(code)
