"""The same guest comes through the web, by text and by voice: what is stored and texted is the same."""

import shutil
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from outreach.database import db, transaction
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.messaging import worker
from outreach.messaging.models import Message
from outreach.messaging.signatures import HEADER, account, sign
from outreach.registration import service
from outreach.registration.guests import open_guest, open_party
from outreach.registration.models import ConsentEvent, Guest, Registration
from tests.conftest import NOW, FrozenClock
from tests.factories import make_event, make_request
from tests.messaging.callers import Telephone
from tests.messaging.phones import new_sid

PHONE = "+18165550123"
SMS = "/hooks/twilio/sms"
#: Random names, and what only a form has.
UNLIKE = {"code", "token_hash", "request_key", "sealed"}
#: What tells the doors apart: a number that texted us has shown to be its holder's.
DOOR = {"door", "proven_phone_hash"}


@dataclass
class World:
    """One installation with one event, and a guest who has not come yet."""

    app: Flask
    clock: FrozenClock
    public_id: str

    @property
    def vault(self):
        return self.app.extensions["outreach"].vault

    def register_on_the_web(self, locale: str, party_size: int, needs: tuple[str, ...] = ()) -> None:
        answer = self.app.test_client().post(
            f"/{locale}/events/{self.public_id}/register",
            data={
                "party_size": str(party_size), "phone": "816 555 0123", "wants_texts": "y",
                "needs": list(needs),
            },
        )  # fmt: skip
        assert answer.status_code == 303, answer.text

    def register_by_text(self, locale: str, party_size: int, *needs: str) -> None:
        """`needs` is what is answered to the question for them, where the event asks it."""
        locales = self.app.extensions["outreach"].settings.locales
        for body in ("picnic", str(locales.index(locale) + 1), str(party_size), *needs, "1"):
            self.text(body)

    def register_by_voice(self, locale: str, party_size: int) -> str:
        """Gives what is said at the end."""
        locales = self.app.extensions["outreach"].settings.locales
        telephone = Telephone(self.app, PHONE)
        telephone.call()
        return telephone.press(str(locales.index(locale) + 1), "1", "1", f"{party_size}#", "1", "1")

    def text(self, body: str) -> None:
        """Comes in as the vendor brings it."""
        settings = self.app.extensions["outreach"].settings
        ours = account(settings, self.vault)
        form = {"MessageSid": new_sid(), "AccountSid": ours.sid, "From": PHONE, "Body": body}
        headers = {HEADER: sign(settings.public_url + SMS, form, ours.tokens[0])}
        assert self.app.test_client().post(SMS, data=form, headers=headers).status_code == 200

    def stored(self) -> dict[str, object]:
        """Everything that is kept about the guest, without random names."""
        with self.app.app_context():
            row = db.session.scalars(select(Registration)).one()
            guest = db.session.scalars(select(Guest)).one()
            event = db.session.scalars(select(Event)).one()
            facts = open_guest(self.vault, guest.sealed)
            lines = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)).all()
            return {
                "registration": _columns(row),
                "guest": _columns(guest),
                "facts": (facts.locale, facts.first_name, facts.phone),
                "party": open_party(self.vault, row.sealed),
                "seats": (event.seats_taken, event.waiting_parties),
                "ledger": [(line.action, line.phone_hash, line.at, self._words(line)) for line in lines],
            }

    def _words(self, line: ConsentEvent) -> tuple[str, bool]:
        """The language, and whether the words are there: they are not the same on a page and in a text."""
        content = self.vault.open(line.sealed, place="consent")
        assert set(content) == {"wording", "locale"}
        return content["locale"], len(content["wording"]) > 20

    def pass_token(self) -> str:
        """The link that the guest holds."""
        with self.app.app_context():
            return open_guest(self.vault, db.session.scalars(select(Guest.sealed)).one()).token

    def told(self) -> list[tuple[str, str, str]]:
        """Purpose, language and words of every text about the registration, with any code as six zeros."""
        worker.run_once(self.app)
        with self.app.app_context():
            code = db.session.scalars(select(Registration.code)).one()
            rows = db.session.scalars(
                select(Message).where(Message.registration_id.is_not(None)).order_by(Message.id)
            ).all()
            assert {row.state for row in rows} <= {"delivered"}
            found = [(row.purpose, self.vault.open(row.sealed, place="message")) for row in rows]
            return [
                (purpose, content["locale"], content["body"].replace(code, "000000"))
                for purpose, content in found
            ]


def _columns(row: object) -> dict[str, object]:
    values = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    return {name: value for name, value in values.items() if name not in UNLIKE | DOOR}


