"""What staff do with events: draft, submit, review, publish, move, cancel, close; knows no guest and no page.

Nothing here tells anybody anything. It only changes state; who is owed a message is derived from it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update

from outreach.accounts.models import Jurisdiction, Organization, Staff
from outreach.accounts.service import organization_named
from outreach.database import db
from outreach.errors import ConflictError, InvalidInputError
from outreach.events.drafts import EventDraft, PartDraft, TextDraft, VenueDraft, check
from outreach.events.kinds import KINDS
from outreach.events.models import (
    Campaign,
    Event,
    EventChange,
    EventLanguage,
    EventPart,
    EventText,
    Generation,
    Venue,
)
from outreach.i18n import N_
from outreach.identifiers import public_id
from outreach.policy import LAW_ENFORCEMENT

_EDITABLE = ("draft", "submitted", "returned")
_STALE = N_("Somebody else changed this event meanwhile. Look at it again before you save.")


def create(draft: EventDraft, *, host: Organization, now: datetime, reference: str | None = None) -> Event:
    """Adds an event as a draft of its host. Flushes.

    Raises InvalidInputsError for what `drafts.check` refuses and InvalidInputError for a name, a
    campaign or a keyword that does not fit.
    """
    check(draft)
    event = Event(public_id=public_id(), organization=host, import_reference=reference, created_at=now)
    _apply(event, draft, now=now)
    db.session.add(event)
    db.session.flush()
    return event


def edit(
    event: Event, draft: EventDraft, *, author: Staff, revision: int, now: datetime
) -> EventChange | None:
    """Saves an organizer's edit: at once, or as a change that waits for review. Flushes.

    A published event of an organization that is not trusted keeps running as it is until a
    coordinator approves; the waiting change is returned (a newer one replaces an older one), None
    when the edit took effect. Raises ConflictError when `revision` is not the one on record.
    """
    check(draft)
    if event.status in _EDITABLE or (event.status == "published" and _is_free_to_publish(event, author)):
        _take_revision(event, revision)
        _apply(event, draft, now=now)
        return None
    if event.status != "published":
        raise ConflictError(N_("This event is over or cancelled and cannot be changed."))
    if event.revision != revision:
        raise ConflictError(_STALE)
    change = db.session.scalar(_open_change(event))
    if change is None:
        change = EventChange(event_id=event.id)
        db.session.add(change)
    change.author_id, change.draft, change.created_at = author.id, draft.to_json(), now
    db.session.flush()
    return change


def submit(event: Event, *, author: Staff, now: datetime) -> None:
    """Hands a draft in for review, or publishes it at once where no review is asked. Flushes."""
    _require(event, ("draft", "returned"), N_("Only a draft can be handed in."))
    if _is_free_to_publish(event, author):
        _publish(event, now=now)
    else:
        event.status = "submitted"
        event.review_note = None
        event.changed_at = now
    db.session.flush()


def publish(event: Event, *, now: datetime) -> None:
    """Makes an event public, as a coordinator decides. Flushes.

    Raises ConflictError for one that is not waiting or already began.
    """
    _require(event, _EDITABLE, N_("This event was published or ended before."))
    _publish(event, now=now)
    db.session.flush()


def return_with_note(event: Event, note: str, *, now: datetime) -> None:
    """Gives a submitted event back to its organizer with the reason. Flushes."""
    _require(event, ("submitted",), N_("This event is not waiting for review."))
    if not note.strip():
        raise InvalidInputError(N_("Write a note that says what is missing."), field="note")
    event.status, event.review_note, event.changed_at = "returned", note.strip(), now
    db.session.flush()


def approve_change(change: EventChange, *, reviewer: Staff, now: datetime) -> None:
    """Lets a waiting change take effect. Flushes. Raises ConflictError when it was decided before."""
    _decide(change, "approved", "", reviewer=reviewer, now=now)
    _apply(change.event, EventDraft.from_json(change.draft), now=now)
    db.session.flush()


def return_change(change: EventChange, note: str, *, reviewer: Staff, now: datetime) -> None:
    """Refuses a waiting change with the reason; the event stays as it is. Flushes."""
    if not note.strip():
        raise InvalidInputError(N_("Write a note that says what is missing."), field="note")
    _decide(change, "returned", note.strip(), reviewer=reviewer, now=now)


def cancel(event: Event, reason: str, *, locale: str, now: datetime) -> None:
    """Calls an event off, with the reason in one language. Flushes."""
    _require(event, ("published",), N_("Only a published event can be cancelled."))
    if not reason.strip() or len(reason) > 200:
        raise InvalidInputError(N_("Say in one sentence why the event is cancelled."), field="reason")
    event.text_in(locale).cancel_reason = reason.strip()
    event.status, event.cancelled_at, event.changed_at = "cancelled", now, now
    event.revision += 1
    raise_generation(now=now)
    db.session.flush()


def close_as_held(event: Event, head_count: int | None, *, now: datetime) -> None:
    """Records that an event took place and how many guests were in the room. Flushes.

    May be said again to correct the number. Raises ConflictError before the event has begun.
    """
    _require(event, ("published", "held"), N_("Only a published event can be closed."))
    if now < event.starts_at:
        raise ConflictError(N_("This event has not begun yet."))
    if head_count is not None and not 0 <= head_count <= 1_000_000:
        raise InvalidInputError(N_("Enter how many guests were in the room."), field="head_count")
    event.status, event.head_count = "held", head_count
    event.closed_at = event.closed_at or now
    event.changed_at = now
    raise_generation(now=now)
    db.session.flush()


def raise_generation(*, now: datetime) -> None:
    """Notes that something public changed, so that kept pages and feeds are made anew."""
    raised = db.session.execute(
        update(Generation)
        .where(Generation.name == "public")
        .values(value=Generation.value + 1, changed_at=now)
        .returning(Generation.value)
    )
    if raised.first() is None:
        db.session.add(Generation(name="public", value=1, changed_at=now))


def draft_of(event: Event) -> EventDraft:
    """The event as a draft again, for a form or an export."""
    return EventDraft(
        kind=event.kind,
        texts={
            text.locale: TextDraft(text.title, text.summary, text.description, text.is_reviewed)
            for text in event.texts
        },
        source_locale=event.source_locale,
        starts_local=event.starts_local,
        ends_local=event.ends_local,
        time_zone=event.time_zone,
        starts_fold=_fold(event.starts_local, event.time_zone, event.starts_at),
        ends_fold=_fold(event.ends_local, event.time_zone, event.ends_at),
        is_all_day=event.is_all_day,
        is_end_known=event.is_end_known,
        delivery=event.delivery,  # type: ignore[arg-type]  # a column knows no literal
        venue=_venue_draft(event.venue),
        online_url=event.online_url,
        capacity=event.capacity,
        takes_registrations=event.takes_registrations,
        keyword=event.keyword,
        spoken=tuple(row.locale for row in event.languages if not row.is_interpreted),
        interpreted=tuple(row.locale for row in event.languages if row.is_interpreted),
        offers=tuple(event.offers),
        is_police_present=event.is_police_present,
        theme=event.theme,
        campaign=event.campaign.slug if event.campaign else None,
        cohosts=tuple(organization.name for organization in event.cohosts),
        parts=tuple(
            PartDraft(part.title, part.starts_local, part.ends_local, part.place) for part in event.parts
        ),
    )


def _apply(event: Event, draft: EventDraft, *, now: datetime) -> None:
    """Writes a checked draft onto an event; notices when guests must be told of another time or place."""
    host = event.organization
    if host.sector == LAW_ENFORCEMENT and not KINDS[draft.kind].is_open_to_police_hosts:
        raise InvalidInputError(
            N_("A law-enforcement organization can only host trust trainings."), field="kind"
        )
    cohosts = [organization_named(name) for name in draft.cohosts if name != host.name]
    has_police = any(body.sector == LAW_ENFORCEMENT for body in [host, *cohosts])
    venue = _venue(draft.venue)
    was_announced = event.status == "published" and event.id is not None
    if was_announced and (
        (event.starts_at, event.ends_at) != (draft.starts_at, draft.ends_at)
        or _place_of(event.venue) != _place_of(venue)
    ):
        event.version += 1
        event.moved_at, event.moved_from_at = now, event.starts_at
    _set_capacity(event, draft.capacity)
    _set_keyword(event, draft.keyword)
    event.kind = draft.kind
    event.source_locale = draft.source_locale
    event.starts_local, event.ends_local = draft.starts_local, draft.ends_local
    event.time_zone = draft.time_zone
    event.starts_at, event.ends_at = draft.starts_at, draft.ends_at
    event.is_all_day, event.is_end_known = draft.is_all_day, draft.is_end_known
    event.delivery = draft.delivery
    event.venue = venue
    event.online_url = draft.online_url
    event.takes_registrations = draft.takes_registrations
    event.offers = list(draft.offers)
    # Nobody can forget to tick the box when officers host.
    event.is_police_present = draft.is_police_present or has_police
    event.theme = draft.theme
    event.campaign = _campaign(draft.campaign)
    event.cohosts = cohosts
    _set_rows(event, draft)
    event.changed_at = now
    if was_announced:
        raise_generation(now=now)
    db.session.flush()


def _set_rows(event: Event, draft: EventDraft) -> None:
    texts = {text.locale: text for text in event.texts}
    event.texts = [
        _filled(texts.get(locale) or EventText(locale=locale), text) for locale, text in draft.texts.items()
    ]
    languages = {row.locale: row for row in event.languages}
    wanted = dict.fromkeys(draft.interpreted, True) | dict.fromkeys(draft.spoken, False)
    event.languages = []
    for locale, is_interpreted in wanted.items():
        row = languages.get(locale) or EventLanguage(locale=locale)
        row.is_interpreted = is_interpreted
        event.languages.append(row)
    parts = {part.position: part for part in event.parts}
    event.parts = []
    for position, given in enumerate(draft.parts, start=1):
        part = parts.get(position) or EventPart(position=position)
        part.title, part.place = given.title, given.place
        part.starts_local, part.ends_local = given.starts_local, given.ends_local
        event.parts.append(part)


def _filled(row: EventText, text: TextDraft) -> EventText:
    row.title, row.summary, row.description = (
        text.title.strip(),
        text.summary.strip(),
        text.description.strip(),
    )
    row.is_reviewed = text.is_reviewed
    return row


def _set_capacity(event: Event, capacity: int | None) -> None:
    """Changes the number of seats only where everybody who has one keeps it."""
    taken = 0
    if event.id is not None:
        # Locks the row: nobody may take a seat between this look and the new number.
        locked = select(Event.seats_taken).where(Event.id == event.id).with_for_update(key_share=True)
        taken = db.session.scalars(locked).one()
    if capacity is not None and capacity < taken:
        raise InvalidInputError(
            N_("%(count)s seats are taken. There cannot be fewer."), field="capacity", count=taken
        )
    event.capacity = capacity


def _set_keyword(event: Event, keyword: str | None) -> None:
    if keyword and keyword != event.keyword:
        other = db.session.scalar(select(Event.id).where(Event.keyword == keyword))
        if other is not None and other != event.id:
            raise InvalidInputError(N_("Another event uses this keyword."), field="keyword")
    event.keyword = keyword


def _venue(draft: VenueDraft | None) -> Venue | None:
    """The venue with exactly these facts, shared by all events that name it."""
    if draft is None:
        return None
    county_id = None
    if draft.county:
        county_id = db.session.scalar(select(Jurisdiction.id).where(Jurisdiction.slug == draft.county))
        if county_id is None:
            raise InvalidInputError(N_("Choose a county from the list."), field="county")
    facts = {
        "name": draft.name.strip(),
        "address": draft.address,
        "city": draft.city,
        "county_id": county_id,
        "access_notes": draft.access_notes,
    }
    found = db.session.scalar(select(Venue).filter_by(**facts).limit(1))
    if found is None:
        found = Venue(**facts)
        db.session.add(found)
    return found


def _venue_draft(venue: Venue | None) -> VenueDraft | None:
    if venue is None:
        return None
    county = venue.county.slug if venue.county else None
    return VenueDraft(venue.name, venue.address, venue.city, county, venue.access_notes)


def _place_of(venue: Venue | None) -> tuple[object, ...]:
    return () if venue is None else (venue.name, venue.address, venue.city)


def _campaign(slug: str | None) -> Campaign | None:
    if slug is None:
        return None
    found = db.session.scalar(select(Campaign).where(Campaign.slug == slug))
    if found is None:
        raise InvalidInputError(N_("Choose a campaign from the list."), field="campaign")
    return found


def _is_free_to_publish(event: Event, author: Staff) -> bool:
    return event.organization.is_trusted or author.role != "organizer"


def _publish(event: Event, *, now: datetime) -> None:
    if event.ends_at <= now:
        raise ConflictError(N_("This event is over. Give it a date that is still to come."))
    event.status, event.published_at, event.changed_at = "published", now, now
    event.review_note = None
    event.revision += 1
    raise_generation(now=now)


def _require(event: Event, statuses: Iterable[str], message: str) -> None:
    if event.status not in statuses:
        raise ConflictError(message)


def _take_revision(event: Event, revision: int) -> None:
    """Counts the edit, unless somebody else's came first."""
    taken = db.session.execute(
        update(Event)
        .where(Event.id == event.id, Event.revision == revision)
        .values(revision=Event.revision + 1)
        .returning(Event.revision)
    ).scalar()
    if taken is None:
        raise ConflictError(_STALE)
    db.session.refresh(event, ["revision"])


def _open_change(event: Event) -> Select[EventChange]:
    return select(EventChange).where(EventChange.event_id == event.id, EventChange.state == "submitted")


def _decide(change: EventChange, state: str, note: str, *, reviewer: Staff, now: datetime) -> None:
    decided = db.session.execute(
        update(EventChange)
        .where(EventChange.id == change.id, EventChange.state == "submitted")
        .values(state=state, note=note, decided_at=now, decided_by_id=reviewer.id)
        .returning(EventChange.id)
    ).scalar()
    if decided is None:
        raise ConflictError(N_("This change was decided before."))
    db.session.refresh(change)


def _fold(local: datetime, zone: str, at: datetime) -> Literal[0, 1] | None:
    first = local.replace(tzinfo=ZoneInfo(zone), fold=0)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return None
    return 0 if first.astimezone(UTC) == at else 1
