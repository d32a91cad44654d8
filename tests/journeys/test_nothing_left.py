"""Three days after an event no byte on the disk leads to its guests, whichever door they came through."""

import base64
import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, delete, select

from outreach import backup
from outreach.database import Base, clean_up, db, transaction
from outreach.events.models import Event
from outreach.messaging import inbound, worker
from outreach.messaging.models import Conversation, InboundMessage, Message, VoiceStep
from outreach.messaging.signatures import HEADER, account, sign
from outreach.registration.guests import open_guest, phone_hash
from outreach.registration.models import ConsentEvent, Guest, Registration
from outreach.vault import Vault
from tests.conftest import FrozenClock
from tests.factories import make_event
from tests.messaging.callers import Telephone
from tests.messaging.phones import new_sid
from tests.pages import form_in

WEB, WEB_WITHOUT_TEXTS, TEXT, VOICE, SIMULATED, DELETED = (f"+1816555010{digit}" for digit in range(1, 7))
PHONES = (WEB, WEB_WITHOUT_TEXTS, TEXT, VOICE, SIMULATED, DELETED)
NAMES = ("Amaranta", "Zebulon", "Perpetua", "Hyacinth")
#: What is kept for the law, under a scrambled number and the vault's own key: the words of a yes or a no.
LEDGER = {"consent_event", "suppression"}


@dataclass
class Traces:
    """What could lead to a guest."""

    plain: set[bytes] = field(default_factory=set)
    sealed: set[bytes] = field(default_factory=set)
    #: Keyed hashes of passes, of filled-in forms, and of numbers that the ledger does not know.
    hashes: set[bytes] = field(default_factory=set)
    #: Keyed hashes of numbers that the ledger knows.
    known_hashes: set[bytes] = field(default_factory=set)

    def all(self) -> Mapping[str, set[bytes]]:
        return {"plain": self.plain, "sealed": self.sealed, "hashes": self.hashes}


