"""What the vendor's form for registering a sender asks for, made from settings and what we send; pure.

The form is that of a 10DLC campaign (Twilio, "Campaign registration"). Made anew whenever it is asked for,
so that what was registered can be compared with what is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from outreach.config import Settings
from outreach.events.kinds.base import USUAL_REMINDERS
from outreach.i18n import LANGUAGES, translator
from outreach.messaging import phrases
from outreach.messaging.consent import WORDS
from outreach.messaging.phrases import MessageFacts, Phrase, When, compose, text_of
from outreach.messaging.segments import measure
from outreach.registration.consent_words import consent_words, news_words

#: Of the vendor's own words for stopping those that must be taken out of its Advanced Opt-Out: its block
#: is in force before we hear of the text, so that what we want to ask back would not arrive.
LEFT_TO_US = ("CANCEL", "END", "QUIT", "YES")

_SAMPLES = ("confirmation", "day_before", "cancelled")


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the form and what to write there."""

    question: str
    answer: str


def packet(settings: Settings) -> list[Answer]:
    """Every question of the form, in its order, with its answer."""
    return list(_answers(settings))


def _answers(settings: Settings) -> Iterator[Answer]:
    t = translator("en")
    names = ", ".join(LANGUAGES[locale].english_name for locale in settings.locales)
    site, region = settings.public_url, settings.region_name
    agreed = consent_words(t, region=region, reminders=len(USUAL_REMINDERS))
    yield Answer("Brand type", "Standard; non-profit (501(c)(3)) or government, as your papers say")
    yield Answer(
        "Use case", "Charity for a 501(c)(3); Mixed for others. Not Low Volume: its daily cap is too small"
    )
    yield Answer(
        "Campaign description",
        f"Neighbors in {settings.region_name} sign up for free community events by web, text or phone. We "
        "text those who signed up and agreed: a confirmation, reminders the day before and two hours before, "
        "and news when the event is moved or canceled or a seat becomes free; and news of other events to "
        "those who asked for them. We answer texts that people send us. "
        f"Languages: {names}. No advertising, no lending, no sharing of numbers.",
    )
    yield Answer(
        "Message flow (how people agree)",
        f"On the web page of an event ({site}/en/events/) people tick a box, which is never ticked before: "
        f'"{agreed}" The number is that of the event. Or they text the word on an event\'s poster to '
        f"{settings.text_number or 'our number'} and answer our questions. News of events needs a yes of "
        f'their own, on a form or by the word NEWS: "{news_words(t, region=region, whose=region)}" Each '
        "consent is kept with its exact words, language and time. Nobody needs to agree to come to an event.",
    )
    for number, purpose in enumerate(_SAMPLES, 1):
        yield Answer(f"Sample message {number}", compose(purpose, t, _FACTS))  # type: ignore[arg-type]
    yield Answer(
        "Embedded links",
        "yes: the address of an online event or, in news, of an event's page, in full, never shortened",
    )
    yield Answer("Embedded phone numbers, age-gated content, lending", "no, no, no")
    for question, choose in (
        ("Opt-in keywords", "start"),
        ("Opt-out keywords", "stop"),
        ("Help keywords", "help"),
    ):
        yield Answer(question, ", ".join(_words(settings, choose)))
    for question, message in (
        ("Opt-in message", phrases.STARTED),
        ("Opt-out message", phrases.STOPPED),
        ("Help message", phrases.HELP),
    ):
        yield Answer(question, text_of(Phrase(message, {"region": settings.region_name}), t))
    yield Answer("Privacy policy", f"{site}/en/what-we-hold")
    yield Answer("Take out of Advanced Opt-Out", ", ".join(LEFT_TO_US))
    yield from _parts(settings)


def _words(settings: Settings, choose: str) -> list[str]:
    return [
        word.upper()
        for locale in settings.locales
        if locale in WORDS
        for word in getattr(WORDS[locale], choose)
    ]


def _parts(settings: Settings) -> Iterator[Answer]:
    for locale in settings.locales:
        found = measure(compose("day_before", translator(locale), _FACTS))
        yield Answer(
            f"Parts of a reminder, {LANGUAGES[locale].english_name}", f"{found.parts} ({found.encoding})"
        )


_FACTS = MessageFacts(
    title="Neighbors' Picnic",
    when=When(datetime(2026, 9, 12, 18, 0)),
    street="5600 Budd Park Esplanade",
    party_size=3,
    code="482913",
    reason="The river is too high",
)
