"""The audit log, legal holds, numbers that two people reveal, and sign-ups whose deletion waits for one"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_hour", sa.DateTime(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "audit_end",
        sa.Column("name", sa.String(length=6), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_end")),
    )
    op.create_table(
        "holding_count",
        sa.Column("holding_id", sa.String(length=20), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("holding_id", name=op.f("pk_holding_count")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holding_id", sa.String(length=20), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("counsel", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("is_silent", sa.Boolean(), nullable=False),
        sa.Column("placed_at", sa.DateTime(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(holding_id IS NULL) <> (event_id IS NULL)", name=op.f("ck_legal_hold_scope")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_legal_hold_event_id_event")),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["staff.id"], name=op.f("fk_legal_hold_placed_by_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index("ix_legal_hold_event_id", "legal_hold", ["event_id"])
    op.add_column("registration", sa.Column("delete_asked_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("reveal") as batch:
        batch.add_column(sa.Column("decided_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("decided_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("is_agreed", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("shown_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("read_at", sa.DateTime(), nullable=True))
        batch.create_foreign_key(op.f("fk_reveal_decided_by_id_staff"), "staff", ["decided_by_id"], ["id"])
    # Until now one person's reason was enough.
    op.execute("UPDATE reveal SET shown_at = at, read_at = at")


def downgrade() -> None:
    op.execute("DELETE FROM reveal WHERE shown_at IS NULL")
    with op.batch_alter_table("reveal") as batch:
        batch.drop_constraint(op.f("fk_reveal_decided_by_id_staff"), type_="foreignkey")
        for name in ("read_at", "shown_at", "is_agreed", "decided_at", "decided_by_id"):
            batch.drop_column(name)
    # What only a hold kept must not come back to life with the column gone.
    op.execute("DELETE FROM registration WHERE delete_asked_at IS NOT NULL")
    op.drop_column("registration", "delete_asked_at")
    op.drop_table("legal_hold")
    op.drop_table("holding_count")
    op.drop_table("audit_end")
    op.drop_table("audit_entry")
