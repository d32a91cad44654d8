"""The public pages of events: the list with its filters, one event, its flyer; they know no guest.

These pages are the same for everybody: they set no cookie, and whole answers are kept in the process
until something public changes; the list also until the minute is over.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import cast

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from wtforms import Form, SearchField, SelectField, StringField

from outreach.errors import InvalidInputsError, NotFoundError
from outreach.events import queries, shown
from outreach.events.drafts import OFFERS
from outreach.events.kinds import KINDS
from outreach.events.models import Event, EventPart
from outreach.events.queries import PAGE_SIZE, Filters
from outreach.events.shelf import Shelf
from outreach.fields import tell
from outreach.i18n import LANGUAGES, N_, language_name, local
from outreach.phone import displayed
from outreach.qr import svg
from outreach.runtime import now, settings
from outreach.web import Packed, answer_packed, lazy, pack, t

bp = Blueprint("events", __name__, url_prefix="/<locale:locale>")

#: How long a browser may show a page without asking again.
FRESH_SECONDS = 60
_SHELF = "outreach_public_pages"
_SHELF_BYTES = 3 * 1024 * 1024
_HTML = "text/html; charset=utf-8"


@bp.record
def _put_up_shelf(setup: BlueprintSetupState) -> None:
    setup.app.extensions[_SHELF] = Shelf[Packed](
        capacity_bytes=_SHELF_BYTES, weigh=lambda page: page.weight_bytes
    )


class FilterForm(Form):
    """The filters as a reader sets them; what they mean is decided by `queries.Filters`."""

    q = SearchField(lazy(N_("Search")))
    kind = SelectField(lazy(N_("What")))
    language = SelectField(lazy(N_("Language at the event")))
    county = SelectField(lazy(N_("County")))
    organization = SelectField(lazy(N_("Who hosts it")))
    from_on = StringField(lazy(N_("From")), name="from")
    to_on = StringField(lazy(N_("To")), name="to")


@bp.get("/")
@bp.get("/events/")
def index() -> Response:
    """Events to come, narrowed by the filters of the address."""
    at = now()
    try:
        filters = Filters.parse(request.args)
    except InvalidInputsError as error:
        return _refused_filters(error, at)
    state = (queries.public_generation(), _minute(at))
    is_canonical = request.query_string.decode("latin-1") == filters.query()
    return _answer(state, lambda: _list_page(filters, at), is_kept=is_canonical)


@bp.get("/events/<name>")
def detail(name: str) -> Response:
    """One event; a readable name may follow its public id after a hyphen."""
    public_id, _, slug = name.partition("-")
    at = now()
    state = queries.page_state(public_id, at)
    return _answer(state, lambda: _detail_page(public_id, at), is_kept=not slug and not request.query_string)


@bp.get("/events/<public_id>/flyer")
def flyer(public_id: str) -> Response:
    """One event on a sheet of paper, with a code for phones and a word to text."""
    return _answer(
        queries.page_state(public_id, now()).generation,
        lambda: _flyer_page(public_id),
        is_kept=not request.query_string,
    )


def _answer(state: Hashable, make: Callable[[], str], *, is_kept: bool) -> Response:
    """The page of this address, from the shelf when it was made for the same state.

    Only canonical addresses are kept, so that made-up ones push nothing off the shelf.
    """

    def page() -> Packed:
        return pack(make().encode())

    if is_kept:
        shelf: Shelf[Packed] = current_app.extensions[_SHELF]
        found = shelf.get((request.path, request.query_string), state, page)
    else:
        found = page()
    return answer_packed(found, content_type=_HTML, max_age=FRESH_SECONDS)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _list_page(filters: Filters, at: datetime) -> str:
    events = queries.upcoming(filters, at)
    total = queries.count_upcoming(filters, at)
    if filters.page > 1 and not events:
        raise NotFoundError(N_("There is no such page. It may have moved, or the event may be over."))
    pages = -(-total // PAGE_SIZE)
    cards = [shown.card(event, t(), now=at) for event in events]
    form = _filter_form(at)
    return render_template(
        "public/events.html",
        filters=filters,
        filter_form=form,
        chips=_chips(filters, at),
        chosen=_chosen(filters, form),
        total=total,
        days=[(on, list(day)) for on, day in groupby(cards, lambda card: card.on)],
        instead=_instead(filters, at) if not total else [],
        page=filters.page,
        pages=pages,
        previous_address=_list_address(filters, page=filters.page - 1) if filters.page > 1 else None,
        next_address=_list_address(filters, page=filters.page + 1) if filters.page < pages else None,
        feed_query=filters.query(page=1),
    )


def _refused_filters(error: InvalidInputsError, at: datetime) -> Response:
    """The list's form again with everything that was entered, and what is wrong with it."""
    form = _filter_form(at)
    tell(form, error)
    body = render_template("public/events.html", filters=Filters(), filter_form=form, form=form, total=None)
    response = make_response(body, 400)
    response.cache_control.no_store = True
    return response


def _detail_page(public_id: str, at: datetime) -> str:
    return draw_event(queries.event_by_public_id(public_id), at)


def draw_event(event: Event, at: datetime, *, template: str = "public/event.html", **more: object) -> str:
    """One event as guests see it, whether or not it is public; staff look at it before it is."""
    text = shown.text_for(event, t())
    return render_template(
        template,
        **more,
        event=event,
        shown=text,
        kind=KINDS[event.kind],
        when=(shown.day_text(event, t()), shown.time_text(event, t())),
        place=shown.place_text(event, t()),
        parts_shown=_parts(event),
        source_language=LANGUAGES[event.source_locale],
        reason=shown.cancel_reason(event, t()),
        spoken=shown.languages_of(event, t(), interpreted=False),
        interpreted=shown.languages_of(event, t(), interpreted=True),
        offers=[t()(OFFERS[offer]) for offer in OFFERS if offer in event.offers],
        seats=shown.seats_of(event),
        standing=_standing(event, at),
        **_keyword(event),
    )


