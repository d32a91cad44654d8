"""The row of whoever is signed in, for what they write; an edge that other features' edges use."""

from outreach.accounts.models import Staff
from outreach.database import db
from outreach.security import current_staff


def me() -> Staff:
    """Whoever is signed in; asked for only behind `security.protect`."""
    staff = current_staff()
    assert staff is not None
    return db.session.get_one(Staff, staff.id)
