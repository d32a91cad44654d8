"""Totals from shared devices, and the question on leaving"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

_ANSWERS = ("newcomers", "residents", "both", "unsaid")


def upgrade() -> None:
    with op.batch_alter_table("event_tally") as batch:
        for name in _ANSWERS:
            batch.add_column(sa.Column(f"{name}_by_device", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint(
            op.f("ck_event_tally_by_device"),
            "newcomers_by_device BETWEEN 0 AND newcomers AND residents_by_device BETWEEN 0 AND residents"
            ' AND both_by_device BETWEEN 0 AND "both" AND unsaid_by_device BETWEEN 0 AND unsaid',
        )
    op.create_table(
        "talk_tally",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("talked", sa.Integer(), nullable=False),
        sa.Column("did_not", sa.Integer(), nullable=False),
        sa.Column("unsaid", sa.Integer(), nullable=False),
        sa.Column("talked_by_device", sa.Integer(), nullable=False),
        sa.Column("did_not_by_device", sa.Integer(), nullable=False),
        sa.Column("unsaid_by_device", sa.Integer(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "talked_by_device BETWEEN 0 AND talked AND did_not_by_device BETWEEN 0 AND did_not"
            " AND unsaid_by_device BETWEEN 0 AND unsaid",
            name=op.f("ck_talk_tally_by_device"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_talk_tally_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_talk_tally")),
    )
    op.create_table(
        "ballot_batch",
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_ballot_batch_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ballot_batch")),
    )
    op.create_index(op.f("ix_ballot_batch_event_id"), "ballot_batch", ["event_id"])


def downgrade() -> None:
    op.drop_table("ballot_batch")
    op.drop_table("talk_tally")
    with op.batch_alter_table("event_tally") as batch:
        batch.drop_constraint(op.f("ck_event_tally_by_device"), type_="check")
        for name in _ANSWERS:
            batch.drop_column(f"{name}_by_device")
