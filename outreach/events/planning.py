"""What staff do with events: draft, submit, review, publish, move, cancel, close; knows no guest and no page.

Nothing here tells anybody anything. It only changes state; who is owed a message is derived from it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError

from outreach.accounts.models import Jurisdiction, Organization, Staff
from outreach.accounts.service import organization_named
from outreach.database import db
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.events.drafts import OFFERS, EventDraft, PartDraft, TextDraft, VenueDraft, check
from outreach.events.keywords import folded_word
from outreach.events.kinds import KINDS
from outreach.events.models import (
    Campaign,
    Event,
    EventChange,
    EventKeyword,
    EventLanguage,
    EventPart,
    EventText,
    Generation,
    Venue,
)
from outreach.events.reminding import LEADS, NO_REMINDERS, offsets
from outreach.events.zones import fold_at, is_doubled
from outreach.folding import folded
from outreach.i18n import LANGUAGES, N_
from outreach.identifiers import public_id
from outreach.policy import LAW_ENFORCEMENT, Action, is_allowed

EDITABLE = ("draft", "submitted", "returned")
#: Local campaigns keep their own days, a little before or after the ones that are printed.
CAMPAIGN_MARGIN = timedelta(days=14)
_KEYWORD_TAKEN = N_("Another event uses the word %(word)s.")
_OVER = N_("This event is over. Give it a date that is still to come.")
_STALE = N_("Somebody else changed this event meanwhile. Look at it again before you save.")


def create(draft: EventDraft, *, host: Organization, now: datetime, reference: str | None = None) -> Event:
    """Adds an event as a draft of its host. Flushes.

    Raises InvalidInputsError for what `drafts.check` refuses and InvalidInputError for a name, a
    campaign or a keyword that does not fit.
    """
    check(draft)
    event = Event(public_id=public_id(), organization=host, import_reference=reference, created_at=now)
    db.session.add(event)
    _apply(event, draft, now=now)
    return event


def edit(
    event: Event, draft: EventDraft, *, author: Staff, revision: int, now: datetime
) -> EventChange | None:
    """Saves an organizer's edit: at once, or as a change that waits for review. Flushes.

    A published event of an organization that is not trusted keeps running as it is until a
    coordinator approves; the waiting change is returned (a newer one replaces an older one), None
    when the edit took effect or changes nothing. Raises ConflictError when `revision` is not the one
    on record; else as `create` does.
    """
    check(draft)
    is_public = event.status == "published"
    if not is_public and event.status not in EDITABLE:
        raise ConflictError(N_("This event is over or canceled and cannot be changed."))
    take_revision(event, revision)
    change = db.session.scalar(_open_change(event)) if is_public else None
    if not is_public or is_free_to_publish(event.organization, author):
        if change is not None:
            # Their form began with the waiting change; approving that later would undo this.
            _decide(change, "approved", "", reviewer=author, now=now)
        _apply(event, draft, now=now)
        return None
    return _propose(event, change, draft, author=author, now=now)


def submit(event: Event, *, author: Staff, now: datetime) -> None:
    """Hands a draft in for review, or publishes it at once where no review is asked. Flushes."""
    _require(event, ("draft", "returned"), N_("Only a draft can be handed in."))
    if is_free_to_publish(event.organization, author):
        _publish(event, now=now)
    else:
        if event.ends_at <= now:
            raise ConflictError(_OVER)
        event.status = "submitted"
        event.review_note = None
        event.changed_at = now
    db.session.flush()


def publish(event: Event, *, now: datetime, revision: int | None = None) -> None:
    """Makes an event public, as a coordinator decides. Flushes.

    `revision` is the one that the coordinator read; an import, which nobody reads, gives none.
    Raises ConflictError for an event that changed since, that is over, or that was published before.
    """
    _require(event, EDITABLE, N_("This event was published or ended before."))
    if revision is not None:
        take_revision(event, revision)
    _publish(event, now=now)
    db.session.flush()


def return_with_note(event: Event, note: str, *, now: datetime) -> None:
    """Gives a submitted event back to its organizer with the reason. Flushes."""
    _require(event, ("submitted",), N_("This event is not waiting for review."))
    if not note.strip():
        raise InvalidInputError(N_("Write a note that says what is missing."), field="note")
    event.status, event.review_note, event.changed_at = "returned", note.strip(), now
    db.session.flush()


def approve_change(change: EventChange, *, reviewer: Staff, revision: int, now: datetime) -> None:
    """Lets a waiting change take effect. Flushes.

    `revision` is the event's when the reviewer read the change. Raises ConflictError when the event or
    the change is another by now, was decided on or is over; InvalidInputError as `create` does.
    """
    event = change.event
    _require(event, ("published",), N_("This event is over or canceled and cannot be changed."))
    take_revision(event, revision)
    _decide(change, "approved", "", reviewer=reviewer, now=now)
    _apply(event, EventDraft.from_json(change.draft), now=now)


def return_change(change: EventChange, note: str, *, reviewer: Staff, now: datetime) -> None:
    """Refuses a waiting change with the reason; the event stays as it is. Flushes."""
    if not note.strip():
        raise InvalidInputError(N_("Write a note that says what is missing."), field="note")
    _decide(change, "returned", note.strip(), reviewer=reviewer, now=now)


def withdraw_change(change: EventChange, *, revision: int) -> None:
    """Takes a change back that waits or was returned; the event stays as it is. Flushes.

    Raises ConflictError when it was decided on, or the event changed, meanwhile.
    """
    take_revision(change.event, revision)
    if change.state not in ("submitted", "returned"):
        raise ConflictError(N_("This change was decided before."))
    db.session.delete(change)
    db.session.flush()


def discard(event: Event, *, revision: int) -> None:
    """Deletes an event that was never public. Flushes. Raises ConflictError for any other one."""
    _require(event, EDITABLE, N_("Only an event that was never public can be deleted."))
    take_revision(event, revision)
    db.session.delete(event)
    db.session.flush()


def cancel(event: Event, reason: str, *, locale: str, now: datetime) -> None:
    """Calls an event off, with the reason in one of the event's languages. Flushes."""
    _require(event, ("published",), N_("Only a published event can be canceled."))
    if not reason.strip() or len(reason) > 200:
        raise InvalidInputError(N_("Say in one sentence why the event is canceled."), field="reason")
    text = next((text for text in event.texts if text.locale == locale), None)
    if text is None:
        raise InvalidInputError(N_("Choose one of the event's languages."), field="locale")
    text.cancel_reason = reason.strip()
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


