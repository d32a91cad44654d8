"""Forgetting that counts for copies made before, and what must be read on."""

import base64
import gzip
import json
from collections.abc import Iterable
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import func, select, update

from outreach import backup
from outreach.config import DEVELOPMENT_VAULT_KEY
from outreach.database import db, transaction
from outreach.errors import NotFoundError
from outreach.events.models import Event
from outreach.keystore import KeyStore, day_key, event_key
from outreach.messaging import actions, conversations, inbound, purging
from outreach.messaging.intake import Text
from outreach.messaging.models import InboundMessage, Message
from outreach.registration import holds, retention, service
from outreach.registration.guests import open_guest, open_party, seal_guest
from outreach.registration.models import Guest, Registration
from outreach.registration.requests import Consent
from outreach.vault import SealedValueError, Vault
from tests.factories import NOW, make_event, make_request
from tests.messaging.fakes import put

PHONE, OTHER = "+18165550123", "+18165550124"
PLACES = ("guest", "party", "message", "inbound", "conversation", "voice", "simulator")


def register(event, vault, phone=PHONE, **given):
    values = {"first_name": "Amina", "companions": ("Yusuf",), "consent": Consent("Yes."), **given}
    return service.register(make_request(event, phone=phone, **values), vault=vault, now=NOW)


def fresh(app) -> Vault:
    """What somebody has who knows the vault's key, and finds the key store as it is now."""
    return Vault(DEVELOPMENT_VAULT_KEY, KeyStore(app.extensions["outreach"].settings.key_folder))


def opened(vault: Vault, blobs: Iterable[bytes]) -> list[dict[str, object]]:
    """What can be read of some sealed values."""
    found = []
    for blob in blobs:
        for place in PLACES:
            try:
                found.append(vault.open(blob, place=place))
            except SealedValueError:
                continue
    return found


def after(event) -> dict[str, object]:
    return {"now": event.ends_at + timedelta(hours=72)}


@pytest.fixture
def picnic(context, vault):
    return welcomed(vault)


def welcomed(vault: Vault) -> Event:
    """An event with one guest, whose text was sent, who texted, and with whom we talk."""
    with transaction():
        event = make_event()
        made = register(event, vault)
        inbound.receive({"SM1": Text(PHONE, "I am Amina", False)}, vault=vault, now=event.ends_at)
        conversations.keep("hash", conversations.Kept("es", said="Amina?"), vault=vault, now=event.ends_at)
        db.session.execute(update(InboundMessage).values(handled_at=event.ends_at))
    key = event_key(event.public_id)
    put(vault, phone=PHONE, registration_id=made.registration_id, key=key, body="Hi Amina")
    db.session.rollback()
    return event


def test_backup_made_before_opens_until_its_guests_are_forgotten_and_never_again(
    context, vault, picnic, tmp_path
):
    backup.write(tmp_path / "backup.gz")
    blobs = sealed_in(tmp_path / "backup.gz", {"guest", "registration", "message"})
    assert len(opened(fresh(context), blobs)) == 3

    purging.purge(vault=vault, **after(picnic))

    assert opened(fresh(context), blobs) == opened(vault, blobs) == []


def test_what_was_said_opens_for_four_days_and_never_again(context, vault, picnic, tmp_path):
    backup.write(tmp_path / "backup.gz")
    blobs = sealed_in(tmp_path / "backup.gz", {"inbound_message", "conversation"})
    assert len(opened(fresh(context), blobs)) == 2

    purging.purge(vault=vault, now=picnic.ends_at + timedelta(days=4))

    assert opened(fresh(context), blobs) == []


def sealed_in(path, tables) -> list[bytes]:
    """The sealed values that a backup holds of some tables."""
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()[1:]]
    return [
        base64.b64decode(value["b"])
        for table, row in lines
        if table in tables
        for value in row
        if isinstance(value, dict) and "b" in value
    ]


