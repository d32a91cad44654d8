"""Settings: read as a whole, refused as a whole."""

import base64
from pathlib import Path

import pytest

from outreach.config import Settings, TwilioSettings, from_environment
from outreach.errors import ConfigurationError

INSTANCE = Path("instance")
VAULT_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
PUBLIC = {
    "OUTREACH_PUBLIC_URL": "https://outreach.example.org",
    "OUTREACH_SECRET_KEY": "x" * 40,
    "OUTREACH_VAULT_KEY": VAULT_KEY,
}


def read(**environ: str) -> Settings:
    return from_environment({f"OUTREACH_{name}": value for name, value in environ.items()}, INSTANCE)


def test_empty_environment_is_a_development_machine():
    settings = from_environment({}, INSTANCE)

    assert settings.database_url == "sqlite:///instance/outreach.sqlite3"
    assert (settings.public_url, settings.gateway, settings.is_public) == (
        "http://127.0.0.1:8000",
        "simulator",
        False,
    )


def test_port_moves_the_development_address():
    assert from_environment({"PORT": "9000"}, INSTANCE).public_url == "http://127.0.0.1:9000"


def test_public_installation_with_keys_of_its_own_is_fine():
    assert from_environment(PUBLIC, INSTANCE).is_public


@pytest.mark.parametrize("missing", ["OUTREACH_SECRET_KEY", "OUTREACH_VAULT_KEY"])
def test_development_keys_never_serve_the_public(missing):
    with pytest.raises(ConfigurationError, match=missing):
        from_environment({name: value for name, value in PUBLIC.items() if name != missing}, INSTANCE)


def test_public_address_without_encryption_is_refused():
    with pytest.raises(ConfigurationError, match="https://"):
        from_environment({**PUBLIC, "OUTREACH_PUBLIC_URL": "http://outreach.example.org"}, INSTANCE)


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigurationError) as refused:
        read(TIME_ZONE="Kansas/City", LOCALES="es,tlh", GATEWAY="pigeon", SEND_CONCURRENCY="many")

    lines = str(refused.value).splitlines()
    assert [line.split()[0].rstrip(":") for line in lines] == [
        "OUTREACH_TIME_ZONE",
        "OUTREACH_LOCALES",
        "OUTREACH_LOCALES",
        "OUTREACH_GATEWAY",
        "OUTREACH_SEND_CONCURRENCY",
    ]


def test_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(f"{VAULT_KEY}\n")

    assert read(VAULT_KEY_FILE=str(tmp_path / "key")).vault_key == VAULT_KEY


def test_value_and_file_together_are_refused(tmp_path):
    (tmp_path / "key").write_text("a")
    with pytest.raises(ConfigurationError, match="keep one"):
        read(SECRET_KEY="b", SECRET_KEY_FILE=str(tmp_path / "key"))


def test_twilio_needs_account_token_and_sender():
    with pytest.raises(ConfigurationError) as refused:
        read(GATEWAY="twilio")

    assert len(str(refused.value).splitlines()) == 3


def test_two_tokens_serve_during_a_rotation():
    settings = read(
        GATEWAY="twilio",
        TWILIO_ACCOUNT_SID="AC" + "0" * 32,
        TWILIO_AUTH_TOKEN="new, old",
        TWILIO_FROM="+18165550100",
    )

    assert settings.twilio == TwilioSettings(
        account_sid="AC" + "0" * 32, auth_tokens=("new", "old"), from_number="+18165550100"
    )


@pytest.mark.parametrize("url", ["postgres://db/outreach", "postgresql://db/outreach"])
def test_postgresql_addresses_get_the_driver_we_ship(url):
    assert read(DATABASE_URL=url).database_url == "postgresql+psycopg://db/outreach"


@pytest.mark.parametrize(
    ("settings", "number"),
    [
        (Settings(database_url=""), "+18165550100"),
        (Settings(database_url="", twilio=TwilioSettings(from_number="+18165550199")), "+18165550199"),
        (Settings(database_url="", gateway="twilio"), None),
    ],
    ids=["simulator", "given", "vendor's own"],
)
def test_text_number_is_the_one_that_guests_see(settings, number):
    assert settings.text_number == number


def test_metrics_are_told_to_this_machine_or_to_the_networks_that_are_named():
    assert [str(each) for each in read().metrics_networks] == ["127.0.0.0/8", "::1/128"]
    named = read(METRICS_NETWORKS="10.1.0.0/16, 2001:db8::/32")
    assert [str(each) for each in named.metrics_networks] == ["10.1.0.0/16", "2001:db8::/32"]
    with pytest.raises(ConfigurationError, match="METRICS_NETWORKS must be networks"):
        read(METRICS_NETWORKS="my machine")


def test_keys_lie_beside_sqlite_s_file_or_in_the_instance(tmp_path):
    assert read(DATABASE_URL="sqlite:////srv/a.sqlite3").key_folder == Path("/srv/a.sqlite3-keys")
    assert not read().is_key_store_named
    assert read(DATABASE_URL="postgresql://db/outreach").key_folder == INSTANCE / "keys"
    named = read(KEY_STORE=str(tmp_path))
    assert (named.key_folder, named.is_key_store_named) == (tmp_path, True)


def test_key_store_that_is_named_must_be_there(tmp_path):
    with pytest.raises(ConfigurationError, match="KEY_STORE: there is no such directory"):
        read(KEY_STORE=str(tmp_path / "away"))


def test_machines_that_may_be_many_must_name_the_directory_that_they_share(tmp_path):
    public = {**PUBLIC, "OUTREACH_DATABASE_URL": "postgresql://db/outreach"}
    with pytest.raises(ConfigurationError, match="KEY_STORE must name a directory that all machines"):
        from_environment(public, INSTANCE)
    named = from_environment({**public, "OUTREACH_KEY_STORE": str(tmp_path)}, INSTANCE)
    assert named.key_folder == tmp_path
