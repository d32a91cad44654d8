"""The texts of announcements: who gets which words, written into the outbox and counted; sends nothing."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select

from outreach.database import db
from outreach.events.models import Event
from outreach.i18n import LANGUAGES, SOURCE_LOCALE, translator
from outreach.keystore import event_key
from outreach.messaging.due import ANNOUNCEMENT, PRIORITY_ANNOUNCEMENT, announcement_key, news_key
from outreach.messaging.due import NEWS as NEWS_PURPOSE
from outreach.messaging.expectations import BATCH
from outreach.messaging.facts import TITLE_SIGNS, event_facts, shortened
from outreach.messaging.models import Broadcast, Message
from outreach.messaging.models.broadcast import GUESTS
from outreach.messaging.outbox import OutgoingText, enqueue
from outreach.messaging.phrases import ANNOUNCEMENT as FRAME
from outreach.messaging.phrases import NEWS, NEWS_WITHOUT_SIGN_UP, Phrase, Value, street, text_of
from outreach.messaging.quiet import next_allowed_for_announcement_at
from outreach.messaging.suppressions import may_call, may_text, takes_only_calls
from outreach.registration import news
from outreach.registration.guests import open_guest, phone_hash
from outreach.registration.models import Guest, NewsReader, Registration
from outreach.registration.news import ReaderFacts
from outreach.registration.scopes import of_event
from outreach.vault import SealedValueError, Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an announcement has come."""

    #: Texts that wait no more: they are with a worker, have left, or never will.
    done: int
    total: int
    #: By state of the outbox; those not written down yet count as ready.
    states: Mapping[str, int]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it waits any more."""
        return self.done >= self.total


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom an announcement reaches now, in groups or readers of news."""

    #: Those who are texted, by the language they read.
    readers: Counter[str]
    #: Groups with seats that are called about the event instead: no announcement is told by a call.
    called: int = 0
    #: Groups with seats that hear nothing from us.
    silent: int = 0


def bodies(
    event: Event, texts: Mapping[str, str], *, audience: str, public_url: str, read: Iterable[str] = ()
) -> dict[str, str]:
    """The text of each language, exactly as it is sent.

    Guests are told in the languages that have words. News can be told in any language, and are in those
    of `read` as well, without the words that nobody wrote in them.
    """
    if audience == GUESTS:
        return {locale: _body(event, locale, words) for locale, words in texts.items()}
    locales = dict.fromkeys((event.source_locale, *texts, *sorted(read)))
    return {locale: _news(event, locale, texts.get(locale, ""), public_url) for locale in locales}


def _body(event: Event, locale: str, words: str) -> str:
    """The words of one language between the event's title and the way out."""
    title = shortened(event.text_in(locale).title, TITLE_SIGNS)
    return text_of(Phrase(FRAME, {"title": title, "words": words}), translator(locale))


def _news(event: Event, locale: str, words: str, public_url: str) -> str:
    """What there is to know of an event, made from its facts, under the words of staff if there are any."""
    facts = event_facts(event, now=event.published_at or event.created_at)
    values: dict[str, Value] = {
        "title": facts.title(locale),
        "when": facts.when,
        "street": street(facts.street),
        "link": f"{public_url}/{locale}/events/{event.public_id}",
    }
    message = NEWS if event.takes_registrations else NEWS_WITHOUT_SIGN_UP
    said = text_of(Phrase(message, values), translator(locale))
    return f"{words}\n{said}" if words else said


def reach(event_id: int, *, audience: str, vault: Vault) -> Reach:
    """Whom an announcement of an event would reach now; one query."""
    readers: Counter[str] = Counter()
    called = silent = 0
    found = (
        _with_seats(event_id)
        if audience == GUESTS
        else _told(event_id, audience).with_only_columns(NewsReader.sealed, false())
    )
    for sealed, is_called in db.session.execute(found):
        who = None if sealed is None else _opened(sealed, audience, vault)
        if who is not None:
            readers[who.locale if who.locale in LANGUAGES else SOURCE_LOCALE] += 1
        elif is_called:
            called += 1
        else:
            silent += 1
    return Reach(readers, called, silent if audience == GUESTS else 0)


def is_open(event: Event, now: datetime) -> bool:
    """Whether guests of the event can be told something: it is published and has not begun."""
    return event.status == "published" and now < event.starts_at


def is_writing() -> bool:
    """Whether texts of an announcement are still to be written into the outbox."""
    return db.session.scalar(_unwritten().with_only_columns(Broadcast.id).limit(1)) is not None


def write_texts(*, public_url: str, vault: Vault, now: datetime) -> int:
    """Writes the next texts of one announcement into the outbox; returns how far it came. Flushes.

    Any number of workers may do this at once. Each announcement is written by one of them at a time, and
    goes on where it was left.
    """
    row = db.session.scalar(_unwritten().order_by(Broadcast.id).limit(1).with_for_update(skip_locked=True))
    if row is None:
        return 0
    found = _next_to_tell(row, now)
    opened = {told_id: _opened(sealed, row.audience, vault) for told_id, sealed in found}
    read = {who.locale for who in opened.values() if who is not None and who.locale in LANGUAGES}
    said = bodies(row.event, row.texts, audience=row.audience, public_url=public_url, read=read)
    for told_id, who in opened.items():
        if who is not None:
            locale = who.locale if who.locale in said else row.source_locale
            text = _outgoing(row, told_id, who.phone, locale, said[locale], vault=vault, now=now)
            enqueue(text, vault=vault, now=now)
    if found:
        row.last_told_id = found[-1][0]
    if len(found) < BATCH:
        row.written_at = now
        db.session.flush()
        settle_parts(row)
    db.session.flush()
    return max(1, len(found))


