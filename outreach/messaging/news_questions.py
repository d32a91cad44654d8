"""The question to a number that somebody typed in for news: asked once; only its holder's yes counts."""

from datetime import datetime

from sqlalchemy import select

from outreach.config import Settings
from outreach.database import db
from outreach.i18n import LANGUAGES, SOURCE_LOCALE, translator
from outreach.messaging.due import NEWS_QUESTION, PRIORITY_REPLY
from outreach.messaging.expectations import BATCH, suppressions
from outreach.messaging.models import Message
from outreach.messaging.news_facts import names_of
from outreach.messaging.outbox import OutgoingText, enqueue
from outreach.messaging.phrases import ASK_NEWS_TYPED, Phrase, text_of
from outreach.registration import news
from outreach.registration.models import NewsReader
from outreach.registration.scopes import silence
from outreach.vault import Vault


def unasked(*, now: datetime) -> list[NewsReader]:
    """Those who have not answered, and whom no text has asked since they were put on their list."""
    is_asked = (
        select(Message.id)
        .where(
            Message.purpose == NEWS_QUESTION,
            Message.phone_hash == NewsReader.phone_hash,
            Message.scope == NewsReader.scope,
            Message.created_at >= NewsReader.asked_at,
        )
        .exists()
    )
    return list(
        db.session.scalars(
            select(NewsReader)
            .where(~NewsReader.is_on, NewsReader.asked_at > now - news.ANSWER_WITHIN, ~is_asked)
            .order_by(NewsReader.id)
            .limit(BATCH)
        )
    )


def ask(*, settings: Settings, vault: Vault, now: datetime) -> int:
    """Writes the question to each of them into the outbox; returns to how many. Flushes.

    A number that has said no to this news, or to all texts, is not asked: it is dropped.
    """
    rows = unasked(now=now)
    said = suppressions(row.phone_hash for row in rows)
    names = names_of({row.scope for row in rows}, region=settings.region_name)
    for row in rows:
        if silence(said.get(row.phone_hash, {}), row.scope) is not None:
            news.leave(row.phone_hash, row.scope)
            continue
        facts = news.facts_of(row.sealed, vault=vault)
        locale = facts.locale if facts.locale in LANGUAGES else SOURCE_LOCALE
        text = OutgoingText(
            purpose=NEWS_QUESTION,
            dedup_key=f"news-question:{row.id}:{row.asked_at.isoformat()}",
            priority=PRIORITY_REPLY,
            phone=facts.phone,
            locale=locale,
            body=text_of(Phrase(ASK_NEWS_TYPED, {"whose": names[row.scope]}), translator(locale)),
            deadline=row.asked_at + news.ANSWER_WITHIN,
            zone=settings.time_zone,
            scope=row.scope,
        )
        enqueue(text, vault=vault, now=now)
    db.session.flush()
    return len(rows)
