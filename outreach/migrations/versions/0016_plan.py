"""What keeps a promise, who looks after it, what is still open, and its history"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: As the words of promises were read when this was written.
_KINDS = """
UPDATE commitment SET progress_kind = CASE
  WHEN kind LIKE 'conven%' OR kind LIKE 'meeting%' OR kind LIKE 'roundtable%' THEN 'convenings'
  WHEN CAST(counts_kinds AS TEXT) <> '[]' THEN 'events'
  WHEN kind LIKE 'disseminat%' OR kind LIKE 'distribut%' OR kind LIKE 'deliver%' THEN 'deliveries'
  WHEN kind LIKE 'encourag%' OR kind LIKE 'information#_sharing%' ESCAPE '#'
    OR kind LIKE 'training#_promotion%' ESCAPE '#' OR kind LIKE 'promot%' OR kind LIKE 'request%'
    OR kind LIKE 'volunteer#_recruitment%' ESCAPE '#' OR kind LIKE 'outreach%' THEN 'touches'
  ELSE 'milestone' END
"""


def upgrade() -> None:
    with op.batch_alter_table("commitment") as batch:
        batch.add_column(
            sa.Column("progress_kind", sa.String(length=12), nullable=False, server_default="milestone")
        )
        batch.add_column(sa.Column("expected", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("owner_staff_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("owner_organization_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch.create_foreign_key(op.f("fk_commitment_owner_staff_id"), "staff", ["owner_staff_id"], ["id"])
        batch.create_foreign_key(
            op.f("fk_commitment_owner_organization_id"), "organization", ["owner_organization_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_commitment_owner"), "owner_staff_id IS NULL OR owner_organization_id IS NULL"
        )
        batch.create_index(op.f("ix_commitment_owner_staff_id"), ["owner_staff_id"])
        batch.create_index(op.f("ix_commitment_owner_organization_id"), ["owner_organization_id"])
    op.execute(sa.text(_KINDS))

    op.create_table(
        "plan_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("contact", sa.String(length=12), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_plan_evidence_quantity")),
        sa.CheckConstraint(
            "jurisdiction_id IS NULL OR organization_id IS NULL", name=op.f("ck_plan_evidence_body")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitment.id"],
            name=op.f("fk_plan_evidence_commitment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_plan_evidence_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_plan_evidence_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_evidence")),
    )
    for column in ("commitment_id", "jurisdiction_id", "organization_id"):
        op.create_index(op.f(f"ix_plan_evidence_{column}"), "plan_evidence", [column])

    op.create_table(
        "plan_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_plan_item_commitment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_item")),
    )
    op.create_index(op.f("ix_plan_item_commitment_id"), "plan_item", ["commitment_id"])

    op.create_table(
        "plan_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_change_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_plan_change_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sa.UniqueConstraint("plan_id", "ref", "quarter", name=op.f("uq_plan_change_plan_id_ref_quarter")),
    )
    op.create_index("ix_plan_change_plan_id_ref", "plan_change", ["plan_id", "ref"])
    op.create_index(op.f("ix_plan_change_staff_id"), "plan_change", ["staff_id"])


def downgrade() -> None:
    for table in ("plan_change", "plan_item", "plan_evidence"):
        op.drop_table(table)
    # Nobody of this role may sign in to what knows it not.
    op.execute("UPDATE staff SET role = 'organizer', is_active = false WHERE role = 'committee'")
    with op.batch_alter_table("commitment") as batch:
        for column in ("owner_organization_id", "owner_staff_id"):
            batch.drop_index(op.f(f"ix_commitment_{column}"))
            batch.drop_constraint(op.f(f"fk_commitment_{column}"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_commitment_owner"), type_="check")
        for column in ("revision", "owner_organization_id", "owner_staff_id", "expected", "progress_kind"):
            batch.drop_column(column)