def settle_parts(row: Broadcast) -> None:
    """Charges an announcement for what was written, and not for what never leaves. Flushes."""
    row.parts = int(
        db.session.scalar(
            select(func.coalesce(func.sum(Message.segments), 0)).where(
                Message.broadcast_id == row.id, Message.state != "cancelled"
            )
        )
        or 0
    )
    db.session.flush()


def progress(rows: Iterable[Broadcast]) -> dict[int, Progress]:
    """How far announcements have come, by id; one query."""
    rows = list(rows)
    states: dict[int, dict[str, int]] = {row.id: {} for row in rows}
    for broadcast_id, state, count in db.session.execute(
        select(Message.broadcast_id, Message.state, func.count())
        .where(Message.broadcast_id.in_(list(states)))
        .group_by(Message.broadcast_id, Message.state)
    ):
        states[broadcast_id or 0][state] = count
    return {row.id: _progress(row, states[row.id]) for row in rows}


def _progress(row: Broadcast, states: dict[str, int]) -> Progress:
    written = sum(states.values())
    is_all_written = row.written_at is not None or row.state != "sending"
    unwritten = 0 if is_all_written else max(0, row.recipients - written)
    if unwritten:
        states = {**states, "ready": states.get("ready", 0) + unwritten}
    total = written + unwritten
    return Progress(total - states.get("ready", 0), total, states)


def _next_to_tell(row: Broadcast, now: datetime) -> list[tuple[int, bytes]]:
    """The next of those who were there when it was sent off, as `_told` gives them."""
    if not is_open(row.event, now):
        return []
    told_id, since_at = (
        (Registration.id, Registration.created_at)
        if row.audience == GUESTS
        else (NewsReader.id, NewsReader.asked_at)
    )
    found = db.session.execute(
        _told(row.event_id, row.audience)
        .where(told_id > row.last_told_id, since_at <= row.started_at)
        .order_by(told_id)
        .limit(BATCH)
    )
    return [(each, sealed) for each, sealed in found]


def _outgoing(
    row: Broadcast, told_id: int, phone: str, locale: str, said: str, *, vault: Vault, now: datetime
) -> OutgoingText:
    is_news = row.audience != GUESTS
    key = news_key(row.event_id, phone_hash(vault, phone)) if is_news else announcement_key(row.id, told_id)
    return OutgoingText(
        purpose=NEWS_PURPOSE if is_news else ANNOUNCEMENT,
        dedup_key=key,
        priority=PRIORITY_ANNOUNCEMENT,
        phone=phone,
        locale=locale,
        body=said,
        deadline=row.event.starts_at,
        zone=row.event.time_zone,
        # Not at night, so that a crowd of them is not picked up there only to be put back.
        not_before=next_allowed_for_announcement_at(now, row.event.time_zone),
        registration_id=None if is_news else told_id,
        key=None if is_news else event_key(row.event.public_id),
        broadcast_id=row.id,
        scope=row.audience if is_news else of_event(row.event_id),
    )


def _unwritten() -> Select[Broadcast]:
    return select(Broadcast).where(Broadcast.state == "sending", Broadcast.written_at.is_(None))


def _told(event_id: int, audience: str) -> Select[int, bytes]:
    """Ids and sealed facts of those who have seats or read news, agreed to it and did not stop it."""
    if audience != GUESTS:
        # Whoever is registered knows of the event.
        is_registered = (
            select(Registration.id)
            .where(
                Registration.phone_hash == NewsReader.phone_hash,
                Registration.event_id == event_id,
                Registration.state != "cancelled",
            )
            .exists()
        )
        return select(NewsReader.id, NewsReader.sealed).where(
            NewsReader.is_on,
            NewsReader.scope == audience,
            may_text(NewsReader.phone_hash, audience),
            ~is_registered,
        )
    return (
        select(Registration.id, Guest.sealed)
        .join(Guest, Guest.id == Registration.guest_id)
        .where(_has_seats(event_id), _is_texted(event_id))
    )


def _with_seats(event_id: int) -> Select[bytes | None, bool]:
    """All groups with seats: the sealed facts of those who are texted, and who of the others is called."""
    is_called = and_(
        Registration.phone_hash.is_not(None),
        or_(
            Registration.wants_calls,
            and_(Registration.wants_texts, takes_only_calls(Registration.phone_hash)),
        ),
        may_call(Registration.phone_hash, of_event(event_id)),
    )
    return (
        select(case((_is_texted(event_id), Guest.sealed)), is_called)
        .join(Guest, Guest.id == Registration.guest_id)
        .where(_has_seats(event_id))
    )


def _has_seats(event_id: int) -> ColumnElement[bool]:
    return and_(Registration.event_id == event_id, Registration.state == "confirmed")


def _is_texted(event_id: int) -> ColumnElement[bool]:
    return and_(
        Registration.wants_texts,
        Registration.phone_hash.is_not(None),
        may_text(Registration.phone_hash, of_event(event_id)),
    )


def _opened(sealed: bytes, audience: str, vault: Vault) -> ReaderFacts | None:
    """Number and language; None for somebody who gave no number or cannot be read any more."""
    try:
        if audience != GUESTS:
            return news.facts_of(sealed, vault=vault)
        guest = open_guest(vault, sealed)
    except SealedValueError:
        log.error("a guest cannot be opened with this vault key")
        return None
    return ReaderFacts(guest.phone, guest.locale) if guest.phone else None
