"""Whether a webhook really comes from the vendor, and how the simulated vendor signs; knows no text.

It fails closed: whatever is missing, odd or cannot be checked is a forgery. The address is built from
our own settings and the path as it was sent, never from a header that the sender chooses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import abort, request
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from outreach.config import Settings
from outreach.runtime import runtime
from outreach.vault import Vault

HEADER = "X-Twilio-Signature"
LARGEST_BODY_BYTES = 64 * 1024
#: Asks the vendor to try again three times on any failure (Twilio's connection overrides). Whether it
#: signs the address with this fragment or without is not documented, so either is right.
OPTIONS = "rc=3&rp=all"


@dataclass(frozen=True, slots=True)
class Account:
    """The vendor's account whose webhooks we take: its name, and tokens in force, newest first."""

    sid: str
    tokens: tuple[str, ...]


def account(settings: Settings, vault: Vault) -> Account:
    """The account of the settings; the simulated vendor has one made from our own key."""
    if settings.gateway == "twilio":
        return Account(settings.twilio.account_sid, settings.twilio.auth_tokens)
    sid = "AC" + vault.hash("account", purpose="simulator")[:32]
    return Account(sid, (vault.token("account", purpose="simulator"),))


def sign(url: str, form: dict[str, str], token: str) -> str:
    """The signature that the vendor would send with a form."""
    signature: str = RequestValidator(token).compute_signature(url, form)
    return signature


def is_genuine(
    url: str, form: MultiDict[str, str] | dict[str, str], signature: str | None, tokens: Sequence[str]
) -> bool:
    """Whether one of the tokens made the signature of a form that was sent to an address.

    Always by HMAC-SHA-1, the vendor's default: newer versions of the library know SHA-256 as well, but
    take the sender's word for which one it is.
    """
    if not signature:
        return False
    # An empty token would let anybody sign.
    return any(_is_made_by(token, url, form, signature) for token in tokens if token)


def _is_made_by(token: str, url: str, form: MultiDict[str, str] | dict[str, str], signature: str) -> bool:
    try:
        return bool(RequestValidator(token).validate(url, form, signature))
    except (TypeError, ValueError):
        # The library falls over odd ports and signs that have no UTF-8 form.
        return False


def require_signature() -> dict[str, str]:
    """The fields of the form that is being posted, once the vendor's signature on them is checked.

    Ends the request with 413 above 64 KB and with 403 for a forgery, another account, or a field that
    comes twice. The borders between names and values are not signed ("AB=C" is "A=BC"), so the caller
    must still look whether each field has the form that it must have.
    """
    request.max_content_length = LARGEST_BODY_BYTES
    form = request.form
    ours = account(runtime().settings, runtime().vault)
    url = runtime().settings.public_url + _path_as_sent()
    signature = request.headers.get(HEADER)
    if not any(is_genuine(each, form, signature, ours.tokens) for each in (url, f"{url}#{OPTIONS}")):
        abort(403)
    if form.get("AccountSid") != ours.sid or any(len(values) > 1 for values in form.listvalues()):
        abort(403)
    return form.to_dict()


def _path_as_sent() -> str:
    """Path and query with their own escapes, which is what was signed."""
    raw: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
    parts = urlsplit(raw)
    return parts.path + (f"?{parts.query}" if parts.query else "")
