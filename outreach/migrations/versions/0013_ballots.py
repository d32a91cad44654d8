"""Totals from shared devices, the question on leaving, and connection cards"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ANSWERS = ("newcomers", "residents", "both", "unsaid")
_COUNTS = (
    "events", "newcomers", "residents", "possible", "pairs", "pairs_again", "crossed", "crossed_again",
    "newcomers_reached", "newcomers_reached_again", "residents_reached", "residents_reached_again",
)  # fmt: skip
_WEIGHTS = ("expected", "expected_again", "newcomer_weight", "resident_weight", "crossed_weight")


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
        "talk_total",
        sa.Column("quarter", sa.String(length=7), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("events", "talked", "did_not", "people")
        ),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_talk_total")),
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
    _create_cards()


def _create_cards() -> None:
    op.create_table(
        "card_program",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_card_program_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_card_program")),
    )
    op.create_table(
        "card_quarter",
        sa.Column("name", sa.String(length=7), nullable=False),
        sa.Column("salt", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_card_quarter")),
    )
    op.create_table(
        "card_visit",
        sa.Column("token_hash", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_card_visit_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["quarter"], ["card_quarter.name"], name=op.f("fk_card_visit_quarter"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", "event_id", name=op.f("pk_card_visit")),
    )
    op.create_index(op.f("ix_card_visit_event_id"), "card_visit", ["event_id"])
    op.create_index(op.f("ix_card_visit_quarter"), "card_visit", ["quarter"])
    op.create_table(
        "card_answer",
        sa.Column("token_hash", sa.String(length=40), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["quarter"], ["card_quarter.name"], name=op.f("fk_card_answer_quarter"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_card_answer")),
    )
    op.create_index(op.f("ix_card_answer_quarter"), "card_answer", ["quarter"])
    op.create_table(
        "card_total",
        sa.Column("quarter", sa.String(length=7), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        *(sa.Column(name, sa.Float(), nullable=False) for name in _WEIGHTS),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_card_total")),
    )


def downgrade() -> None:
    for name in ("card_total", "card_answer", "card_visit", "card_quarter", "card_program"):
        op.drop_table(name)
    op.drop_table("ballot_batch")
    op.drop_table("talk_total")
    op.drop_table("talk_tally")
    with op.batch_alter_table("event_tally") as batch:
        batch.drop_constraint(op.f("ck_event_tally_by_device"), type_="check")
        for name in _ANSWERS:
            batch.drop_column(f"{name}_by_device")
