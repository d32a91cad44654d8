"""The triggers that fill `engagement_change`, on both databases; laid with the tables, and by a migration.

Lower features know of no report, and whoever corrects a row by hand knows of no kept sums. So the database
notes every change of what sums are made of.
"""

from sqlalchemy import DDL, event
from sqlalchemy.schema import ExecutableDDLElement

from outreach.accounts.models import Jurisdiction
from outreach.engagement.models.event_tally import EventTally
from outreach.events.models import Event, Venue
from outreach.registration.models import Attendance

_EVENT = (
    "INSERT INTO engagement_change (starts_local, delivery, venue_id)"
    " VALUES ({0}.starts_local, {0}.delivery, {0}.venue_id);"
)
_DOOR = (
    "INSERT INTO engagement_change (starts_local, delivery, venue_id)"
    " SELECT starts_local, delivery, venue_id FROM event WHERE id = {0}.event_id;"
)
_TALLY = (
    "INSERT INTO engagement_change (starts_local, delivery, venue_id)"
    " SELECT starts_local, delivery, venue_id FROM event WHERE id = {0}.event_id"
    " AND EXISTS (SELECT 1 FROM attendance"
    " WHERE attendance.event_id = event.id AND forgotten_at IS NOT NULL);"
)
_PLACES = "INSERT INTO engagement_change (starts_local, delivery, venue_id) VALUES (NULL, NULL, NULL);"

#: The columns of which sums are made, where they can change; a test compares them with what is read.
WATCHED = {
    Event: "status, starts_local, head_count, kind, delivery, venue_id, organization_id",
    Attendance: "forgotten_at",
    EventTally: 'newcomers, residents, "both", unsaid, children',
    Venue: "county_id",
    Jurisdiction: "slug",
}

#: By the table what is done to a row, in which case, and what is noted then.
TRIGGERS = (
    (
        Event,
        "UPDATE",
        "OLD.status = 'held' OR NEW.status = 'held'",
        _EVENT.format("OLD") + _EVENT.format("NEW"),
    ),
    (Event, "DELETE", "OLD.status = 'held'", _EVENT.format("OLD")),
    (Attendance, "INSERT", "NEW.forgotten_at IS NOT NULL", _DOOR.format("NEW")),
    (Attendance, "UPDATE", "", _DOOR.format("NEW")),
    (Attendance, "DELETE", "OLD.forgotten_at IS NOT NULL", _DOOR.format("OLD")),
    (EventTally, "INSERT", "", _TALLY.format("NEW")),
    (EventTally, "UPDATE", "", _TALLY.format("NEW")),
    (EventTally, "DELETE", "", _TALLY.format("OLD")),
    (Venue, "UPDATE", "", _PLACES),
    (Venue, "DELETE", "", _PLACES),
    (Jurisdiction, "UPDATE", "", _PLACES),
)


def lay() -> None:
    """Has the triggers made together with their tables, wherever those are made from the models."""
    for model, deed, case, body in TRIGGERS:
        table = model.__tablename__
        name = f"{table}_{deed.lower()}_noted"
        of = f" OF {WATCHED[model]}" if deed == "UPDATE" else ""
        when = f" WHEN ({case})" if case else ""
        head = f"CREATE TRIGGER {name} AFTER {deed}{of} ON {table} FOR EACH ROW{when}"
        # A plan that was made for empty tables reads all rows for each, until somebody counts them.
        function = (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off"
        )
        for dialect, statement in (
            ("sqlite", f"{head} BEGIN {body} END"),
            ("postgresql", f"{function} AS $$ BEGIN {body} RETURN NULL; END $$"),
            ("postgresql", f"{head} EXECUTE FUNCTION {name}()"),
        ):
            laid: ExecutableDDLElement = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(model.__table__, "after_create", laid.execute_if(dialect=dialect))
