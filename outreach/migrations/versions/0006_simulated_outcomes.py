"""What the simulated vendor does with texts to a phone"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "simulated_phone",
        sa.Column("phone_hash", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_simulated_phone")),
    )
    with op.batch_alter_table("simulated_text", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("outcome", sa.String(length=12), nullable=False, server_default="delivered")
        )


def downgrade() -> None:
    with op.batch_alter_table("simulated_text", schema=None) as batch_op:
        batch_op.drop_column("outcome")
    op.drop_table("simulated_phone")
