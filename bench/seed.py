"""Fills a database of Outreach and one of the yardstick with the same events and guests, in bulk.

What identifies a guest is sealed by the real vault; the numbers are of the blocks kept for fiction.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import Engine, delete, insert, text
from sqlalchemy.orm import Session

from bench import yardstick
from outreach import database, migrating, phone
from outreach.accounts.models import Jurisdiction, Organization
from outreach.accounts.sectors import SECTORS
from outreach.errors import InvalidInputError
from outreach.events.drafts import OFFERS
from outreach.events.kinds import KINDS
from outreach.events.models import (
    Campaign,
    Event,
    EventCohost,
    EventLanguage,
    EventPart,
    EventText,
    Generation,
    Venue,
)
from outreach.events.zones import resolve
from outreach.i18n import LANGUAGES, local
from outreach.identifiers import link_token, public_id, spoken_code
from outreach.keystore import event_key
from outreach.messaging.due import PRIORITY_REPLY, confirmation_key
from outreach.messaging.models import Message, WorkerMark
from outreach.messaging.worker import ROUNDS
from outreach.policy import LAW_ENFORCEMENT
from outreach.registration.guests import GuestFacts, phone_hash, seal_guest, token_hash
from outreach.registration.models import Guest, Registration
from outreach.vault import Vault

ZONE = "America/Chicago"
#: Events are spread evenly over these days from today.
FIRST_DAY, LAST_DAY = 4, 300
HOSTS, VENUES = 40, 200
#: This host has as many events in every database, so that its feed weighs the same.
STEADY_HOST, STEADY_EVENTS = "steady-host", 100
#: How many of the fictional numbers guests have; the others are for those who register during a run.
SEEDED_NUMBERS = 10_000
#: Free seats of events that those who register during a run choose from.
ROOM = 20_000
#: So long ago everything was written down.
AGE = timedelta(days=2)
_BATCH = 5_000

_COUNTIES = (("Jackson County", "MO"), ("Clay County", "MO"), ("Platte County", "MO"), ("Cass County", "MO"),
             ("Wyandotte County", "KS"), ("Johnson County", "KS"))  # fmt: skip
_STREETS = ("Independence Avenue", "Prospect Avenue", "Minnesota Avenue", "Southwest Boulevard", "Oak Street")
_NAMES = ("Amina", "José", "Fatuma", "Nguyen", "Ruth", "عمر", "Abdi", "Grace", "Thiri", "Claude")

#: Title, summary, description.
_TEXTS: tuple[dict[str, tuple[str, str, str]], ...] = (
    {
        "en": (
            "Neighbors cook together",
            "Bring a dish that tastes like home, and taste the dishes of others.",
            "We cook at long tables and eat together. You need not know how to cook. Children are welcome. "
            "There is meat, and there is food without meat. At the end everybody takes a recipe home. "
            "Please tell us if there is something that you cannot eat.",
        ),
        "es": (
            "Vecinos que cocinan juntos",
            "Traiga un plato que sepa a su casa y pruebe los platos de los demás.",
            "Cocinamos en mesas largas y comemos juntos. No hace falta saber cocinar. Los niños son "
            "bienvenidos. Hay carne y hay comida sin carne. Al final cada persona se lleva una receta. "
            "Por favor díganos si hay algo que no puede comer.",
        ),
        "ar": (
            "الجيران يطبخون معًا",
            "أحضر طبقًا طعمه كطعم البيت، وذق أطباق الآخرين.",
            "نطبخ على موائد طويلة ونأكل معًا. لا حاجة إلى معرفة الطبخ. الأطفال مرحب بهم. يوجد لحم ويوجد "
            "طعام بلا لحم. وفي النهاية يأخذ كل واحد وصفة إلى بيته. أخبرونا إن كان هناك ما لا تستطيعون أكله.",
        ),
    },
    {
        "en": (
            "First steps at the bank",
            "How to open an account, what it costs, and whom you can ask.",
            "People from three banks answer your questions. You learn how to read a letter from the bank, "
            "how to send money to your family, and how to notice somebody who wants to cheat you. You can "
            "sit down with an interpreter and ask in private.",
        ),
        "es": (
            "Primeros pasos en el banco",
            "Cómo abrir una cuenta, cuánto cuesta y a quién puede preguntar.",
            "Personas de tres bancos responden a sus preguntas. Aprenderá a leer una carta del banco, a "
            "enviar dinero a su familia y a notar cuándo alguien quiere engañarle. Puede sentarse con un "
            "intérprete y preguntar en privado.",
        ),
        "ar": (
            "الخطوات الأولى في البنك",
            "كيف تفتح حسابًا وكم يكلف ومن تسأل.",
            "يجيب أشخاص من ثلاثة بنوك عن أسئلتكم. تتعلمون قراءة رسالة البنك وإرسال المال إلى عائلتكم "
            "وكيف تلاحظون من يريد أن يخدعكم. يمكنكم الجلوس مع مترجم والسؤال على انفراد.",
        ),
    },
    {
        "en": (
            "A walk along the river",
            "Two slow miles, many stops, and somebody who knows every bird.",
            "We meet at the big tree and walk two miles on flat ground. Wheels of every kind can come along. "
            "At each stop somebody tells a story about the river, one from here and one from far away.",
        ),
        "es": (
            "Un paseo junto al río",
            "Dos millas despacio, muchas paradas y alguien que conoce cada pájaro.",
            "Nos encontramos en el árbol grande y caminamos dos millas por terreno plano. Pueden venir "
            "sillas de ruedas y cochecitos. En cada parada alguien cuenta una historia del río, una de "
            "aquí y otra de muy lejos.",
        ),
        "ar": (
            "نزهة على ضفة النهر",
            "ميلان على مهل ووقفات كثيرة ومن يعرف كل طائر.",
            "نلتقي عند الشجرة الكبيرة ونمشي ميلين على أرض مستوية. يمكن أن تأتي الكراسي المتحركة وعربات "
            "الأطفال. وعند كل وقفة يحكي أحدهم حكاية عن النهر، واحدة من هنا وواحدة من بعيد.",
        ),
    },
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What visitors need to know of a database."""

    #: Public ids, the soonest first.
    public_ids: tuple[str, ...]
    #: Those of events that have room for everybody who comes during a run.
    open_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One event, before it is written in the words of either application."""

    id: int
    public_id: str
    kind: str
    host_id: int
    venue_id: int
    starts_local: datetime
    capacity: int | None
    languages: tuple[str, ...]
    offers: tuple[str, ...]
    #: Sizes of the parties that are coming.
    parties: tuple[int, ...]

    @property
    def ends_local(self) -> datetime:
        return self.starts_local + timedelta(hours=2)

    @property
    def instants(self) -> tuple[datetime, datetime]:
        return resolve(self.starts_local, ZONE), resolve(self.ends_local, ZONE)

    @property
    def texts(self) -> dict[str, tuple[str, str, str]]:
        return {
            locale: (f"{title} {self.id}", summary, description)
            for locale, (title, summary, description) in _TEXTS[self.id % len(_TEXTS)].items()
        }

    @property
    def seats_taken(self) -> int:
        return sum(self.parties)

    @property
    def has_room(self) -> bool:
        return self.capacity is None or self.capacity - self.seats_taken >= ROOM


@cache
def numbers() -> tuple[str, ...]:
    """Every number that is kept for fiction, in the area codes of the United States; some 37,000."""

    def exists(area: int) -> bool:
        try:
            phone.parse(f"+1{area}5550100")
        except InvalidInputError:
            return False
        return True

    return tuple(f"+1{area}55501{last:02}" for area in range(201, 990) if exists(area) for last in range(100))


def seed(app: Flask, other: Flask | None, *, events: int, guests: int, now: datetime) -> Seeded:
    """Creates the tables of Outreach (`app`) and of the yardstick (`other`) and fills them alike.

    The same arguments give the same events and parties; names, links and codes are random.
    """
    plans = list(_plans(events, guests, now=now))
    _fill_outreach(app, plans, now=now)
    if other is not None:
        with other.app_context():
            yardstick.db.create_all()
            _fill(yardstick.db.session(), _yardstick_rows(plans, now=now))
            yardstick.db.session.commit()
            _settle(yardstick.db.engine)
    plans.sort(key=lambda plan: (plan.starts_local, plan.id))
    return Seeded(
        tuple(plan.public_id for plan in plans), tuple(plan.public_id for plan in plans if plan.has_room)
    )


def seed_reminders(
    app: Flask, starts_local: Sequence[datetime], guests: int, *, now: datetime
) -> dict[str, datetime]:
    """Creates the tables of Outreach and events that begin at these times, with guests who agreed to texts.

    Every guest has a number of their own; returns when the event of each begins. No worker has been there.
    """
    plans = [
        _Plan(
            id=number,
            public_id=public_id(),
            kind="welcoming_week",
            host_id=2,
            venue_id=1 + number % VENUES,
            starts_local=starts,
            capacity=None,
            languages=("en",),
            offers=(),
            # Every second party agrees to texts.
            parties=(2,) * (2 * (guests // len(starts_local) + (number <= guests % len(starts_local)))),
        )
        for number, starts in enumerate(starts_local, 1)
    ]
    _fill_outreach(app, plans, now=now)
    with app.app_context(), database.transaction() as session:
        session.execute(delete(WorkerMark))
    starts = [plan.instants[0] for plan in plans for _ in plan.parties]
    return {numbers()[id_]: at for id_, at in enumerate(starts, 1) if id_ % 2 == 0}


def _fill_outreach(app: Flask, plans: list[_Plan], *, now: datetime) -> None:
    with app.app_context():
        migrating.upgrade(public_url="http://127.0.0.1")
        with database.transaction() as session:
            _fill(session, _outreach_rows(plans, app.extensions["outreach"].vault, now=now))
        _settle(database.db.engine)


def _plans(events: int, guests: int, *, now: datetime) -> Iterator[_Plan]:
    dice = random.Random(f"{events} {guests}")
    today = local(now, ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(1, events + 1):
        count = guests // events + (number <= guests % events)
        parties = tuple(dice.choice((1, 1, 2, 2, 3, 4, 6)) for _ in range(count))
        is_steady = number <= STEADY_EVENTS
        yield _Plan(
            id=number,
            public_id=public_id(),
            kind=list(KINDS)[number % len(KINDS)],
            host_id=1 if is_steady else 2 + number % (HOSTS - 1),
            venue_id=1 + number % VENUES,
            starts_local=today
            + timedelta(days=dice.randint(FIRST_DAY, LAST_DAY), hours=dice.randint(9, 19), minutes=30),
            capacity=_capacity(number, sum(parties)),
            languages=tuple(dice.sample(list(LANGUAGES), dice.randint(1, 3))),
            offers=tuple(dice.sample(list(OFFERS), dice.randint(0, 3))),
            parties=parties,
        )


def _capacity(number: int, taken: int) -> int | None:
    """One event in ten is full, one in ten nearly, four have no limit."""
    if number % 10 == 0 and taken:
        return taken
    if number % 10 == 1:
        return taken + number % 9 + 1
    return None if number % 5 < 2 else taken + ROOM


_Rows = Iterator[tuple[Any, list[dict[str, Any]]]]


def _fill(session: Session, found: _Rows) -> None:
    for model, rows in found:
        for start in range(0, len(rows), _BATCH):
            session.execute(insert(model), rows[start : start + _BATCH])
        if session.get_bind().dialect.name == "postgresql" and "id" in model.__table__.c and rows:
            name = model.__tablename__
            session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
            )


def _settle(engine: Engine) -> None:
    """What either database does by itself sooner or later: statistics, an empty journal."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _outreach_rows(plans: list[_Plan], vault: Vault, *, now: datetime) -> _Rows:
    today = local(now, ZONE).date()
    yield (
        Jurisdiction,
        [
            {"id": id_, "slug": f"county-{id_}", "name": name, "level": "county", "state": state}
            for id_, (name, state) in enumerate(_COUNTIES, 1)
        ],
    )
    sectors = [sector for sector in SECTORS if sector != LAW_ENFORCEMENT]
    yield (
        Organization,
        [
            {
                "id": id_,
                "public_id": STEADY_HOST if id_ == 1 else f"host-{id_}",
                "name": _host_name(id_),
                "sector": sectors[id_ % len(sectors)],
                "is_trusted": True,
            }
            for id_ in range(1, HOSTS + 1)
        ],
    )
    yield (
        Campaign,
        [{"id": 1, "slug": "bench", "name": "Welcoming Week", "starts_on": today, "ends_on": today}],
    )
    yield Venue, [
        {"id": id_, "name": name, "address": address, "city": city, "county_id": 1 + county,
         "access_notes": "The ramp is on the north side."}
        for id_, name, address, city, county in _venues()
    ]  # fmt: skip
    yield Generation, [{"name": "public", "value": 1, "changed_at": now - AGE}]
    yield Event, [_event(plan, at=now - AGE) for plan in plans]
    yield EventText, [
        {"event_id": plan.id, "locale": locale, "title": title, "summary": summary,
         "description": description, "cancel_reason": "", "is_reviewed": locale != "ar"}
        for plan in plans
        for locale, (title, summary, description) in plan.texts.items()
    ]  # fmt: skip
    yield (
        EventLanguage,
        [
            {"event_id": plan.id, "locale": locale, "is_interpreted": position > 0}
            for plan in plans
            for position, locale in enumerate(plan.languages)
        ],
    )
    yield EventPart, [
        {"event_id": plan.id, "position": position, "title": f"Station {position}", "place": "",
         "starts_local": plan.starts_local + timedelta(minutes=30 * position),
         "ends_local": plan.starts_local + timedelta(minutes=30 * position + 30)}
        for plan in plans
        if plan.id % 10 == 0
        for position in (1, 2, 3)
    ]  # fmt: skip
    yield (
        EventCohost,
        [
            {"event_id": plan.id, "organization_id": 2 + plan.host_id % (HOSTS - 1)}
            for plan in plans
            if plan.id % 5 == 0
        ],
    )
    parties = list(_parties(plans, vault, at=now - AGE))
    yield Guest, [guest for guest, _, _ in parties]
    yield Registration, [registration for _, registration, _ in parties]
    yield Message, [message for _, _, message in parties if message is not None]
    # A worker has been there all the time: it does not begin with what it does once an hour.
    yield (
        WorkerMark,
        [{"name": each.name, "at": now} for each in ROUNDS if each.every] + [{"name": "planned", "at": now}],
    )


