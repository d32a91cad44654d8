"""Recordings of what is said on the phone"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prompt_recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("prompt_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("wav", sa.LargeBinary(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("is_rehearsal", sa.Boolean(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_prompt_recording_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_recording")),
        sa.UniqueConstraint("locale", "prompt_id", name=op.f("uq_prompt_recording_locale_prompt_id")),
    )
    op.create_index(op.f("ix_prompt_recording_digest"), "prompt_recording", ["digest"])
    op.create_index(op.f("ix_prompt_recording_staff_id"), "prompt_recording", ["staff_id"])


def downgrade() -> None:
    op.drop_table("prompt_recording")
