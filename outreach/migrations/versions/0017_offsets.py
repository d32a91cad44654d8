"""Reminders that a host chooses for one event, and words to text in one language"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("reminders", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "event_keyword",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("folded", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_event_keyword_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "locale", name=op.f("pk_event_keyword")),
        sa.UniqueConstraint("folded", name=op.f("uq_event_keyword_folded")),
    )
    op.execute(
        "INSERT INTO event_keyword (event_id, locale, word, folded) "
        "SELECT id, '', keyword, lower(keyword) FROM event WHERE keyword IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("event_keyword")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("reminders")
