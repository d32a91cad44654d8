"""The plan: what was promised, and what has been held of it."""
