"""The form by which a guest registers on the web: its fields, its steps, the request it makes.

Only the party is asked for; everything else may stay empty. Nothing is refused in WTForms' own words.
"""

import re
from collections.abc import Callable
from functools import cache

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectMultipleField

from outreach import phone
from outreach.errors import InvalidInputError
from outreach.events.drafts import OFFERS
from outreach.events.kinds import KINDS
from outreach.events.models import Event
from outreach.events.questions import SHORT_TEXT_CHARACTERS, Question, clean
from outreach.fields import LineField, LinesField, SentForm, tell
from outreach.i18n import N_, Translator
from outreach.identifiers import link_token
from outreach.registration import requests
from outreach.registration.consent_words import calls_consent_words, consent_words, news_words
from outreach.registration.requests import Consent, RegistrationRequest
from outreach.registration.service import check_party
from outreach.web import lazy, t

PARTY, NEEDS, CONTACT = "party", "needs", "contact"

#: A field that people do not see. Whoever fills it in is a program.
TRAP = "leave_empty"

_REQUEST_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")
_ANSWER = "answer_"


class RegistrationForm(SentForm):
    """What every event asks; a kind's own questions are added by `form_for`."""

    party_size = LineField(lazy(N_("Number of people, you included")))
    companions = LinesField(
        lazy(N_("First names of the people who come with you")),
        description=lazy(N_("Write each name on its own line. You may leave this empty.")),
    )
    needs = SelectMultipleField(lazy(N_("Check what you need")))
    phone = LineField(
        lazy(N_("Phone number")),
        description=lazy(
            N_("For texts about this event, and to find your sign-up again. Nobody at the event sees it.")
        ),
    )
    first_name = LineField(
        lazy(N_("First name")),
        description=lazy(N_("So that we can greet you at the door. Any name you like.")),
    )
    wants_texts = BooleanField()
    wants_news = BooleanField()
    wants_calls = BooleanField()
    request_key = HiddenField()

    @property
    def questions(self) -> list[Field]:
        """The fields of the kind's own questions."""
        return [field for field in self if field.name.startswith(_ANSWER)]


class PartyForm(SentForm):
    """How many come, asked again on the pass."""

    party_size = LineField(lazy(N_("Number of people, you included")))


def largest_party(event: Event) -> int:
    """The most people that one guest can register for an event."""
    return min(requests.LARGEST_PARTY, event.capacity or requests.LARGEST_PARTY)


def form_for(event: Event, reader: Translator, *, region: str) -> RegistrationForm:
    """The form of an event, with what the browser sent in it; what is agreed to is worded for a reader."""
    form = _form_class(KINDS[event.kind].questions)()
    form.needs.choices = [(offer, t()(label)) for offer, label in OFFERS.items() if offer in event.offers]
    for question in KINDS[event.kind].questions:
        if question.answers:
            # A tapped answer cannot be untapped, so there is one that says nothing.
            choices = [("", N_("No answer")), *question.answers]
            form[_ANSWER + question.key].choices = [(value, t()(label)) for value, label in choices]
    reminders = len(event.reminder_offsets)
    form.wants_texts.label.text = consent_words(reader, region=region, reminders=reminders)
    form.wants_calls.label.text = calls_consent_words(reader, region=region, reminders=reminders)
    form.wants_news.label.text = news_words(reader, region=region, whose=region)
    if not _REQUEST_KEY.fullmatch(form.request_key.data or ""):
        form.request_key.data = link_token()
    return form


def steps_of(event: Event) -> list[str]:
    """The pages that the form is asked on; without help on offer and questions there are two."""
    has_needs = bool(event.offers or KINDS[event.kind].questions)
    return [PARTY, NEEDS, CONTACT] if has_needs else [PARTY, CONTACT]


def fields_of(form: RegistrationForm, step: str) -> list[Field]:
    """The fields that a step asks."""
    if step == PARTY:
        return [form.party_size, form.companions]
    if step == NEEDS:
        return [form.needs, *form.questions]
    return [form.phone, form.first_name, form.wants_texts, form.wants_calls, form.wants_news]