def open_again(event: Event, *, now: datetime) -> None:
    """Takes back that an event took place, while it still lasts: somebody closed it too early. Flushes."""
    _require(event, ("held",), N_("Only a closed event can be opened again."))
    if event.ends_at <= now:
        raise ConflictError(N_("This event is over. You can still correct the head count."))
    event.status, event.closed_at, event.changed_at = "published", None, now
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
    """The event as a draft again, for a form or an export; the same event always gives the same draft."""
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
        starts_fold=_fold(event.starts_local, event.starts_at, event.time_zone),
        ends_fold=_fold(event.ends_local, event.ends_at, event.time_zone),
        is_all_day=event.is_all_day,
        is_end_known=event.is_end_known,
        delivery=event.delivery,  # type: ignore[arg-type]  # a column knows no literal
        venue=_venue_draft(event.venue),
        online_url=event.online_url,
        capacity=event.capacity,
        takes_registrations=event.takes_registrations,
        keyword=event.keyword,
        keywords={row.locale: row.word for row in event.keywords if row.locale},
        reminders=_in_order((*LEADS, NO_REMINDERS), event.reminders),
        spoken=_in_order(LANGUAGES, (row.locale for row in event.languages if not row.is_interpreted)),
        interpreted=_in_order(LANGUAGES, (row.locale for row in event.languages if row.is_interpreted)),
        offers=_in_order(OFFERS, event.offers),
        is_police_present=event.is_police_present,
        theme=event.theme,
        campaign=event.campaign.slug if event.campaign else None,
        cohosts=tuple(sorted(organization.name for organization in event.cohosts)),
        parts=tuple(
            PartDraft(part.title, part.starts_local, part.ends_local, part.place) for part in event.parts
        ),
    )