def _event(plan: _Plan, *, at: datetime) -> dict[str, Any]:
    starts_at, ends_at = plan.instants
    return {
        "id": plan.id,
        "public_id": plan.public_id,
        "kind": plan.kind,
        "status": "published",
        "organization_id": plan.host_id,
        "campaign_id": 1 if plan.id % 4 == 0 else None,
        "source_locale": "en",
        "delivery": "in_person",
        "venue_id": plan.venue_id,
        "starts_local": plan.starts_local,
        "ends_local": plan.ends_local,
        "time_zone": ZONE,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "capacity": plan.capacity,
        "seats_taken": plan.seats_taken,
        "keyword": _keyword(plan),
        "offers": list(plan.offers),
        "created_at": at,
        "changed_at": at,
        "published_at": at,
    }


_Row = dict[str, Any]


def _parties(plans: list[_Plan], vault: Vault, *, at: datetime) -> Iterator[tuple[_Row, _Row, _Row | None]]:
    """Guest and registration of each party, and for every second one the text that confirmed it."""
    ids = itertools.count(1)
    hashes = [phone_hash(vault, number) for number in numbers()[:SEEDED_NUMBERS]]
    for plan in plans:
        starts_at, key = plan.instants[0], event_key(plan.public_id)
        codes = random.Random(plan.id).sample(range(100_000, 1_000_000), len(plan.parties))
        for party_size, code in zip(plan.parties, codes, strict=True):
            id_ = next(ids)
            place, token, wants_texts = id_ % SEEDED_NUMBERS, link_token(), id_ % 2 == 0
            locale, name = ("en", "es", "ar")[id_ % 3], _NAMES[id_ % len(_NAMES)]
            guest = {
                "id": id_,
                "token_hash": token_hash(vault, token),
                "sealed": seal_guest(vault, GuestFacts(token, locale, name, numbers()[place]), key=key),
                "created_at": at,
            }
            registration = {
                "id": id_,
                "guest_id": id_,
                "event_id": plan.id,
                "code": str(code),
                "state": "confirmed",
                "party_size": party_size,
                "door": "web",
                "phone_hash": hashes[place],
                "request_key": link_token(),
                "wants_texts": wants_texts,
                "needs": [],
                "queued_at": at,
                "created_at": at,
                "changed_at": at,
            }
            text = {"to": numbers()[place], "locale": locale, "body": f"{plan.texts[locale][0]}: {code}"}
            message = {
                "dedup_key": confirmation_key(id_, "confirmed"),
                "purpose": "confirmation",
                "priority": PRIORITY_REPLY,
                "registration_id": id_,
                "phone_hash": hashes[place],
                "sealed": vault.seal(text, place="message", key=key),
                "segments": 1,
                "state": "delivered",
                "not_before": at,
                "deadline": starts_at,
                "due_at": at,
                "zone": ZONE,
                "provider_sid": f"SM{id_:032}",
                "created_at": at,
                "accepted_at": at,
                "final_at": at,
            }
            yield guest, registration, message if wants_texts else None


