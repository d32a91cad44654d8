"""Tables of the events feature."""

from outreach.events.models.calendar_entry import CalendarEntry
from outreach.events.models.campaign import Campaign
from outreach.events.models.event import Event
from outreach.events.models.event_change import EventChange
from outreach.events.models.event_cohost import EventCohost
from outreach.events.models.event_keyword import EventKeyword
from outreach.events.models.event_language import EventLanguage
from outreach.events.models.event_part import EventPart
from outreach.events.models.event_text import EventText
from outreach.events.models.feed_state import FeedState
from outreach.events.models.generation import Generation
from outreach.events.models.venue import Venue

__all__ = [
    "CalendarEntry",
    "Campaign",
    "Event",
    "EventChange",
    "EventCohost",
    "EventKeyword",
    "EventLanguage",
    "EventPart",
    "EventText",
    "FeedState",
    "Generation",
    "Venue",
]
