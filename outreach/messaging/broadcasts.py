"""Announcements about an event, to its guests or to readers of news: written, confirmed, sent off, stopped.

Sends nothing.
Staff write the words in as many languages as they can. A guest whose language has none gets the original
ones: nothing is ever translated by a machine. What leaves, leaves through the outbox.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from outreach import audit
from outreach.accounts.models import Staff
from outreach.chain import Deed
from outreach.database import db
from outreach.errors import (
    ConflictError,
    InvalidInputError,
    InvalidInputsError,
    NotAllowedError,
    NotFoundError,
)
from outreach.events.models import Event
from outreach.i18n import LANGUAGES, N_
from outreach.messaging import budgets
from outreach.messaging.broadcast_texts import bodies, is_open, reach, settle_parts
from outreach.messaging.estimates import Estimate, estimate
from outreach.messaging.models import Broadcast, Message
from outreach.messaging.models.broadcast import GUESTS
from outreach.messaging.segments import plain_punctuation
from outreach.vault import Vault

#: Every state of an announcement, as it is shown.
STATES: Mapping[str, str] = {
    "draft": N_("Draft"),
    "waiting": N_("Waits for a second person"),
    "held": N_("Held: the budget is used up"),
    "sending": N_("Sent off"),
    "stopped": N_("Stopped"),
}
#: Those in which the words can still be changed.
EDITABLE = ("draft", "waiting", "held")

#: Four parts of plain Latin; nobody reads more on a small screen.
LONGEST_WORDS = 600


@dataclass(frozen=True, slots=True)
class Pace:
    """What decides how fast texts leave, in which month, and where links lead: of the settings."""

    parts_per_second: float
    #: Of the region, for the month of a budget.
    zone: str
    public_url: str = ""


def write(
    event: Event, texts: Mapping[str, str], *, audience: str = GUESTS, author: Staff, now: datetime
) -> Broadcast:
    """A new draft. Flushes. News need no words: what there is to know is made from the event.

    Raises InvalidInputsError, its fields being locales, and ConflictError when the event takes none.
    """
    check_open(event, now=now)
    row = Broadcast(
        event=event,
        source_locale=event.source_locale,
        audience=audience,
        texts=tidy_texts(texts, source_locale=event.source_locale, are_needed=audience == GUESTS),
        author=author,
        state="draft",
        created_at=now,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def rewrite(row: Broadcast, texts: Mapping[str, str], *, revision: int, author: Staff, now: datetime) -> None:
    """Changes the words; it is a draft again, and whoever changed them is its author. Flushes."""
    _move(
        row,
        EDITABLE,
        revision=revision,
        now=now,
        state="draft",
        texts=tidy_texts(texts, source_locale=row.source_locale, are_needed=row.audience == GUESTS),
        author_id=author.id,
        confirmed_by_id=None,
    )


def send(row: Broadcast, *, revision: int, pace: Pace, vault: Vault, now: datetime) -> None:
    """Lets a draft go: it is sent off, waits for a second person, or is held for the budget. Flushes.

    Raises ConflictError when somebody changed it meanwhile, nobody can be texted, or the event takes none.
    """
    _go_on(row, "draft", revision=revision, pace=pace, vault=vault, now=now)


def confirm(row: Broadcast, *, revision: int, by: Staff, pace: Pace, vault: Vault, now: datetime) -> None:
    """Lets somebody else's words go that wait for a second person. Flushes; raises as `send` does.

    Raises NotAllowedError for whoever wrote them.
    """
    if by.id == row.author_id:
        raise NotAllowedError(N_("You wrote this. Somebody else must confirm it."))
    _go_on(row, "waiting", revision=revision, confirmed_by_id=by.id, pace=pace, vault=vault, now=now)


def held_ids(*, now: datetime) -> list[int]:
    """Announcements that are held and could still be in time."""
    return list(
        db.session.scalars(
            select(Broadcast.id)
            .join(Event)
            .where(Broadcast.state == "held", Event.status == "published", Event.starts_at > now)
            .order_by(Broadcast.id)
        )
    )


def release(broadcast_id: int, *, pace: Pace, vault: Vault, now: datetime) -> bool:
    """Sends off what was held, if there is money now; says whether it moved. Flushes."""
    row = find(broadcast_id)
    try:
        _go_on(
            row, "held", revision=row.revision, confirmed_by_id=row.confirmed_by_id, pace=pace, vault=vault,
            now=now,
        )  # fmt: skip
    except ConflictError:
        # Nobody is left to be told, or somebody changed it at this moment.
        return False
    return row.state != "held"


def stop(row: Broadcast, *, by: Staff, now: datetime) -> int:
    """Ends an announcement: what has not left never will; returns how many texts that are. Flushes.

    What a worker has in its hands at this moment may still leave.
    """
    _move(row, (*EDITABLE, "sending"), now=now, state="stopped", stopped_at=now, stopped_by_id=by.id)
    dropped = db.session.execute(
        update(Message)
        .where(Message.broadcast_id == row.id, Message.state == "ready")
        .values(state="cancelled", final_at=now)
        .returning(Message.id)
    ).all()
    if row.started_at is not None:
        settle_parts(row)
    return len(dropped)


def preview(
    event: Event,
    texts: Mapping[str, str],
    *,
    audience: str,
    source_locale: str,
    pace: Pace,
    vault: Vault,
    now: datetime,
) -> Estimate:
    """What these words, by language, would take if they were sent now."""
    reached = reach(event.id, audience=audience, vault=vault)
    ahead = db.session.scalar(
        select(func.coalesce(func.sum(Message.segments), 0)).where(Message.state == "ready")
    )
    found = estimate(
        bodies(event, texts, audience=audience, public_url=pace.public_url, read=reached.readers),
        reached.readers,
        source_locale=source_locale,
        parts_ahead=int(ahead or 0),
        parts_per_second=pace.parts_per_second,
        starts_at=event.starts_at,
        zone=event.time_zone,
        now=now,
    )
    return replace(found, called=reached.called, silent=reached.silent)


def check_open(event: Event, *, now: datetime) -> None:
    """Raises ConflictError unless guests of the event can be told something."""
    if not is_open(event, now):
        raise ConflictError(N_("Only guests of a published event that has not begun can be texted."))


def tidy_texts(texts: Mapping[str, str], *, source_locale: str, are_needed: bool = True) -> dict[str, str]:
    """The words of each language that has any, as they will be sent, the original language first.

    Raises InvalidInputsError with a locale as field of each problem.
    """
    known = {locale: plain_punctuation(" ".join(words.split())) for locale, words in texts.items()}
    problems = [
        InvalidInputError(N_("Write at most %(most)s signs."), field=locale, most=LONGEST_WORDS)
        for locale, words in known.items()
        if len(words) > LONGEST_WORDS
    ]
    if are_needed and not known.get(source_locale):
        problems.append(
            InvalidInputError(N_("Write the text in the event's original language."), field=source_locale)
        )
    if problems:
        raise InvalidInputsError(problems)
    ordered = [source_locale, *(locale for locale in LANGUAGES if locale != source_locale)]
    return {locale: known[locale] for locale in ordered if known.get(locale)}


def find(broadcast_id: int) -> Broadcast:
    """One announcement with its event. Raises NotFoundError; who may see it is the policy's to say."""
    row = db.session.scalar(_with_rows(select(Broadcast).where(Broadcast.id == broadcast_id)))
    if row is None:
        raise NotFoundError(N_("There is no such page."))
    return row


