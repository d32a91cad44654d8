"""Describes the public API as OpenAPI 3.1, from the same lists that the answers are made from; pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from outreach.events.drafts import DELIVERIES, OFFERS, THEMES
from outreach.events.kinds import KINDS
from outreach.i18n import LANGUAGES, SOURCE_LOCALE

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_INSTANT: Schema = {"type": "string", "format": "date-time", "description": "In UTC."}
_WALL: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$",
    "description": "What clocks show at the place, in `time_zone`.",
}
_LANGUAGE: Schema = {"type": "string", "enum": list(LANGUAGES)}


def description(*, public_url: str, locales: Iterable[str]) -> Schema:
    """The whole description; `locales` are the languages that this installation offers."""
    problem = {
        "description": "Something about the request cannot be; `errors` names each filter and the reason.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Outreach",
            "version": "1",
            "description": "Public events where newcomers and long-time residents meet. Read only, no key.",
        },
        "servers": [{"url": public_url}],
        "paths": {
            "/events.json": {
                "get": {
                    "operationId": "listEvents",
                    "summary": "Events to come, the soonest first, 20 to a page.",
                    "parameters": _parameters(locales),
                    "responses": {
                        "200": {
                            "description": "One page of events.",
                            "content": {
                                "application/json": {"schema": {"$ref": "#/components/schemas/Page"}}
                            },
                        },
                        "304": {"description": "The reader's copy, by its ETag, is this one."},
                        "400": problem,
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Page": _page(),
                "Event": _event(),
                "Organization": _record({"id": _TEXT, "name": _TEXT}),
                "Venue": _venue(),
                "Part": _record({"title": _TEXT, "place": _TEXT, "starts_local": _WALL, "ends_local": _WALL}),
                "Problem": _problem(),
            }
        },
    }


def _parameters(locales: Iterable[str]) -> list[Schema]:
    day = {"type": "string", "format": "date"}
    given = (
        ("kind", {"type": "string", "enum": list(KINDS)}, "Kind of event."),
        ("organization", _TEXT, "Id of a host or co-host."),
        ("language", _LANGUAGE, "A language that is spoken or interpreted at the event."),
        ("county", _TEXT, "Short name of a county, such as jackson-county-mo."),
        ("from", day, "First local day."),
        ("to", day, "Last local day, included."),
        ("q", {"type": "string", "maxLength": 60}, "Words that must all occur."),
        ("page", {"type": "integer", "minimum": 1, "maximum": 99999, "default": 1}, "1 for the first."),
        (
            "lang",
            {"type": "string", "enum": list(locales), "default": SOURCE_LOCALE},
            "Language of the texts; where an event has none in it, they are in the original one.",
        ),
    )
    return [
        {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
        for name, schema, text in given
    ]


def _page() -> Schema:
    return _record(
        {
            "total": {"type": "integer", "minimum": 0},
            "page": {"type": "integer", "minimum": 1},
            "pages": {"type": "integer", "minimum": 0},
            "next": _or_null({"type": "string", "format": "uri"}),
            "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
        }
    )


def _event() -> Schema:
    body = {"$ref": "#/components/schemas/Organization"}
    return _record(
        {
            "id": {**_TEXT, "description": "The same for ever."},
            "url": {"type": "string", "format": "uri"},
            "calendar_url": {"type": "string", "format": "uri"},
            "kind": {"type": "string", "enum": list(KINDS)},
            "status": {"type": "string", "enum": ["published", "cancelled"]},
            "cancel_reason": _or_null(_TEXT),
            "language": {**_LANGUAGE, "description": "Language of the texts."},
            "title": _TEXT,
            "summary": _TEXT,
            "description": _TEXT,
            "organization": body,
            "cohosts": {"type": "array", "items": body},
            "starts_at": _INSTANT,
            "ends_at": _or_null({**_INSTANT, "description": "In UTC; null where no end was announced."}),
            "starts_local": _WALL,
            "ends_local": _or_null(_WALL),
            "time_zone": {**_TEXT, "description": "IANA name."},
            "is_all_day": {**_FLAG, "description": "Only days are told; the end is the midnight after them."},
            "moved_at": _or_null({**_INSTANT, "description": "When its time or place was last changed."}),
            "delivery": {"type": "string", "enum": list(DELIVERIES)},
            "venue": _or_null({"$ref": "#/components/schemas/Venue"}),
            "languages_spoken": {"type": "array", "items": _LANGUAGE},
            "languages_interpreted": {"type": "array", "items": _LANGUAGE},
            "offers": {"type": "array", "items": {"type": "string", "enum": list(OFFERS)}},
            "theme": _or_null({"type": "string", "enum": list(THEMES)}),
            "is_police_present": _FLAG,
            "takes_registrations": _FLAG,
            "text_number": _or_null({**_TEXT, "description": "Where to text a keyword to sign up."}),
            "keyword": _or_null({**_TEXT, "description": "Whoever texts it is asked for a language."}),
            "keywords": {
                "type": "array",
                "items": _record({"language": _LANGUAGE, "word": _TEXT}),
                "description": "Who texts one is answered in its language.",
            },
            "is_full": {**_FLAG, "description": "Whoever registers now goes on the waiting list."},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
        }
    )


def _venue() -> Schema:
    return _record(
        {
            "name": _TEXT,
            "address": _or_null(_TEXT),
            "city": _or_null(_TEXT),
            "county": _or_null(_TEXT),
            "access_notes": _or_null(_TEXT),
        }
    )


def _problem() -> Schema:
    return {
        **_record(
            {
                "type": _TEXT,
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _TEXT,
                "errors": {"type": "array", "items": _record({"field": _TEXT, "detail": _TEXT})},
            }
        ),
        "required": ["type", "title", "status", "detail"],
    }


def _record(properties: Mapping[str, Schema]) -> Schema:
    """An object that has all of these fields, always."""
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