def _propose(
    event: Event, change: EventChange | None, draft: EventDraft, *, author: Staff, now: datetime
) -> EventChange | None:
    """Keeps a change until a coordinator decides; one that changes nothing takes the waiting one back."""
    if draft == draft_of(event):
        if change is not None:
            db.session.delete(change)
            db.session.flush()
        return None
    _check_guests(event, draft)
    if change is None:
        change = EventChange(event=event)
        db.session.add(change)
    change.author_id, change.draft, change.created_at = author.id, draft.to_json(), now
    db.session.flush()
    return change


def _apply(event: Event, draft: EventDraft, *, now: datetime) -> None:
    """Writes a checked draft onto an event; notices when guests must be told of another time or place."""
    host = event.organization
    if host.sector == LAW_ENFORCEMENT and not KINDS[draft.kind].is_open_to_police_hosts:
        raise InvalidInputError(
            N_("A law-enforcement organization can only host trust trainings."), field="kind"
        )
    cohosts = _cohosts(draft, host)
    has_police = any(body.sector == LAW_ENFORCEMENT for body in [host, *cohosts])
    venue = _venue(draft.venue)
    was_announced = event.status == "published"
    if would_move(event, draft):
        if draft.ends_at <= now:
            raise InvalidInputError(N_("Choose a time that is still to come."), field="starts")
        event.version += 1
        event.moved_at, event.moved_from_at = now, event.starts_at
    _check_guests(event, draft)
    _set_reminders(event, draft, now=now)
    event.kind = draft.kind
    event.source_locale = draft.source_locale
    event.starts_local, event.ends_local = draft.starts_local, draft.ends_local
    event.time_zone = draft.time_zone
    event.starts_at, event.ends_at = draft.starts_at, draft.ends_at
    event.is_all_day, event.is_end_known = draft.is_all_day, draft.is_end_known
    event.delivery = draft.delivery
    event.venue = venue
    event.online_url = draft.online_url
    event.capacity = draft.capacity
    event.takes_registrations = draft.takes_registrations
    event.offers = list(draft.offers)
    # Nobody can forget to tick the box when officers host.
    event.is_police_present = draft.is_police_present or has_police
    event.theme = draft.theme
    event.campaign = _campaign(draft)
    event.cohosts = cohosts
    _set_rows(event, draft)
    _set_keywords(event, draft)
    event.changed_at = now
    if was_announced:
        raise_generation(now=now)
    try:
        db.session.flush()
    except IntegrityError as error:
        if "keyword" not in str(error.orig):
            raise
        # Somebody else gave it to their event after we looked.
        raise InvalidInputError(N_("Another event uses this word."), field="keyword") from None


def would_move(event: Event, draft: EventDraft) -> bool:
    """Whether guests who were told time and place before would now come at the wrong one, and are told."""
    has_new_end = event.is_end_known and event.ends_at != draft.ends_at
    return event.status == "published" and (
        has_new_end
        or event.starts_at != draft.starts_at
        or event.delivery != draft.delivery
        or _place_of(_venue_draft(event.venue)) != _place_of(draft.venue)
    )


def _cohosts(draft: EventDraft, host: Organization) -> list[Organization]:
    try:
        return [organization_named(name) for name in dict.fromkeys(draft.cohosts) if name != host.name]
    except NotFoundError as error:
        raise InvalidInputError(error.message, field="cohosts", **error.values) from None


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
    row.search_words = folded(f"{row.title} {row.summary} {row.description}")
    row.is_reviewed = text.is_reviewed
    return row


def _check_guests(event: Event, draft: EventDraft) -> None:
    """Refuses what would leave guests without the seats, or the registration, that they have."""
    if event.id is None:
        return
    # Locks the row: nobody may take a seat between this look and what is written after it.
    counted = select(Event.seats_taken, Event.waiting_parties).where(Event.id == event.id)
    taken, waiting = db.session.execute(counted.with_for_update(key_share=True)).one()
    if draft.capacity is not None and draft.capacity < taken:
        raise InvalidInputError(
            N_("%(count)s seats are taken. There cannot be fewer."), field="capacity", count=taken
        )
    if event.takes_registrations and not draft.takes_registrations and (taken or waiting):
        raise InvalidInputError(
            N_(
                "Guests are signed up here (seats: %(seats)s, groups waiting: %(groups)s), so leave this "
                "checked; you can cancel the event, or close it as held once it has begun."
            ),
            field="takes_registrations",
            seats=taken,
            groups=waiting,
        )


