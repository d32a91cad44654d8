"""Tables of the accounts feature."""

from outreach.accounts.models.jurisdiction import Jurisdiction
from outreach.accounts.models.organization import Organization
from outreach.accounts.models.staff import Staff
from outreach.accounts.models.staff_session import StaffSession

__all__ = ["Jurisdiction", "Organization", "Staff", "StaffSession"]
