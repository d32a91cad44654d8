"""Fills an empty database with the demo: through the same services as in life, on days near today."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from outreach import installation
from outreach.accounts.models import Jurisdiction, Staff
from outreach.accounts.service import add_organization, add_staff, organization_named
from outreach.database import db
from outreach.demo import files
from outreach.demo.cards import shown
from outreach.demo.people import PASSWORD, STAFF, TRUSTED
from outreach.demo.plan import add_plan
from outreach.demo.readers import add_readers
from outreach.demo.turnout import parties
from outreach.engagement import ballots, cards
from outreach.engagement.contact_service import fold
from outreach.engagement.editions import freeze_due
from outreach.engagement.totals import BallotTotals, TalkTotals
from outreach.errors import ConflictError
from outreach.events import planning
from outreach.events.importing import read_events, read_organizations
from outreach.events.intake import take_in_events, take_in_organizations
from outreach.events.models import Campaign, Event
from outreach.i18n import N_, SOURCE_LOCALE, translator
from outreach.policy import Role
from outreach.registration import service
from outreach.registration.consent_words import consent_words
from outreach.registration.door import attendance_of
from outreach.registration.keeping import keep
from outreach.registration.requests import Consent, RegistrationRequest
from outreach.registration.retention import events_to_forget, forget
from outreach.vault import Vault

#: Some sources name no host; such an event needs one all the same.
_UNNAMED_HOST = "A host that the source does not name"
#: Every third guest of the demo came by text, so that both doors show in what staff see.
_BY_TEXT_EVERY = 3


def is_loaded() -> bool:
    """Whether there are events here already, invented or real."""
    return db.session.scalar(select(Event.id).limit(1)) is not None


def load(today: date, *, region: str, vault: Vault, now: datetime, progress: Callable[[str], None]) -> None:
    """Writes the whole demo. Flushes. Raises ConflictError where there are events already.

    `progress` hears what is being done, for somebody who waits.
    """
    if is_loaded():
        raise ConflictError(N_("There are events here already. The demo needs an empty database."))
    installation.set_fact("is_demo", "yes")
    progress("places and organizations")
    _add_jurisdictions()
    take_in_organizations(read_organizations("organizations.json", files.content("organizations.json")))
    for name in TRUSTED:
        organization_named(name).is_trusted = True
    _add_staff(now=now)
    _add_campaigns(today)
    progress("the plan and the real events of past years")
    add_plan(staff=_coordinator(), today=today, now=now)
    _add_history(vault=vault, now=now)
    progress("an invented year of events, with ballots")
    _add_held_events(today, vault=vault, now=now)
    _close_quarters(today, now=now)
    progress("the coming Welcoming Week and its guests")
    _add_week(today, region=region, vault=vault, now=now)
    add_readers(region=region, vault=vault, now=now)


def _add_jurisdictions() -> None:
    rows: dict[str, Jurisdiction] = {}
    for row in files.load("jurisdictions.json"):
        rows[row["slug"]] = Jurisdiction(
            slug=row["slug"],
            name=row["name"],
            level=row["level"],
            state=row["state"],
            parent=rows[row["parent"]] if row["parent"] else None,
        )
    db.session.add_all(rows.values())
    db.session.flush()


def _add_staff(*, now: datetime) -> None:
    for person in STAFF:
        body = organization_named(person.organization) if person.organization else None
        add_staff(person.email, PASSWORD, name=person.name, role=person.role, organization=body, now=now)


def _coordinator() -> Staff:
    return db.session.scalars(select(Staff).where(Staff.role == Role.COORDINATOR)).one()


def _add_campaigns(today: date) -> None:
    for row in files.load("welcoming_week_dates.json"):
        # Of two years the days were not found in any source.
        if row["start"]:
            db.session.add(
                Campaign(
                    slug=f"welcoming-week-{row['year']}",
                    name=f"Welcoming Week {row['year']}",
                    starts_on=date.fromisoformat(row["start"]),
                    ends_on=date.fromisoformat(row["end"]),
                    motto=row["theme"],
                )
            )
    friday = files.week_starts_on(today)
    db.session.add(
        Campaign(
            slug=files.CAMPAIGN,
            name="Welcoming Week (demo)",
            starts_on=friday,
            ends_on=friday + timedelta(days=9),
        )
    )
    db.session.flush()


def _add_history(*, vault: Vault, now: datetime) -> None:
    """The real past events, and how many came where a source says so.

    They have no guests to forget. Readable before the first quarter is frozen, each counts in its own.
    """
    reading = read_events(
        "past_events.json",
        files.content("past_events.json"),
        default_zone=files.ZONE,
        kind="convening",
        now=now,
    )
    add_organization(_UNNAMED_HOST, sector="other")
    take_in_events(reading.rows, publish=True, now=now, default_host=_UNNAMED_HOST)
    counted = {row["id"]: row["head_count"] for row in files.load("region_history.json")}
    for event in db.session.scalars(select(Event).where(Event.import_reference.in_(counted))):
        if event.status == "held":
            event.head_count = counted[str(event.import_reference)]
    db.session.flush()
    for event in events_to_forget(now=now):
        forget(event, vault=vault, now=now)


def _add_held_events(today: date, *, vault: Vault, now: datetime) -> None:
    for given in files.held_events(today):
        starts_at, ends_at = given.draft.starts_at, given.draft.ends_at
        event = planning.create(
            given.draft, host=organization_named(given.host), now=starts_at - timedelta(days=30)
        )
        planning.publish(event, now=starts_at - timedelta(days=20))
        if given.talk:
            ballots.ask_about_talk(event, True)
        ballots.close(
            event,
            given.head_count,
            BallotTotals(**given.ballots),
            talk=TalkTotals(**given.talk) if given.talk else None,
            children=given.children,
            now=ends_at,
        )
        if given.evening is not None:
            _show_cards(event, given.evening, vault=vault)
        attendance = attendance_of(event)
        attendance.registered, attendance.arrived = given.registered, given.arrived
        attendance.walk_ins = given.walk_ins
        keep(event, list(parties(given.registered, given.arrived)))
        forget(event, vault=vault, now=min(now, ends_at + timedelta(hours=72)))


def _show_cards(event: Event, evening: int, *, vault: Vault) -> None:
    cards.use_cards(event.organization_id, True)
    for code, answer in shown(evening):
        cards.show(event, code, vault=vault)
        cards.answer(event, code, answer, vault=vault)


def _close_quarters(today: date, *, now: datetime) -> None:
    """What the worker does a month after each quarter, in its order."""
    for quarter in cards.due(today=today):
        cards.count_and_erase(quarter, now=now)
    fold(today=today)
    freeze_due(today=today, now=now)


def _add_week(today: date, *, region: str, vault: Vault, now: datetime) -> None:
    week = list(files.week_events(today))
    coordinator = _coordinator()
    events: dict[str, Event] = {}
    for given in week:
        first = given.before or given.draft
        event = planning.create(first, host=organization_named(given.host), now=now)
        event.source_url = given.source_url
        planning.publish(event, now=now)
        events[str(given.draft.keyword)] = event
    _add_guests(events, region=region, vault=vault, now=now)
    for given in week:
        event = events[str(given.draft.keyword)]
        if given.before is not None:
            planning.edit(event, given.draft, author=coordinator, revision=event.revision, now=now)
        if given.cancel_reason:
            planning.cancel(event, given.cancel_reason[SOURCE_LOCALE], locale=SOURCE_LOCALE, now=now)
            for text in event.texts:
                text.cancel_reason = given.cancel_reason.get(text.locale, "")
    db.session.flush()


def _add_guests(events: dict[str, Event], *, region: str, vault: Vault, now: datetime) -> None:
    for number, row in enumerate(files.load("guests.json")):
        is_by_text = number % _BY_TEXT_EVERY == 0
        locale = row["locale"]
        for keyword in row["keywords"]:
            event = events[keyword]
            words = consent_words(translator(locale), region=region, reminders=len(event.reminder_offsets))
            service.register(
                RegistrationRequest(
                    event.public_id,
                    locale=locale,
                    door="text" if is_by_text else "web",
                    party_size=row["party_size"],
                    phone=row["phone"],
                    is_phone_proven=is_by_text,
                    first_name=row["first_name"],
                    needs=tuple(row["needs"]),
                    consent=Consent(words),
                ),
                vault=vault,
                now=now,
            )
