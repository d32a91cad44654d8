"""Events are searched in one plain form of their words"""

import sqlalchemy as sa
from alembic import op

from outreach.folding import folded

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_text", sa.Column("search_words", sa.Text(), nullable=False, server_default=""))
    texts = sa.table(
        "event_text",
        *(
            sa.column(name)
            for name in ("event_id", "locale", "title", "summary", "description", "search_words")
        ),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(texts.c.event_id, texts.c.locale, texts.c.title, texts.c.summary, texts.c.description)
    ).all()
    for event_id, locale, *words in rows:
        connection.execute(
            texts.update()
            .where(texts.c.event_id == event_id, texts.c.locale == locale)
            .values(search_words=folded(" ".join(words)))
        )


def downgrade() -> None:
    with op.batch_alter_table("event_text") as batch:
        batch.drop_column("search_words")
