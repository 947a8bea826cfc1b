"""Papers assembled as parallel forms: demands of blueprints, enemies, figures of items, printed forms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

PAPER, BLUEPRINT, ASSEMBLY = "papers_paper", "papers_blueprint", "papers_assembly"
ENEMY, FIGURES, PRINTED = "papers_enemy", "papers_figures", "papers_printed_form"
IN_FORCE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the tables; papers assembled before belong to no assembly."""
    op.add_column(BLUEPRINT, sa.Column("demands", sa.JSON(), nullable=True))
    _make_assemblies()
    _make_enemies()
    op.create_table(
        FIGURES,
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("sitting_code", sa.String(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("facility", sa.Double(), nullable=False),
        sa.Column("discrimination", sa.Double(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "sitting_code", name=f"pk_{FIGURES}"),
        sa.CheckConstraint(
            "facility >= 0 AND facility <= 1 AND candidates > 0", name=op.f(f"ck_{FIGURES}_range")
        ),
        _refers(FIGURES, "version_id", "bank_item_version"),
    )
    op.create_table(
        PRINTED,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("ledger_leaf", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{PRINTED}"),
        sa.UniqueConstraint("paper_id", "kind", name=f"uq_{PRINTED}_paper_id_kind"),
        _refers(PRINTED, "paper_id", PAPER),
    )
    op.create_index(f"ix_{PRINTED}_paper_id", PRINTED, ["paper_id"])


def _make_assemblies() -> None:
    op.create_table(
        ASSEMBLY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("blueprint_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("demands", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("inputs_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ASSEMBLY}"),
        sa.UniqueConstraint("code", name=f"uq_{ASSEMBLY}_code"),
        sa.CheckConstraint("forms > 0", name=op.f(f"ck_{ASSEMBLY}_forms")),
        _refers(ASSEMBLY, "blueprint_id", BLUEPRINT),
        _refers(ASSEMBLY, "organisation_id", "people_organisation"),
        _refers(ASSEMBLY, "by_id", "people_person"),
    )
    for column in ("blueprint_id", "organisation_id"):
        op.create_index(f"ix_{ASSEMBLY}_{column}", ASSEMBLY, [column])
    with op.batch_alter_table(PAPER) as paper:
        paper.add_column(sa.Column("assembly_id", sa.Integer(), nullable=True))
        paper.add_column(sa.Column("form", sa.Integer(), nullable=True))
        paper.create_foreign_key(f"fk_{PAPER}_assembly_id", ASSEMBLY, ["assembly_id"], ["id"])
        paper.create_index(f"ix_{PAPER}_assembly_id", ["assembly_id"])


def _make_enemies() -> None:
    op.create_table(
        ENEMY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by_id", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ENEMY}"),
        sa.UniqueConstraint("code", name=f"uq_{ENEMY}_code"),
        sa.CheckConstraint("first_id < second_id", name=op.f(f"ck_{ENEMY}_order")),
        _refers(ENEMY, "organisation_id", "people_organisation"),
        _refers(ENEMY, "first_id", "bank_item"),
        _refers(ENEMY, "second_id", "bank_item"),
        _refers(ENEMY, "set_by_id", "people_person"),
        _refers(ENEMY, "ended_by_id", "people_person"),
    )
    op.create_index(f"ix_{ENEMY}_organisation_id", ENEMY, ["organisation_id"])
    op.create_index(f"ix_{ENEMY}_second_id", ENEMY, ["second_id"])
    op.create_index(
        f"ix_{ENEMY}_in_force",
        ENEMY,
        ["first_id", "second_id"],
        unique=True,
        postgresql_where=IN_FORCE,
        sqlite_where=IN_FORCE,
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def downgrade() -> None:
    """Take them away; papers stay, what they were assembled by is forgotten."""
    op.drop_table(PRINTED)
    op.drop_table(FIGURES)
    op.drop_table(ENEMY)
    with op.batch_alter_table(PAPER) as paper:
        paper.drop_constraint(f"fk_{PAPER}_assembly_id", type_="foreignkey")
        paper.drop_index(f"ix_{PAPER}_assembly_id")
        paper.drop_column("form")
        paper.drop_column("assembly_id")
    op.drop_table(ASSEMBLY)
    op.drop_column(BLUEPRINT, "demands")
