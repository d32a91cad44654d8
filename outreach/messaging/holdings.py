"""What kinds of things are held of a number, for whoever asks from it; never what they say."""

from sqlalchemy import exists, select

from outreach.database import db
from outreach.i18n import N_
from outreach.messaging.models import Message, Reveal, Suppression, VoiceStep
from outreach.registration.models import ConsentEvent, NewsReader, Registration

#: Each with the column by which a number is found, in the order in which they are named.
_KINDS = (
    (Registration.phone_hash, N_("sign-ups")),
    (NewsReader.phone_hash, N_("a place in the list for news")),
    (Message.phone_hash, N_("texts of these days")),
    (VoiceStep.phone_hash, N_("keys pressed in calls")),
    (ConsentEvent.phone_hash, N_("your yes or no to texts")),
    (Suppression.phone_hash, N_("which texts you do not get")),
    (Reveal.phone_hash, N_("who of us asked for the number")),
)
#: The text itself that asks.
_AT_LEAST = N_("this text")


def kinds_held(hashed: str) -> tuple[str, ...]:
    """The kinds of things that are held of a number, as message ids; one query."""
    found = db.session.execute(select(*(exists().where(column == hashed) for column, _ in _KINDS))).one()
    named = tuple(name for (_, name), is_held in zip(_KINDS, found, strict=True) if is_held)
    return named or (_AT_LEAST,)
