"""The inventory names every column in which something about a guest could be."""

from collections import Counter

from flask import Flask

from outreach.database import Base
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


def test_page_says_it_in_the_reader_s_language(client):
    page = client.get("/en/what-we-hold")

    assert page.status_code == 200
    assert "Immigration or citizenship status" in page.text
    assert all(holding.what.split(",")[0] in page.text for holding in HOLDINGS)