def _set_keywords(event: Event, draft: EventDraft) -> None:
    wanted = {"": draft.keyword, **draft.keywords} if draft.keyword else draft.keywords
    if {row.locale: row.word for row in event.keywords} == wanted:
        return
    rows = [
        EventKeyword(locale=locale, word=word, folded=folded_word(word)) for locale, word in wanted.items()
    ]
    other = db.session.scalar(
        select(EventKeyword)
        .where(EventKeyword.folded.in_([row.folded for row in rows]), EventKeyword.event_id != event.id)
        .limit(1)
    )
    if other is not None:
        is_main = draft.keyword is not None and other.folded == folded_word(draft.keyword)
        raise InvalidInputError(_KEYWORD_TAKEN, field="keyword" if is_main else "keywords", word=other.word)
    if event.keywords:
        # Words may change their places, which no two rows at once could.
        event.keywords = []
        db.session.flush()
    event.keyword, event.keywords = draft.keyword, rows


def _set_reminders(event: Event, draft: EventDraft, *, now: datetime) -> None:
    """Changes the reminders; refuses a new one whose time is over, because it would be sent at once."""
    if event.status == "published" and not would_move(event, draft):
        had = event.reminder_offsets
        wanted = offsets(draft.reminders, KINDS[draft.kind].reminder_offsets)
        if any(before not in had and draft.starts_at - before <= now for before in wanted):
            raise InvalidInputError(
                N_("The time of a reminder that you added is over. Choose later ones."), field="reminders"
            )
    event.reminders = list(draft.reminders)


def _venue(draft: VenueDraft | None) -> Venue | None:
    """The venue with exactly these facts, shared by all events that name it."""
    if draft is None:
        return None
    county_id = None
    if draft.county:
        county_id = db.session.scalar(
            select(Jurisdiction.id).where(Jurisdiction.slug == draft.county, Jurisdiction.level == "county")
        )
        if county_id is None:
            raise InvalidInputError(N_("Choose a county from the list."), field="county")
    facts = {
        "name": draft.name.strip(),
        "address": (draft.address or "").strip() or None,
        "city": (draft.city or "").strip() or None,
        "county_id": county_id,
        "access_notes": (draft.access_notes or "").strip() or None,
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


def _place_of(venue: VenueDraft | None) -> tuple[str, ...]:
    return (
        ()
        if venue is None
        else tuple((part or "").strip() for part in (venue.name, venue.address, venue.city))
    )


def _campaign(draft: EventDraft) -> Campaign | None:
    if draft.campaign is None:
        return None
    found = db.session.scalar(select(Campaign).where(Campaign.slug == draft.campaign))
    if found is None:
        raise InvalidInputError(N_("Choose a campaign from the list."), field="campaign")
    if not (
        found.starts_on - CAMPAIGN_MARGIN <= draft.ends_local.date()
        and draft.starts_local.date() <= found.ends_on + CAMPAIGN_MARGIN
    ):
        raise InvalidInputError(
            N_("%(campaign)s is from %(first)s to %(last)s. This event is on other days."),
            field="campaign",
            campaign=found.name,
            first=found.starts_on,
            last=found.ends_on,
        )
    return found


def is_free_to_publish(host: Organization, author: Staff) -> bool:
    """Whether what this person does with an event of that host appears without review."""
    return host.is_trusted or is_allowed(author.actor, Action.REVIEW_EVENT)


def _publish(event: Event, *, now: datetime) -> None:
    if event.ends_at <= now:
        raise ConflictError(_OVER)
    event.status, event.published_at, event.changed_at = "published", now, now
    event.review_note = None
    event.revision += 1
    raise_generation(now=now)


def _require(event: Event, statuses: Iterable[str], message: str) -> None:
    if event.status not in statuses:
        raise ConflictError(message)


def take_revision(event: Event, revision: int) -> None:
    """Counts an edit or a decision. Flushes. Raises ConflictError when another one came first."""
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


def _fold(local: datetime, at: datetime, zone: str) -> Literal[0, 1] | None:
    if not is_doubled(local, zone):
        return None
    return 1 if fold_at(at, zone) else 0


def _in_order(known: Iterable[str], given: Iterable[str]) -> tuple[str, ...]:
    found = set(given)
    return tuple(key for key in known if key in found)
