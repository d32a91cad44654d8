"""The inventory names every column in which something about a guest could be."""

import sys
from collections import Counter
from collections.abc import Iterator

from flask import Flask
from wtforms import Form
from wtforms.fields.core import UnboundField

from outreach.database import Base
from outreach.events.forbidden_fields import is_forbidden
from outreach.inventory import HOLDINGS, TABLES_WITHOUT_GUESTS

FORBIDDEN = (
    "immigration",
    "citizen",
    "nationality",
    "passport",
    "visa",
    "birth",
    "ssn",
    "document",
    "home_address",
)


def test_every_column_is_listed_exactly_once(web_app: Flask):
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name not in TABLES_WITHOUT_GUESTS
        for column in table.columns
    }
    listed = Counter(column for holding in HOLDINGS for column in holding.columns)

    assert set(listed) == columns
    assert set(listed.values()) == {1}


def test_tables_without_guests_exist(web_app: Flask):
    assert set(TABLES_WITHOUT_GUESTS) <= set(Base.metadata.tables)


def test_no_column_can_hold_what_is_never_asked(web_app: Flask):
    names = [
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
    ]

    assert [name for name in names if any(word in name for word in FORBIDDEN)] == []


def test_no_column_has_a_name_that_an_import_is_refused_for(web_app: Flask):
    """T2, with the words of all languages."""
    names = [column.name for table in Base.metadata.sorted_tables for column in table.columns]
    assert [name for name in names if is_forbidden(name)] == []


def test_public_interface_asks_and_gives_nothing_that_is_never_held(client):
    """T2: no property, parameter or example of it."""
    described = client.get("/openapi.json").get_json()
    names = set(_names(described))
    assert {"title", "kind", "q"} <= names
    assert [name for name in names if is_forbidden(name)] == []


def test_no_form_asks_for_what_is_never_held(client, web_app: Flask):
    """T2: no field of any form that guests or staff fill in."""
    forms = {
        value
        for name, module in sys.modules.items()
        if name.startswith("outreach.")
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Form)
    }
    fields = {name for form in forms for name in vars(form) if isinstance(vars(form)[name], UnboundField)}
    assert {"phone", "first_name", "party_size"} <= fields
    assert [name for name in fields if is_forbidden(name)] == []


def _names(described: object) -> Iterator[str]:
    """Every key of a description, and the names that it gives to parameters."""
    if isinstance(described, dict):
        for key, value in described.items():
            yield key
            if key == "name" and isinstance(value, str):
                yield value
            yield from _names(value)
    elif isinstance(described, list):
        for item in described:
            yield from _names(item)


def test_page_says_it_in_the_reader_s_language(client):
    page = client.get("/en/what-we-hold")

    assert page.status_code == 200
    assert "Immigration or citizenship status" in page.text
    assert all(holding.what.split(",")[0] in page.text for holding in HOLDINGS)