@pytest.fixture
def make_world(make_app, sqlite_template, tmp_path):
    """Installations that are alike: the same moment, the same event, the same keys."""
    made = []

    def make(name: str, *, taken: int = 0, at: datetime = NOW, offers: tuple[str, ...] = ()) -> World:
        path = tmp_path / f"{name}.sqlite3"
        shutil.copyfile(sqlite_template, path)
        clock = FrozenClock(at)
        app = make_app(f"sqlite:///{path}", clock)
        made.append(app)
        with app.app_context(), transaction():
            event = make_event(
                keyword="PICNIC",
                capacity=10,
                offers=offers,
                texts={
                    "en": TextDraft("Neighbors' Picnic", "", ""),
                    "es": TextDraft("Picnic de vecinos", "", ""),
                    "ar": TextDraft("نزهة الجيران", "", ""),
                },
            )
            if taken:
                service.register(
                    make_request(event, party_size=taken), vault=app.extensions["outreach"].vault, now=at
                )
            return World(app, clock, event.public_id)

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
def test_same_guest_is_stored_alike_through_every_door(make_world, locale):
    web, text, voice = make_world("web"), make_world("text"), make_world("voice")
    web.register_on_the_web(locale, 3)
    text.register_by_text(locale, 3)
    voice.register_by_voice(locale, 3)

    assert web.stored() == text.stored() == voice.stored()
    assert web.stored()["seats"] == (3, 0)
    assert web.stored()["ledger"][0][0] == "granted"


@pytest.mark.parametrize(
    ("answer", "needs"),
    [
        pytest.param("1 3", ("interpreter", "step_free"), id="two of three"),
        pytest.param("٣ ١", ("step_free", "interpreter"), id="in another order"),
        pytest.param("2", ("ride",), id="one"),
        pytest.param("4", (), id="nothing"),
    ],
)
def test_same_needs_are_stored_alike_through_both_doors(make_world, answer, needs):
    offers = ("interpreter", "ride", "step_free")
    web, text = make_world("web", offers=offers), make_world("text", offers=offers)
    web.register_on_the_web("ar", 3, needs)
    text.register_by_text("ar", 3, answer)

    assert web.stored() == text.stored()
    assert sorted(web.stored()["registration"]["needs"]) == sorted(needs)


def test_one_guest_calls_texts_and_clicks_about_one_registration(make_world):
    world = make_world("voice")
    world.register_by_voice("es", 3)
    before = world.stored()
    assert before["seats"] == (3, 0)
    assert [(purpose, spoken) for purpose, spoken, _ in world.told()] == [("confirmation", "es")]

    world.clock.forward(days=6, hours=9)
    assert world.told()[-1][:2] == ("day_before", "es")
    world.clock.forward(minutes=5)
    # The menu, the first thing in it, the new number, yes.
    for body in ("0", "1", "2", "1"):
        world.text(body)
    changed = world.stored()
    assert changed["seats"] == (2, 0)
    assert changed["registration"] == {
        **before["registration"], "party_size": 2, "changed_at": world.clock()
    }  # fmt: skip

    world.clock.forward(minutes=5)
    answer = world.app.test_client().post(f"/es/pass/{world.pass_token()}/{world.public_id}/cancel")
    assert answer.status_code == 303
    ended = world.stored()
    assert ended["seats"] == (0, 0)
    assert ended["registration"] == {
        **changed["registration"], "state": "cancelled", "changed_at": world.clock()
    }  # fmt: skip
    # One guest, one registration, and one yes to texts, whichever door was used.
    for kept in (changed, ended):
        assert {name: kept[name] for name in ("guest", "facts", "ledger")} == {
            name: before[name] for name in ("guest", "facts", "ledger")
        }


def test_guest_who_registered_on_the_web_answers_the_reminder_by_text(make_world):
    web, text = make_world("web"), make_world("text")
    web.register_on_the_web("en", 3)
    text.register_by_text("en", 3)
    for world in (web, text):
        world.told()
        world.clock.forward(days=6, hours=9)
        assert world.told()[-1][2].endswith("1 = I am coming, 2 = I cannot come, STOP = no texts.")
        world.clock.forward(minutes=5)
        world.text("1")

    assert web.stored()["registration"] == text.stored()["registration"]
    assert web.stored()["registration"]["reaffirmed_at"] == web.clock()


def test_only_the_door_tells_them_apart(make_world):
    web, text, voice = make_world("web"), make_world("text"), make_world("voice")
    web.register_on_the_web("en", 3)
    text.register_by_text("en", 3)
    voice.register_by_voice("en", 3)

    found = []
    for world in (web, text, voice):
        with world.app.app_context():
            row = db.session.scalars(select(Registration)).one()
            line = db.session.scalars(select(ConsentEvent)).one()
            is_proven = row.guest.proven_phone_hash == row.phone_hash
            found.append((row.door, line.source, is_proven))
    # The number of a call can be forged, that of a text cannot.
    assert found == [("web", "web", False), ("text", "text", True), ("voice", "voice", False)]


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
def test_same_guest_is_texted_alike_until_the_event(make_world, locale):
    web, text, voice = make_world("web"), make_world("text"), make_world("voice")
    web.register_on_the_web(locale, 3)
    text.register_by_text(locale, 3)
    voice.register_by_voice(locale, 3)

    for world in (web, text, voice):
        assert [purpose for purpose, *_ in world.told()] == ["confirmation"]
        # Seven days and eight hours are left; the worker looks once a day and again before the start.
        for hours in (24 * 6 + 8, 22, 1):
            world.clock.forward(hours=hours)
            world.told()

    assert web.told() == text.told() == voice.told()
    assert [(purpose, spoken) for purpose, spoken, _ in web.told()] == [
        ("confirmation", locale),
        ("day_before", locale),
        ("two_hours_before", locale),
    ]


