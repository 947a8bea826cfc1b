"""A response that people mark stands for one text: where late answers change it, another takes its place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"

RESPONSE, JUDGEMENT = "marking_written_response", "marking_judgement"
CURRENT = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    """Keep a digest of the text; what was given out before has none, for the journal alone knows its text."""
    with op.batch_alter_table(RESPONSE) as batch:
        batch.add_column(sa.Column("digest", sa.String(), nullable=True))
        batch.add_column(sa.Column("superseded_at", sa.DateTime(), nullable=True))
        batch.drop_constraint(f"uq_{RESPONSE}_candidate_id_number", type_="unique")
    op.create_index(
        f"ix_{RESPONSE}_current",
        RESPONSE,
        ["candidate_id", "number"],
        unique=True,
        postgresql_where=CURRENT,
        sqlite_where=CURRENT,
    )


def downgrade() -> None:
    """Take it away, and with it what counts no more."""
    gone = f"SELECT id FROM {RESPONSE} WHERE superseded_at IS NOT NULL"
    op.execute(sa.text(f"DELETE FROM {JUDGEMENT} WHERE response_id IN ({gone})"))
    op.execute(sa.text(f"DELETE FROM {RESPONSE} WHERE superseded_at IS NOT NULL"))
    op.drop_index(f"ix_{RESPONSE}_current", RESPONSE)
    with op.batch_alter_table(RESPONSE) as batch:
        batch.drop_column("superseded_at")
        batch.drop_column("digest")
        batch.create_unique_constraint(f"uq_{RESPONSE}_candidate_id_number", ["candidate_id", "number"])
