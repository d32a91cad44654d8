"""The yardstick: what a good engineer would write in an afternoon for the same jobs.

Flask, SQLAlchemy and Jinja, the same database settings and the same server as Outreach. It keeps no
pages, knows one language, and has neither vault nor protection against forged forms.
"""

import argparse
import secrets
from datetime import UTC, datetime
from pathlib import Path

import segno
from flask import Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import JSON, ForeignKey, Index, func, or_, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

from outreach.database import engine_options, prepare_engine
from outreach.serving import Server

PAGE_SIZE = 20
LARGEST_PARTY = 20


class Base(DeclarativeBase):
    """What every table derives from."""


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Venue(Base):
    """Where an event happens."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    city: Mapped[str]
    county: Mapped[str]


class Event(Base):
    """What happens, in one language."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_status_starts_at", "status", "starts_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    description: Mapped[str]
    host: Mapped[str]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    starts_local: Mapped[datetime]
    ends_local: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    languages: Mapped[list[str]] = mapped_column(JSON)
    offers: Mapped[list[str]] = mapped_column(JSON)
    keyword: Mapped[str]
    capacity: Mapped[int | None]
    seats_taken: Mapped[int]

    venue: Mapped[Venue] = relationship()

    @property
    def seats_left(self) -> int | None:
        """Free seats; None when there is no limit."""
        return None if self.capacity is None else self.capacity - self.seats_taken


class Registration(Base):
    """A party that is coming."""

    __tablename__ = "registration"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    first_name: Mapped[str]
    phone: Mapped[str]
    party_size: Mapped[int]
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship()


TEMPLATES = {
    "base": """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{% block title %}{% endblock %}</title><link rel="stylesheet" href="/static/site.css"></head>
<body><header><a href="/events/">Events</a></header><main>{% block main %}{% endblock %}</main></body></html>
""",
    "list": """{% extends "base" %}{% block title %}Events{% endblock %}{% block main %}
<h1>{{ total }} events to come</h1>
{% for day, rows in rows|groupby("day") %}<h2>{{ day.strftime("%A, %B %d, %Y") }}</h2><ul>
{% for row in rows %}{% set event = row.event %}<li>
<p>{{ event.starts_local.strftime("%I:%M %p") }} to {{ event.ends_local.strftime("%I:%M %p") }}</p>
<h3><a href="/events/{{ event.public_id }}">{{ event.title }}</a></h3><p>{{ event.summary }}</p>
<p>{{ event.venue.name }}, {{ event.venue.city }}</p><p>{{ event.languages|join(", ") }}</p>
<p>{{ event.kind }}{% for offer in event.offers %} · {{ offer }}{% endfor %}</p>
{% if event.seats_left is not none and event.seats_left <= 10 %}<p>{{ event.seats_left }} seats left</p>
{% endif %}</li>{% endfor %}</ul>{% endfor %}
<nav>{% if page > 1 %}<a href="/events/?page={{ page - 1 }}">Back</a>{% endif %}
Page {{ page }} of {{ pages }}
{% if page < pages %}<a href="/events/?page={{ page + 1 }}">More</a>{% endif %}</nav>{% endblock %}
""",
    "detail": """{% extends "base" %}{% block title %}{{ event.title }}{% endblock %}{% block main %}
<p>{{ event.kind }}</p><h1>{{ event.title }}</h1><p>{{ event.summary }}</p><dl>
<dt>When</dt><dd>{{ event.starts_local.strftime("%A, %B %d, %Y, %I:%M %p") }}
to {{ event.ends_local.strftime("%I:%M %p") }}</dd>
<dt>Where</dt><dd>{{ event.venue.name }}, {{ event.venue.address }}, {{ event.venue.city }},
{{ event.venue.county }}</dd>
<dt>Languages</dt><dd>{{ event.languages|join(", ") }}</dd>
<dt>Help</dt><dd>{{ event.offers|join(", ") }}</dd><dt>Host</dt><dd>{{ event.host }}</dd>
<dt>Sign up by text</dt><dd>{{ event.keyword }}</dd>
{% if event.seats_left is not none and event.seats_left <= 10 %}<dt>Seats</dt>
<dd>{{ event.seats_left }} left</dd>{% endif %}</dl><p>{{ event.description }}</p>
<a href="/events/{{ event.public_id }}/register">Sign up</a>
<a href="/events/{{ event.public_id }}.ics">Calendar</a>{% endblock %}
""",
    "register": """{% extends "base" %}{% block title %}Sign up{% endblock %}{% block main %}
<h1>{{ event.title }}</h1>
<p>{{ event.starts_local.strftime("%A, %B %d, %Y, %I:%M %p") }}, {{ event.venue.name }}</p>
{% if error %}<p role="alert">{{ error }}</p>{% endif %}<form method="post">
<label>How many people?<input name="party_size" inputmode="numeric"></label>
<label>First name<input name="first_name"></label>
<label>Phone<input name="phone" type="tel"></label><button>Sign up</button></form>{% endblock %}
""",
    "pass": """{% extends "base" %}{% block title %}Your pass{% endblock %}{% block main %}
{% set event = row.event %}<h1>You are coming, {{ row.first_name }}</h1><h2>{{ event.title }}</h2>
<p>{{ event.starts_local.strftime("%A, %B %d, %Y, %I:%M %p") }}</p>
<p>{{ event.venue.name }}, {{ event.venue.address }}, {{ event.venue.city }}</p>
<p>{{ row.party_size }} people</p><p>Your code: <b>{{ row.code }}</b></p>{{ qr|safe }}
<a href="/events/{{ event.public_id }}.ics">Calendar</a>{% endblock %}
""",
}


