"""Frozen editions, their sums and their events, and an index from which reports are read"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=7), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("published", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("name", name=op.f("uq_edition_name")),
    )
    op.create_index(op.f("ix_edition_ends_on"), "edition", ["ends_on"])
    op.create_table(
        "edition_event",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_edition_event_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_event_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_edition_event")),
    )
    op.create_index(op.f("ix_edition_event_edition_id"), "edition_event", ["edition_id"])
    op.create_table(
        "edition_statistics",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("cut", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_statistics_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "cut", "position", name=op.f("pk_edition_statistics")),
    )
    op.create_index(
        "ix_event_report",
        "event",
        ["status", "starts_local", "head_count", "kind", "delivery", "venue_id", "organization_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_event_report", "event")
    op.drop_table("edition_statistics")
    op.drop_index(op.f("ix_edition_event_edition_id"), "edition_event")
    op.drop_table("edition_event")
    op.drop_index(op.f("ix_edition_ends_on"), "edition")
    op.drop_table("edition")
