"""Places and organizations are searched in one plain form of their names, as events are"""

import sqlalchemy as sa
from alembic import op

from outreach.folding import folded

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

#: What stands in the plain form, by table.
_WORDS = {"venue": ("name", "city"), "organization": ("name",)}


def upgrade() -> None:
    connection = op.get_bind()
    for name, words in _WORDS.items():
        op.add_column(name, sa.Column("search_words", sa.Text(), nullable=False, server_default=""))
        table = sa.table(name, *(sa.column(column) for column in ("id", *words, "search_words")))
        rows = connection.execute(sa.select(table.c.id, *(table.c[column] for column in words))).all()
        for row_id, *found in rows:
            plain = folded(" ".join(word or "" for word in found))
            connection.execute(table.update().where(table.c.id == row_id).values(search_words=plain))


def downgrade() -> None:
    for name in _WORDS:
        # Not by a table made anew: a venue's triggers would be lost.
        op.drop_column(name, "search_words")