def create_app(database_url: str, *, feed: bytes = b"", zipped_feed: bytes = b"") -> Flask:
    """The yardstick over a database; the feeds are what it serves from memory."""
    app = Flask(__name__)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=database_url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(database_url)
    )
    app.jinja_loader = DictLoader(TEMPLATES)
    app.jinja_env.autoescape = True
    db.init_app(app)
    with app.app_context():
        # PostgreSQL as the library sets it up.
        if db.engine.dialect.name == "sqlite":
            prepare_engine(db.engine)

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.get("/events/")
    def index() -> str:
        page = max(1, request.args.get("page", 1, type=int))
        is_upcoming = (Event.status == "published", Event.ends_at > _now())
        total = db.session.scalar(select(func.count()).select_from(Event).where(*is_upcoming)) or 0
        events = db.session.scalars(
            select(Event)
            .where(*is_upcoming)
            .options(joinedload(Event.venue))
            .order_by(Event.starts_at, Event.id)
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        )
        rows = [{"day": event.starts_local.date(), "event": event} for event in events]
        return render_template("list", rows=rows, total=total, page=page, pages=-(-total // PAGE_SIZE))

    @app.get("/events/<public_id>")
    def detail(public_id: str) -> str:
        return render_template("detail", event=_event(public_id))

    @app.get("/events/<public_id>/register")
    def form(public_id: str) -> str:
        return render_template("register", event=_event(public_id))

    @app.post("/events/<public_id>/register")
    def register(public_id: str) -> ResponseReturnValue:
        party_size = request.form.get("party_size", 0, type=int)
        if not 1 <= party_size <= LARGEST_PARTY:
            event = _event(public_id)
            return render_template("register", event=event, error="Enter a number from 1 to 20."), 422
        event_id = db.session.scalar(
            update(Event)
            .where(
                Event.public_id == public_id,
                Event.status == "published",
                Event.starts_at > _now(),
                or_(Event.capacity.is_(None), Event.seats_taken + party_size <= Event.capacity),
            )
            .values(seats_taken=Event.seats_taken + party_size)
            .returning(Event.id)
        )
        if event_id is None:
            return render_template("register", event=_event(public_id), error="All seats are taken."), 409
        token = secrets.token_urlsafe(16)
        db.session.add(
            Registration(
                event_id=event_id,
                token=token,
                code=f"{secrets.randbelow(900_000) + 100_000}",
                first_name=request.form.get("first_name", ""),
                phone=request.form.get("phone", ""),
                party_size=party_size,
                created_at=_now(),
            )
        )
        db.session.commit()
        return redirect(url_for("show_pass", token=token), 303)

    @app.get("/pass/<token>")
    def show_pass(token: str) -> str:
        row = db.session.scalar(
            select(Registration)
            .where(Registration.token == token)
            .options(joinedload(Registration.event).joinedload(Event.venue))
        )
        qr = segno.make(request.url).svg_inline()
        return render_template("pass", row=row or abort(404), qr=qr)

    @app.get("/calendar.ics")
    def calendar() -> Response:
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return Response(zipped_feed, content_type="text/calendar", headers={"Content-Encoding": "gzip"})
        return Response(feed, content_type="text/calendar")

    return app


def _event(public_id: str) -> Event:
    event = db.session.scalar(
        select(Event).where(Event.public_id == public_id).options(joinedload(Event.venue))
    )
    return event or abort(404)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def main() -> None:
    """Serves the yardstick exactly as Outreach is served."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--feed", type=Path, required=True)
    parser.add_argument("--zipped-feed", type=Path, required=True)
    given = parser.parse_args()
    app = create_app(
        given.database_url, feed=given.feed.read_bytes(), zipped_feed=given.zipped_feed.read_bytes()
    )
    Server(app, host="127.0.0.1", port=given.port, workers=given.workers, work=None).run()


if __name__ == "__main__":
    main()
