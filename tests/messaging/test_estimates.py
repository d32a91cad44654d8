"""What an announcement takes, before it is sent."""

from datetime import UTC, datetime

import pytest

from outreach.messaging.estimates import LanguageEstimate, estimate, finishes_at, parts_affordable
from outreach.messaging.segments import measure
from tests.factories import NOW, ZONE

STARTS_AT = datetime(2026, 9, 14, 23, 0, tzinfo=UTC)


def language(body: str, recipients: int = 1, locale: str = "en") -> LanguageEstimate:
    return LanguageEstimate(locale, body, measure(body), recipients)


def count(bodies, readers, **given):
    values = {
        "source_locale": "en",
        "parts_ahead": 0,
        "parts_per_second": 1.0,
        "starts_at": STARTS_AT,
        "zone": ZONE,
        "now": NOW,
    }
    return estimate(bodies, readers, **{**values, **given})


def test_estimate_counts_each_language_by_its_own_parts():
    found = count({"en": "Come early.", "ar": "ت" * 71}, {"en": 3, "ar": 2})

    assert [(each.locale, each.recipients, each.parts) for each in found.languages] == [
        ("en", 3, 3),
        ("ar", 2, 4),
    ]
    assert (found.recipients, found.parts, found.missing) == (5, 7, {})
    assert found.cents == pytest.approx(8.4)


def test_estimate_gives_the_original_to_languages_without_a_text():
    found = count({"en": "Come early.", "es": "Venga temprano."}, {"en": 3, "so": 2, "my": 1, "es": 4})

    assert [(each.locale, each.recipients) for each in found.languages] == [("en", 6), ("es", 4)]
    assert found.missing == {"so": 2, "my": 1}


@pytest.mark.parametrize(("groups", "expected"), [(200, False), (201, True)])
def test_second_person_is_needed_above_two_hundred(groups, expected):
    assert count({"en": "Hi"}, {"en": groups - 100, "so": 100}).needs_second_person is expected


def test_budget_of_a_text_is_two_parts():
    assert [language("x" * signs).is_over_budget for signs in (160, 306, 307)] == [False, False, True]
    assert [language("x" * signs).units_too_many for signs in (306, 307, 400)] == [0, 1, 94]


def test_letters_that_made_a_text_dear_are_named():
    """One í makes three parts of what would be one."""
    dear = language("Traiga su comida y una cobija para sentarse. " * 3 + "Aquí, mañana.", locale="es")

    assert (dear.segments.parts, dear.is_over_budget) == (3, True)
    assert (dear.dear_letters, dear.is_script_dear) == (("í",), False)


@pytest.mark.parametrize("body", ["အစားအသောက် ယူလာပါ။ " * 10, "أحضروا الطعام معكم " * 10])
def test_no_letter_is_blamed_where_the_whole_script_is_dear(body):
    assert (language(body).is_script_dear, language(body).dear_letters) == (True, ())


def test_vietnamese_is_told_its_letters():
    assert "ạ" in language("Mời bạn đến dùng bữa tối với chúng tôi " * 4, locale="vi").dear_letters


def test_finish_counts_what_waits_before():
    found = count({"en": "Hi"}, {"en": 30}, parts_ahead=30, parts_per_second=0.5)

    assert found.finishes_at == datetime(2026, 9, 7, 15, 2, tzinfo=UTC)
    assert found.is_in_time


def test_finish_leaves_quiet_hours_out():
    """At 7:59 PM one minute is left today; the rest goes on at nine."""
    at = datetime(2026, 9, 8, 0, 59, tzinfo=UTC)

    assert finishes_at(at, 59, 1.0, ZONE) == datetime(2026, 9, 8, 0, 59, 59, tzinfo=UTC)
    assert finishes_at(at, 90, 1.0, ZONE) == datetime(2026, 9, 8, 14, 0, 30, tzinfo=UTC)
    assert finishes_at(at, 60 + 11 * 3600 + 5, 1.0, ZONE) == datetime(2026, 9, 9, 14, 0, 5, tzinfo=UTC)


def test_finish_waits_for_sunday_noon():
    """A backlog of Saturday evening goes on at noon."""
    at = datetime(2026, 9, 13, 0, 59, tzinfo=UTC)

    assert finishes_at(at, 61, 1.0, ZONE) == datetime(2026, 9, 13, 17, 0, 1, tzinfo=UTC)


def test_what_does_not_leave_before_the_start_is_said():
    assert not count({"en": "Hi"}, {"en": 200}, starts_at=datetime(2026, 9, 7, 15, 3, tzinfo=UTC)).is_in_time


def test_money_buys_whole_parts():
    assert [parts_affordable(cents) for cents in (0, 1, 2, 12, 120, 2500)] == [0, 0, 1, 10, 100, 2083]
