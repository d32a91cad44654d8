"""Where a dialogue stands: kept sealed, for three days, and by one turn after the other."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outreach.database import db, transaction
from outreach.errors import ConflictError
from outreach.messaging import conversations
from outreach.messaging.conversations import Kept
from outreach.messaging.models import Conversation
from outreach.messaging.turns import KEPT_FOR, Dialogue
from tests.factories import NOW

PHONE = "a" * 40
ASKED = Kept("es", Dialogue("party", "es", NOW, "abc"), "¿Cuántas personas?")


def keep(vault, kept, now=NOW):
    with transaction():
        conversations.keep(PHONE, kept, vault=vault, now=now)


def read(vault, now=NOW):
    return conversations.of_phone(PHONE, vault=vault, now=now)


def test_of_phone_knows_nothing_of_a_stranger(context, vault):
    assert read(vault) == Kept()


def test_keep_gives_back_what_was_kept(context, vault):
    keep(vault, ASKED)

    assert read(vault) == Kept(ASKED.locale, ASKED.dialogue, ASKED.said, version=1)


def test_keep_follows_on_the_turn_before(context, vault):
    keep(vault, ASKED)
    keep(vault, Kept("ar", None, "", version=1))

    assert read(vault) == Kept("ar", None, "", version=2)


@pytest.mark.parametrize("version", [0, 1, 3], ids=["as if first", "from the turn before", "from nowhere"])
def test_keep_refuses_a_turn_that_began_elsewhere(context, vault, version):
    keep(vault, ASKED)
    keep(vault, Kept("ar", None, "", version=1))

    with pytest.raises(ConflictError):
        keep(vault, Kept("en", None, "", version=version))
    assert read(vault) == Kept("ar", None, "", version=2)


def test_what_rested_too_long_is_not_told_but_counted(context, vault):
    keep(vault, ASKED)
    later = NOW + KEPT_FOR

    assert read(vault, later - timedelta(seconds=1)).dialogue == ASKED.dialogue
    assert read(vault, later) == Kept(version=1)
    keep(vault, Kept("en", version=1), now=later)
    assert read(vault, later) == Kept("en", version=2)


def test_dialogue_of_another_version_of_ours_begins_anew(context, vault):
    keep(vault, ASKED)
    sealed = vault.seal({"locale": "tlh", "dialogue": {"step": "duel"}, "said": ""}, place="conversation")
    with transaction():
        db.session.execute(update(Conversation).values(sealed=sealed))

    assert read(vault) == Kept(version=1)


def test_forget_deletes_only_what_rested_too_long(context, vault):
    keep(vault, ASKED)
    with transaction():
        assert conversations.forget(now=NOW + KEPT_FOR - timedelta(seconds=1)) == 0
    with transaction():
        assert conversations.forget(now=NOW + KEPT_FOR) == 1
    assert db.session.scalars(select(Conversation)).all() == []
