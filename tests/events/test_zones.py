"""Wall time to instants, and VTIMEZONEs read back by a program that is not ours."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import InvalidInputError
from outreach.events import zones

CHICAGO = "America/Chicago"

#: Home, its neighbors, and every way of changing clocks that is in use.
ZONES = (
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "America/Halifax",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "America/Nuuk",
    "America/Mexico_City",
    "America/Sao_Paulo",
    "Pacific/Honolulu",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Jerusalem",
    "Asia/Gaza",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Mogadishu",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Europe/Dublin",
    "Europe/London",
    "UTC",
)


@pytest.mark.parametrize(
    ("local", "zone", "at"),
    [
        pytest.param(datetime(2026, 7, 4, 18, 30), CHICAGO, datetime(2026, 7, 4, 23, 30), id="summer"),
        pytest.param(datetime(2026, 1, 4, 18, 30), CHICAGO, datetime(2026, 1, 5, 0, 30), id="winter"),
        pytest.param(datetime(2026, 3, 8, 1, 59), CHICAGO, datetime(2026, 3, 8, 7, 59), id="before the gap"),
        pytest.param(datetime(2026, 3, 8, 3, 0), CHICAGO, datetime(2026, 3, 8, 8, 0), id="after the gap"),
        pytest.param(
            datetime(2026, 7, 4, 9, 0), "America/Phoenix", datetime(2026, 7, 4, 16, 0), id="no summer"
        ),
        pytest.param(datetime(2026, 7, 4, 9, 0), "Asia/Kolkata", datetime(2026, 7, 4, 3, 30), id="half hour"),
    ],
)
def test_resolve_gives_the_instant(local: datetime, zone: str, at: datetime) -> None:
    assert zones.resolve(local, zone) == at.replace(tzinfo=UTC)


@pytest.mark.parametrize("fold", [None, 0, 1])
def test_resolve_refuses_a_time_that_the_spring_change_skips(fold: int | None) -> None:
    with pytest.raises(InvalidInputError, match="does not exist") as caught:
        zones.resolve(datetime(2026, 3, 8, 2, 30), CHICAGO, fold=fold, field="ends")
    assert (type(caught.value), caught.value.field) == (InvalidInputError, "ends")


def test_resolve_asks_which_of_two_equal_autumn_times_is_meant() -> None:
    doubled = datetime(2026, 11, 1, 1, 30)
    first_at, second_at = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (6, 7))
    with pytest.raises(zones.AmbiguousTimeError) as caught:
        zones.resolve(doubled, CHICAGO)
    error = caught.value
    assert (error.field, error.first_at, error.second_at) == ("starts", first_at, second_at)
    assert zones.resolve(doubled, CHICAGO, fold=0) == first_at
    assert zones.resolve(doubled, CHICAGO, fold=1) == second_at


@pytest.mark.parametrize(
    ("local", "is_doubled"),
    [
        (datetime(2026, 11, 1, 0, 59), False),
        (datetime(2026, 11, 1, 1, 0), True),
        (datetime(2026, 11, 1, 1, 59), True),
        (datetime(2026, 11, 1, 2, 0), False),
        (datetime(2026, 3, 8, 2, 30), False),
    ],
    ids=str,
)
def test_is_doubled_only_in_the_hour_after_clocks_go_back(local: datetime, is_doubled: bool) -> None:
    assert zones.is_doubled(local, CHICAGO) is is_doubled


@pytest.mark.parametrize("zone", ["", "America", "Mars/Olympus", "../../etc/passwd", "/etc/localtime"])
def test_resolve_refuses_an_unknown_zone(zone: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        zones.resolve(datetime(2026, 7, 4, 9), zone)
    assert caught.value.field == "time_zone"


@pytest.mark.parametrize(
    "local", [datetime(1, 1, 1), datetime(1969, 12, 31), datetime(2100, 1, 1), datetime(9999, 12, 31)]
)
def test_resolve_refuses_a_year_nobody_means(local: datetime) -> None:
    with pytest.raises(InvalidInputError, match="from 1970 to 2099"):
        zones.resolve(local, CHICAGO)


@settings(deadline=None)
@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2098, 12, 30), timezones=st.just(UTC)),
    st.sampled_from([CHICAGO, "Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca", "UTC"]),
)
def test_resolve_undoes_the_way_from_an_instant_to_wall_time(at: datetime, zone: str) -> None:
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    assert zones.resolve(local, zone, fold=zones.fold_at(at, zone)) == at


def test_time_zone_component_is_a_yearly_pair_since_the_rule_began() -> None:
    assert zones.time_zone_component(CHICAGO, date(2026, 1, 5), date(2027, 2, 9)).decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:America/Chicago",
        "BEGIN:DAYLIGHT",
        "DTSTART:20070311T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "TZOFFSETFROM:-0600",
        "TZOFFSETTO:-0500",
        "TZNAME:CDT",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20071104T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0600",
        "TZNAME:CST",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


def test_time_zone_component_is_one_standard_without_clock_changes() -> None:
    component = zones.time_zone_component("America/Phoenix", date(2026, 1, 5), date(2027, 2, 9))
    assert component.decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:America/Phoenix",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:-0700",
        "TZOFFSETTO:-0700",
        "TZNAME:MST",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


def test_time_zone_component_lists_irregular_changes_one_to_a_line() -> None:
    component = zones.time_zone_component("Africa/Casablanca", date(2026, 1, 5), date(2027, 2, 9))
    lines = component.decode().split("\r\n")
    changes = [line for line in lines if line.startswith(("DTSTART:202", "RDATE"))]
    assert changes == [
        "DTSTART:20260215T030000",
        "RDATE:20270207T030000",
        "DTSTART:20260322T020000",
        "RDATE:20270314T020000",
    ]
    assert not any(line.startswith("RRULE") for line in lines)


def test_time_zone_component_keeps_its_bytes_as_the_days_move_on() -> None:
    windows = [(date(year, 1, 1), date(year + 1, 2, 9)) for year in range(2008, 2040)]
    assert len({zones.time_zone_component(CHICAGO, *window) for window in windows}) == 1


def test_time_zone_component_knows_a_renamed_zone_by_either_name() -> None:
    window = date(2026, 1, 5), date(2027, 2, 9)
    old, new = (zones.time_zone_component(f"Europe/{name}", *window) for name in ("Kiev", "Kyiv"))
    assert old != new
    assert old.replace(b"Kiev", b"Kyiv") == new


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        *((zone, 2026) for zone in ZONES),
        pytest.param(CHICAGO, 2004, id="one rule before"),
        pytest.param(CHICAGO, 2006, id="across a change of the rule"),
        pytest.param(CHICAGO, 2007, id="from the rule's first year"),
        pytest.param("America/Mexico_City", 2021, id="summer time given up"),
        pytest.param("Africa/Casablanca", 2016, id="two pairs a year"),
        pytest.param("America/Argentina/San_Luis", 2008, id="two rules a year"),
        pytest.param("Africa/Cairo", 2029, id="a last weekday that leaves its month"),
    ],
)
def test_time_zone_component_agrees_with_zoneinfo_every_six_hours(zone: str, year: int) -> None:
    """Read by dateutil under a name of its own, so that it cannot look the zone up elsewhere."""
    component = zones.time_zone_component(zone, date(year, 1, 1), date(year + 1, 12, 31)).decode()
    assert max(map(len, component.split("\r\n"))) <= 75
    renamed = component.replace(f"TZID:{zone}\r\n", "TZID:Somewhere\r\n").replace("\r\n", "\n")
    read, expected = tzical(StringIO(renamed)).get("Somewhere"), ZoneInfo(zone)
    begin = datetime(year, 1, 1, 12, tzinfo=UTC)
    instants = [begin + timedelta(hours=6 * step) for step in range(729 * 4)]
    assert [
        at for at in instants if at.astimezone(read).utcoffset() != at.astimezone(expected).utcoffset()
    ] == []
