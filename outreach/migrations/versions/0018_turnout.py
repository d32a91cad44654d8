"""Totals of how guests came and in which languages, which outlive the guests"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_turnout",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("door", sa.String(length=6), nullable=False),
        sa.Column("parties", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=False),
        sa.Column("parties_arrived", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("reaffirmed", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("reminded_arrived", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_turnout_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "door", name=op.f("pk_event_turnout")),
    )
    op.create_table(
        "language_turnout",
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("parties", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "locale", name=op.f("pk_language_turnout")),
    )


def downgrade() -> None:
    op.drop_table("language_turnout")
    op.drop_table("event_turnout")
