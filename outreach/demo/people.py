"""Who signs in to the demo; made up, and the password is printed on every start."""

from dataclasses import dataclass

from outreach.policy import Role

PASSWORD = "welcome kansas city"


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One sign-in of the demo."""

    email: str
    name: str
    role: Role
    #: Name of an organization; None for people of the region itself.
    organization: str | None = None


STAFF = (
    DemoStaff("admin@example.org", "Grace (administrator)", Role.ADMINISTRATOR),
    DemoStaff("coordinator@example.org", "Omar (coordinator)", Role.COORDINATOR),
    DemoStaff("library@example.org", "Lucía (organizer)", Role.ORGANIZER, "Kansas City Public Library"),
    DemoStaff(
        "chamber@example.org", "Ted (organizer)", Role.ORGANIZER, "Northeast Kansas City Chamber of Commerce"
    ),
    DemoStaff("committee@example.org", "Ines (steering committee)", Role.COMMITTEE),
    DemoStaff(
        "police@example.org",
        "Ruth (police partner)",
        Role.ORGANIZER,
        "Kansas City Missouri Police Department",
    ),
)
#: Organizations whose events appear without review, so that both ways can be tried.
TRUSTED = ("Jewish Vocational Service of Kansas City", "City of Kansas City, Missouri")
