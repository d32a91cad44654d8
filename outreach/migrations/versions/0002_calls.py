"""Calls"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_sid", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.String(length=40), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_step")),
        sa.UniqueConstraint("call_sid", "step", "visit", name=op.f("uq_voice_step_call_sid_step_visit")),
    )
    with op.batch_alter_table("voice_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voice_step_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_voice_step_phone_hash"), ["phone_hash"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("voice_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voice_step_phone_hash"))
        batch_op.drop_index(batch_op.f("ix_voice_step_at"))
    op.drop_table("voice_step")
