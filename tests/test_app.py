"""What the whole application does with what nobody foresaw: no secret in a log, no NUL to the database."""

import logging
import re

import pytest
from flask import request
from sqlalchemy import text
from werkzeug.exceptions import NotFound

from outreach.app import create_app
from outreach.config import Settings
from outreach.database import db, engine_options


@pytest.mark.parametrize(
    "address",
    ["/en/events/%00", "/en/events/%00.ics", "/en/events/%00/register", "/staff/events/%00", "/en/pass/%00"],
)
def test_address_with_a_nul_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_error_that_nobody_foresaw_is_logged_without_what_was_asked_for(sqlite_url, caplog):
    app = create_app(Settings(database_url=sqlite_url))
    app.add_url_rule("/en/pass/<token>/broken", "broken", lambda token: [token][1])

    with caplog.at_level(logging.ERROR):
        assert app.test_client().get("/en/pass/a-secret-token/broken").status_code == 500

    assert "broken failed: IndexError" in caplog.text
    assert "a-secret-token" not in caplog.text


@pytest.mark.parametrize("url", ["sqlite://", "postgresql+psycopg://nowhere"])
def test_errors_of_the_database_say_no_values(url):
    assert engine_options(url)["hide_parameters"] is True


def test_no_number_in_an_address_is_too_large_for_the_database(web_app):
    numbers = [rule for rule in web_app.url_map.iter_rules() if "<int" in rule.rule]
    assert len(numbers) > 20
    found = []
    for rule in numbers:
        method = "POST" if "POST" in rule.methods else "GET"
        for number in (2_147_483_647, 2_147_483_648):
            path = re.sub(r"<int\b[^>]*>", str(number), rule.rule)
            path = re.sub(r"<[^>]+>", "word", path)
            try:
                web_app.url_map.bind("localhost").match(path, method=method)
                found.append(number)
            except NotFound:
                pass
    assert found == [2_147_483_647] * len(numbers)


def test_address_that_only_takes_forms_is_no_page(client):
    answer = client.get("/en/pass/x/y/offer")

    assert answer.status_code == 405
    assert "There is no page here" in answer.text
    assert "broke" not in answer.text


def test_error_of_a_statement_hides_what_it_was_about(web_app):
    with web_app.app_context(), pytest.raises(Exception, match="no such table") as error:
        db.session.execute(text("SELECT * FROM nowhere WHERE phone = :phone"), {"phone": "+18165550123"})
    assert "+18165550123" not in str(error.value)


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_who_asks_is_who_our_own_servers_say(sqlite_url, proxies, seen):
    app = create_app(Settings(database_url=sqlite_url, proxies=proxies))

    @app.get("/who")
    def who() -> str:
        return request.remote_addr or ""

    headers = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7, 203.0.113.9"}
    assert app.test_client().get("/who", headers=headers).text == seen


@pytest.mark.parametrize(
    ("address", "led_to"),
    [
        ("/en?kind=workshop", "/en/?kind=workshop"),
        ("/en/events?q=a", "/en/events/?q=a"),
        ("/en//events/", "/en/events/"),
    ],
)
def test_a_corrected_address_stays_here_whatever_host_the_asker_names(client, address, led_to):
    answer = client.get(address, headers={"Host": "other.example"})

    assert answer.status_code == 308
    assert answer.headers["Location"] == led_to
    assert b"other.example" not in answer.data
