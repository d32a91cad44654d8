"""Runs migrations on the connection that `outreach.schema` hands over."""

from typing import Any, Literal

from alembic import context

from outreach.database import Base, UTCDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Writes our own column type as what it is in the database: old migrations need no code of ours."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite cannot alter columns; the tables are made anew and filled.
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
