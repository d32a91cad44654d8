"""All that the dashboard, its files and the command say of a period, without what may not be shown."""

from dataclasses import fields, replace
from datetime import date

from sqlalchemy import select

from outreach.accounts.models import Jurisdiction
from outreach.database import db
from outreach.engagement import chance, cuts, figures, gathering, queries, trend
from outreach.engagement.appendix import Appendix, Rooms, appendix, has_all_rooms
from outreach.engagement.board import CUTS, Dashboard
from outreach.engagement.contact_service import contact_report
from outreach.engagement.figures import Report
from outreach.engagement.gathering import Cut, EngagementReport, Gathered, Missing, Scope
from outreach.engagement.measures import Measure
from outreach.engagement.periods import Period, quarters_until
from outreach.engagement.service import asked, engagement_report, gather, reported
from outreach.engagement.service import parts as parts_of
from outreach.engagement.trend import ROLLED, SHOWN, Point


def dashboard(period: Period, *, today: date, organization_id: int | None = None) -> Dashboard:
    """The dashboard of a period. As many queries however many events, of which none names an event.

    With an organization its own figures stand beside the region's; no other organization's ever do.
    """
    question = asked(period)
    report, found = reported(question)
    rooms = queries.shapes(question, report.strata)
    is_shown = cuts.is_enough(report.figures)
    parts, joined = {}, {}
    for cut in CUTS:
        parts[cut], joined[cut] = _of_parts(period, cut)
    shown = {cut: cuts.shown(its_parts) if is_shown else {} for cut, its_parts in parts.items()}
    points, change = _over_time(min(period.ends_on, today))
    return Dashboard(
        report=_guarded(report),
        appendix=_appendix(found, rooms, is_shown=is_shown),
        contact=contact_report(period),
        is_below_chance=is_shown and _is_below_chance(report.figures.chance_ratio, found, rooms),
        parts=shown,
        left_out=frozenset(cut for cut in CUTS if len(shown[cut]) < len(parts[cut])),
        points=points,
        change=change,
        joined=joined,
        own=_own(period, organization_id),
        places=_places(),
    )


def _is_below_chance(ratio: Measure, found: Gathered, rooms: list[Rooms]) -> bool:
    """Whether neither chance nor which few events there were explains how little the groups met."""
    return (
        ratio.high is not None
        and ratio.high < 1
        and has_all_rooms(found.whole, rooms)
        and chance.meet_less_than_chance(rooms)
    )


def _of_parts(period: Period, cut: Cut) -> tuple[dict[str, Report], tuple[Missing, ...]]:
    reports, missing = parts_of(asked(period, by=cut))
    found = {key: made.figures for key, made in reports.items() if made.figures.events_held}
    return found, tuple(each for each in missing if each.why == "joined")


def _appendix(found: Gathered, rooms: list[Rooms], *, is_shown: bool) -> Appendix:
    made = appendix(found.whole, rooms)
    if is_shown or not found.whole.asked:
        return made
    hidden = Measure(0, 0, reason=figures.TOO_FEW_TO_SHOW)
    return replace(made, **{field.name: hidden for field in fields(made)})


def _over_time(until: date) -> tuple[list[Point], str]:
    """The line of the last quarters, and what may be said of it."""
    quarters = quarters_until(until, SHOWN + ROLLED - 1)
    whole = Period("", quarters[0].starts_on, quarters[-1].ends_on)
    by_quarter, missing = gather(asked(whole, by="quarter"))
    rolled = {}
    for last in range(ROLLED - 1, len(quarters)):
        four = [each.name for each in quarters[last - ROLLED + 1 : last + 1]]
        sums = sum((by_quarter[name] for name in four if name in by_quarter), Gathered())
        rolled[quarters[last].name] = _guarded(gathering.report(whole, sums, sealed=0)).figures
    own = {name: found.whole.asked for name, found in by_quarter.items()}
    points = trend.points(quarters, own, rolled, missing)
    found = rolled | {point.quarter: point.rolled for point in points}
    return points, trend.change(found[quarters[-1 - ROLLED].name], found[quarters[-1].name])


def _own(period: Period, organization_id: int | None) -> EngagementReport | None:
    if organization_id is None:
        return None
    return _guarded(engagement_report(period, Scope(organization_id=organization_id)))


def _guarded(report: EngagementReport) -> EngagementReport:
    return cuts.guarded(report, is_shown=cuts.is_enough(report.figures))


def _places() -> dict[str, str]:
    rows = db.session.execute(select(Jurisdiction.slug, Jurisdiction.name))
    return {slug: name for slug, name in rows}  # noqa: C416 (a row is no pair to the type checker)
