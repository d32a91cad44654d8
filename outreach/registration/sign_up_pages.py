"""Draws the pages of a sign-up; the first one is kept, and filled in for each event and each reader."""

from typing import NamedTuple

from flask import current_app, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from outreach.events import queries, shown
from outreach.events.models import Event, EventText
from outreach.events.shelf import Shelf
from outreach.i18n import Language
from outreach.identifiers import link_token
from outreach.registration import service
from outreach.registration.forms import (
    TRAP,
    RegistrationForm,
    carried,
    form_for,
    largest_party,
    steps_of,
)
from outreach.runtime import now, settings
from outreach.web import t

_SHELF, _SHELF_CHARACTERS = "outreach_first_pages", 1024 * 1024


class _Places(NamedTuple):
    """What stands in a kept first page where something else belongs; nobody can write it elsewhere."""

    csrf_token: str
    request_key: str
    public_id: str
    title: str
    day: str
    time: str


_PLACES = _Places(*(link_token() for _ in _Places._fields))


def put_up_shelf(setup: BlueprintSetupState) -> None:
    """Makes room for first pages in an application."""
    setup.app.extensions[_SHELF] = Shelf[str](capacity_bytes=_SHELF_CHARACTERS, weigh=len)


def form_page(
    form: RegistrationForm,
    event: Event,
    step: str,
    *,
    text: shown.ShownText | None = None,
    when: tuple[str, str] | None = None,
) -> str:
    """One step of a form, with what was answered before carried along."""
    steps = steps_of(event)
    return render_template(
        "public/register.html",
        form=form,
        event=event,
        shown=text or shown.text_for(event, t()),
        when=when or (shown.day_text(event, t()), shown.time_text(event, t())),
        seats=shown.seats_of(event),
        step=step,
        number=steps.index(step) + 1,
        steps=len(steps),
        carried=carried(form, step),
        largest=largest_party(event),
        trap=TRAP,
        language_address=lambda locale: url_for(
            "registration.register", locale=locale, public_id=event.public_id
        ),
    )


def first_page(public_id: str) -> str:
    """The first question, the same for everybody but for two keys, which are put in for each reader.

    Raises NotFoundError, and ConflictError when nobody can register any more.
    """
    at = now()
    state = queries.page_state(public_id, at)

    def fill() -> str:
        event = queries.event_by_public_id(public_id, is_whole=False)
        service.check_open(event, now=at)
        text = shown.text_for(event, t())
        page = _outline(event, text.language, state.generation)
        for own, place in (
            (event.public_id, _PLACES.public_id),
            (text.text.title, _PLACES.title),
            (shown.day_text(event, t()), _PLACES.day),
            (shown.time_text(event, t()), _PLACES.time),
        ):
            page = page.replace(place, escape(own))
        return page

    page = _shelf().get((t().locale, public_id), state, fill)
    return page.replace(_PLACES.csrf_token, generate_csrf()).replace(_PLACES.request_key, link_token())


def _outline(event: Event, language: Language, generation: int) -> str:
    """The first page of all events that ask alike, without what is an event's or a reader's own.

    Drawn for one of them; to draw a page takes many times as long as to fill it in.
    """
    steps, largest, seats = steps_of(event), largest_party(event), shown.seats_of(event)

    def draw() -> str:
        form = form_for(event, t(), region=settings().region_name)
        text = shown.ShownText(EventText(title=_PLACES.title), language, "")
        page = form_page(form, event, steps[0], text=text, when=(_PLACES.day, _PLACES.time))
        for own, place in (
            (generate_csrf(), _PLACES.csrf_token),
            (form.request_key.data, _PLACES.request_key),
            (event.public_id, _PLACES.public_id),
        ):
            page = page.replace(own or "", place)
        return page

    key = (t().locale, language.locale, len(steps), largest, seats.is_full)
    return _shelf().get(key, generation, draw)


def _shelf() -> Shelf[str]:
    shelf: Shelf[str] = current_app.extensions[_SHELF]
    return shelf
