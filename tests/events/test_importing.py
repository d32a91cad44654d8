"""Files of events: tables, JSON and real calendars; what is taken, what is refused and with which words."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject

from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events import import_tables, importing
from outreach.events.drafts import EventDraft, TextDraft, VenueDraft
from outreach.events.forbidden_fields import is_forbidden
from outreach.events.import_rows import EventRow, OrganizationRow, shifted
from outreach.events.markup import without_markup

NOW = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)
CHICAGO = "America/Chicago"
CALENDARS = Path(__file__).parents[1] / "data" / "calendars"
MANIFEST = {row["file"]: row for row in json.loads((CALENDARS / "manifest.json").read_text())}

PICNIC = {"title": "Picnic", "kind": "welcoming_week", "starts": "2026-09-12 18:30", "venue": "Budd Park"}


def table(*rows: dict[str, str], separator: str = ",") -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    return "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines).encode()


def from_csv(*rows: dict[str, str]) -> list[EventRow]:
    return import_tables.events_from_csv(table(*rows), default_zone=CHICAGO)


def entry(**fields: object) -> dict[str, object]:
    found = {
        "id": "ev-1",
        "title": "Picnic",
        "kind": "welcoming_week",
        "host_organization": "Library",
        "city": "Kansas City",
        "state": "MO",
        "venue": "Budd Park",
        "start": "2025-09-12T18:30",
        "end": "2025-09-12T20:30",
        "time_zone": CHICAGO,
        "status": "announced",
        "weekday_in_source": "Friday",
    }
    return {**found, **fields}


def from_json(*entries: dict[str, object]) -> list[EventRow]:
    return import_tables.events_from_json(json.dumps(entries).encode(), default_zone=CHICAGO)


def refusals(call, *given) -> list[str]:
    with pytest.raises((InvalidInputError, InvalidInputsError)) as caught:
        call(*given)
    error = caught.value
    return [str(each) for each in error.problems] if isinstance(error, InvalidInputsError) else [str(error)]


def read(text: str | bytes, *, now: datetime = NOW, zone: str = CHICAGO) -> importing.Reading:
    data = text if isinstance(text, bytes) else text.encode()
    return importing.read_events("a.ics", data, default_zone=zone, kind="convening", now=now)


def calendar(*events: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{''.join(map(vevent, events))}END:VCALENDAR\r\n"


def vevent(lines: str) -> str:
    return "\r\n".join(("BEGIN:VEVENT", *lines.strip().split("\n"), "END:VEVENT", ""))


def starts(reading: importing.Reading) -> list[str]:
    return [f"{row.draft.starts_local:%Y-%m-%d %H:%M}" for row in reading.rows]


# Tables


def test_csv_row_becomes_a_draft():
    [row] = from_csv(
        {
            "reference": "p-1", **PICNIC, "host": "Library", "ends": "2026-09-12 20:30", "weekday": "Sat",
            "address": "5600 Budd Park Esplanade", "city": "Kansas City", "state": "MO", "summary": "Eat.",
            "description": "Bring a dish.", "spoken": "en; es", "interpreted": "ar",
            "offers": "childcare; ride",
            "capacity": "80", "keyword": "picnic", "keywords": "es: comida; sw: Karibu",
            "reminders": "Week; day",
            "cohosts": "Church; School", "locale": "en",
            "source_url": "https://example.org/picnic",
        }
    )  # fmt: skip
    assert row == EventRow(
        where="Row 2",
        reference="p-1",
        host="Library",
        source_url="https://example.org/picnic",
        state="MO",
        draft=EventDraft(
            kind="welcoming_week",
            texts={"en": TextDraft("Picnic", "Eat.", "Bring a dish.")},
            source_locale="en",
            starts_local=datetime(2026, 9, 12, 18, 30),
            ends_local=datetime(2026, 9, 12, 20, 30),
            time_zone=CHICAGO,
            venue=VenueDraft("Budd Park", "5600 Budd Park Esplanade", "Kansas City, MO"),
            capacity=80,
            keyword="PICNIC",
            keywords={"es": "COMIDA", "sw": "KARIBU"},
            reminders=("week", "day"),
            spoken=("en", "es"),
            interpreted=("ar",),
            offers=("childcare", "ride"),
            cohosts=("Church", "School"),
        ),
    )


@pytest.mark.parametrize("keywords", ["karibu", "tlh: karibu", "sw: karibu; sw: jamboree", "sw: acha"])
def test_csv_with_words_that_nobody_can_text_is_refused(keywords):
    with pytest.raises(InvalidInputsError, match="keywords"):
        from_csv({**PICNIC, "keywords": keywords})


def test_csv_without_an_end_is_guessed_and_marked():
    [row] = from_csv(PICNIC)
    assert (row.draft.ends_local, row.draft.is_end_known) == (datetime(2026, 9, 12, 20, 30), False)


def test_guessed_end_lies_two_hours_on_even_when_clocks_change():
    [row] = from_csv({**PICNIC, "starts": "2026-03-08 00:30"})
    assert row.draft.ends_local == datetime(2026, 3, 8, 3, 30)
    [row] = from_csv({**PICNIC, "starts": "2026-11-01 00:30"})
    assert (row.draft.ends_local, row.draft.ends_fold) == (datetime(2026, 11, 1, 1, 30), 1)
    assert row.draft.ends_at - row.draft.starts_at == timedelta(hours=2)


@pytest.mark.parametrize(
    ("ends", "last"), [("", datetime(2026, 9, 13)), ("2026-09-14", datetime(2026, 9, 15))]
)
def test_csv_of_days_is_all_day_and_includes_the_last(ends, last):
    [row] = from_csv({**PICNIC, "starts": "2026-09-12", "ends": ends})
    found = (row.draft.is_all_day, row.draft.is_end_known, row.draft.starts_local, row.draft.ends_local)
    assert found == (True, True, datetime(2026, 9, 12), last)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_of_any_spreadsheet_is_read(separator, encoding):
    text = table({**PICNIC, "title": "Día del niño"}, separator=separator).decode()
    [row] = import_tables.events_from_csv(text.encode(encoding), default_zone=CHICAGO)
    assert row.draft.texts["en"].title == "Día del niño"


def test_csv_row_without_reference_gets_the_same_one_each_time():
    first, again, other = (
        from_csv(row)[0].reference
        for row in (PICNIC, {**PICNIC, "capacity": "9"}, {**PICNIC, "title": "Chess"})
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({**PICNIC, "starts": ""}, "Row 2, starts: say when the event begins."),
        (
            {**PICNIC, "starts": "12.9.2026"},
            "Row 2, starts: write days like 2026-09-12 and times like 2026-09-12 18:30.",
        ),
        ({**PICNIC, "starts": "2026-02-30"}, "Row 2, starts: 2026-02-30 is not a day of the calendar."),
        ({**PICNIC, "weekday": "Friday"}, "Row 2, weekday: 2026-09-12 is a Saturday."),
        ({**PICNIC, "weekday": "domingo"}, "Row 2, weekday: 2026-09-12 is a Saturday."),
        ({**PICNIC, "ends": "2026-09-13"}, "Row 2, ends: Give start and end both as days or both as times."),
        ({**PICNIC, "ends": "2026-09-12 18:00"}, "Row 2, ends: The end must be after the start."),
        ({**PICNIC, "title": " "}, "Row 2, title: Enter a title."),
        ({**PICNIC, "kind": "party"}, "Row 2, kind: Choose a kind of event from the list."),
        ({**PICNIC, "time_zone": "Mars/Olympus"}, "Row 2, time_zone: We do not know this time zone."),
        ({**PICNIC, "capacity": "many"}, "Row 2, capacity: give a whole number."),
        ({**PICNIC, "venue": ""}, "Row 2, venue: Enter the name of the place."),
        ({**PICNIC, "delivery": "by mail"}, "Row 2, delivery: choose one of in_person, online, hybrid."),
        (
            {**PICNIC, "registration": "maybe"},
            "Row 2, registration: choose one of yes, required, requested, no, not_needed, invitation_only.",
        ),
        (
            {**PICNIC, "status": "great"},
            "Row 2, status: choose one of announced, held, held_no_attendance, cancelled, canceled.",
        ),
        (
            {**PICNIC, "starts": "2026-03-08 02:30"},
            "Row 2, starts: This time does not exist on that day, because the clocks go forward. "
            "Choose an earlier or a later time.",
        ),
    ],
)  # fmt: skip
def test_csv_row_is_refused_with_its_place_and_reason(row, refusal):
    assert refusal in refusals(from_csv, row)


def test_every_problem_of_every_row_is_told_at_once():
    broken = {**PICNIC, "capacity": "x", "weekday": "Monday"}
    assert refusals(from_csv, PICNIC, broken, {**PICNIC, "kind": "party"}) == [
        "Row 3, weekday: 2026-09-12 is a Saturday.",
        "Row 3, capacity: give a whole number.",
        "Row 4, kind: Choose a kind of event from the list.",
    ]


def test_the_same_row_twice_is_refused():
    assert refusals(from_csv, {**PICNIC, "reference": "a"}, {**PICNIC, "reference": "a", "title": "B"}) == [
        "Row 2: a is in the file 2 times.",
        "Row 3: a is in the file 2 times.",
    ]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", "This file is empty."),
        (b"title,kind\nA,workshop\n", "The column starts is missing."),
        (b"title,kind,starts,title\n", "The column title is there twice."),
        (b"title,kind,starts,phone\n", "We do not know the field “phone”. The fields are: "),
        (b'title,kind,starts\n"A,workshop,2026', "This file is not a table: "),
        (b"title,kind,starts\nA,workshop,2026-09-12,more\n", "Row 2 has more cells than there are columns."),
    ],
)
def test_broken_table_is_refused(data, refusal):
    [found] = refusals(lambda: import_tables.events_from_csv(data, default_zone=CHICAGO))
    assert found.startswith(refusal)


def test_empty_lines_of_a_table_are_nothing():
    assert import_tables.events_from_csv(b"title,kind,starts\n,,\n\n", default_zone=CHICAGO) == []


# What is never held


@pytest.mark.parametrize(
    "name",
    """immigration_status|Immigration Status|Visa type|VisaType|nationality|Nacionalidad|País de origen|
    nationalité|citizenship|citoyenneté|Ciudadanía|date_of_birth|DOB|birthDate|Fecha de nacimiento|
    Estatus_Migratorio|pasaporte|passport no.|SSN|A-Number|country_of_birth|refugee status|green card|
    documents|undocumented|X-NATIONALITY|home address|race|الجنسية|تاريخ الميلاد|رقم جواز السفر|تأشيرة|
    uraia|tarehe ya kuzaliwa|jinsiyadda|quốc tịch|ngày sinh|国籍|出生日期|签证|နိုင်ငံသား|ملیت|تابعیت|تاریخ تولد|
    ubwenegihugu|гражданство|Geburtsdatum""".replace("\n    ", "").split("|"),
)  # fmt: skip
def test_field_about_a_person_s_status_is_known_in_any_language(name):
    assert is_forbidden(name)


@pytest.mark.parametrize(
    "name",
    [*import_tables.EVENT_COLUMNS, *import_tables.ORGANIZATION_COLUMNS, *entry(), "advisable", "trace"],
)
def test_field_about_an_event_is_not_mistaken_for_one(name):
    assert not is_forbidden(name)


SENTENCE = (
    "“Visa Status” cannot be imported. We never keep a person's immigration status, nationality, papers, "
    "birth or home. Remove it from the file."
)


def test_forbidden_column_is_refused_by_name_before_anything_is_read():
    assert refusals(from_csv, {**PICNIC, "starts": "nonsense", "Visa Status": ""}) == [SENTENCE]
    assert refusals(from_json, entry(), entry(**{"Visa Status": None})) == [SENTENCE]
    data = json.dumps([{"name": "Library", "sector": "library", "Visa Status": 1}]).encode()
    assert refusals(import_tables.organizations_from_json, data) == [SENTENCE]


def test_forbidden_property_of_a_calendar_is_refused():
    text = calendar("UID:1\nSUMMARY:A\nDTSTART:20260912T180000\nX-NATIONALITY:any")
    assert refusals(read, text)[0].startswith("“X-NATIONALITY” cannot be imported.")


# JSON


def test_json_entry_becomes_a_row():
    [row] = from_json(
        entry(
            co_hosts=["Church"],
            description="Long tables.",
            languages=["es", "ru"],
            language_note="interpreters present",
            audience="families",
            cost="free",
            capacity=300,
            registration="not_needed",
            status="held",
            reported_attendance="120",
            in_welcoming_week=True,
            source_url="https://example.org/a",
            recurrence={"freq": "WEEKLY", "byday": ["TU", "TH"], "until": "2025-10-30", "count": None},
        )
    )
    assert (row.where, row.reference, row.host) == ("Entry 1 (ev-1)", "ev-1", "Library")
    assert (row.outcome, row.head_count, row.is_in_welcoming_week) == ("held", 120, True)
    assert row.draft.texts["en"] == TextDraft(
        "Picnic",
        "Long tables.",
        "For: families\nCost: free\nLanguages: interpreters present\n"
        "Repeats weekly on Tuesday and Thursday until 2025-10-30.\nLanguages: Russian",
    )
    assert (row.draft.spoken, row.draft.takes_registrations, row.draft.capacity) == (("es",), False, 300)
    assert row.draft.cohosts == ("Church",)


@pytest.mark.parametrize(
    ("status", "reported", "outcome", "head_count"),
    [
        ("held_no_attendance", None, "held", 0),
        ("held", "0", "held", 0),
        ("held", "at least 200", "held", None),
        ("cancelled", None, "cancelled", None),
        ("announced", None, "announced", None),
    ],
)
def test_json_entry_tells_what_became_of_it(status, reported, outcome, head_count):
    [row] = from_json(entry(status=status, reported_attendance=reported))
    assert (row.outcome, row.head_count) == (outcome, head_count)


@pytest.mark.parametrize(
    ("changes", "venue"),
    [
        ({"venue": None}, VenueDraft("Kansas City, MO", None, "Kansas City, MO")),
        ({"venue": None, "address": "1 Main St"}, VenueDraft("1 Main St", "1 Main St", "Kansas City, MO")),
        ({"venue": None, "delivery": "online"}, None),
    ],
)
def test_json_entry_without_a_venue_is_placed_as_well_as_is_known(changes, venue):
    [row] = from_json(entry(**changes))
    assert row.draft.venue == venue


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"[{]", "This file is not JSON: line 1, "),
        (b"[" * 100_000, "This file is not JSON: too deep."),
        (b"\xff\xfe", "This file is not in UTF-8."),
        (b'{"a": 1}', "This file must hold a list of objects."),
        (b"[1]", "Entry 1: this is not an object."),
        (b'[{"surprise": 1}]', "We do not know the field “surprise”."),
        (b'[{"title": ["a"], "start": "2025-09-12", "kind": "workshop"}]', "Entry 1, title: give a text."),
        (b'[{"title": true, "start": "2025-09-12", "kind": "workshop"}]', "Entry 1, title: give a text."),
        (b'[{"title": "a", "languages": [1], "start": "2025-09-12"}]', "Entry 1, spoken: give a list"),
    ],
)  # fmt: skip
def test_broken_json_is_refused(data, refusal):
    found = refusals(lambda: import_tables.events_from_json(data, default_zone=CHICAGO))
    assert found[0].startswith(refusal)


def test_weekday_that_the_source_prints_is_checked():
    assert refusals(from_json, entry(weekday_in_source="Monday")) == [
        "Entry 1 (ev-1), weekday: 2025-09-12 is a Friday."
    ]


def test_real_past_events_are_all_taken():
    data = (Path(importing.__file__).parents[1] / "demo" / "data" / "past_events.json").read_bytes()
    rows = import_tables.events_from_json(data, default_zone=CHICAGO)
    assert len(rows) == len(json.loads(data)) == 201
    assert sum(row.outcome == "held" for row in rows) == 43
    assert sum(row.draft.is_all_day for row in rows) == 74


def test_real_organizations_are_all_taken():
    data = (Path(importing.__file__).parents[1] / "demo" / "data" / "organizations.json").read_bytes()
    assert len(import_tables.organizations_from_json(data)) == 252


def test_organizations_of_a_table():
    data = table({"name": "Library", "sector": "library", "website": "https://example.org", "city": "KC"})
    assert import_tables.organizations_from_csv(data) == [
        OrganizationRow(
            where="Row 2", reference=None, name="Library", sector="library",
            website="https://example.org", city="KC",
        )
    ]  # fmt: skip


def test_broken_organizations_are_refused():
    data = table(
        {"name": "Library", "sector": "club"},
        {"name": "", "sector": "library"},
        {"name": "Bank", "sector": "business", "website": "javascript:alert(1)"},
        {"name": "Bank", "sector": "business"},
    )
    assert refusals(import_tables.organizations_from_csv, data) == [
        "Row 2, sector: choose one of local_government, business, nonprofit, faith, higher_education, "
        "law_enforcement, library, workforce, other.",
        "Row 3, name: enter a name of at most 200 letters.",
        "Row 4, website: enter a web address that begins with https://",
        "Row 4: Bank is in the file 2 times.",
        "Row 5: Bank is in the file 2 times.",
    ]


# Shifting


def test_shifted_events_keep_weekday_time_and_order():
    rows = from_json(entry(), entry(id="ev-2", start="2025-09-15", end=None, weekday_in_source="Monday"))
    moved = shifted(rows, date(2026, 9, 11))
    assert [row.draft.starts_local for row in moved] == [datetime(2026, 9, 11, 18, 30), datetime(2026, 9, 14)]
    assert [row.reference for row in moved] == ["ev-1+364d", "ev-2+364d"]
    assert [row.draft.ends_local for row in moved] == [datetime(2026, 9, 11, 20, 30), datetime(2026, 9, 15)]


@pytest.mark.parametrize(
    ("target", "lands"),
    [("2026-09-12", "2026-09-11"), ("2026-09-14", "2026-09-11"), ("2026-09-15", "2026-09-18")],
)
def test_shift_is_rounded_to_whole_weeks(target, lands):
    [row] = shifted(from_json(entry()), date.fromisoformat(target))
    assert f"{row.draft.starts_local:%Y-%m-%d}" == lands


def test_shifted_event_forgets_what_became_of_it():
    [row] = shifted(from_json(entry(status="held", reported_attendance="9")), date(2026, 9, 11))
    assert (row.outcome, row.head_count) == ("announced", None)


def test_shift_into_the_spring_gap_is_refused_with_the_row():
    rows = from_json(entry(start="2025-09-14T02:30", end="2025-09-14T04:00", weekday_in_source=None))
    assert refusals(shifted, rows, date(2026, 3, 8))[0].startswith(
        "Entry 1 (ev-1), starts: This time does not"
    )


def test_nothing_is_shifted_to_nothing():
    assert shifted([], date(2026, 9, 11)) == []


# Calendars


@pytest.mark.parametrize("name", MANIFEST)
def test_real_calendar_is_as_published(name):
    assert sha256((CALENDARS / name).read_bytes()).hexdigest() == MANIFEST[name]["sha256"]


@pytest.mark.parametrize(
    ("name", "rows", "notes"),
    [
        ("civicplus_city_special_events.ics", 128, 0),
        ("edge_no_uid_no_prodid.ics", 28, 0),
        ("eventbrite_higher_education_center.ics", 98, 1),
        ("google_farmers_market.ics", 749, 0),
        ("libcal_public_library.ics", 113, 0),
        ("livewhale_latino_cultural_center.ics", 109, 0),
        ("meetup_intercultural_group.ics", 10, 0),
        ("wordpress_the_events_calendar.ics", 30, 0),
    ],
)
def test_real_calendar_is_read(name, rows, notes):
    reading = read((CALENDARS / name).read_bytes())
    assert (len(reading.rows), len(reading.notes)) == (rows, notes)
    assert len({row.reference for row in reading.rows}) == rows
    texts = [row.draft.texts[row.draft.source_locale] for row in reading.rows]
    assert not any("\ufffd" in text.title + text.description for text in texts)
    assert not any("<p" in text.description or "&nbsp;" in text.description for text in texts)


def expanded(data: bytes) -> set[tuple[datetime, str]]:
    """The dates of a calendar as another program counts them, in UTC."""
    found: set[tuple[datetime, str]] = set()
    events = vobject.readOne(data.decode()).vevent_list
    replaced: dict[str, set[datetime]] = {}

    def utc(value: date | datetime) -> datetime:
        if not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=ZoneInfo("America/New_York"))
        return value.astimezone(UTC)

    for event in events:
        if "recurrence-id" in event.contents:
            replaced.setdefault(event.uid.value, set()).add(utc(event.recurrence_id.value))
            found.add((utc(event.dtstart.value), " ".join(event.summary.value.split())))
    for event in events:
        if "recurrence-id" in event.contents:
            continue
        first = event.dtstart.value
        for at in event.getrruleset(addRDate=True) if event.rruleset else [first]:
            begins = utc(at if isinstance(first, datetime) else date(at.year, at.month, at.day))
            if begins not in replaced.get(event.uid.value, ()):
                found.add((begins, " ".join(event.summary.value.split())))
    return found


@pytest.mark.parametrize("name", ["google_farmers_market.ics", "libcal_public_library.ics"])
def test_real_dates_are_those_that_another_program_counts(name):
    data = (CALENDARS / name).read_bytes()
    rows = read(data, zone="America/New_York").rows
    ours = {(row.draft.starts_at, row.draft.texts["en"].title) for row in rows}
    assert ours == {(at, title[:120]) for at, title in expanded(data)}


def test_letters_that_were_folded_in_the_middle_are_whole():
    data = calendar("UID:1\nSUMMARY:Café\nDTSTART:20260912T180000").encode()
    [row] = read(data.replace("é".encode(), b"\xc3\r\n \xa9")).rows
    assert row.draft.texts["en"].title == "Café"


def test_latin_1_is_read_line_by_line():
    data = calendar("UID:1\nSUMMARY:Niño\nDTSTART:20260912T180000\nLOCATION:ZZ").encode("latin-1")
    [row] = read(data.replace(b"ZZ", "Café".encode())).rows
    assert (row.draft.texts["en"].title, row.draft.venue.name) == ("Niño", "Café")


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", "This file is not a calendar."),
        (b"<html>Please sign in</html>", "This file is not a calendar."),
        (
            b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
            "This calendar is cut off in the middle. Please get it again.",
        ),
        (
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:A\r\nEND:VCALENDAR\r\n",
            "This calendar is cut off in the middle. Please get it again.",
        ),
        (
            b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\nEND:VCALENDAR\r\n",
            "This calendar cannot be read: ",
        ),
    ],
)
def test_broken_calendar_is_refused_in_one_sentence(data, refusal):
    [found] = refusals(read, data)
    assert found.startswith(refusal)
    assert len(found) < 200


def test_empty_calendar_is_no_mistake():
    assert read("BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n") == importing.Reading([])


@pytest.mark.parametrize(
    ("start", "head", "wall", "zone"),
    [
        ("DTSTART:20260912T180000", "", "18:00", CHICAGO),
        ("DTSTART:20260912T180000Z", "", "13:00", CHICAGO),
        ("DTSTART:20260912T180000Z", "X-WR-TIMEZONE:America/Denver\r\n", "12:00", "America/Denver"),
        ("DTSTART;TZID=America/New_York:20260912T180000", "", "18:00", "America/New_York"),
        ("DTSTART;TZID=GMT Standard Time:20260912T180000", "", "18:00", "Europe/London"),
        ("DTSTART;TZID=/example.org/2019/America/New_York:20260912T180000", "", "18:00", "America/New_York"),
        ("DTSTART;TZID=UTC:20260912T180000", "", "13:00", CHICAGO),
        ("DTSTART;TZID=Our Town:20260912T180000", "", "18:00", CHICAGO),
    ],
)
def test_start_is_told_by_the_clock_of_its_place(start, head, wall, zone):
    [row] = read(calendar(f"UID:1\nSUMMARY:A\n{start}", head=head)).rows
    assert (f"{row.draft.starts_local:%H:%M}", row.draft.time_zone) == (wall, zone)


@pytest.mark.parametrize(
    ("lines", "ends", "is_known", "is_all_day"),
    [
        ("DTSTART:20260912T180000\nDTEND:20260912T193000", "09-12 19:30", True, False),
        ("DTSTART:20260912T180000\nDURATION:PT45M", "09-12 18:45", True, False),
        ("DTSTART:20260912T180000", "09-12 20:00", False, False),
        ("DTSTART:20260912T180000\nDTEND:20260912T180000", "09-12 20:00", False, False),
        ("DTSTART;VALUE=DATE:20260912", "09-13 00:00", True, True),
        ("DTSTART;VALUE=DATE:20260912\nDTEND;VALUE=DATE:20260915", "09-15 00:00", True, True),
        ("DTSTART;VALUE=DATE:20260912\nDTEND;VALUE=DATE:20260912", "09-13 00:00", True, True),
    ],
)
def test_end_of_a_calendar_event(lines, ends, is_known, is_all_day):
    [row] = read(calendar(f"UID:1\nSUMMARY:A\n{lines}")).rows
    found = (f"{row.draft.ends_local:%m-%d %H:%M}", row.draft.is_end_known, row.draft.is_all_day)
    assert found == (ends, is_known, is_all_day)


@pytest.mark.parametrize(
    ("location", "venue", "online_url"),
    [
        ("Library\\, 14 W 10th St\\, Kansas City", ("Library", "14 W 10th St, Kansas City"), None),
        ("<p>River&apos;s Edge</p> - Roanoke", ("River's Edge", "Roanoke"), None),
        ("https://meet.example.org/room", None, "https://meet.example.org/room"),
        ("Zoom: https://meet.example.org/room.", None, "https://meet.example.org/room"),
        ("Hall http://hall.example.org", ("Hall", None), None),
        ("", ("To be announced", None), None),
    ],
)
def test_place_of_a_calendar_event(location, venue, online_url):
    [row] = read(calendar(f"UID:1\nSUMMARY:A\nDTSTART:20260912T180000\nLOCATION:{location}")).rows
    found = row.draft.venue and (row.draft.venue.name, row.draft.venue.address)
    assert (found, row.draft.online_url) == (venue, online_url)


def test_people_of_an_invitation_are_never_read():
    [row] = read(
        calendar(
            "UID:1\nSUMMARY:A\nDTSTART:20260912T180000\n"
            "ORGANIZER;CN=Secret Person:mailto:secret@example.org\n"
            "ATTENDEE;CN=Secret Guest:mailto:guest@example.org"
        )
    ).rows
    assert "ecret" not in repr(row)
    assert "guest@" not in repr(row)


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (
            "SUMMARY:Secret\nDTSTART:20260912T180000\nCLASS:PRIVATE",
            "Event 1 is marked as private. It was left out.",
        ),
        ("SUMMARY:A\nDTSTART:20260912T180000\nSTATUS:CANCELLED", "Event 1 (A) is canceled. It was left out."),
        ("DTSTART:20260912T180000", "Event 1 has no title. It was left out."),
        ("SUMMARY:A\nDTSTART:nonsense", "Event 1 (A) has no start that can be read. It was left out."),
        ("SUMMARY:A", "Event 1 (A) has no start that can be read. It was left out."),
        ("SUMMARY:A\nDTSTART:16010101T000000", "Event 1 (A) was left out: Choose a year from 1970 to 2099."),
        (
            "SUMMARY:A\nDTSTART:20260912T180000\nDTEND:20260912T170000",
            "Event 1 (A) was left out: The end must be after the start.",
        ),
    ],
)
def test_event_that_cannot_be_used_is_left_out_with_a_note(lines, note):
    sound = "UID:2\nSUMMARY:B\nDTSTART:20260913T180000"
    reading = read(calendar(f"UID:1\n{lines}", sound))
    assert (starts(reading), reading.notes) == (["2026-09-13 18:00"], (note,))


def test_past_cancelled_event_keeps_what_became_of_it():
    [row] = read(calendar("UID:1\nSUMMARY:A\nDTSTART:20250912T180000\nSTATUS:CANCELLED")).rows
    assert row.outcome == "cancelled"


def test_event_without_uid_is_known_again():
    lines = "SUMMARY:A\nDTSTART:20260912T180000"
    first, again = (read(calendar(lines)).rows[0].reference for _ in range(2))
    assert first == again
    assert len(read(calendar(lines, lines.replace(":A", ":B"))).rows) == 2
    assert len(read(calendar(lines, lines)).rows) == 1


def test_repeating_event_keeps_its_wall_time_across_both_changes():
    lines = "UID:1\nSUMMARY:A\nDTSTART;TZID=America/Chicago:20261025T180000\nRRULE:FREQ=WEEKLY;UNTIL={}"
    reading = read(calendar(lines.format("20261109T000000Z")))
    assert starts(reading) == ["2026-10-25 18:00", "2026-11-01 18:00", "2026-11-08 18:00"]
    assert starts(read(calendar(lines.format("20261108T235959Z")))) == starts(reading)[:2]
    assert starts(read(calendar(lines.format("20261108")))) == starts(reading)


def test_event_that_repeats_by_utc_moves_with_it():
    reading = read(calendar("UID:1\nSUMMARY:A\nDTSTART:20261025T230000Z\nRRULE:FREQ=WEEKLY;COUNT=2"))
    assert starts(reading) == ["2026-10-25 18:00", "2026-11-01 17:00"]


def test_dates_are_taken_out_added_and_replaced():
    master = (
        "UID:1\nSUMMARY:A\nDTSTART;TZID=America/Chicago:20260901T180000\nDURATION:PT1H\n"
        "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=America/Chicago:20260908T180000\n"
        "RDATE;TZID=America/Chicago:20260930T090000"
    )
    moved = (
        "UID:1\nSUMMARY:A moved\nRECURRENCE-ID:20260915T230000Z\n"
        "DTSTART;TZID=America/Chicago:20260916T190000\nDURATION:PT1H"
    )
    off = (
        "UID:1\nSUMMARY:A\nSTATUS:CANCELLED\nRECURRENCE-ID;TZID=America/Chicago:20260922T180000\n"
        "DTSTART;TZID=America/Chicago:20260922T180000\nDURATION:PT1H"
    )
    reading = read(calendar(master, moved, off))
    assert starts(reading) == ["2026-09-01 18:00", "2026-09-16 19:00", "2026-09-30 09:00"]
    # A date is the same event wherever it was moved to.
    unmoved = read(calendar(master)).rows
    assert reading.rows[1].reference == unmoved[1].reference
    assert unmoved[1].draft.starts_local == datetime(2026, 9, 15, 18, 0)


def test_days_that_repeat_are_days():
    reading = read(calendar("UID:1\nSUMMARY:A\nDTSTART;VALUE=DATE:20260912\nRRULE:FREQ=DAILY;COUNT=2"))
    assert starts(reading) == ["2026-09-12 00:00", "2026-09-13 00:00"]
    assert all(row.draft.is_all_day for row in reading.rows)


def test_endless_repetition_is_taken_from_lately_on():
    reading = read(calendar("UID:1\nSUMMARY:A\nDTSTART:20100101T180000\nRRULE:FREQ=DAILY"))
    assert len(reading.rows) == importing.MOST_DATES
    assert starts(reading)[0] == "2026-07-09 18:00"
    assert reading.notes[0].startswith("Event 1 (A) repeats ")


def test_long_repetition_that_is_over_keeps_its_last_dates():
    reading = read(calendar("UID:1\nSUMMARY:A\nDTSTART:20100101T180000\nRRULE:FREQ=DAILY;COUNT=300"))
    assert (len(reading.rows), starts(reading)[-1]) == (importing.MOST_DATES, "2010-10-27 18:00")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=5",
        "FREQ=HOURLY",
        "FREQ=NONSENSE",
        "FREQ=DAILY;INTERVAL=0",
        "BYDAY=MO",
    ],
)
def test_rule_that_cannot_be_used_leaves_the_first_date(rule):
    reading = read(calendar(f"UID:1\nSUMMARY:A\nDTSTART:20260912T180000\nRRULE:{rule}"))
    assert starts(reading) == ["2026-09-12 18:00"]
    assert reading.notes[0].startswith("Event 1 (A) is taken once: ")


def test_rule_that_never_fits_leaves_the_first_date():
    lines = "UID:1\nSUMMARY:A\nDTSTART:20260912T180000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    assert starts(read(calendar(lines))) == ["2026-09-12 18:00"]


def test_calendar_of_too_many_dates_keeps_the_last(monkeypatch):
    monkeypatch.setattr(importing, "MOST_EVENTS", 3)
    reading = read(calendar("UID:1\nSUMMARY:A\nDTSTART:20260901T180000\nRRULE:FREQ=DAILY;COUNT=5"))
    assert starts(reading) == ["2026-09-03 18:00", "2026-09-04 18:00", "2026-09-05 18:00"]
    assert reading.notes == ("The calendar holds 5 dates. The 2 oldest were left out.",)


def test_long_texts_are_shortened_and_marked_languages_kept():
    summary, description = "ñ" * 200, "á" * 5000
    lines = f"UID:1\nSUMMARY;LANGUAGE=es-MX:{summary}\nDTSTART:20260912T180000\nDESCRIPTION:{description}"
    [row] = read(calendar(lines)).rows
    text = row.draft.texts["es"]
    assert (row.draft.source_locale, len(text.title), len(text.description)) == ("es", 120, 4000)


@pytest.mark.parametrize(
    ("url", "kept"), [("https://example.org/a", "https://example.org/a"), ("javascript:alert(1)", None)]
)
def test_address_of_a_calendar_event_is_kept_when_it_is_one_of_the_web(url, kept):
    [row] = read(calendar(f"UID:1\nSUMMARY:A\nDTSTART:20260912T180000\nURL:{url}")).rows
    assert row.source_url == kept


def test_files_of_other_forms_are_refused():
    for name, form in (("a.xlsx", ".json, .csv or .ics"), ("a", ".json, .csv or .ics")):
        with pytest.raises(InvalidInputError, match=form):
            importing.read_events(name, b"", default_zone=CHICAGO, kind="workshop", now=NOW)
    with pytest.raises(InvalidInputError, match=r"json or \.csv"):
        importing.read_organizations("a.ics", b"")


def test_unknown_zone_is_refused_before_anything_is_read():
    with pytest.raises(InvalidInputError, match="time zone"):
        importing.read_events("a.ics", b"", default_zone="Mars/Olympus", kind="workshop", now=NOW)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("<p>One</p><p>Two &amp; three</p>", "\nOne\n\nTwo & three\n"),
        ("A<br/>B<script>alert(1)</script>", "A\nB"),
        ("<style>p {}</style><b>Bold</b>", "Bold"),
    ],
)
def test_markup_becomes_plain_text(text, plain):
    assert without_markup(text) == plain
