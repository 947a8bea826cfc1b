"""What people write as reasons in marking may quote a question: it is sealed with the master key.

Where there are such rows, the key file of the examination is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from trainhub.kernel import cipher, keys

revision = "0063"
down_revision = "0062"

MASTER = "exam"
CORRECTION, KEY_CHANGE, KEPT = "marking_correction", "marking_key_change", "marking_kept_marks"
JUDGEMENT = "marking_judgement"
COLUMNS = {
    CORRECTION: ("reason", "basis", "note"),
    KEY_CHANGE: ("reason", "basis", "note"),
    KEPT: ("reason",),
}
KEYS = {CORRECTION: ("code",), KEY_CHANGE: ("code",), KEPT: ("key_change_id", "result_id")}
OPTIONAL = "note"


def upgrade() -> None:
    """Seal what was written so far, and take the clear words away."""
    op.add_column(JUDGEMENT, sa.Column("reason_sealed", sa.LargeBinary(), nullable=True))
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as batch:
            for each in columns:
                batch.add_column(sa.Column(f"{each}_sealed", sa.LargeBinary(), nullable=True))
        _move(name, _sealed)
        with op.batch_alter_table(name) as batch:
            for each in columns:
                batch.drop_column(each)
                if each != OPTIONAL:
                    batch.alter_column(f"{each}_sealed", existing_type=sa.LargeBinary(), nullable=False)


def downgrade() -> None:
    """Write them in clear again; why a response was marked anew is forgotten, its hash is in the ledger."""
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as batch:
            for each in columns:
                batch.add_column(sa.Column(each, sa.Text(), nullable=False, server_default=""))
        _move(name, _clear)
        with op.batch_alter_table(name) as batch:
            for each in columns:
                batch.alter_column(each, existing_type=sa.Text(), server_default=None)
                batch.drop_column(f"{each}_sealed")
    op.drop_column(JUDGEMENT, "reason_sealed")


def _move(name: str, values: Callable[[str, sa.RowMapping], Mapping[str, Any]]) -> None:
    columns = [column for each in COLUMNS[name] for column in (each, f"{each}_sealed")]
    table = sa.table(name, *(sa.column(each) for each in (*KEYS[name], *columns)))
    rows = op.get_bind().execute(sa.select(table)).mappings().all()
    if rows:
        _require_the_key_of_the_banks()
    for row in rows:
        own = [table.c[each] == row[each] for each in KEYS[name]]
        op.get_bind().execute(table.update().where(*own).values(values(name, row)))


def _sealed(name: str, row: sa.RowMapping) -> dict[str, bytes | None]:
    return {
        # A reason must be there, be it empty; only a note may be wanting.
        f"{each}_sealed": keys.seal(MASTER, words.encode(), _context(name, row, each))
        if words or each != OPTIONAL
        else None
        for each in COLUMNS[name]
        for words in [row[each]]
    }


def _clear(name: str, row: sa.RowMapping) -> dict[str, str]:
    return {
        each: keys.unseal(MASTER, sealed, _context(name, row, each)).decode() if sealed else ""
        for each in COLUMNS[name]
        for sealed in [row[f"{each}_sealed"]]
    }


def _context(name: str, row: sa.RowMapping, column: str) -> str:
    own = ":".join(str(row[each]) for each in KEYS[name])
    return f"{name}:{own}:{column}"


def _require_the_key_of_the_banks() -> None:
    """Seal nothing with a key that the examination does not have: each bank's key is under the right one."""
    bank = sa.table("bank_bank", sa.column("code"), sa.column("key_sealed"))
    for code, sealed in op.get_bind().execute(sa.select(bank.c.code, bank.c.key_sealed)):
        try:
            keys.unseal(MASTER, sealed, f"bank-key:{code}")
        except (cipher.Undecipherable, keys.MissingKey):
            raise RuntimeError("the examination's own exam.key is needed here (docs/deploy.md)") from None
