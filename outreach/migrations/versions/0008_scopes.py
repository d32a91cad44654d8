"""Texts are agreed to and stopped by scope; news of events"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: the table stays the one that gives no id twice.
    op.add_column("message", sa.Column("scope", sa.String(30), nullable=False, server_default="all"))
    with op.batch_alter_table("consent_event") as batch:
        batch.add_column(sa.Column("scope", sa.String(30), nullable=False, server_default="all"))
        batch.add_column(sa.Column("version", sa.String(10), nullable=False, server_default=""))
    # Which event a yes was about is not known any more; it says nothing about any other.
    op.execute("UPDATE consent_event SET scope = 'event' WHERE action = 'granted'")
    with op.batch_alter_table("consent_event") as batch:
        batch.alter_column("scope", server_default=None)
        batch.alter_column("version", server_default=None)
    rows = [{**row, "scope": "all"} for row in _taken_out("phone_hash", "reason", "since_at")]
    op.create_table(
        "suppression",
        sa.Column("phone_hash", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(30), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("since_at", sa.DateTime(), nullable=False),
        sa.Column("until_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("phone_hash", "scope", name=op.f("pk_suppression")),
    )
    op.bulk_insert(_suppression("phone_hash", "scope", "reason", "since_at"), rows)
    op.create_table(
        "news_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(30), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_reader")),
        sa.UniqueConstraint("phone_hash", "scope", name=op.f("uq_news_reader_phone_hash_scope")),
    )
    op.create_index("ix_news_reader_is_on_scope_id", "news_reader", ["is_on", "scope", "id"])
    with op.batch_alter_table("broadcast") as batch:
        batch.add_column(sa.Column("audience", sa.String(30), nullable=False, server_default="guests"))
        batch.alter_column("last_registration_id", new_column_name="last_told_id")


def downgrade() -> None:
    op.execute("DELETE FROM broadcast WHERE audience <> 'guests'")
    with op.batch_alter_table("broadcast") as batch:
        batch.alter_column("last_told_id", new_column_name="last_registration_id")
        batch.drop_column("audience")
    op.drop_table("news_reader")
    rows = [row for row in _taken_out("phone_hash", "scope", "reason", "since_at") if row["scope"] == "all"]
    op.create_table(
        "suppression",
        sa.Column("phone_hash", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("since_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_suppression")),
    )
    op.bulk_insert(
        _suppression("phone_hash", "reason", "since_at"),
        [{name: value for name, value in row.items() if name != "scope"} for row in rows],
    )
    with op.batch_alter_table("consent_event") as batch:
        batch.drop_column("version")
        batch.drop_column("scope")
    op.drop_column("message", "scope")


def _taken_out(*names: str) -> list[dict[str, Any]]:
    """What the table of stopped numbers holds; the table is then gone, for one of another shape."""
    rows = [dict(row) for row in op.get_bind().execute(sa.select(_suppression(*names))).mappings()]
    op.drop_table("suppression")
    return rows


def _suppression(*names: str) -> sa.TableClause:
    columns = (sa.column(name, sa.DateTime() if name.endswith("_at") else sa.String()) for name in names)
    return sa.table("suppression", *columns)
