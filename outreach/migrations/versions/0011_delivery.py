"""Senders with their pace and their rests, texts sent again, and what carriers filter"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sender",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("taken_until_seconds", sa.Float(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("parts_on_day", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sender")),
    )
    op.create_table(
        "text_tally",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("filtered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("on", "sender", "purpose", "locale", name=op.f("pk_text_tally")),
    )
    op.add_column("message", sa.Column("resends", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("message", sa.Column("sender", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE message SET state = 'sent' WHERE state = 'unconfirmed'")
    with op.batch_alter_table("message") as batch:
        batch.drop_column("sender")
        batch.drop_column("resends")
    op.drop_table("text_tally")
    op.drop_table("sender")
