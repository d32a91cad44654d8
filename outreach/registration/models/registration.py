"""Registrations: a party that is coming, waits, or is not coming after all."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.database import Base, UTCDateTime
from outreach.events.models import Event
from outreach.registration.models.guest import Guest


class Registration(Base):
    """One party for one event. Deleted with everything in it 72 hours after the event."""

    __tablename__ = "registration"
    __table_args__ = (
        # The same number gets the same registration back, whichever door it comes through.
        UniqueConstraint("event_id", "phone_hash"),
        UniqueConstraint("event_id", "code"),
        CheckConstraint("party_size >= 1", name="party"),
        CheckConstraint("arrived_count >= 0 AND arrived_count <= party_size", name="arrived"),
        Index("ix_registration_event_id_state_queued_at", "event_id", "state", "queued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    #: Six digits to say or key in at the door.
    code: Mapped[str] = mapped_column(String(6))
    #: confirmed, waitlisted, offered or cancelled.
    state: Mapped[str] = mapped_column(String(10))
    party_size: Mapped[int]
    #: How many of the party are in the room.
    arrived_count: Mapped[int] = mapped_column(default=0)
    #: Which door it came through: web, text, voice, desk or paper.
    door: Mapped[str] = mapped_column(String(6))
    #: Keyed hash of the phone number; null without one.
    phone_hash: Mapped[str | None] = mapped_column(String(40), index=True)
    #: Random key of one filled-in form, so that a second click or a resent page adds nothing.
    request_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    #: Whether the guest agreed to texts about this event; the wording is in `consent_event`.
    wants_texts: Mapped[bool] = mapped_column(default=False)
    #: Whether the guest asked to be called about this event instead of texted.
    wants_calls: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Of `drafts.OFFERS`, what this party asked for.
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: `guests.PartyFacts` under the event's key: companions' names, answers to questions.
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    #: Place in the waiting list; the time of registering, or of giving an offered seat back.
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: How often a smaller party was seated ahead of this one.
    passed_count: Mapped[int] = mapped_column(default=0)
    #: Rises with every offer, so that each is told once.
    offer_number: Mapped[int] = mapped_column(default=0)
    offer_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    #: When the guest last answered a reminder with "I am coming"; whether that still counts,
    #: `is_reaffirmed` says.
    reaffirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When the guest asked to be forgotten, where a legal hold makes that wait.
    delete_asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    #: Of the last change of state or party.
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    guest: Mapped[Guest] = relationship()
    event: Mapped[Event] = relationship()

    @property
    def is_reaffirmed(self) -> bool:
        """Whether the guest said again that the party is coming, and the event has not moved since."""
        at, moved_at = self.reaffirmed_at, self.event.moved_at
        return at is not None and (moved_at is None or moved_at <= at)
