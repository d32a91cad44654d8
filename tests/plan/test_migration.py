"""Promises that were here before learn what keeps them as a new import would say it."""

import json

from alembic import command
from sqlalchemy import text

from outreach import migrating
from outreach.database import Base, writing_engine
from outreach.plan.aims import progress_kind
from tests.plan.kansas_city import DRAFT, commitments

_PLAN = "INSERT INTO plan (id, title, imported_at) VALUES (1, 'A plan', '2026-09-07 15:00:00')"
_NODE = """
INSERT INTO plan_node (id, plan_id, ref, level, position, text, models)
VALUES (1, 1, 'S1', 'action', 1, 'Do it', '[]')
"""
_COMMITMENT = """
INSERT INTO commitment (plan_id, node_id, ref, position, kind, text, is_minimum, counts_kinds, due_type,
                        is_due_ambiguous, partners, is_done_in_plan)
VALUES (1, 1, :ref, 1, :kind, 'Promise', false, :kinds, 'none', false, '[]', false)
"""
#: Words that begin alike, and one that nobody foresaw.
_WORDS = ("convention", "convenience", "informationXsharing", "delivery", "promotion", "barn_raising")


def test_promises_of_before_are_kept_as_their_words_say(context):
    Base.metadata.drop_all(writing_engine())
    rows = [(row.kind, list(row.counts_kinds)) for row in commitments(DRAFT).values()]
    rows += [(word, kinds) for word in _WORDS for kinds in ([], ["workshop"])]
    with writing_engine().connect() as connection:
        command.upgrade(migrating.configuration(connection), "0011")
        connection.execute(text(_PLAN))
        connection.execute(text(_NODE))
        for number, (kind, kinds) in enumerate(rows):
            values = {"ref": str(number), "kind": kind, "kinds": json.dumps(kinds)}
            connection.execute(text(_COMMITMENT), values)
        command.upgrade(migrating.configuration(connection), "0016")
        found = connection.execute(text("SELECT ref, progress_kind FROM commitment")).all()
        connection.commit()

    assert {ref: kind for ref, kind in found} == {  # noqa: C416 (a row is no pair)
        str(number): progress_kind(kind, counts_events=bool(kinds))
        for number, (kind, kinds) in enumerate(rows)
    }
