"""Reports on paper: as many pages as their readers will carry, on the paper of here and of elsewhere."""

import re

import pytest

from outreach.demo.people import PASSWORD
from tests.browser.conftest import Meet

_PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_reports_print_on_few_pages(meet: Meet, locale: str) -> None:
    person = meet(locale, width=1280)
    person.go("/staff/sign-in")
    person.write(email="coordinator@example.org", password=PASSWORD)
    person.tap(person.t("Sign in"))
    for address, most in (("/staff/reports/engagement", 2), ("/staff/reports/evidence", 1)):
        person.go(address)
        for paper in ("Letter", "A4"):
            assert len(_PAGE.findall(person.page.pdf(format=paper))) <= most, (address, paper)
