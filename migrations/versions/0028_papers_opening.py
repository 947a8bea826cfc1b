"""Papers opened by two of several officers: opening keys, shares, and who knows an item of a sealed paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

KEY, SHARE, FIRST, INSIDER = "papers_opening_key", "papers_share", "papers_first_share", "papers_insider"
IN_USE = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    """Make the tables; a paper says how it is opened, and how many questions it has once they are hidden."""
    op.add_column("papers_paper", sa.Column("opening", sa.String(), nullable=False, server_default="clock"))
    op.add_column("papers_paper", sa.Column("questions", sa.Integer(), nullable=True))
    op.add_column("papers_paper", sa.Column("opened_at", sa.DateTime(), nullable=True))
    _make_keys()
    _make_shares()
    _make_insiders()


def _make_keys() -> None:
    op.create_table(
        KEY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("time_cost", sa.Integer(), nullable=False),
        sa.Column("memory_kib", sa.Integer(), nullable=False),
        sa.Column("lanes", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("ledger_leaf", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{KEY}"),
        sa.UniqueConstraint("code", name=f"uq_{KEY}_code"),
        sa.CheckConstraint("time_cost > 0 AND memory_kib > 0 AND lanes > 0", name=op.f(f"ck_{KEY}_costs")),
        _refers(KEY, "person_id", "people_person"),
    )
    op.create_index(f"ix_{KEY}_person_id", KEY, ["person_id"])
    op.create_index(
        f"ix_{KEY}_in_use", KEY, ["person_id"], unique=True, postgresql_where=IN_USE, sqlite_where=IN_USE
    )


def _make_shares() -> None:
    op.create_table(
        SHARE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{SHARE}"),
        sa.UniqueConstraint("paper_id", "number", name=f"uq_{SHARE}_paper_id_number"),
        sa.UniqueConstraint("paper_id", "person_id", name=f"uq_{SHARE}_paper_id_person_id"),
        _refers(SHARE, "paper_id", "papers_paper"),
        _refers(SHARE, "person_id", "people_person"),
        _refers(SHARE, "key_id", KEY),
    )
    for column in ("paper_id", "person_id", "key_id"):
        op.create_index(f"ix_{SHARE}_{column}", SHARE, [column])
    op.create_table(
        FIRST,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("sitting_code", sa.String(), nullable=False),
        sa.Column("share_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{FIRST}"),
        sa.UniqueConstraint("code", name=f"uq_{FIRST}_code"),
        sa.UniqueConstraint("paper_id", "sitting_code", name=f"uq_{FIRST}_paper_id_sitting_code"),
        _refers(FIRST, "paper_id", "papers_paper"),
        _refers(FIRST, "share_id", SHARE),
    )
    op.create_index(f"ix_{FIRST}_paper_id", FIRST, ["paper_id"])
    op.create_index(f"ix_{FIRST}_ends_at", FIRST, ["ends_at"])


def _make_insiders() -> None:
    op.create_table(
        INSIDER,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{INSIDER}"),
        sa.UniqueConstraint("paper_id", "person_id", name=f"uq_{INSIDER}_paper_id_person_id"),
        _refers(INSIDER, "paper_id", "papers_paper"),
        _refers(INSIDER, "person_id", "people_person"),
    )
    for column in ("paper_id", "person_id"):
        op.create_index(f"ix_{INSIDER}_{column}", INSIDER, [column])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def downgrade() -> None:
    """Take them away; a paper still waiting for its officers stays sealed for good."""
    for table in (INSIDER, FIRST, SHARE, KEY):
        op.drop_table(table)
    for column in ("opened_at", "questions", "opening"):
        op.drop_column("papers_paper", column)
