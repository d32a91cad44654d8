"""Kept sums of the events that may be read, and triggers that note what they are not right for any more"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_EVENT = (
    "INSERT INTO engagement_change (starts_local, delivery, venue_id)"
    " VALUES ({0}.starts_local, {0}.delivery, {0}.venue_id);"
)
_DOOR = (
    "INSERT INTO engagement_change (starts_local, delivery, venue_id)"
    " SELECT starts_local, delivery, venue_id FROM event WHERE id = {0}.event_id;"
)
_TALLY = (
    "INSERT INTO engagement_change (starts_local, delivery, venue_id)"
    " SELECT starts_local, delivery, venue_id FROM event WHERE id = {0}.event_id"
    " AND EXISTS (SELECT 1 FROM attendance"
    " WHERE attendance.event_id = event.id AND forgotten_at IS NOT NULL);"
)
_PLACES = "INSERT INTO engagement_change (starts_local, delivery, venue_id) VALUES (NULL, NULL, NULL);"
_FACTS = "status, starts_local, head_count, kind, delivery, venue_id, organization_id"
_TRIGGERS = (
    (
        "event",
        "update",
        f"UPDATE OF {_FACTS}",
        "OLD.status = 'held' OR NEW.status = 'held'",
        _EVENT.format("OLD") + _EVENT.format("NEW"),
    ),
    ("event", "delete", "DELETE", "OLD.status = 'held'", _EVENT.format("OLD")),
    ("attendance", "insert", "INSERT", "NEW.forgotten_at IS NOT NULL", _DOOR.format("NEW")),
    ("attendance", "update", "UPDATE OF forgotten_at", "", _DOOR.format("NEW")),
    ("attendance", "delete", "DELETE", "OLD.forgotten_at IS NOT NULL", _DOOR.format("OLD")),
    ("event_tally", "insert", "INSERT", "", _TALLY.format("NEW")),
    (
        "event_tally",
        "update",
        'UPDATE OF newcomers, residents, "both", unsaid, children',
        "",
        _TALLY.format("NEW"),
    ),
    ("event_tally", "delete", "DELETE", "", _TALLY.format("OLD")),
    ("venue", "update", "UPDATE OF county_id", "", _PLACES),
    ("venue", "delete", "DELETE", "", _PLACES),
    ("jurisdiction", "update", "UPDATE OF slug", "", _PLACES),
)


def upgrade() -> None:
    op.create_table(
        "engagement_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=True),
        sa.Column("delivery", sa.String(length=10), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_change")),
    )
    op.create_table(
        "engagement_sums",
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("cut", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=30), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "place", "cut", "value", name=op.f("pk_engagement_sums")),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, deed, moment, case, body in _TRIGGERS:
        name = f"{table}_{deed}_noted"
        when = f" WHEN ({case})" if case else ""
        head = f"CREATE TRIGGER {name} AFTER {moment} ON {table} FOR EACH ROW{when}"
        if is_sqlite:
            op.execute(f"{head} BEGIN {body} END")
        else:
            op.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
                " SET enable_seqscan = off"
                f" AS $$ BEGIN {body} RETURN NULL; END $$"
            )
            op.execute(f"{head} EXECUTE FUNCTION {name}()")
    # What is there already is added up first of all. An empty database stays empty, or no backup could be
    # restored into it.
    op.execute(
        "INSERT INTO engagement_change (starts_local, delivery, venue_id)"
        " SELECT NULL, NULL, NULL WHERE EXISTS (SELECT 1 FROM event)"
    )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, deed, *_ in _TRIGGERS:
        name = f"{table}_{deed}_noted"
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP FUNCTION {name}() CASCADE")
    op.drop_table("engagement_sums")
    op.drop_table("engagement_change")