def _parts(event: Event) -> list[tuple[EventPart, str, str]]:
    """The parts with their times; the day is said where the event has more than one."""
    days = {part.starts_local.date() for part in event.parts} | {event.starts_local.date()}
    return [
        (
            part,
            t().day(part.starts_local.date()) if len(days) > 1 else "",
            shown.span_text(part.starts_local, part.ends_local, t()),
        )
        for part in event.parts
    ]


def _flyer_page(public_id: str) -> str:
    event = queries.event_by_public_id(public_id)
    address = settings().public_url + url_for("events.detail", name=public_id)
    return render_template(
        "public/flyer.html",
        event=event,
        shown=shown.text_for(event, t()),
        when=(shown.day_text(event, t()), shown.time_text(event, t())),
        place=shown.place_text(event, t()),
        spoken=shown.languages_of(event, t(), interpreted=False),
        interpreted=shown.languages_of(event, t(), interpreted=True),
        offers=[t()(OFFERS[offer]) for offer in OFFERS if offer in event.offers],
        address=address,
        code=svg(address),
        **_keyword(event),
    )


def _standing(event: Event, at: datetime) -> str:
    """What a guest can do about an event: cancelled, over, begun, come (no registration) or register."""
    if event.status == "cancelled":
        return "cancelled"
    if event.status == "held" or event.ends_at <= at:
        return "over"
    if event.starts_at <= at:
        return "begun"
    return "register" if event.takes_registrations else "come"


def _keyword(event: Event) -> dict[str, str | None]:
    number = settings().text_number if event.takes_registrations and event.status == "published" else None
    keyword = event.keyword_in(t().locale) if number else None
    return {"keyword": keyword, "text_number": displayed(number) if number and keyword else None}


def _chips(filters: Filters, at: datetime) -> list[tuple[str, str, bool]]:
    """Ready-made spans of days: all, today, this weekend; the other filters stay."""
    today = local(at, settings().time_zone).date()
    # On a Sunday this is yesterday.
    saturday = today + timedelta(days=5 - today.weekday())
    spans = (
        (N_("All days"), None, None),
        (N_("Today"), today, today),
        (N_("This weekend"), max(today, saturday), saturday + timedelta(days=1)),
    )
    return [
        (
            t()(label),
            _list_address(filters, from_on=first, to_on=last, page=1),
            (filters.from_on, filters.to_on) == (first, last),
        )
        for label, first, last in spans
    ]


def _chosen(filters: Filters, form: FilterForm) -> list[tuple[str, str]]:
    """What a reader chose, by its name, each with the address of the list without it."""
    spoken = t()
    found = [
        (dict(cast(list[tuple[str, str]], field.choices))[value], field.name)
        for field in (form.kind, form.language, form.county, form.organization)
        if (value := getattr(filters, field.name))
    ]
    if filters.q:
        found.insert(0, (filters.q, "q"))
    if filters.from_on:
        found.append((spoken(N_("From %(start)s"), start=spoken.short_day(filters.from_on)), "from_on"))
    if filters.to_on:
        found.append((spoken(N_("Until %(day)s"), day=spoken.short_day(filters.to_on)), "to_on"))
    empty = Filters()
    return [(text, _list_address(filters, **{name: getattr(empty, name), "page": 1})) for text, name in found]


def _instead(filters: Filters, at: datetime) -> list[tuple[str, str]]:
    """What there is instead of nothing: each filter alone where it finds something, then everything."""
    found = []
    wanted = [name for name in ("q", "kind", "language", "county", "organization") if getattr(filters, name)]
    for name in wanted if len(filters.values()) > 1 else []:
        alone = replace(Filters(), **{name: getattr(filters, name)})
        if count := queries.count_upcoming(alone, at):
            found.append((_named(alone, count), _list_address(alone)))
    if filters.is_narrowed and (count := queries.count_upcoming(Filters(), at)):
        found.append((_named(Filters(), count), _list_address(Filters())))
    return found


def _named(filters: Filters, count: int) -> str:
    """A list by what it holds: "12 events in Spanish"."""
    spoken = t()
    number = spoken.number(count)
    if filters.kind:
        return spoken(N_("%(kind)s: %(count)s"), kind=spoken(KINDS[filters.kind].plural), count=number)
    if filters.language:
        name = language_name(filters.language, spoken.locale)
        return spoken(N_("Events in %(language)s: %(count)s"), language=name, count=number)
    if filters.county:
        return spoken(N_("Events in this county: %(count)s"), count=number)
    if filters.organization:
        return spoken(N_("Events of this host: %(count)s"), count=number)
    if filters.q:
        return spoken(N_("Events with these words: %(count)s"), count=number)
    return spoken(N_("All events: %(count)s"), count=number)


def _filter_form(at: datetime) -> FilterForm:
    spoken = t()
    form = FilterForm(request.args)
    anything = ("", spoken(N_("All")))
    form.kind.choices = [anything, *((kind.id, spoken(kind.plural)) for kind in KINDS.values())]
    form.language.choices = [anything, *((code, language_name(code, spoken.locale)) for code in LANGUAGES)]
    form.county.choices = [
        anything,
        *((row.slug, f"{row.name}, {row.state}" if row.state else row.name) for row in queries.counties()),
    ]
    form.organization.choices = [anything, *queries.hosts(at)]
    return form


def _list_address(filters: Filters, **changes: object) -> str:
    query = filters.query(**changes)
    return url_for("events.index") + (f"?{query}" if query else "")
