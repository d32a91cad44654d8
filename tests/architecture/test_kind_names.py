"""A new kind of event is one file: no other module of ours knows a kind by its name."""

import ast

import pytest

from outreach.events.kinds import KINDS
from tests.architecture.test_imports import TREES

#: Where a kind's name is data and decides nothing.
DATA = ("outreach.demo",)


def literals(name: str) -> set[str]:
    """The strings of a module that are values: docstrings and sentences for readers are none."""
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


@pytest.mark.parametrize(
    "name", [name for name in TREES if not name.startswith(("outreach.events.kinds.", *DATA))]
)
def test_no_module_names_a_kind(name):
    assert literals(name) & set(KINDS) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_names_no_other(kind):
    assert literals(f"outreach.events.kinds.{kind}") & set(KINDS) == {kind}
