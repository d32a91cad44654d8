"""The demo's plan shows every way of keeping a promise, and every way in which one can stand."""

from datetime import date

import pytest

from outreach.database import transaction
from outreach.demo import files, loader
from outreach.demo.plan import add_plan
from outreach.events.importing import read_organizations
from outreach.events.intake import take_in_organizations
from outreach.plan import reporting, service
from outreach.plan.aims import PROGRESS_KINDS
from outreach.policy import Role
from tests.factories import NOW, make_staff

QUARTER_ENDS = [date(2017, 9, 30), date(2017, 12, 31), date(2018, 3, 31), date(2018, 6, 30), NOW.date()]


@pytest.fixture
def facts(web_app):
    with web_app.app_context():
        with transaction():
            loader._add_jurisdictions()
            organizations = files.content("organizations.json")
            take_in_organizations(read_organizations("organizations.json", organizations))
            staff = make_staff("coordinator@example.org", Role.COORDINATOR)
            add_plan(staff=staff, today=NOW.date(), now=NOW)
        [plan] = service.plans()
        yield reporting.facts_of(plan)


def test_demo_shows_each_way_to_keep_a_promise(facts) -> None:
    report = reporting.report_of(facts, today=NOW.date())
    written = {found.commitment.progress_kind for _, found in report.commitments if found.deeds}
    assert written == {*PROGRESS_KINDS} - {"events"}


def test_demo_shows_each_way_in_which_a_promise_stands(facts) -> None:
    seen = set()
    for day in QUARTER_ENDS:
        seen |= {*reporting.report_of(facts, today=day).totals}
    assert seen == {"kept", "done", "on_track", "at_risk", "late", "unnumbered"}
