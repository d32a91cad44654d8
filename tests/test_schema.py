"""The migrations make exactly the tables that the models describe, on both databases, and can be undone."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text

from outreach import installation, migrating, schema
from outreach.database import Base, db, writing_engine


def empty(app: Flask) -> None:
    Base.metadata.drop_all(writing_engine())


def test_migrations_make_what_the_models_describe(context):
    empty(context)
    migrating.upgrade(public_url="https://outreach.example.org")

    with db.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    assert differences == []
    assert schema.is_current()


def test_migrations_make_the_triggers_that_the_models_describe(context):
    """SQLite loses them where a migration makes their table anew: it must lay them again."""
    laid = triggers()
    assert laid
    empty(context)
    migrating.upgrade(public_url="https://outreach.example.org")

    assert triggers() == laid


def triggers() -> set[tuple[str, ...]]:
    """Every trigger and what it does."""
    statement = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if db.engine.dialect.name == "sqlite"
        else "SELECT pg_get_triggerdef(pg_trigger.oid), pg_get_functiondef(tgfoid) FROM pg_trigger"
        " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal"
    )
    with db.engine.connect() as connection:
        return {tuple(row) for row in connection.exec_driver_sql(statement)}


def test_upgrading_twice_changes_nothing(context):
    empty(context)
    for url in ("https://first.example.org", "https://moved.example.org"):
        migrating.upgrade(public_url=url)

    assert installation.fact("uid_domain") == "first.example.org"


def test_names_from_before_are_found_after_an_upgrade(context):
    empty(context)
    names = {"venue": "Salón Íñigo", "organization": "Unión"}
    with writing_engine().connect() as connection:
        command.upgrade(migrating.configuration(connection), "0021")
        connection.execute(text("INSERT INTO venue (name, city) VALUES (:venue, 'Peñón')"), names)
        connection.execute(
            text(
                "INSERT INTO organization (public_id, name, sector, is_trusted)"
                " VALUES ('union', :organization, 'faith', false)"
            ),
            names,
        )
        command.upgrade(migrating.configuration(connection), "head")
        found = {table: connection.scalar(text(f"SELECT search_words FROM {table}")) for table in names}
        connection.commit()

    assert found == {"venue": "salon inigo penon", "organization": "union"}


def test_migrations_can_be_undone(context):
    empty(context)
    migrating.upgrade(public_url="https://outreach.example.org")
    with writing_engine().connect() as connection:
        command.downgrade(migrating.configuration(connection), "base")
        connection.commit()

    assert schema.revision() is None
    assert not schema.is_current()
