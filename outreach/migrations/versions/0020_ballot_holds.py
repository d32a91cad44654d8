"""Legal holds that name one thing of one event"""

from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("legal_hold") as batch:
        batch.drop_constraint(op.f("ck_legal_hold_scope"), type_="check")
        batch.create_check_constraint(
            op.f("ck_legal_hold_scope"), "holding_id IS NOT NULL OR event_id IS NOT NULL"
        )


def downgrade() -> None:
    # The wider of two narrow holds would keep too little: all of the event stays.
    op.execute(
        "UPDATE legal_hold SET holding_id = NULL WHERE holding_id IS NOT NULL AND event_id IS NOT NULL"
    )
    with op.batch_alter_table("legal_hold") as batch:
        batch.drop_constraint(op.f("ck_legal_hold_scope"), type_="check")
        batch.create_check_constraint(
            op.f("ck_legal_hold_scope"), "(holding_id IS NULL) <> (event_id IS NULL)"
        )
