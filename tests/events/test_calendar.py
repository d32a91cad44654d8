"""Calendar text, read back by vobject, and its bytes where programs are known to care about them."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import InvalidInputError
from outreach.events import calendar, calendar_text
from outreach.events.calendar import CalendarEvent, Stamp
from outreach.i18n import translator

CHICAGO = "America/Chicago"
NOW = datetime(2026, 8, 1, 15, 0, 0, tzinfo=UTC)
PAGE = "https://outreach.example.org/en/events/k7qz"

DINNER = CalendarEvent(
    uid="e-k7qz@outreach.example.org",
    starts_local=datetime(2026, 9, 12, 18, 30),
    ends_local=datetime(2026, 9, 12, 20, 30),
    time_zone=CHICAGO,
    summary="Welcome dinner; all tables, one room",
    description="Bring a dish to share.",
    location="Central Library, 14 W 10th St",
    url=PAGE,
    categories=("Welcoming Week", "food, music"),
    locale="en",
    latitude=39.10245,
    longitude=-94.584,
    created_at=datetime(2026, 7, 1, 12, 0, tzinfo=UTC),
)


def whole(*pieces: bytes, **changes: Any) -> bytes:
    """A feed of the pieces with nothing special about it."""
    facts: dict[str, Any] = {
        "name": "Events in Kansas City",
        "description": "Everything that is open to you",
        "locale": "en",
        "url": "https://outreach.example.org/en/events/",
        "source": "https://outreach.example.org/en/calendar.ics",
        "home_zone": CHICAGO,
        "refresh_hours": 4,
        "changed_at": NOW,
    }
    return calendar.feed(pieces, **{**facts, **changes})


def written(event: CalendarEvent) -> bytes:
    return calendar.fragment(event, sequence=2, changed_at=NOW)


def lines(piece: bytes) -> list[str]:
    """The content lines of a piece, unfolded."""
    return piece.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def read(event: CalendarEvent) -> Any:
    """The event as vobject reads it, its zone under a name of its own so that only our rule can be used."""
    zone = event.time_zone.encode()
    feed = whole(written(event))
    renamed = feed.replace(b"TZID:" + zone, b"TZID:Only/" + zone).replace(
        b"TZID=" + zone, b"TZID=Only/" + zone
    )
    parsed = list(vobject.readComponents(renamed.decode()))
    assert [component.name for component in parsed] == ["VCALENDAR"]
    assert len(parsed[0].contents["vevent"]) == 1
    return parsed[0].vevent


def instants(event: CalendarEvent) -> tuple[datetime, datetime]:
    found = read(event)
    return found.dtstart.value.astimezone(UTC), found.dtend.value.astimezone(UTC)


def test_fragment_writes_every_fact_in_a_fixed_order() -> None:
    assert lines(written(DINNER)) == [
        "BEGIN:VEVENT",
        "UID:e-k7qz@outreach.example.org",
        "DTSTAMP:20260801T150000Z",
        "LAST-MODIFIED:20260801T150000Z",
        "SEQUENCE:2",
        "CREATED:20260701T120000Z",
        "DTSTART;TZID=America/Chicago:20260912T183000",
        "DTEND;TZID=America/Chicago:20260912T203000",
        "SUMMARY;LANGUAGE=en-US:Welcome dinner\\; all tables\\, one room",
        "DESCRIPTION;LANGUAGE=en-US:Bring a dish to share.\\n" + PAGE,
        "LOCATION;LANGUAGE=en-US:Central Library\\, 14 W 10th St",
        "GEO:39.1024;-94.584",
        "URL:" + PAGE,
        "CATEGORIES:Welcoming Week,food\\, music",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def test_fragment_leaves_out_what_is_not_known() -> None:
    bare = replace(DINNER, description="", location=" ", categories=("\x00",), latitude=None)
    assert [line.partition(":")[0].partition(";")[0] for line in lines(written(bare))] == [
        "BEGIN", "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED", "DTSTART", "DTEND",
        "SUMMARY", "DESCRIPTION", "URL", "STATUS", "TRANSP", "END",
    ]  # fmt: skip
    assert read(bare).description.value == PAGE


@pytest.mark.parametrize(
    ("audience", "status", "shown"),
    [
        ("public", "confirmed", ["STATUS:CONFIRMED", "TRANSP:TRANSPARENT"]),
        ("public", "tentative", ["STATUS:TENTATIVE", "TRANSP:TRANSPARENT"]),
        ("public", "cancelled", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"]),
        ("personal", "confirmed", ["STATUS:CONFIRMED", "TRANSP:OPAQUE", "CLASS:PRIVATE"]),
        ("personal", "cancelled", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT", "CLASS:PRIVATE"]),
    ],
)
def test_fragment_takes_time_only_of_a_guest_who_will_come(
    audience: Any, status: Any, shown: list[str]
) -> None:
    piece = lines(written(replace(DINNER, audience=audience, status=status)))
    assert [line for line in piece if line.startswith(("STATUS", "TRANSP", "CLASS"))] == shown


def test_fragment_is_read_back_by_another_program() -> None:
    found = read(DINNER)
    assert found.summary.value == DINNER.summary
    assert found.location.value == DINNER.location
    assert found.description.value == f"Bring a dish to share.\n{PAGE}"
    assert found.categories.value == list(DINNER.categories)
    assert found.summary.params == {"LANGUAGE": ["en-US"]}
    assert instants(DINNER) == (
        datetime(2026, 9, 12, 23, 30, tzinfo=UTC),
        datetime(2026, 9, 13, 1, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("starts", "ends", "folds", "starts_at", "ends_at"),
    [
        pytest.param(
            "03-08T01:30", "03-08T03:30", (0, 0), "03-08T07:30", "03-08T08:30", id="over the spring gap"
        ),
        pytest.param(
            "11-01T00:30", "11-01T02:30", (0, 0), "11-01T05:30", "11-01T08:30", id="over the autumn hour"
        ),
        pytest.param(
            "11-01T01:30", "11-01T03:00", (0, 0), "11-01T06:30", "11-01T09:00", id="from the first 1:30"
        ),
        pytest.param(
            "11-01T01:30", "11-01T03:00", (1, 0), "11-01T07:30", "11-01T09:00", id="from the second 1:30"
        ),
        pytest.param(
            "11-01T00:30", "11-01T01:30", (0, 1), "11-01T05:30", "11-01T07:30", id="to the second 1:30"
        ),
        pytest.param(
            "11-01T01:45", "11-01T01:15", (0, 1), "11-01T06:45", "11-01T07:15", id="clock goes back within"
        ),
    ],
)
def test_fragment_is_right_on_days_of_clock_changes(
    starts: str, ends: str, folds: tuple[int, int], starts_at: str, ends_at: str
) -> None:
    event = replace(
        DINNER,
        starts_local=datetime.fromisoformat(f"2026-{starts}"),
        ends_local=datetime.fromisoformat(f"2026-{ends}"),
        starts_fold=folds[0],
        ends_fold=folds[1],
    )
    assert instants(event) == (
        datetime.fromisoformat(f"2026-{starts_at}Z"),
        datetime.fromisoformat(f"2026-{ends_at}Z"),
    )


def test_fragment_writes_a_doubled_time_in_utc() -> None:
    event = replace(
        DINNER, starts_local=datetime(2026, 11, 1, 1, 30), ends_local=datetime(2026, 11, 1, 3), starts_fold=1
    )
    times = [line for line in lines(written(event)) if line.startswith("DT") and "STAMP" not in line]
    assert times == ["DTSTART:20261101T073000Z", "DTEND:20261101T090000Z"]


@pytest.mark.parametrize(
    ("zone", "starts_at"),
    [
        ("America/Phoenix", datetime(2026, 9, 13, 1, 30, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 9, 12, 13, 0, tzinfo=UTC)),
        ("Africa/Casablanca", datetime(2026, 9, 12, 17, 30, tzinfo=UTC)),
        ("UTC", datetime(2026, 9, 12, 18, 30, tzinfo=UTC)),
    ],
)
def test_fragment_is_right_at_places_with_other_clocks(zone: str, starts_at: datetime) -> None:
    event = replace(DINNER, time_zone=zone)
    assert instants(event) == (starts_at, starts_at + timedelta(hours=2))
    assert calendar.signature(event) != calendar.signature(DINNER)


@pytest.mark.parametrize(
    ("ends", "after_last_on"),
    [
        pytest.param(datetime(2026, 9, 18, 0, 0), date(2026, 9, 19), id="start and end at one midnight"),
        pytest.param(datetime(2026, 9, 18, 23, 59), date(2026, 9, 19), id="one day"),
        pytest.param(datetime(2026, 9, 21, 0, 0), date(2026, 9, 21), id="three days to midnight"),
        pytest.param(datetime(2026, 9, 20, 17, 0), date(2026, 9, 21), id="three days to the evening"),
    ],
)
def test_fragment_of_whole_days_has_dates_with_an_exclusive_end(ends: datetime, after_last_on: date) -> None:
    festival = replace(DINNER, starts_local=datetime(2026, 9, 18), ends_local=ends, is_all_day=True)
    found = read(festival)
    assert (found.dtstart.value, found.dtend.value) == (date(2026, 9, 18), after_last_on)
    assert b"TZID" not in written(festival)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"ends_local": DINNER.starts_local}, "ends", id="no length"),
        pytest.param({"ends_local": datetime(2026, 9, 12, 9)}, "ends", id="end before start"),
        pytest.param({"ends_local": datetime(2026, 9, 11), "is_all_day": True}, "ends", id="day before"),
        pytest.param({"starts_local": datetime(2026, 3, 8, 2, 30)}, "starts", id="start in the gap"),
        pytest.param({"time_zone": "America/Kansas"}, "time_zone", id="unknown zone"),
        pytest.param({"latitude": 390.1}, "latitude", id="off the map"),
        pytest.param({"longitude": float("nan")}, "latitude", id="no number"),
    ],
)
def test_fragment_refuses_an_event_that_would_break_a_feed(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        written(replace(DINNER, **changes))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("C:\\New\\Notes", "C:/New/Notes", id="backslash"),
        pytest.param("one\rtwo\u2028three", "one\ntwo\nthree", id="line breaks"),
        pytest.param("nul \x00 bell \x07", "nul  bell", id="controls"),
        pytest.param("x\r\nEND:VEVENT\r\nEND:VCALENDAR", "x\nEND:VEVENT\nEND:VCALENDAR", id="an end"),
        pytest.param("x\r\nATTENDEE:mailto:a@b.example", "x\nATTENDEE:mailto:a@b.example", id="property"),
        pytest.param("🎉🎊🥳", "🎉🎊🥳", id="only emoji"),
        pytest.param("  spaces  ", "spaces", id="spaces around"),
        pytest.param('semi;colon, "quotes" : ^n %20 \\\\;', 'semi;colon, "quotes" : ^n %20 //;', id="signs"),
    ],
)
def test_fragment_says_what_was_typed(typed: str, shown: str) -> None:
    found = read(replace(DINNER, summary=typed, description=typed, location=typed))
    flat = " ".join(shown.split())
    assert (found.summary.value, found.location.value) == (flat, flat)
    assert found.description.value == f"{shown}\n{PAGE}"


def test_fragment_keeps_long_burmese_text_whole_to_the_limit() -> None:
    found = read(replace(DINNER, locale="my", description="မြန်မာစာ" * 500))
    text, _, address = found.description.value.rpartition("\n")
    assert address == PAGE
    assert (
        calendar.DESCRIPTION_CHARACTERS - 5 < len(found.description.value) <= calendar.DESCRIPTION_CHARACTERS
    )
    assert text.endswith("…")
    assert ("မြန်မာစာ" * 500).startswith(text.removesuffix("…"))


def test_fragment_keeps_the_order_of_numbers_in_right_to_left_text() -> None:
    title = "عشاء ترحيبي – می\u200cخواهم"
    found = read(replace(DINNER, locale="ar", summary=title, description="اتصل على 816-555-0123 الآن"))
    assert found.summary.value == title
    assert found.description.value == f"اتصل على \u2068816-555-0123\u2069 الآن\n{PAGE}"


HARD = [
    *(
        "\\",
        "\\n",
        "\\N",
        "\r",
        "\n",
        "\r\n ",
        ";",
        ",",
        ":",
        '"',
        "\u2028",
        "\x00",
        "\ufeff",
        "\ud800",
        "\u2067",
        "\u2069",
    ),
    *("\nEND:VEVENT\r\n", "END:VCALENDAR", "\r\nDTSTART;TZID=Mars/Base:20260101T000000"),
    *("👩‍👩‍👧", "မြန်မာ", "سلام"),
]
pieces_of_text = st.one_of(st.text(st.characters(), max_size=40), st.sampled_from(HARD))
anything = st.lists(pieces_of_text, max_size=30).map("".join)


@settings(max_examples=150, deadline=None)
@given(anything, anything, anything, st.lists(anything, max_size=3))
def test_fragment_is_one_event_whatever_is_typed(
    summary: str, description: str, location: str, categories: list[str]
) -> None:
    event = replace(
        DINNER, summary=summary, description=description, location=location, categories=tuple(categories)
    )
    feed = whole(written(event), name=summary, description=description)
    for line in feed.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        assert not any(ord(character) < 32 for character in line.decode())
    assert feed.count(b"BEGIN:VEVENT\r\n") == feed.count(b"\r\nEND:VEVENT\r\n") == 1
    assert feed.count(b"\r\nTZID:") == 1
    found = read(event)
    assert found.summary.value == calendar_text.one_line(summary)
    assert found.description.value.split("\n")[-1] == PAGE
    assert len(found.description.value) <= calendar.DESCRIPTION_CHARACTERS
    assert len(list(found.getChildren())) == len({child.name for child in found.getChildren()})


@pytest.mark.parametrize("length", range(60, 80))
def test_fragment_folds_at_75_bytes_between_characters(length: int) -> None:
    summary = "x" * length + "👩‍👩‍👧" * 9
    folded = written(replace(DINNER, summary=summary)).split(b"\r\n")
    assert max(map(len, folded)) <= 75
    assert f":{summary}DESCRIPTION" in "".join(line.decode().removeprefix(" ") for line in folded)


def test_signature_moves_with_the_content_and_not_with_the_stamps() -> None:
    changes: list[dict[str, Any]] = [
        {"summary": "Welcome lunch"},
        {"description": "Bring two dishes."},
        {"location": "North Library"},
        {"categories": ()},
        {"status": "cancelled"},
        {"audience": "personal"},
        {"locale": "es"},
        {"starts_local": datetime(2026, 9, 12, 18, 0)},
        {"ends_local": datetime(2026, 9, 12, 21, 0)},
        {"latitude": 39.2},
        {"url": PAGE + "-2"},
        {"is_all_day": True},
    ]
    signatures = [calendar.signature(replace(DINNER, **change)) for change in [{}, *changes]]
    assert len(set(signatures)) == len(changes) + 1
    assert signatures[0] == calendar.signature(replace(DINNER))


def test_stamp_begins_at_zero_in_whole_seconds() -> None:
    assert calendar.stamp(None, "a", NOW + timedelta(microseconds=7)) == Stamp("a", 0, NOW)


def test_stamp_stays_for_the_same_content() -> None:
    stored = Stamp("a", 3, NOW)
    assert calendar.stamp(stored, "a", NOW + timedelta(days=9)) is stored


@pytest.mark.parametrize(
    ("now", "changed_at"),
    [
        pytest.param(NOW + timedelta(hours=1), NOW + timedelta(hours=1), id="later"),
        pytest.param(NOW, NOW + timedelta(seconds=1), id="within the same second"),
        pytest.param(NOW - timedelta(hours=1), NOW + timedelta(seconds=1), id="clock set back"),
    ],
)
def test_stamp_rises_strictly_for_other_content(now: datetime, changed_at: datetime) -> None:
    assert calendar.stamp(Stamp("a", 3, NOW), "b", now) == Stamp("b", 4, changed_at)


def test_stamp_rises_when_content_comes_back() -> None:
    """Canceled and revived within one second: programs that saw neither still end with the right one."""
    stamp = calendar.stamp(None, "on", NOW)
    for signature in ("off", "on", "off"):
        stamp = calendar.stamp(stamp, signature, NOW)
    assert stamp == Stamp("off", 3, NOW + timedelta(seconds=3))


def test_feed_has_a_fixed_head_and_the_pieces_untouched() -> None:
    piece = written(DINNER)
    head, _, rest = whole(piece).partition(b"BEGIN:VTIMEZONE")
    assert lines(head) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Outreach//Outreach 1//EN",
        "CALSCALE:GREGORIAN",
        "NAME;LANGUAGE=en-US:Events in Kansas City",
        "X-WR-CALNAME;LANGUAGE=en-US:Events in Kansas City",
        "X-WR-CALDESC;LANGUAGE=en-US:Everything that is open to you",
        "X-WR-TIMEZONE:America/Chicago",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
        "URL:https://outreach.example.org/en/events/",
        "COLOR:teal",
        "SOURCE;VALUE=URI:https://outreach.example.org/en/calendar.ics",
        "LAST-MODIFIED:20260801T150000Z",
    ]
    assert rest.endswith(b"END:VTIMEZONE\r\n" + piece + b"END:VCALENDAR\r\n")


def test_feed_does_not_tell_a_secret_address() -> None:
    assert b"SOURCE" not in whole(written(DINNER), source=None)


def zones_of(feed: bytes) -> list[str]:
    return [line.removeprefix("TZID:") for line in lines(feed) if line.startswith("TZID:")]


def test_feed_holds_the_zones_its_pieces_use_in_order() -> None:
    zones = ("Asia/Kolkata", "UTC", "America/Phoenix", CHICAGO, "America/Phoenix")
    pieces = [written(replace(DINNER, time_zone=zone)) for zone in zones]
    pieces.append(written(replace(DINNER, url="https://a.example/?DTSTART;TZID=Mars/Base:20260101T000000")))
    assert zones_of(whole(*pieces)) == [CHICAGO, "America/Phoenix", "Asia/Kolkata"]


def test_feed_without_pieces_is_a_calendar_that_holds_the_home_zone() -> None:
    feed = whole(home_zone="America/Denver")
    assert zones_of(feed) == ["America/Denver"]
    assert [component.name for component in vobject.readOne(feed.decode()).components()] == ["VTIMEZONE"]


def test_feed_is_not_ended_by_its_own_name() -> None:
    feed = whole(written(DINNER), name="END:VCALENDAR", description="x\r\nEND:VCALENDAR\r\n")
    parsed = vobject.readOne(feed.decode())
    assert (parsed.x_wr_calname.value, len(parsed.vevent_list)) == ("END:VCALENDAR", 1)


def test_feed_is_the_same_in_every_process() -> None:
    program = (
        "from tests.events.test_calendar import DINNER, replace, whole, written\n"
        "zones = ['Asia/Kolkata', 'America/Chicago', 'Europe/Dublin', 'Africa/Casablanca', 'UTC']\n"
        "feed = whole(*(written(replace(DINNER, time_zone=zone)) for zone in zones))\n"
        "import sys; sys.stdout.buffer.write(feed)\n"
    )
    feeds = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert feeds[0] == feeds[1]
    assert feeds[0].count(b"BEGIN:VEVENT") == 5


def test_within_budget_keeps_the_nearest() -> None:
    pieces = [written(replace(DINNER, uid=f"e-{number}@outreach.example.org")) for number in range(10)]
    size = len(pieces[0])
    assert calendar.within_budget(pieces) == (pieces, 0)
    assert calendar.within_budget(pieces, 3 * size) == (pieces[:3], 7)
    assert calendar.within_budget(pieces, 3 * size - 1) == (pieces[:2], 8)
    assert calendar.within_budget([]) == ([], 0)


def test_within_budget_makes_a_valid_feed_of_five_thousand_long_events() -> None:
    piece = written(replace(DINNER, description="မြန်မာစာ" * 500))
    kept, dropped = calendar.within_budget([piece] * 5000)
    feed = whole(*kept)
    assert len(kept) + dropped == 5000
    assert calendar.BUDGET_BYTES - len(piece) < sum(map(len, kept)) <= calendar.BUDGET_BYTES
    assert len(feed) < 1_000_000
    assert feed.decode().count("\r\nEND:VEVENT\r\n") == len(kept)


def test_cancelled_summary_tells_it_in_the_title() -> None:
    assert calendar.cancelled_summary(translator("en"), "100% fun") == "Canceled: 100% fun"