def _yardstick_rows(plans: list[_Plan], *, now: datetime) -> _Rows:
    naive = now.astimezone(UTC).replace(tzinfo=None)
    yield (
        yardstick.Venue,
        [
            {
                "id": id_,
                "name": name,
                "address": address,
                "city": city,
                "county": ", ".join(_COUNTIES[county]),
            }
            for id_, name, address, city, county in _venues()
        ],
    )
    yield (
        yardstick.Event,
        [
            {
                "id": plan.id,
                "public_id": plan.public_id,
                "status": "published",
                "kind": KINDS[plan.kind].label,
                "title": plan.texts["en"][0],
                "summary": plan.texts["en"][1],
                "description": plan.texts["en"][2],
                "host": _host_name(plan.host_id),
                "venue_id": plan.venue_id,
                "starts_local": plan.starts_local,
                "ends_local": plan.ends_local,
                "starts_at": plan.instants[0].replace(tzinfo=None),
                "ends_at": plan.instants[1].replace(tzinfo=None),
                "languages": [LANGUAGES[locale].english_name for locale in plan.languages],
                "offers": [OFFERS[offer] for offer in plan.offers],
                "keyword": _keyword(plan),
                "capacity": plan.capacity,
                "seats_taken": plan.seats_taken,
            }
            for plan in plans
        ],
    )
    parties = [(plan.id, party_size) for plan in plans for party_size in plan.parties]
    yield (
        yardstick.Registration,
        [
            {
                "id": id_,
                "event_id": event_id,
                "token": link_token(),
                "code": spoken_code(),
                "first_name": _NAMES[id_ % len(_NAMES)],
                "phone": numbers()[id_ % SEEDED_NUMBERS],
                "party_size": party_size,
                "created_at": naive,
            }
            for id_, (event_id, party_size) in enumerate(parties, 1)
        ],
    )


def _venues() -> Iterator[tuple[int, str, str, str, int]]:
    for id_ in range(1, VENUES + 1):
        county = id_ % len(_COUNTIES)
        street = _STREETS[id_ % len(_STREETS)]
        city = "Kansas City" if county in (0, 4) else f"Town {county}"
        yield id_, f"Neighborhood House {id_}", f"{100 + id_} {street}", city, county


def _host_name(host_id: int) -> str:
    return f"Northeast Neighbors {host_id}"


def _keyword(plan: _Plan) -> str:
    return f"MEET{plan.id}"
