"""Who may do what: the one function that decides every access; deny by default; knows no database.

A law-enforcement organization is decided on before any role is looked at: its people plan trust
trainings and read the published report, and never see a guest, whatever role somebody gave them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

LAW_ENFORCEMENT = "law_enforcement"


class Role(StrEnum):
    """What somebody who signs in is here for."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    ORGANIZER = "organizer"
    COMMITTEE = "committee"


class Action(StrEnum):
    """Everything that staff may be allowed to do."""

    #: Open the lists of events that staff work on, which show each only what they may see.
    LIST_EVENTS = "list_events"
    #: Work with an event's own facts; on events of one's own organization.
    PLAN_EVENT = "plan_event"
    #: See an event that is not published, as its host or co-host.
    VIEW_EVENT = "view_event"
    #: Publish, return, approve a change.
    REVIEW_EVENT = "review_event"
    #: See who is coming, what they need, and open the door link.
    SEE_GUESTS = "see_guests"
    #: Write, send, confirm and stop announcements to the guests of an event.
    ANNOUNCE = "announce"
    #: The same to those who want news of the whole region's events.
    TELL_REGION = "tell_region"
    #: Decide what announcements may cost in a month.
    SET_BUDGET = "set_budget"
    #: Read messages and the list of those with an unknown outcome; answer what waits for a person.
    SEE_MESSAGES = "see_messages"
    #: See the phone number of a guest who must be called; each look is logged with its reason.
    REVEAL_NUMBER = "reveal_number"
    #: Read that log.
    SEE_REVEALS = "see_reveals"
    #: Read what staff and the program did to what is held.
    SEE_AUDIT = "see_audit"
    #: Keep what is due to be deleted, for a court, and let it go again.
    HOLD = "hold"
    #: Record what is said on the phone.
    RECORD_PROMPTS = "record_prompts"
    #: Read the engagement report inside.
    SEE_REPORT = "see_report"
    SEE_PLAN = "see_plan"
    MANAGE_PLAN = "manage_plan"
    MANAGE_ORGANIZATIONS = "manage_organizations"
    MANAGE_STAFF = "manage_staff"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who asks, as far as a decision needs to know them."""

    role: Role
    organization_id: int | None
    sector: str | None


_OWN_EVENTS = {Action.PLAN_EVENT, Action.VIEW_EVENT, Action.SEE_GUESTS, Action.ANNOUNCE}
_REGION = {Action.SEE_REPORT, Action.SEE_PLAN}
_COORDINATION = (
    _OWN_EVENTS | _REGION | {Action.LIST_EVENTS}
    | {Action.REVIEW_EVENT, Action.SEE_MESSAGES, Action.REVEAL_NUMBER, Action.SET_BUDGET,
       Action.TELL_REGION, Action.RECORD_PROMPTS}
    | {Action.MANAGE_PLAN, Action.MANAGE_ORGANIZATIONS}
)  # fmt: skip


def is_allowed(
    actor: Actor, action: Action, *, host_id: int | None = None, cohost_ids: Collection[int] = ()
) -> bool:
    """Whether the actor may do this, to an event of that host and those co-hosts where one is meant."""
    is_host = actor.organization_id is not None and actor.organization_id == host_id
    is_cohost = actor.organization_id is not None and actor.organization_id in cohost_ids
    if actor.sector == LAW_ENFORCEMENT:
        return (
            action is Action.LIST_EVENTS
            or (action is Action.PLAN_EVENT and is_host)
            or (action is Action.VIEW_EVENT and (is_host or is_cohost))
        )
    if actor.role is Role.ADMINISTRATOR:
        return True
    if actor.role is Role.COORDINATOR:
        return action in _COORDINATION
    if actor.role is Role.COMMITTEE:
        return action in _REGION
    if actor.role is not Role.ORGANIZER:
        return False
    if action in _REGION or action is Action.LIST_EVENTS:
        return True
    if action is Action.VIEW_EVENT:
        return is_host or is_cohost
    return action in _OWN_EVENTS and is_host


def can_hold(role: Role, sector: str | None) -> bool:
    """Whether somebody of an organization of that sector may be given the role at all."""
    return sector != LAW_ENFORCEMENT or role is Role.ORGANIZER
