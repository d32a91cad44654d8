"""Legal holds that name one thing of one event, and children whom nobody asks"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_tally", sa.Column("children", sa.Integer(), nullable=True))
    with op.batch_alter_table("legal_hold") as batch:
        batch.drop_constraint(op.f("ck_legal_hold_scope"), type_="check")
        batch.create_check_constraint(
            op.f("ck_legal_hold_scope"), "holding_id IS NOT NULL OR event_id IS NOT NULL"
        )


def downgrade() -> None:
    # A hold may come to keep more than it names, never less.
    op.execute(
        "UPDATE legal_hold SET holding_id = NULL WHERE holding_id IS NOT NULL AND event_id IS NOT NULL"
    )
    with op.batch_alter_table("legal_hold") as batch:
        batch.drop_constraint(op.f("ck_legal_hold_scope"), type_="check")
        batch.create_check_constraint(
            op.f("ck_legal_hold_scope"), "(holding_id IS NULL) <> (event_id IS NULL)"
        )
    op.drop_column("event_tally", "children")