def carried(form: RegistrationForm, step: str) -> list[tuple[str, str]]:
    """Names and values of what other steps asked, to travel with this one."""
    asked = {field.name for field in fields_of(form, step)}
    found: list[tuple[str, str]] = []
    for field in form:
        if field.name in asked or field.name == "csrf_token":
            continue
        values = field.data if isinstance(field.data, list) else [field.data]
        found += [(field.name, "y" if value is True else str(value)) for value in values if value]
    return found


def check(form: RegistrationForm, step: str, event: Event) -> bool:
    """Whether a step can be left; what is wrong with it is put at its fields."""
    places = {question.key: form[_ANSWER + question.key] for question in KINDS[event.kind].questions}
    for read in _READERS[step]:
        try:
            read(form, event)
        except InvalidInputError as problem:
            tell(form, problem, places=places)
    return not any(field.errors for field in fields_of(form, step))


def request_of(form: RegistrationForm, event: Event, *, locale: str) -> RegistrationRequest:
    """The request that a form makes whose every step was checked."""
    number = _phone(form, event)
    return RegistrationRequest(
        event_public_id=event.public_id,
        locale=locale,
        door="web",
        party_size=_party_size(form, event),
        phone=number,
        first_name=_first_name(form, event),
        companions=_companions(form, event),
        needs=_needs(form, event),
        answers=_answers(form, event),
        consent=_agreed(form) if number else None,
        news=Consent(form.wants_news.label.text) if number and form.wants_news.data else None,
        request_key=form.request_key.data,
    )


def _party_size(form: RegistrationForm, event: Event) -> int:
    size = requests.party_size(form.party_size.data or "")
    check_party(size, event)
    return size


def _companions(form: RegistrationForm, event: Event) -> tuple[str, ...]:
    names = [
        requests.first_name(name, field="companions")
        for name in re.split(r"[\n,،;]", form.companions.data or "")
    ]
    given = tuple(name for name in names if name)
    try:
        others = requests.party_size(form.party_size.data or "") - 1
    except InvalidInputError:
        # Said once, at the party's own field.
        return given
    if len(given) > others:
        raise InvalidInputError(N_("You wrote more names than people who come with you."), field="companions")
    return given


def _needs(form: RegistrationForm, event: Event) -> tuple[str, ...]:
    chosen = form.needs.data or []
    if any(need not in event.offers for need in chosen):
        raise InvalidInputError(N_("Choose from the list."), field="needs")
    return tuple(offer for offer in OFFERS if offer in chosen)


def _answers(form: RegistrationForm, event: Event) -> dict[str, str]:
    questions = KINDS[event.kind].questions
    return clean(questions, {question.key: form[_ANSWER + question.key].data or "" for question in questions})


def _phone(form: RegistrationForm, event: Event) -> str | None:
    typed = form.phone.data or ""
    return phone.parse(typed) if typed else None


def _first_name(form: RegistrationForm, event: Event) -> str:
    return requests.first_name(form.first_name.data or "")


def _agreed(form: RegistrationForm) -> Consent | None:
    """Who checks both boxes is called: it is the one that says "instead"."""
    if form.wants_calls.data:
        return Consent(form.wants_calls.label.text, is_for_calls=True)
    return Consent(form.wants_texts.label.text) if form.wants_texts.data else None


def _consent(form: RegistrationForm, event: Event) -> None:
    if form.wants_calls.data and not form.phone.data:
        raise InvalidInputError(
            N_("Enter your phone number to get calls, or take the check mark away."), field="phone"
        )
    if (form.wants_texts.data or form.wants_news.data) and not form.phone.data:
        raise InvalidInputError(
            N_("Enter your phone number to get texts, or take the check mark away."), field="phone"
        )


_READERS: dict[str, tuple[Callable[[RegistrationForm, Event], object], ...]] = {
    PARTY: (_party_size, _companions),
    NEEDS: (_needs, _answers),
    CONTACT: (_phone, _first_name, _consent),
}


@cache
def _form_class(questions: tuple[Question, ...]) -> type[RegistrationForm]:
    fields = {_ANSWER + question.key: _field(question) for question in questions}
    return type("KindRegistrationForm", (RegistrationForm,), fields)


def _field(question: Question) -> Field:
    if question.answers:
        return RadioField(lazy(question.label), default="")
    return LineField(lazy(question.label), render_kw={"maxlength": SHORT_TEXT_CHARACTERS})
