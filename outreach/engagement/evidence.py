"""One program's evidence of a period: who worked together, what was held, and what is known of who met."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select, union

from outreach.accounts.models import Organization
from outreach.database import db
from outreach.engagement import contact, cuts, figures
from outreach.engagement.contact_service import contact_report
from outreach.engagement.figures import Row
from outreach.engagement.gathering import EngagementReport, Scope
from outreach.engagement.periods import Period
from outreach.engagement.service import engagement_report, engagement_reports
from outreach.events.models import Event, EventCohost

#: The figures of a sheet, in the order in which they are read.
OUTPUTS = ("events_held", "events_with_ballots", "head_count", "answers", "answered_rate")
OUTCOMES = (
    "shared_events", "certainly_shared_events", "possibly_shared_events", "newcomer_exposure",
    "resident_exposure", "chance_ratio",
)  # fmt: skip
TALK = ("talked", "talk_answered")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sheet says; a `kind` of None is all programs together."""

    kind: str | None
    report: EngagementReport
    #: Names of organizations that held or helped to hold its events.
    partners: list[str]
    #: What people said on leaving; of all programs only, for answers are added up over all kinds.
    talk: list[Row]

    def rows(self, ids: tuple[str, ...]) -> list[Row]:
        """The figures of these ids, in their order."""
        by_id = {row.id: row for row in figures.rows(self.report.figures)}
        return [by_id[name] for name in ids]


def evidence(period: Period, kind: str | None) -> Evidence:
    """The evidence of a period, of one kind of event or of all; as many queries however many events."""
    talk = [] if kind else [row for row in contact.rows(contact_report(period)) if row.id in TALK]
    return Evidence(kind, _report(period, kind), _partners(period, kind), talk)


def _report(period: Period, kind: str | None) -> EngagementReport:
    """A kind is shown where the dashboard shows it: beside all kinds it must give no other one away.

    What closed quarters keep of it only together with other kinds is named as missing.
    """
    whole = engagement_report(period)
    if kind is None:
        return cuts.guarded(whole, is_shown=cuts.is_enough(whole.figures))
    found, kinds = engagement_report(period, Scope(kind=kind)), engagement_reports(period, "kind")
    shown = cuts.shown({name: made.figures for name, made in kinds.items() if made.figures.events_held})
    return cuts.guarded(found, is_shown=kind in shown and cuts.is_enough(whole.figures))


def _partners(period: Period, kind: str | None) -> list[str]:
    starts, ends = (datetime.combine(on, time()) for on in (period.starts_on, period.ends_on))
    wanted = (
        Event.status == "held",
        Event.starts_local >= starts,
        Event.starts_local < ends + timedelta(days=1),
        *(() if kind is None else (Event.kind == kind,)),
    )
    hosts = select(Event.organization_id).where(*wanted)
    helpers = select(EventCohost.organization_id).join(Event, Event.id == EventCohost.event_id).where(*wanted)
    both = union(hosts, helpers).subquery()
    return list(
        db.session.scalars(
            select(Organization.name).where(Organization.id.in_(select(both))).order_by(Organization.name)
        )
    )
