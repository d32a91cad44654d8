"""Webhooks of the vendor and forged ones."""

from pathlib import Path

import pytest
from flask import Flask
from twilio.request_validator import HMAC_SHA256, RequestValidator
from werkzeug.datastructures import MultiDict

from outreach.config import Settings, TwilioSettings
from outreach.keystore import KeyStore
from outreach.messaging.signatures import OPTIONS, account, is_genuine, require_signature, sign
from outreach.vault import Vault

URL = "https://outreach.example.org/hooks/twilio/sms"
FORM = {"AccountSid": "AC1", "Body": "Grüße", "MessageSid": "SM1"}
OLD, NEW = "old token", "new token"


def test_is_genuine_knows_the_vendor_s_signature():
    assert is_genuine(URL, FORM, sign(URL, FORM, NEW), [NEW])


def test_is_genuine_takes_either_token_during_a_rotation():
    assert is_genuine(URL, FORM, sign(URL, FORM, OLD), [NEW, OLD])


@pytest.mark.parametrize(
    ("url", "form", "signature", "tokens"),
    [
        pytest.param(URL, FORM, None, [NEW], id="no signature"),
        pytest.param(URL, FORM, "", [NEW], id="empty signature"),
        pytest.param(URL, FORM, "\u00e4\u00f6", [NEW], id="odd signature"),
        pytest.param(URL, FORM, sign(URL, FORM, "guess"), [NEW], id="another token"),
        pytest.param(URL, FORM, sign(URL, FORM, ""), [""], id="empty token"),
        pytest.param(URL, FORM, sign(URL, FORM, NEW), [], id="no token"),
        pytest.param(URL + "x", FORM, sign(URL, FORM, NEW), [NEW], id="another address"),
        pytest.param(URL, {**FORM, "Body": "x"}, sign(URL, FORM, NEW), [NEW], id="other words"),
        pytest.param("https://x:99999/", FORM, "x", [NEW], id="impossible port"),
        pytest.param(URL, {"Body": "\ud800"}, "x", [NEW], id="lone surrogate"),
        pytest.param(
            URL, FORM, RequestValidator(NEW).compute_signature(URL, FORM, HMAC_SHA256), [NEW], id="SHA-256"
        ),
    ],
)
def test_is_genuine_fails_closed(url, form, signature, tokens):
    assert not is_genuine(url, form, signature, tokens)


def test_is_genuine_reads_forms_of_the_framework():
    assert is_genuine(URL, MultiDict(FORM), sign(URL, FORM, NEW), [NEW])


@pytest.fixture
def hooks(make_app, sqlite_url, clock) -> Flask:
    """An application with one signed address, at a public host of its own."""
    app = make_app(
        sqlite_url,
        clock,
        public_url="https://outreach.example.org",
        gateway="twilio",
        twilio=TwilioSettings(account_sid="AC1", auth_tokens=(NEW, OLD), from_number="+18165550100"),
    )
    app.add_url_rule("/probe", view_func=lambda: require_signature(), methods=["POST"])
    return app


def post(app: Flask, form, *, path="/probe", signed_url=None, signature=None, **options):
    signed_url = signed_url or f"https://outreach.example.org{path}"
    header = sign(signed_url, form, NEW) if signature is None else signature
    return app.test_client().post(path, data=form, headers={"X-Twilio-Signature": header}, **options)


def test_require_signature_gives_the_form(hooks):
    assert post(hooks, FORM).json == FORM


@pytest.mark.parametrize("address", ["/probe?a=1&b=%20x", "/probe?x=%C3%BC"])
def test_require_signature_checks_the_address_as_it_was_sent(hooks, address):
    assert post(hooks, FORM, path=address).status_code == 200
    assert post(hooks, FORM, path=address, signed_url=URL).status_code == 403


def test_require_signature_takes_the_address_with_the_options_we_gave(hooks):
    signed = f"https://outreach.example.org/probe#{OPTIONS}"

    assert post(hooks, FORM, signed_url=signed).status_code == 200


def test_require_signature_ignores_what_the_sender_says_about_the_host(hooks):
    headers = {
        "X-Twilio-Signature": sign("https://evil.example/probe", FORM, NEW),
        "X-Forwarded-Host": "evil.example",
        "Host": "evil.example",
        "X-Forwarded-Path": "/probe",
    }

    assert hooks.test_client().post("/probe", data=FORM, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({**FORM, "AccountSid": "AC2"}, id="another account"),
        pytest.param({"Body": "x"}, id="no account"),
        pytest.param({**FORM, "Body": ["x", "y"]}, id="a field twice"),
    ],
)
def test_require_signature_refuses_a_signed_form(hooks, form):
    signature = RequestValidator(NEW).compute_signature("https://outreach.example.org/probe", MultiDict(form))

    assert post(hooks, form, signature=signature).status_code == 403


def test_require_signature_refuses_what_is_not_a_form(hooks):
    url = "https://outreach.example.org/probe"
    answer = hooks.test_client().post("/probe", json=FORM, headers={"X-Twilio-Signature": sign(url, {}, NEW)})

    assert answer.status_code == 403


def test_require_signature_refuses_a_large_body(hooks):
    form = {**FORM, "Body": "x" * 66_000}

    assert post(hooks, form).status_code == 413


def test_account_of_the_simulator_is_made_from_our_own_key():
    key, other = (Vault(name * 43 + "=", KeyStore(Path("nowhere"))) for name in "AB")
    settings = Settings("sqlite://")

    assert account(settings, key) == account(settings, key)
    assert account(settings, key).tokens != account(settings, other).tokens
    assert all(len(token) == 22 for token in account(settings, key).tokens)
