"""Row level security for the tables that both sides write (PostgreSQL), and whose a message and a job is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

GAINING = ("people_message", "kernel_job")
TABLES = ("ledger_entry", "people_message", "kernel_job", "separation_overridden")

# The names follow trainhub.kernel.roles.role_name. A role that does not exist is nobody's.
SIDES = """
CREATE FUNCTION trainhub_sides(writing boolean) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  WITH named AS (
    SELECT side, CASE
      WHEN length(current_database() || '_' || side) <= 63 THEN current_database() || '_' || side
      ELSE left(current_database(), 63 - length(side) - 14) || '_'
        || left(encode(sha256(convert_to(current_database(), 'UTF8')), 'hex'), 12) || '_' || side
      END AS role
    FROM unnest(ARRAY['training', 'exam', 'oversight']) AS side
  ), worn AS (
    SELECT side FROM named JOIN pg_roles ON rolname = role WHERE pg_has_role(current_user, oid, 'MEMBER')
  )
  SELECT coalesce(array_agg(DISTINCT shown), ARRAY[]::text[]) FROM worn, unnest(CASE
    WHEN side = 'oversight' AND NOT writing THEN ARRAY['core', 'door', 'training', 'exam', 'oversight']
    WHEN side = 'oversight' THEN ARRAY['core', 'oversight']
    ELSE ARRAY['core', 'door', side] END) AS shown
$$
"""
RULES = {
    "SELECT": "USING (side = ANY ((SELECT trainhub_sides(false))::text[]))",
    "INSERT": "WITH CHECK (side = ANY ((SELECT trainhub_sides(true))::text[]))",
    "UPDATE": "USING (side = ANY ((SELECT trainhub_sides(true))::text[]))",
}


def upgrade() -> None:
    """Say of each message and job whose it is; let each role see the rows of its side alone."""
    for table in GAINING:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("side", sa.String(), nullable=False, server_default="exam"))
    op.execute("UPDATE kernel_job SET side = 'training' WHERE kind LIKE 'courses.%'")
    for table in GAINING:
        with op.batch_alter_table(table) as batch:
            batch.alter_column("side", server_default=None)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SIDES)
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            for deed, rule in RULES.items():
                op.execute(f"CREATE POLICY side_{deed.lower()} ON {table} FOR {deed} {rule}")


def downgrade() -> None:
    """Show every row to whoever may read the table."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for deed in RULES:
                op.execute(f"DROP POLICY side_{deed.lower()} ON {table}")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute("DROP FUNCTION trainhub_sides(boolean)")
    for table in GAINING:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("side")
