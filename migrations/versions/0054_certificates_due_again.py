"""A certificate is due again where its result had ceased to be a pass and is one again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

TABLE = "certificates_certificate"
COUNTS = sa.text("NOT pass_was_lost")


def upgrade() -> None:
    """Say of each why it ended: if it was revoked and its result is no pass now, because of that."""
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("pass_was_lost", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.drop_constraint(f"uq_{TABLE}_result_id", type_="unique")
    op.execute(
        sa.text(
            f"UPDATE {TABLE} SET pass_was_lost = true WHERE revoked_at IS NOT NULL AND result_id IN "
            "(SELECT id FROM marking_result WHERE NOT passed)"
        )
    )
    with op.batch_alter_table(TABLE) as batch:
        batch.alter_column("pass_was_lost", server_default=None)
        batch.create_check_constraint(
            op.f(f"ck_{TABLE}_pass_was_lost"), "revoked_at IS NOT NULL OR NOT pass_was_lost"
        )
    op.create_index(f"ix_{TABLE}_result_id", TABLE, ["result_id"])
    op.create_index(
        f"ix_{TABLE}_counting",
        TABLE,
        ["result_id"],
        unique=True,
        postgresql_where=COUNTS,
        sqlite_where=COUNTS,
    )


def downgrade() -> None:
    """Take it away; of several certificates of a result the newest stays."""
    op.drop_index(f"ix_{TABLE}_counting", TABLE)
    op.drop_index(f"ix_{TABLE}_result_id", TABLE)
    op.execute(
        sa.text(f"DELETE FROM {TABLE} WHERE id NOT IN (SELECT max(id) FROM {TABLE} GROUP BY result_id)")
    )
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(f"ck_{TABLE}_pass_was_lost"), type_="check")
        batch.drop_column("pass_was_lost")
        batch.create_unique_constraint(f"uq_{TABLE}_result_id", ["result_id"])
