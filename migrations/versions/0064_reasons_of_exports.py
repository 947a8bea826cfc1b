"""Why somebody wants to take items out may quote one: it is sealed with the master key.

Where there are such rows, the key file of the examination is needed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from trainhub.kernel import cipher, keys

revision = "0064"
down_revision = "0063"

MASTER = "exam"
TABLE = "bank_export_request"
ROWS = sa.table(TABLE, sa.column("code"), sa.column("reason"), sa.column("reason_sealed"))


def upgrade() -> None:
    """Seal what was written so far, and take the clear words away."""
    op.add_column(TABLE, sa.Column("reason_sealed", sa.LargeBinary(), nullable=True))
    for code, reason in _rows(ROWS.c.reason):
        _write(code, reason_sealed=keys.seal(MASTER, reason.encode(), _context(code)))
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_column("reason")
        batch.alter_column("reason_sealed", existing_type=sa.LargeBinary(), nullable=False)


def downgrade() -> None:
    """Write them in clear again."""
    op.add_column(TABLE, sa.Column("reason", sa.String(), nullable=False, server_default=""))
    for code, sealed in _rows(ROWS.c.reason_sealed):
        _write(code, reason=keys.unseal(MASTER, sealed, _context(code)).decode())
    with op.batch_alter_table(TABLE) as batch:
        batch.alter_column("reason", existing_type=sa.String(), server_default=None)
        batch.drop_column("reason_sealed")


def _rows(column: sa.ColumnClause) -> list[sa.Row]:  # type: ignore[type-arg]
    rows = list(op.get_bind().execute(sa.select(ROWS.c.code, column)).all())
    if rows:
        _require_the_key_of_the_banks()
    return rows


def _write(code: str, **values: bytes | str) -> None:
    op.get_bind().execute(ROWS.update().where(ROWS.c.code == code).values(**values))


def _context(code: str) -> str:
    return f"{TABLE}:{code}:reason"


def _require_the_key_of_the_banks() -> None:
    """Seal nothing with a key that the examination does not have: each bank's key is under the right one."""
    bank = sa.table("bank_bank", sa.column("code"), sa.column("key_sealed"))
    for code, sealed in op.get_bind().execute(sa.select(bank.c.code, bank.c.key_sealed)):
        try:
            keys.unseal(MASTER, sealed, f"bank-key:{code}")
        except (cipher.Undecipherable, keys.MissingKey):
            raise RuntimeError("the examination's own exam.key is needed here (docs/deploy.md)") from None