def test_copy_of_postgresql_s_rows_opens_until_they_are_forgotten_and_never_again(
    make_app, postgres_url, clock
):
    """As its log and its replicas keep them, however often it cleans up."""
    app = make_app(postgres_url, clock)
    vault = app.extensions["outreach"].vault
    with app.app_context():
        event = welcomed(vault)
        blobs = copied(postgres_url, ("guest", "registration", "message"))
        assert len(opened(fresh(app), blobs)) == 3

        purging.purge(vault=vault, **after(event))

        assert opened(fresh(app), blobs) == []
        db.engine.dispose()


def copied(address: str, tables: Iterable[str]) -> list[bytes]:
    """The sealed values in a copy of the rows of some tables."""
    words: list[str] = []
    with psycopg.connect(address.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as lines:
                words += b"".join(map(bytes, lines)).decode().split()
    begins = r"\\x"
    return [bytes.fromhex(word.removeprefix(begins)) for word in words if word.startswith(begins)]


def test_backup_holds_no_key(context, vault, picnic, tmp_path):
    backup.write(tmp_path / "backup.gz")
    content = gzip.decompress((tmp_path / "backup.gz").read_bytes())

    keys = [(vault.store.folder / name).read_bytes() for name in vault.store.names()]
    assert len(keys) >= 2
    assert not [key for key in keys if key in content or base64.b64encode(key) in content]


def test_key_of_an_event_is_read_once_for_all_its_guests(context, monkeypatch):
    vault = fresh(context)
    asked = []
    read = vault.store.read
    monkeypatch.setattr(vault.store, "read", lambda name: asked.append(name) or read(name))
    with transaction():
        event = make_event(capacity=100)
        for number in range(20):
            register(event, vault, phone=f"+181655501{number:02}")

    assert asked == [event_key(event.public_id)]


def test_guest_of_two_events_is_known_until_the_last_of_them(context, vault):
    with transaction():
        first, second = make_event(), make_event(starts_at=NOW + timedelta(days=60))
        token = register(first, vault).pass_token
        register(second, vault, pass_token=token)

    purging.purge(vault=vault, **after(first))

    guest = service.guest_by_token(token, vault=vault)
    assert vault.store.read(event_key(first.public_id)) is None
    assert open_guest(fresh(context), guest.sealed).first_name == "Amina"
    row = db.session.scalars(select(Registration)).one()
    assert open_party(fresh(context), row.sealed).companions == ("Yusuf",)
    assert {vault.key_of(guest.sealed), vault.key_of(row.sealed)} == {event_key(second.public_id)}

    purging.purge(vault=vault, **after(second))
    with pytest.raises(NotFoundError):
        service.guest_by_token(token, vault=vault)
    assert {event_key(first.public_id), event_key(second.public_id)}.isdisjoint(vault.store.names())


def test_pass_that_was_left_for_another_one_is_known_until_its_own_events_are_over(context, vault):
    with transaction():
        first, second = make_event(), make_event(starts_at=NOW + timedelta(days=60))
        made = register(first, vault)
        register(second, vault, pass_token=made.pass_token)
        service.cancel(db.session.get_one(Registration, made.registration_id), now=NOW)
    with transaction():
        # From another browser, without the pass.
        again = register(first, vault)
    assert again.pass_token != made.pass_token

    purging.purge(vault=vault, **after(first))

    guest = service.guest_by_token(made.pass_token, vault=vault)
    assert open_guest(fresh(context), guest.sealed).first_name == "Amina"


def test_language_that_changes_keeps_the_key(context, vault, picnic):
    rows = list(db.session.scalars(select(Registration)))
    with transaction():
        actions.speak_from_now_on(rows, "es", vault=vault)

    sealed = db.session.scalars(select(Guest.sealed)).one()
    assert open_guest(vault, sealed).locale == "es"
    assert vault.key_of(sealed) == event_key(picnic.public_id)


def test_language_that_changes_at_that_very_moment_does_not_bring_the_old_key_back(context, vault, picnic):
    with transaction() as session:
        rows = list(session.scalars(select(Registration)))
        facts = open_guest(vault, rows[0].guest.sealed)
        meanwhile = seal_guest(vault, facts, key=event_key("another"))
        session.connection().execute(update(Guest).values(sealed=meanwhile))
        actions.speak_from_now_on(rows, "es", vault=vault)

    assert db.session.scalars(select(Guest.sealed)).one() == meanwhile


def test_key_that_outlived_its_guests_is_destroyed_by_the_next_round(context, vault, picnic):
    with transaction():
        retention.forget(picnic, vault=vault, **after(picnic))
    # Here its process died.
    assert vault.store.read(event_key(picnic.public_id)) is not None

    assert purging.purge(vault=vault, **after(picnic)).parties == {}
    assert vault.store.read(event_key(picnic.public_id)) is None
    assert purging.destroy_keys(vault=vault, **after(picnic)) == 0


def test_keys_of_events_to_come_and_of_events_that_nobody_knows_stay(context, vault, picnic):
    vault.seal({}, place="guest", key=event_key("elsewhere"))

    purging.purge(vault=vault, now=picnic.ends_at + timedelta(hours=71))

    assert {event_key("elsewhere"), event_key(picnic.public_id)} <= set(vault.store.names())


def test_guest_whose_key_is_lost_keeps_nobody_from_being_forgotten(context, vault):
    with transaction():
        first, second = make_event(), make_event(starts_at=NOW + timedelta(days=60))
        token = register(first, vault).pass_token
        register(second, vault, pass_token=token)
    vault.destroy(event_key(first.public_id))

    assert purging.purge(vault=vault, **after(first)).parties == {first.public_id: 1}
    assert db.session.scalar(select(func.count(Guest.id))) == 1


def test_text_that_waits_for_a_person_is_read_after_the_key_of_its_day_is_gone(context, vault):
    with transaction():
        inbound.ask_call_back("CA1", PHONE, "es", vault=vault, now=NOW)
    put(vault, phone=OTHER, body="News", deadline=NOW + timedelta(days=30))

    purging.purge(vault=vault, now=NOW + timedelta(days=6))

    assert vault.store.read(day_key(NOW)) is None
    row = db.session.scalars(select(InboundMessage)).one()
    assert inbound.opened(row, vault=fresh(context)).phone == PHONE
    kept = db.session.scalars(select(Message.sealed)).one()
    assert fresh(context).open(kept, place="message")["body"] == "News"


def hold(**given) -> int:
    with transaction():
        values = {"counsel": "Rivera & Co.", "reason": "Order of May 2", "by_id": None, **given}
        return holds.place(**values, now=NOW).id


@pytest.mark.parametrize("kept", ["the event", "texts"])
def test_what_a_hold_keeps_can_be_read_until_it_is_lifted(context, vault, picnic, kept):
    hold_id = hold(event=picnic) if kept == "the event" else hold(holding_id="texts")
    later = picnic.ends_at + timedelta(days=30)

    purging.purge(vault=vault, now=later)

    assert open_guest(fresh(context), db.session.scalars(select(Guest.sealed)).one()).first_name == "Amina"
    texts = db.session.scalars(select(InboundMessage)).all()
    assert [inbound.opened(row, vault=fresh(context)).phone for row in texts] == [PHONE] * (kept == "texts")

    with transaction():
        holds.lift(hold_id, by_id=None, now=later)
    purging.purge(vault=vault, now=later)
    assert event_key(picnic.public_id) not in vault.store.names()


def test_answer_of_which_the_vendor_says_nothing_more_is_forgotten_all_the_same(context, vault):
    for key, state, at in (("a", "sent", 3), ("b", "sent", 2), ("c", "claimed", 3)):
        put(vault, dedup_key=key)
        with transaction():
            values = {"state": state, "accepted_at": NOW - timedelta(days=at)}
            db.session.execute(update(Message).where(Message.dedup_key == key).values(**values))

    purging.tidy(now=NOW)

    assert set(db.session.scalars(select(Message.dedup_key))) == {"b", "c"}
