"""What is the same for everybody travels packed to those who take that; what is a guest's own never does."""

import gzip

import pytest

from outreach.database import transaction
from outreach.web import asset
from tests.factories import make_event

ZIPPED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def public_id(web_app):
    with web_app.app_context(), transaction():
        return make_event().public_id


@pytest.mark.parametrize("address", ["/en/", "/en/?q=picnic&page=1", "/en/events/{}", asset("outreach.css")])
def test_public_answer_is_packed_for_who_takes_it(client, public_id, address):
    address = address.format(public_id)
    plain = client.get(address, buffered=True)
    zipped = client.get(address, headers=ZIPPED, buffered=True)

    assert gzip.decompress(zipped.data) == plain.data
    assert (plain.content_encoding, zipped.content_encoding) == (None, "gzip")
    assert zipped.content_length == len(zipped.data) < len(plain.data) / 2
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in zipped.vary
    assert plain.content_type == zipped.content_type


@pytest.mark.parametrize("address", ["/en/", asset("outreach.css")])
def test_packed_answer_is_found_unchanged_when_asked_for_again(client, public_id, address):
    first = client.get(address, headers=ZIPPED)
    headers = {**ZIPPED, "If-None-Match": first.headers["ETag"]}
    again = client.get(address, headers=headers, buffered=True)

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("address", ["/en/events/{}/register", "/staff/sign-in"])
def test_page_with_a_secret_of_its_reader_is_not_packed(client, public_id, address):
    """The length of what is packed would tell of the secret to whoever may add words to the page."""
    assert client.get(address.format(public_id), headers=ZIPPED).content_encoding is None
