"""A record of the desk that nobody confirmed may be withdrawn: by whom, when and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"

INCIDENT = "invigilation_incident"


def upgrade() -> None:
    """Say by whom, when and why; what was recorded until now is not withdrawn."""
    with op.batch_alter_table(INCIDENT) as batch:
        batch.add_column(sa.Column("withdrawn_by_id", sa.String(), nullable=True))
        batch.add_column(sa.Column("withdrawn_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("withdrawn_for", sa.Text(), nullable=True))
        batch.create_foreign_key(
            f"fk_{INCIDENT}_withdrawn_by_id_people_person", "people_person", ["withdrawn_by_id"], ["id"]
        )


def downgrade() -> None:
    """Take it away; what was withdrawn waits for its second person again, as the older form knows it."""
    op.execute(sa.text(f"UPDATE {INCIDENT} SET state = 'recorded' WHERE state = 'withdrawn'"))
    with op.batch_alter_table(INCIDENT) as batch:
        batch.drop_constraint(f"fk_{INCIDENT}_withdrawn_by_id_people_person", type_="foreignkey")
        batch.drop_column("withdrawn_for")
        batch.drop_column("withdrawn_at")
        batch.drop_column("withdrawn_by_id")
