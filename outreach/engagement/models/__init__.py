"""Tables of the engagement feature."""

from outreach.engagement.models.event_tally import EventTally

__all__ = ["EventTally"]
