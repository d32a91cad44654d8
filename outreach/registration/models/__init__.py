"""Tables of the registration feature."""

from outreach.registration.models.attendance import Attendance
from outreach.registration.models.consent_event import ConsentEvent
from outreach.registration.models.door_action import DoorAction
from outreach.registration.models.event_turnout import EventTurnout
from outreach.registration.models.guest import Guest
from outreach.registration.models.language_turnout import LanguageTurnout
from outreach.registration.models.legal_hold import LegalHold
from outreach.registration.models.news_reader import NewsReader
from outreach.registration.models.registration import Registration

__all__ = [
    "Attendance",
    "ConsentEvent",
    "DoorAction",
    "EventTurnout",
    "Guest",
    "LanguageTurnout",
    "LegalHold",
    "NewsReader",
    "Registration",
]
