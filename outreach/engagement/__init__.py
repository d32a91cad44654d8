"""Engagement: what the events added up to, from anonymous ballots only."""
