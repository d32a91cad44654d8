"""The migrations make exactly the tables that the models describe, on both databases, and can be undone."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from outreach import installation, migrating, schema
from outreach.database import Base, db


def empty(app: Flask) -> None:
    Base.metadata.drop_all(db.engine)


def test_migrations_make_what_the_models_describe(context):
    empty(context)
    migrating.upgrade(public_url="https://outreach.example.org")

    with db.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    assert differences == []
    assert schema.is_current()


def test_upgrading_twice_changes_nothing(context):
    empty(context)
    for url in ("https://first.example.org", "https://moved.example.org"):
        migrating.upgrade(public_url=url)

    assert installation.fact("uid_domain") == "first.example.org"


def test_migrations_can_be_undone(context):
    empty(context)
    migrating.upgrade(public_url="https://outreach.example.org")
    with db.engine.connect() as connection:
        command.downgrade(migrating.configuration(connection), "base")
        connection.commit()

    assert schema.revision() is None
    assert not schema.is_current()
