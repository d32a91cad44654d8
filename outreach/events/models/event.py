"""Events: what happens, when, where, for how many, and how far its planning has come."""

from datetime import datetime, timedelta

from sqlalchemy import JSON, CheckConstraint, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Organization
from outreach.database import Base, UTCDateTime
from outreach.events.kinds import KINDS
from outreach.events.models.campaign import Campaign
from outreach.events.models.event_keyword import EventKeyword
from outreach.events.models.event_language import EventLanguage
from outreach.events.models.event_part import EventPart
from outreach.events.models.event_text import EventText
from outreach.events.models.venue import Venue
from outreach.events.reminding import offsets


class Event(Base):
    """One event. Its sentences are in `event_text`, one row per language."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("seats_taken >= 0 AND waiting_parties >= 0", name="counters"),
        # The last guard: whatever the code does, the database never lets an event be overbooked.
        CheckConstraint("capacity IS NULL OR seats_taken <= capacity", name="seats"),
        CheckConstraint("ends_at > starts_at", name="order"),
        Index("ix_event_status_starts_at", "status", "starts_at", "id"),
        Index("ix_event_status_ends_at", "status", "ends_at"),
        # All that a report asks of an event, so that it need not read the events themselves.
        Index(
            "ix_event_report",
            "status",
            "starts_local",
            "head_count",
            "kind",
            "delivery",
            "venue_id",
            "organization_id",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(10), unique=True)
    #: Id of a kind in `events.kinds`.
    kind: Mapped[str] = mapped_column(String(30), index=True)
    #: One of `drafts.STATUSES`.
    status: Mapped[str] = mapped_column(String(12), default="draft")
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: One of `drafts.THEMES`, the areas of the Welcoming Standard.
    theme: Mapped[str | None] = mapped_column(String(30))
    source_locale: Mapped[str] = mapped_column(String(12))

    #: in_person, online or hybrid.
    delivery: Mapped[str] = mapped_column(String(10), default="in_person")
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    #: Given to registered guests only.
    online_url: Mapped[str | None] = mapped_column(String(500))

    #: Wall time at the place, as announced; the truth from which the instant is resolved.
    starts_local: Mapped[datetime] = mapped_column(DateTime)
    ends_local: Mapped[datetime] = mapped_column(DateTime)
    #: IANA name.
    time_zone: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)

    #: Only days are told: the start is a midnight, the end the midnight after the last day.
    is_all_day: Mapped[bool] = mapped_column(default=False)
    #: False when nobody announced an end; it is then a guess of two hours and not shown.
    is_end_known: Mapped[bool] = mapped_column(default=True)

    #: Seats for guests; null when there is no limit.
    capacity: Mapped[int | None]
    #: Seats of confirmed and offered parties; changed by conditional updates only.
    seats_taken: Mapped[int] = mapped_column(default=0)
    #: Parties on the waiting list; while there are any, nobody takes a seat past them.
    waiting_parties: Mapped[int] = mapped_column(default=0)
    #: Whether guests register here, or just come.
    takes_registrations: Mapped[bool] = mapped_column(default=True)
    #: The word on the poster that a guest texts; null once the event is over.
    keyword: Mapped[str | None] = mapped_column(String(12), unique=True)
    #: Of `reminding.LEADS`, or that nobody is reminded; empty where it is as usual for the kind.
    reminders: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: Of `drafts.OFFERS`: interpreter, childcare, ride, step_free.
    offers: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: Shown on every public page of the event: officers will be there.
    is_police_present: Mapped[bool] = mapped_column(default=False)

    #: Rises when the time or the place changes after publication; messages name it.
    version: Mapped[int] = mapped_column(default=1)
    #: Rises with every edit, so that two editors cannot overwrite each other.
    revision: Mapped[int] = mapped_column(default=1)
    review_note: Mapped[str | None] = mapped_column(Text)
    #: Guests in the room, as counted at the door; null when nobody counted.
    head_count: Mapped[int | None]
    #: Id in the file the event was imported from, so that a second import changes nothing.
    import_reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    source_url: Mapped[str | None] = mapped_column(String(500))

    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    moved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The start that guests knew before the last move.
    moved_from_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    organization: Mapped[Organization] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    venue: Mapped[Venue | None] = relationship()
    texts: Mapped[list[EventText]] = relationship(cascade="all, delete-orphan")
    keywords: Mapped[list[EventKeyword]] = relationship(cascade="all, delete-orphan")
    languages: Mapped[list[EventLanguage]] = relationship(cascade="all, delete-orphan")
    parts: Mapped[list[EventPart]] = relationship(cascade="all, delete-orphan", order_by="EventPart.position")
    cohosts: Mapped[list[Organization]] = relationship(secondary="event_cohost")

    def text_in(self, locale: str) -> EventText:
        """The event's sentences in this language, or in its original one."""
        by_locale = {text.locale: text for text in self.texts}
        return by_locale.get(locale) or by_locale[self.source_locale]

    def keyword_in(self, locale: str) -> str | None:
        """The word to text for readers of this language: one of their own, or everybody's."""
        return next((row.word for row in self.keywords if row.locale == locale), self.keyword)

    @property
    def reminder_offsets(self) -> tuple[timedelta, ...]:
        """How long before the start its guests are reminded."""
        return offsets(self.reminders, KINDS[self.kind].reminder_offsets)

    @property
    def seats_left(self) -> int | None:
        """Free seats; None when there is no limit."""
        return None if self.capacity is None else self.capacity - self.seats_taken
