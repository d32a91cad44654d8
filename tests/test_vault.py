"""The vault: what it seals only it opens, and only for the same place."""

import base64
import time
from pathlib import Path

import pytest

from outreach import vault as vaults
from outreach.config import DEVELOPMENT_VAULT_KEY
from outreach.keystore import KeyStore, event_key
from outreach.vault import SealedValueError, Vault

NOWHERE = KeyStore(Path("nowhere"), is_named=True)
VAULT = Vault(DEVELOPMENT_VAULT_KEY, NOWHERE)
OTHER = Vault(base64.urlsafe_b64encode(bytes(32)).decode(), NOWHERE)
KEY = event_key("abc234")


@pytest.fixture
def store(tmp_path):
    return KeyStore(tmp_path / "keys")


@pytest.fixture
def vault(store):
    return Vault(DEVELOPMENT_VAULT_KEY, store)


def test_what_is_sealed_opens_again():
    value = {"phone": "+18165550123", "first_name": "アミナ", "companions": [1, 2]}

    assert VAULT.open(VAULT.seal(value, place="guest"), place="guest") == value


def test_sealed_values_show_nothing_and_differ_every_time():
    first, second = (VAULT.seal({"phone": "+18165550123"}, place="guest") for _ in range(2))

    assert first != second
    assert b"8165550123" not in first


@pytest.mark.parametrize(
    ("vault", "place", "damage"),
    [(OTHER, "guest", b""), (VAULT, "message", b""), (VAULT, "guest", b"x")],
    ids=["another key", "another place", "damaged"],
)
def test_sealed_value_opens_for_nobody_else(vault, place, damage):
    sealed = VAULT.seal({"a": 1}, place="guest") + damage

    with pytest.raises(SealedValueError):
        vault.open(sealed, place=place)


def test_hash_differs_by_purpose_and_key():
    hashes = {
        VAULT.hash("+18165550123", purpose="phone"),
        VAULT.hash("+18165550123", purpose="pass"),
        VAULT.hash("+18165550124", purpose="phone"),
        OTHER.hash("+18165550123", purpose="phone"),
    }

    assert len(hashes) == 4
    assert VAULT.hash("+18165550123", purpose="phone") in hashes


def test_token_is_the_same_every_time_and_long_enough():
    token = VAULT.token("event/1", purpose="door")

    assert token == VAULT.token("event/1", purpose="door")
    assert len(base64.urlsafe_b64decode(token + "==")) == 16


def test_value_with_a_key_of_its_own_opens_in_every_process(vault, store):
    sealed = vault.seal({"phone": "+18165550123"}, place="guest", key=KEY)

    assert vault.key_of(sealed) == KEY
    assert Vault(DEVELOPMENT_VAULT_KEY, store).open(sealed, place="guest") == {"phone": "+18165550123"}
    assert vault.key_of(vault.seal({}, place="guest")) == ""


def test_destroyed_key_opens_nothing_any_more_and_a_new_one_neither(vault, store):
    sealed = vault.seal({"a": 1}, place="guest", key=KEY)

    vault.destroy(KEY)

    for each in (vault, Vault(DEVELOPMENT_VAULT_KEY, store)):
        with pytest.raises(SealedValueError):
            each.open(sealed, place="guest")
    vault.seal({"a": 1}, place="guest", key=KEY)
    with pytest.raises(SealedValueError):
        vault.open(sealed, place="guest")


@pytest.mark.parametrize("place", ["message", ""])
def test_value_with_a_key_of_its_own_opens_for_its_place_only(vault, place):
    with pytest.raises(SealedValueError):
        vault.open(vault.seal({"a": 1}, place="guest", key=KEY), place=place)


def test_value_does_not_open_under_another_name(vault):
    sealed = vault.seal({"a": 1}, place="guest", key=KEY)
    other = event_key("xyz789")
    vault.seal({"a": 1}, place="guest", key=other)

    with pytest.raises(SealedValueError):
        vault.open(sealed.replace(KEY.encode(), other.encode()), place="guest")


def test_key_in_the_store_is_of_no_use_without_the_vault_s_own(vault, store):
    sealed = vault.seal({"a": 1}, place="guest", key=KEY)

    with pytest.raises(SealedValueError):
        Vault(base64.urlsafe_b64encode(bytes(32)).decode(), store).open(sealed, place="guest")


def test_key_that_another_process_destroyed_is_believed_for_minutes_only(vault, store, monkeypatch):
    sealed = vault.seal({"a": 1}, place="guest", key=KEY)
    store.destroy(KEY)
    assert vault.open(sealed, place="guest") == {"a": 1}

    later = time.monotonic() + vaults._REMEMBERED_SECONDS
    monkeypatch.setattr(vaults.time, "monotonic", lambda: later)

    with pytest.raises(SealedValueError):
        vault.open(sealed, place="guest")


def test_no_more_keys_are_held_than_the_bound(vault, monkeypatch):
    monkeypatch.setattr(vaults, "_REMEMBERED", 3)
    sealed = [vault.seal({"a": each}, place="guest", key=event_key(f"e{each}")) for each in range(9)]

    assert [vault.open(each, place="guest")["a"] for each in sealed] == list(range(9))
    assert len(vault._remembered) == 3


def test_value_of_a_damaged_head_is_refused(vault):
    for blob in (b"", b"\x02", b"\x02\x09event-../", b"\x02\xff" + b"x" * 20):
        with pytest.raises(SealedValueError):
            vault.open(blob, place="guest")
