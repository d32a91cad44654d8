"""Made-up readers of news, so that staff of the demo can send some; nobody has these numbers."""

from datetime import datetime

from outreach.accounts.service import organization_named
from outreach.demo import files
from outreach.i18n import translator
from outreach.registration import news
from outreach.registration.consent_words import news_words
from outreach.registration.requests import Consent
from outreach.registration.scopes import REGION, of_organization
from outreach.vault import Vault


def add_readers(*, region: str, vault: Vault, now: datetime) -> None:
    """Puts them on the lists of the region or of an organization, as if each had texted NEWS. Flushes."""
    for row in files.load("news_readers.json"):
        host = organization_named(row["organization"]) if row["organization"] else None
        words = news_words(translator(row["locale"]), region=region, whose=host.name if host else region)
        news.join(
            row["phone"],
            of_organization(host.id) if host else REGION,
            Consent(words),
            locale=row["locale"],
            source="text",
            is_proven=True,
            vault=vault,
            now=now,
        )
