"""The vault: what it seals only it opens, and only for the same place."""

import base64

import pytest

from outreach.config import DEVELOPMENT_VAULT_KEY
from outreach.vault import SealedValueError, Vault

VAULT = Vault(DEVELOPMENT_VAULT_KEY)
OTHER = Vault(base64.urlsafe_b64encode(bytes(32)).decode())


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