def test_full_event_treats_every_door_alike(make_world):
    found = []
    for name in ("web", "text", "voice"):
        world = make_world(name, taken=9)
        if name == "web":
            world.register_on_the_web("en", 3)
        elif name == "text":
            world.register_by_text("en", 3)
        else:
            assert "You are on the waitlist" in world.register_by_voice("en", 3)
        with world.app.app_context():
            row = db.session.scalars(select(Registration).where(Registration.phone_hash.is_not(None))).one()
            event = db.session.scalars(select(Event)).one()
            found.append((_columns(row), event.seats_taken, event.waiting_parties))

    assert found[0] == found[1] == found[2]
    assert (found[0][0]["state"], found[0][1:]) == ("waitlisted", (9, 1))


@pytest.mark.parametrize("first", ["web", "text"])
def test_guest_who_comes_through_both_doors_has_one_registration(make_world, first):
    world = make_world("both")
    if first == "web":
        world.register_on_the_web("en", 3)
        world.clock.forward(minutes=1)
        world.text("picnic")
    else:
        world.register_by_text("en", 3)
        world.clock.forward(minutes=1)
        world.register_on_the_web("en", 5)

    with world.app.app_context():
        rows = db.session.scalars(select(Registration)).all()
        assert [(row.party_size, row.door) for row in rows] == [(3, first)]


def test_guest_who_registered_on_the_web_gives_up_the_place_by_text(make_world):
    world = make_world("both")
    world.register_on_the_web("es", 3)
    for body in ("0", "2", "1"):
        world.clock.forward(minutes=1)
        world.text(body)

    with world.app.app_context():
        assert db.session.scalars(select(Registration.state)).one() == "cancelled"
        assert db.session.scalars(select(Event.seats_taken)).one() == 0


def test_guest_registers_by_voice_is_reminded_by_text_changes_by_text_and_cancels_on_the_web(make_world):
    world = make_world("all")
    world.register_by_voice("es", 3)
    assert [purpose for purpose, *_ in world.told()] == ["confirmation"]
    world.clock.forward(hours=24 * 6 + 8)
    assert [purpose for purpose, *_ in world.told()] == ["confirmation", "day_before"]
    for body in ("0", "1", "2", "1"):
        world.clock.forward(minutes=1)
        world.text(body)
    with world.app.app_context():
        row = db.session.scalars(select(Registration)).one()
        token = open_guest(world.vault, row.guest.sealed).token
        assert (row.party_size, row.event.seats_taken) == (2, 2)

    answer = world.app.test_client().post(f"/es/pass/{token}/{world.public_id}/cancel")
    assert answer.status_code == 303
    with world.app.app_context():
        assert db.session.scalars(select(Registration.state)).one() == "cancelled"
        assert db.session.scalars(select(Event.seats_taken)).one() == 0


def test_stop_by_text_holds_for_a_registration_on_the_web(make_world):
    world = make_world("both")
    world.text("STOP")
    world.clock.forward(minutes=1)
    world.register_on_the_web("en", 3)
    world.clock.forward(days=1)

    assert world.told() == []
    world.text("START")
    world.clock.forward(minutes=1)
    assert [purpose for purpose, *_ in world.told()] == ["confirmation"]


def test_logs_hold_no_number_no_address_and_no_pass(make_world, caplog):
    """T17: whatever door a guest comes through, and whatever becomes of them."""
    worlds = {name: make_world(name) for name in ("web", "text", "voice")}
    caplog.set_level("DEBUG")
    worlds["web"].register_on_the_web("en", 2)
    worlds["text"].register_by_text("es", 2)
    worlds["voice"].register_by_voice("en", 2)
    secrets = ["8165550123", "816 555", "816-555", "203.0.113.77"]
    for world in worlds.values():
        token = world.pass_token()
        secrets.append(token)
        client = world.app.test_client()
        for address in (f"/en/pass/{token}", f"/en/pass/{token}x", f"/door/{token}", "/staff/"):
            client.get(address, environ_base={"REMOTE_ADDR": "203.0.113.77"})
        world.told()
        for body in ("hello", "WHAT", "STOP", "START"):
            world.text(body)
        worker.run_once(world.app)
        world.clock.forward(days=30)
        worker.run_once(world.app)

    assert "its guests are forgotten" in caplog.text
    assert [secret for secret in secrets if secret in caplog.text] == []
