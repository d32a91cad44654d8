"""The one function that decides every access: every role, action, owner and sector."""

import itertools

import pytest

from outreach.accounts.sectors import SECTORS
from outreach.policy import LAW_ENFORCEMENT, Action, Actor, Role, can_hold, is_allowed

OWN, OTHER = 1, 2

#: How an event stands to the organization of whoever asks: host and co-hosts.
STANDINGS = {
    "hosted": (OWN, ()),
    "co-hosted": (OTHER, (OWN, 3)),
    "foreign": (OTHER, (3,)),
    "no event": (None, ()),
}
_ALWAYS = {Action.SEE_REPORT, Action.SEE_PLAN, Action.LIST_EVENTS}
_EVENT_ACTIONS = {Action.PLAN_EVENT, Action.VIEW_EVENT, Action.SEE_GUESTS, Action.ANNOUNCE}
#: All that the steering committee may do, whatever the event.
COMMITTEE = {Action.SEE_REPORT, Action.SEE_PLAN}

#: What an organizer may do, by standing; written out anew, not worked out from the policy.
ORGANIZER = {
    "hosted": _EVENT_ACTIONS | _ALWAYS,
    "co-hosted": {Action.VIEW_EVENT} | _ALWAYS,
    "foreign": _ALWAYS,
    "no event": _ALWAYS,
}
POLICE = {
    "hosted": {Action.LIST_EVENTS, Action.PLAN_EVENT, Action.VIEW_EVENT},
    "co-hosted": {Action.LIST_EVENTS, Action.VIEW_EVENT},
    "foreign": {Action.LIST_EVENTS},
    "no event": {Action.LIST_EVENTS},
}
COORDINATOR = set(Action) - {Action.MANAGE_STAFF, Action.SEE_REVEALS, Action.SEE_AUDIT, Action.HOLD}


def expected(role: Role, sector: str | None, standing: str) -> set[Action]:
    if sector == LAW_ENFORCEMENT:
        # Whatever role somebody gave them.
        return POLICE[standing]
    if role is Role.ADMINISTRATOR:
        return set(Action)
    if role is Role.COMMITTEE:
        return COMMITTEE
    return COORDINATOR if role is Role.COORDINATOR else ORGANIZER[standing]


@pytest.mark.parametrize(
    ("role", "sector", "standing"), list(itertools.product(Role, SECTORS, STANDINGS)), ids="-".join
)
def test_who_may_do_what(role, sector, standing):
    host_id, cohost_ids = STANDINGS[standing]
    actor = Actor(role, OWN, sector)
    allowed = {
        action for action in Action if is_allowed(actor, action, host_id=host_id, cohost_ids=cohost_ids)
    }
    assert allowed == expected(role, sector, standing)


@pytest.mark.parametrize("standing", STANDINGS)
def test_organizer_without_an_organization_has_no_events(standing):
    """Nobody must become the host of an event without one because two unknowns are equal."""
    host_id, cohost_ids = STANDINGS[standing]
    actor = Actor(Role.ORGANIZER, None, None)
    allowed = {
        action for action in Action if is_allowed(actor, action, host_id=host_id, cohost_ids=cohost_ids)
    }
    assert allowed == _ALWAYS


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_staff_of_the_region_need_no_organization(role):
    actor = Actor(role, None, None)
    assert is_allowed(actor, Action.SEE_GUESTS, host_id=OTHER)


@pytest.mark.parametrize(("role", "sector"), list(itertools.product(Role, SECTORS)), ids="-".join)
def test_roles_that_a_sector_can_hold(role, sector):
    assert can_hold(role, sector) == (sector != LAW_ENFORCEMENT or role is Role.ORGANIZER)


def test_every_action_is_somebodys():
    """An action that nobody may do, or everybody may, is a mistake in this table."""
    for action in Action:
        everybody = [
            is_allowed(Actor(role, OWN, sector), action, host_id=host_id, cohost_ids=cohost_ids)
            for role, sector in itertools.product(Role, (None, LAW_ENFORCEMENT))
            for host_id, cohost_ids in STANDINGS.values()
        ]
        assert any(everybody)
        assert not all(everybody)
