"""Which yes or no counts for a text: the whole table."""

import pytest

from outreach.registration.scopes import (
    ALL,
    REGION,
    of_event,
    of_organization,
    organization_in,
    silence,
)

EVENT, OTHER, NEWS = of_event(1), of_event(2), of_organization(1)


@pytest.mark.parametrize(
    ("said", "silent"),
    [
        pytest.param({}, {}, id="nothing said"),
        pytest.param({ALL: "stop"}, dict.fromkeys((ALL, EVENT, OTHER, NEWS, REGION), "stop"), id="STOP"),
        pytest.param(
            {ALL: "stop", EVENT: "kept"},
            dict.fromkeys((ALL, OTHER, NEWS, REGION), "stop"),
            id="STOP but for one event",
        ),
        pytest.param({REGION: "stop"}, {REGION: "stop"}, id="no news of the region"),
        pytest.param({NEWS: "stop"}, {NEWS: "stop"}, id="no news of an organization"),
        pytest.param({EVENT: "stop"}, {EVENT: "stop"}, id="nothing about one event"),
        pytest.param(
            {ALL: "blocked", EVENT: "kept"},
            dict.fromkeys((ALL, EVENT, OTHER, NEWS, REGION), "blocked"),
            id="a block holds for what was kept",
        ),
        pytest.param(
            {ALL: "unreachable", REGION: "stop"},
            dict.fromkeys((ALL, EVENT, OTHER, NEWS, REGION), "unreachable"),
            id="out of reach",
        ),
    ],
)
def test_silence(said, silent):
    found = {scope: silence(said, scope) for scope in (ALL, EVENT, OTHER, NEWS, REGION)}

    assert {scope: reason for scope, reason in found.items() if reason} == silent


def test_organization_in():
    assert organization_in(of_organization(12)) == 12
    assert [organization_in(scope) for scope in (ALL, REGION, of_event(12), "organization:x")] == [None] * 4
