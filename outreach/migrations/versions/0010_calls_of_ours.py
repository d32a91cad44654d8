"""Guests who are called instead of texted, and the calls of the simulated vendor"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "registration", sa.Column("wants_calls", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("message", sa.Column("channel", sa.String(length=5), nullable=False, server_default="text"))
    op.create_table(
        "simulated_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sid", sa.String(length=40), nullable=False),
        sa.Column("phone_hash", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulated_call")),
        sa.UniqueConstraint("sid", name=op.f("uq_simulated_call_sid")),
    )
    op.create_index("ix_simulated_call_phone_hash_id", "simulated_call", ["phone_hash", "id"])


def downgrade() -> None:
    op.drop_table("simulated_call")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("channel")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_column("wants_calls")
