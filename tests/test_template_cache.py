"""Templates stay compiled from one start to the next, where nobody else could have put something in."""

from pathlib import Path

import pytest
from flask import Flask

from outreach.app import create_app
from outreach.config import Settings, from_environment

NAME = "public/events.html"


def made(folder: Path | None) -> Flask:
    app = create_app(Settings(database_url="sqlite://", key_store=folder, template_cache=folder))
    app.jinja_env.get_template(NAME)
    return app


def test_second_start_compiles_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "instance" / "templates"
    made(folder)
    assert list(folder.iterdir())
    monkeypatch.setattr("jinja2.Environment.compile", lambda *_, **__: pytest.fail("compiled again"))
    made(folder)


def test_folder_is_its_owners_only(tmp_path):
    made(tmp_path / "templates")
    assert (tmp_path / "templates").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722])
def test_folder_others_can_write_is_not_used(tmp_path, mode):
    folder = tmp_path / "templates"
    folder.mkdir()
    folder.chmod(mode)
    assert made(folder).jinja_env.bytecode_cache is None
    assert not list(folder.iterdir())


def test_where_no_folder_can_be_made_pages_are_drawn_all_the_same(tmp_path):
    (tmp_path / "instance").write_text("a file stands in the way")
    assert made(tmp_path / "instance" / "templates").jinja_env.bytecode_cache is None


def test_environment_keeps_them_in_the_instance(tmp_path):
    assert from_environment({}, tmp_path).template_cache == tmp_path / "templates"