@dataclass
class World:
    """One installation on SQLite with one event."""

    app: Flask
    clock: FrozenClock
    folder: Path
    public_id: str = ""

    @property
    def vault(self) -> Vault:
        return self.app.extensions["outreach"].vault

    def register_on_the_web(self, phone: str, name: str, companion: str, **more: str) -> None:
        answer = self.app.test_client().post(
            f"/en/events/{self.public_id}/register",
            data={"party_size": "2", "phone": phone, "first_name": name, "companions": companion, **more},
        )
        assert answer.status_code == 303, answer.text

    def text(self, phone: str, *bodies: str) -> None:
        settings = self.app.extensions["outreach"].settings
        ours = account(settings, self.vault)
        for body in bodies:
            form = {"MessageSid": new_sid(), "AccountSid": ours.sid, "From": phone, "Body": body}
            url = settings.public_url + "/hooks/twilio/sms"
            headers = {HEADER: sign(url, form, ours.tokens[0])}
            answer = self.app.test_client().post("/hooks/twilio/sms", data=form, headers=headers)
            assert answer.status_code == 200
            self.clock.forward(minutes=1)

    def text_in_the_browser(self, phone: str, *bodies: str) -> None:
        client, address = self.app.test_client(), f"/simulator?phone={phone[2:]}"
        for body in bodies:
            fields = form_in(client.get(address).text, having="body")
            assert client.post(address, data={**fields, "body": body}).status_code == 303
            worker.run_once(self.app)
            self.clock.forward(minutes=1)

    def traces(self) -> Traces:
        """Everything that the database holds now of anybody."""
        found = Traces(plain={text.encode() for phone in PHONES for text in (phone, phone[2:])})
        found.plain |= {name.encode() for name in NAMES}
        with self.app.app_context():
            for table in Base.metadata.sorted_tables:
                if table.name not in LEDGER and "sealed" in table.c:
                    assert isinstance(table.c.sealed.type, LargeBinary)
                    found.sealed |= set(db.session.scalars(select(table.c.sealed))) - {None}
            for guest in db.session.scalars(select(Guest)):
                found.plain.add(open_guest(self.vault, guest.sealed).token.encode())
                found.hashes.add(guest.token_hash.encode())
            rows = db.session.scalars(select(Registration)).all()
            found.hashes |= {row.request_key.encode() for row in rows if row.request_key}
            numbers = {phone_hash(self.vault, phone).encode() for phone in PHONES}
            found.known_hashes = {
                each.encode() for each in db.session.scalars(select(ConsentEvent.phone_hash))
            }
            found.hashes |= numbers - found.known_hashes
        return found

    def files(self) -> dict[str, bytes]:
        """Everything that lies in the installation's folder, and what a backup made now holds."""
        target = self.folder / "backup.gz"
        with self.app.app_context():
            backup.write(target)
        files = {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        files["backup, unpacked"] = gzip.decompress(target.read_bytes())
        target.unlink()
        return files


def hits(wanted: Iterable[bytes], files: Mapping[str, bytes]) -> dict[str, int]:
    """In how many files, and how often, something is found, as it is or as a backup writes it."""
    forms = [form for each in wanted for form in (each, base64.b64encode(each))]
    counted = {name: sum(content.count(form) for form in forms) for name, content in files.items()}
    return {name: count for name, count in counted.items() if count}


@pytest.fixture
def world(make_app, sqlite_url, clock, tmp_path):
    app = make_app(sqlite_url, clock)
    world = World(app, clock, tmp_path)
    with app.app_context(), transaction():
        world.public_id = make_event(keyword="PICNIC", capacity=40).public_id
    yield world
    with app.app_context():
        db.engine.dispose()


def let_guests_come(world: World) -> None:
    """Through every door; with texts, calls, a question for a person, and one who changes their mind."""
    world.register_on_the_web(WEB, "Amaranta", "Zebulon", wants_texts="y")
    world.register_on_the_web(WEB_WITHOUT_TEXTS, "Perpetua", "Hyacinth")
    world.text(TEXT, "picnic", "1", "2", "1", "May Zebulon bring Hyacinth? Ask at 816 555 0103.", "9")
    world.text(DELETED, "picnic", "1", "2", "1")
    telephone = Telephone(world.app, VOICE)
    telephone.call()
    telephone.press("1", "1", "1", "2#", "1", "1")
    world.text_in_the_browser(SIMULATED, "picnic", "1", "2", "1")
    world.text(DELETED, "delete", "1")
    with world.app.app_context():
        assert len(db.session.scalars(select(Registration)).all()) == 5
        # Somebody of the staff reads what waits for a person.
        waiting = db.session.scalars(select(InboundMessage).where(InboundMessage.needs_person)).all()
        assert len(waiting) == 1
        with transaction():
            inbound.set_read(waiting[0].id)
    worker.run_once(world.app)


def test_no_byte_leads_to_a_guest_three_days_after_the_event(world, clock):
    let_guests_come(world)
    clock.at = world_event(world).starts_at
    clock.forward(hours=-20)
    worker.run_once(world.app)
    # No worker is there any more to answer this one.
    world.text(TEXT, "1")
    before = world.traces()

    # What is sealed and scrambled is there, or the search would find nothing afterwards either.
    files = world.files()
    assert {"outreach.sqlite3", "backup, unpacked"} <= set(files)
    assert all(hits([each], files) for each in before.sealed | before.hashes | before.known_hashes)
    assert hits(before.plain, files) == {}

    clock.at = world_event(world).ends_at
    clock.forward(hours=72)
    worker.run_once(world.app)

    files = world.files()
    assert {kind: hits(wanted, files) for kind, wanted in before.all().items()} == {
        "plain": {}, "sealed": {}, "hashes": {}
    }  # fmt: skip
    assert not [name for name in files if world.public_id in name], "the event's key is there"
    # The numbers that said yes or no are known to the ledger, scrambled, and to nothing else.
    assert tables_with(world, before.known_hashes) <= LEDGER
    with world.app.app_context():
        with transaction():
            for name in LEDGER:
                db.session.execute(delete(Base.metadata.tables[name]))
        clean_up()
    assert hits(before.known_hashes, world.files()) == {}


def test_search_sees_each_kind_of_row(world):
    """So that the test above cannot pass because nothing was written down."""
    let_guests_come(world)
    with world.app.app_context():
        for table in (Guest, Registration, Message, InboundMessage, Conversation, VoiceStep, ConsentEvent):
            assert db.session.scalars(select(table)).first() is not None, table
        names = [entry.sealed for entry in db.session.scalars(select(Registration)) if entry.sealed]
    assert len(names) == 2


def world_event(world: World) -> Event:
    with world.app.app_context():
        return db.session.scalars(select(Event)).one()


def tables_with(world: World, wanted: Iterable[bytes]) -> set[str]:
    """The tables in which any of these stands in a column of text."""
    texts = {each.decode() for each in wanted}
    with world.app.app_context():
        return {
            table.name
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table))
            if texts & {value for value in row if isinstance(value, str)}
        }
