"""Connection cards: a card is shown at the door, its holder may answer once a quarter, and in the end only
counts are left. It knows no guest, and no card has a name."""

from collections import defaultdict
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import and_, delete, exists, select

from outreach import audit
from outreach.chain import Deed
from outreach.database import db, insert
from outreach.engagement import ballots, periods
from outreach.engagement.encounters import CardRoom, Encounters, can_be_told, encounters
from outreach.engagement.models import (
    BallotBatch,
    CardAnswer,
    CardProgram,
    CardQuarter,
    CardTotal,
    CardVisit,
    EventTally,
)
from outreach.engagement.periods import Period
from outreach.engagement.questions import BACKGROUND
from outreach.errors import ConflictError, InvalidInputError
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.identifiers import link_token
from outreach.registration import holds
from outreach.registration.models import Attendance
from outreach.registration.pauses import Hold, is_paused
from outreach.vault import Vault

#: Cards of a quarter become counts so long after its last day.
COUNTED_AFTER = timedelta(days=30)


def uses_cards(organization_id: int) -> bool:
    """Whether an organization chose connection cards."""
    found = select(CardProgram.organization_id).where(CardProgram.organization_id == organization_id)
    return db.session.scalar(found) is not None


def use_cards(organization_id: int, wanted: bool) -> None:
    """Switches cards on or off for all events of an organization. Flushes; what was shown stays."""
    if wanted:
        statement = insert(CardProgram).values(organization_id=organization_id)
        db.session.execute(statement.on_conflict_do_nothing())
    else:
        db.session.execute(delete(CardProgram).where(CardProgram.organization_id == organization_id))


def show(event: Event, code: str, *, vault: Vault) -> bool:
    """Takes down that a card (a clean code) is at an event; twice is once. Flushes.

    Says whether its holder may be asked the question: nobody answered it with this card this quarter.
    Raises ConflictError where the host uses no cards.
    """
    _require_cards(event)
    token_hash, quarter = _hash(event, code, vault=vault)
    statement = insert(CardVisit).values(token_hash=token_hash, event_id=event.id, quarter=quarter)
    db.session.execute(statement.on_conflict_do_nothing())
    return db.session.scalar(select(CardAnswer.answer).where(CardAnswer.token_hash == token_hash)) is None


def answer(event: Event, code: str, given: str, *, vault: Vault) -> None:
    """Takes down what a card's holder says of themselves, in place of an earlier answer. Flushes."""
    _require_cards(event)
    if given not in dict(BACKGROUND.answers):
        raise InvalidInputError(N_("Choose one of the answers."), field="answer")
    token_hash, quarter = _hash(event, code, vault=vault)
    statement = insert(CardAnswer).values(token_hash=token_hash, quarter=quarter, answer=given)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=[CardAnswer.token_hash], set_={"answer": given})
    )


def erase(code: str, *, vault: Vault) -> None:
    """Deletes all that is stored under a card; whether there was anything, nobody is told. Flushes.

    Raises ConflictError while a legal hold keeps cards.
    """
    found = holds.active()
    for quarter, salt in db.session.execute(select(CardQuarter.name, CardQuarter.salt)).all():
        if _is_kept(quarter, found):
            raise ConflictError(N_("A legal duty makes us keep cards for now. They are erased when it ends."))
        token_hash = _hashed(salt, code, vault=vault)
        for table in (CardVisit, CardAnswer):
            db.session.execute(delete(table).where(table.token_hash == token_hash))


def due(*, today: date) -> list[str]:
    """Quarters whose cards are to be counted and erased, and that no hold keeps, the first one first."""
    found = holds.active()
    names = db.session.scalars(select(CardQuarter.name).order_by(CardQuarter.name))
    return [
        name
        for name in names
        if periods.parse(name).ends_on + COUNTED_AFTER < today and not _is_kept(name, found)
    ]


