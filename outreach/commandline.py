"""What commands share: how values are read from a command line; knows no feature."""

from datetime import datetime

import click


class Instant(click.ParamType[datetime]):
    """An ISO 8601 instant with its zone."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Reads the instant, or says what one looks like."""
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("give a time like 2026-09-12T15:00Z", param, ctx)
        if at.tzinfo is None:
            self.fail("give the time with its zone, like 2026-09-12T15:00Z", param, ctx)
        return at
