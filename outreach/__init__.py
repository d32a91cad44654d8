"""Outreach: event and outreach coordination; this file holds the version and imports nothing of ours."""

__version__ = "0.1.0"