def count_and_erase(quarter: str, *, now: datetime) -> None:
    """Turns a quarter's cards into counts and deletes its visits, answers and salt. Flushes."""
    visits = select(CardVisit.event_id, CardVisit.token_hash).where(CardVisit.quarter == quarter)
    cards_of = defaultdict(set)
    for event_id, token_hash in db.session.execute(visits):
        cards_of[event_id].add(token_hash)
    visits_seen = sum(map(len, cards_of.values()))
    known = _known_people(quarter)
    rooms = [CardRoom(cards, known.get(event_id, 0)) for event_id, cards in cards_of.items()]
    found = encounters(rooms, _cards_that_said(quarter, "newcomers"), _cards_that_said(quarter, "residents"))
    if rooms:
        statement = insert(CardTotal).values(quarter=quarter, events=len(rooms), **asdict(found))
        db.session.execute(statement.on_conflict_do_nothing())
    db.session.execute(delete(CardQuarter).where(CardQuarter.name == quarter))
    audit.record(Deed.PURGED, staff_id=None, subject="cards", numbers={"visits": visits_seen}, now=now)


def told(period: Period) -> Encounters | None:
    """The counts of a period's quarters that may be told, added up; None without any.

    A quarter that is too small is left out as a whole, so that no two sums differ by it.
    """
    rows = db.session.scalars(
        select(CardTotal).where(
            CardTotal.quarter.between(
                periods.quarter_name(period.starts_on), periods.quarter_name(period.ends_on)
            )
        )
    )
    names = Encounters.__slots__
    quarters = [(Encounters(*(getattr(row, name) for name in names)), row.events) for row in rows]
    large = [found for found, events in quarters if can_be_told(found, events)]
    return sum(large, Encounters()) if large else None


def forget_batches() -> None:
    """Deletes the keys of device totals whose event nobody can correct any more, and that no hold keeps.

    Flushes.
    """
    is_over = exists().where(
        Attendance.event_id == BallotBatch.event_id, Attendance.forgotten_at.is_not(None)
    )
    db.session.execute(delete(BallotBatch).where(is_over, ballots.may_go(BallotBatch.event_id)))


def _require_cards(event: Event) -> None:
    if not uses_cards(event.organization_id):
        raise ConflictError(N_("This event does not use connection cards."))


def _hash(event: Event, code: str, *, vault: Vault) -> tuple[str, str]:
    """What a card is called in the quarter of an event, and that quarter, begun if need be."""
    quarter = periods.quarter_name(event.starts_local.date())
    statement = insert(CardQuarter).values(name=quarter, salt=link_token())
    db.session.execute(statement.on_conflict_do_nothing())
    salt = db.session.scalars(select(CardQuarter.salt).where(CardQuarter.name == quarter)).one()
    return _hashed(salt, code, vault=vault), quarter


def _hashed(salt: str, code: str, *, vault: Vault) -> str:
    return vault.hash(f"{salt}/{code}", purpose="card")


def _cards_that_said(quarter: str, given: str) -> set[str]:
    return set(
        db.session.scalars(
            select(CardAnswer.token_hash).where(CardAnswer.quarter == quarter, CardAnswer.answer == given)
        )
    )


def _known_people(quarter: str) -> dict[int, int]:
    """How many people of the two groups the ballots counted, by event; heads where there were no ballots."""
    rows = db.session.execute(
        select(Event.id, EventTally.newcomers + EventTally.residents, Event.head_count)
        .where(Event.id.in_(select(CardVisit.event_id).where(CardVisit.quarter == quarter)))
        .join(Attendance, and_(Attendance.event_id == Event.id, Attendance.forgotten_at.is_not(None)))
        .outerjoin(EventTally, EventTally.event_id == Event.id)
    )
    return {event_id: heads or 0 if known is None else known for event_id, known, heads in rows}


def _is_kept(quarter: str, found: tuple[Hold, ...]) -> bool:
    if not found:
        return False
    events = db.session.scalars(select(CardVisit.event_id).where(CardVisit.quarter == quarter).distinct())
    return any(is_paused("cards", event_id, found) for event_id in (None, *events))