def listed(*, host_id: int | None = None, event_id: int | None = None, limit: int) -> list[Broadcast]:
    """The newest announcements: of all events, of those of one host, or of one event."""
    query = _with_rows(select(Broadcast).join(Event)).order_by(Broadcast.id.desc()).limit(limit)
    if host_id is not None:
        query = query.where(Event.organization_id == host_id)
    if event_id is not None:
        query = query.where(Event.id == event_id)
    return list(db.session.scalars(query))


def _go_on(
    row: Broadcast,
    state: str,
    *,
    revision: int,
    confirmed_by_id: int | None = None,
    pace: Pace,
    vault: Vault,
    now: datetime,
) -> None:
    check_open(row.event, now=now)
    _check_new(row, now)
    needed = preview(
        row.event, row.texts, audience=row.audience, source_locale=row.source_locale,
        pace=pace, vault=vault, now=now,
    )  # fmt: skip
    if not needed.recipients and row.audience == GUESTS:
        raise ConflictError(N_("No guest who has seats at this event gets texts now."))
    if not needed.recipients:
        raise ConflictError(N_("Nobody who wants this news gets texts now."))
    month = budgets.month_of(now, pace.zone)
    values: dict[str, Any] = {"confirmed_by_id": confirmed_by_id}
    if needed.needs_second_person and confirmed_by_id is None:
        values["state"] = "waiting"
    elif budgets.has_room(row.event.organization_id, needed.parts, month=month):
        values |= {
            "state": "sending",
            "started_at": now,
            "recipients": needed.recipients,
            "parts": needed.parts,
            "month": month,
        }
    else:
        values["state"] = "held"
    _move(row, (state,), revision=revision, now=now, **values)
    if row.state == "sending":
        audit.record(
            Deed.ANNOUNCED,
            staff_id=confirmed_by_id or row.author_id,
            subject=f"event:{row.event_id}",
            numbers={"recipients": needed.recipients, "parts": needed.parts},
            now=now,
        )


def _check_new(row: Broadcast, now: datetime) -> None:
    """Refuses words that the same guests were told within a day, and news of the same event within three.

    It would be a slip. Nor could the vendor's list of texts, our evidence of what left, tell the two apart.
    """
    is_news = row.audience != GUESTS
    told = db.session.scalars(
        select(Broadcast).where(
            Broadcast.event_id == row.event_id,
            Broadcast.id != row.id,
            Broadcast.audience == row.audience,
            Broadcast.state == "sending",
            Broadcast.started_at > now - timedelta(days=3 if is_news else 1),
        )
    ).all()
    if is_news and told:
        raise ConflictError(N_("News of this event went to these readers within the last 3 days."))
    if any(set(row.texts.items()) & set(other.texts.items()) for other in told):
        raise ConflictError(N_("The same words went to these guests within the last 24 hours."))


def _move(
    row: Broadcast, states: Iterable[str], *, revision: int | None = None, now: datetime, **values: Any
) -> None:
    """Changes an announcement that is in one of these states, and still as its reader saw it."""
    statement = update(Broadcast).where(Broadcast.id == row.id, Broadcast.state.in_(list(states)))
    if revision is not None:
        statement = statement.where(Broadcast.revision == revision)
    if "texts" in values:
        values["revision"] = Broadcast.revision + 1
    moved = db.session.execute(
        statement.values(changed_at=now, **values)
        .returning(Broadcast.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if moved is None:
        raise ConflictError(N_("Somebody else changed or sent this announcement meanwhile. Read it again."))
    db.session.refresh(row)


def _with_rows(query: Select[Broadcast]) -> Select[Broadcast]:
    return query.options(
        joinedload(Broadcast.author),
        joinedload(Broadcast.confirmed_by),
        joinedload(Broadcast.stopped_by),
        joinedload(Broadcast.event).options(
            joinedload(Event.organization), selectinload(Event.texts), selectinload(Event.cohosts)
        ),
    )
