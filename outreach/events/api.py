"""The public read API: the events that everybody may see, as JSON; it knows no guest and changes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, json, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from outreach.database import db
from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events import queries, shown
from outreach.events.api_description import description
from outreach.events.models import Event, Venue
from outreach.events.queries import PAGE_SIZE, Filters
from outreach.events.shelf import Shelf
from outreach.i18n import N_, SOURCE_LOCALE, Translator, translator
from outreach.runtime import now, settings
from outreach.web import Packed, answer_packed, pack

bp = Blueprint("api", __name__)

FRESH_SECONDS = 60
_SHELF = "outreach_api"
_SHELF_BYTES = 1024 * 1024
_JSON = "application/json"


@bp.record
def _put_up_shelf(setup: BlueprintSetupState) -> None:
    setup.app.extensions[_SHELF] = Shelf[Packed](
        capacity_bytes=_SHELF_BYTES, weigh=lambda answer: answer.weight_bytes
    )


@bp.after_request
def open_to_other_sites(response: Response) -> Response:
    """Lets pages of other sites read what is public anyway; no cookie goes with it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@bp.get("/events.json")
def events() -> Response:
    """Events to come, narrowed by the same filters as the list."""
    at = now()
    try:
        filters, t = Filters.parse(request.args), _translator(request.args)
    except InvalidInputsError as error:
        return _problem(error)
    shelf: Shelf[Packed] = current_app.extensions[_SHELF]
    state = (queries.public_generation(), at.replace(second=0, microsecond=0))
    answer = shelf.get((filters, t.locale), state, lambda: _page(filters, t, at))
    return answer_packed(answer, content_type=_JSON, max_age=FRESH_SECONDS)


@bp.get("/openapi.json")
def openapi() -> Response:
    """What the API takes and answers, for programs (OpenAPI 3.1)."""
    answer = _written(description(public_url=settings().public_url, locales=settings().locales))
    return answer_packed(pack(answer), content_type=_JSON, max_age=FRESH_SECONDS)


def _translator(args: Mapping[str, str]) -> Translator:
    locale = args.get("lang", "").strip().lower() or SOURCE_LOCALE
    if locale not in settings().locales:
        raise InvalidInputsError([InvalidInputError(N_("Choose from the list."), field="lang")])
    return translator(locale)


def _page(filters: Filters, t: Translator, at: datetime) -> Packed:
    found = queries.upcoming(filters, at)
    total = queries.count_upcoming(filters, at)
    _load_the_rest(found)
    return pack(
        _written(
            {
                "total": total,
                "page": filters.page,
                "pages": -(-total // PAGE_SIZE),
                "next": _address(filters, t) if filters.page * PAGE_SIZE < total else None,
                "events": [_event(event, t) for event in found],
            }
        )
    )


def _address(filters: Filters, t: Translator) -> str:
    following = replace(filters, page=filters.page + 1)
    language = f"&lang={t.locale}" if t.locale != SOURCE_LOCALE else ""
    return f"{settings().public_url}/events.json?{following.query()}{language}"


def _load_the_rest(found: list[Event]) -> None:
    """Loads what a list does not show, in the same number of queries for any number of events."""
    db.session.scalars(
        select(Event)
        .where(Event.id.in_([event.id for event in found]))
        .options(
            joinedload(Event.organization),
            joinedload(Event.venue).joinedload(Venue.county),
            selectinload(Event.parts),
            selectinload(Event.cohosts),
            selectinload(Event.keywords),
        )
    ).all()


def _event(event: Event, t: Translator) -> dict[str, Any]:
    """What everybody may know of an event; whoever adds a line here tells it to the world."""
    text, reason, seats = event.text_in(t.locale), shown.cancel_reason(event, t), shown.seats_of(event)
    page = f"{settings().public_url}/{t.locale}/events/{event.public_id}"
    return {
        "id": event.public_id,
        "url": page,
        "calendar_url": f"{page}.ics",
        "kind": event.kind,
        "status": event.status,
        "cancel_reason": reason[0] if reason and event.status == "cancelled" else None,
        "language": text.locale,
        "title": text.title,
        "summary": text.summary,
        "description": text.description,
        "organization": _body(event.organization),
        "cohosts": sorted(map(_body, event.cohosts), key=lambda body: body["name"]),
        "starts_at": _instant(event.starts_at),
        "ends_at": _instant(event.ends_at) if event.is_end_known else None,
        "starts_local": _wall(event.starts_local),
        "ends_local": _wall(event.ends_local) if event.is_end_known else None,
        "time_zone": event.time_zone,
        "is_all_day": event.is_all_day,
        "moved_at": _instant(event.moved_at) if event.moved_at else None,
        "delivery": event.delivery,
        "venue": _venue(event.venue),
        "languages_spoken": sorted(row.locale for row in event.languages if not row.is_interpreted),
        "languages_interpreted": sorted(row.locale for row in event.languages if row.is_interpreted),
        "offers": sorted(event.offers),
        "theme": event.theme,
        "is_police_present": event.is_police_present,
        "takes_registrations": event.takes_registrations,
        **_words_to_text(event),
        "is_full": seats.is_full,
        "parts": [
            {
                "title": part.title,
                "place": part.place,
                "starts_local": _wall(part.starts_local),
                "ends_local": _wall(part.ends_local),
            }
            for part in event.parts
        ],
    }


def _words_to_text(event: Event) -> dict[str, Any]:
    """The number and the words of the posters, while they can be texted."""
    number = settings().text_number if event.takes_registrations and event.status == "published" else None
    words = {row.locale: row.word for row in event.keywords} if number else {}
    return {
        "text_number": number if words else None,
        "keyword": words.pop("", None),
        "keywords": [{"language": locale, "word": word} for locale, word in sorted(words.items())],
    }


def _body(organization: Any) -> dict[str, str]:
    return {"id": organization.public_id, "name": organization.name}


def _venue(venue: Venue | None) -> dict[str, str | None] | None:
    if venue is None:
        return None
    return {
        "name": venue.name,
        "address": venue.address,
        "city": venue.city,
        "county": venue.county.slug if venue.county else None,
        "access_notes": venue.access_notes,
    }


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _wall(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def _written(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=False) + "\n").encode()


def _problem(error: InvalidInputsError) -> Response:
    """Every filter that cannot be, by its name (RFC 9457)."""
    t = translator(SOURCE_LOCALE)
    problems = [
        {"field": problem.field, "detail": t(problem.message, **problem.values)} for problem in error.problems
    ]
    body = {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": problems[0]["detail"],
        "errors": problems,
    }
    response = Response(_written(body), 400, content_type="application/problem+json")
    response.cache_control.no_store = True
    return response
