"""A vendor that texts nobody: it remembers what it took, for a phone in the browser, and reports back.

Like a real vendor it has a memory of its own, writes it in its own transactions, and reports what
became of a text by a signed webhook.
"""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.test import Client

from outreach.database import db, transaction
from outreach.keystore import day_key
from outreach.messaging import outcomes
from outreach.messaging.gateways.base import (
    Accepted,
    Dial,
    Dispatch,
    Outcome,
    Received,
    Rejected,
    Report,
    kind_of,
)
from outreach.messaging.models import SimulatedCall, SimulatedText
from outreach.messaging.outcomes import OUTCOMES
from outreach.messaging.signatures import HEADER, account, sign
from outreach.registration.guests import phone_hash
from outreach.runtime import Runtime

#: A phone in the browser rings longer than one in life, so that whoever tries it out gets there.
RINGS_FOR = timedelta(minutes=10)

log = logging.getLogger(__name__)


class SimulatorGateway:
    """The simulated vendor of one application. Safe to use from several threads."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def send(self, dispatch: Dispatch) -> Outcome:
        """Takes a text and does with it what was chosen for its phone: delivers it at once, as a rule."""
        sid = "SM" + uuid4().hex
        with self._app.app_context(), transaction() as session:
            chosen = outcomes.chosen(dispatch.to, vault=self._runtime.vault)
            outcome = OUTCOMES[chosen]
            if outcome.is_refused:
                return Rejected(outcome.error_code, kind_of(outcome.error_code, 400))
            session.add(self._text(sid, dispatch, chosen))
        for status in outcome.reported:
            form = {"MessageSid": sid, "MessageStatus": status, "To": dispatch.to}
            if outcome.error_code and status == outcome.reported[-1]:
                form["ErrorCode"] = str(outcome.error_code)
            post_signed(self._app, dispatch.status_callback, form)
        return Accepted(sid, "queued")

    def call(self, dial: Dial) -> Outcome:
        """Lets a phone in the browser ring."""
        sid, runtime = "CA" + uuid4().hex, self._runtime
        now = runtime.clock()
        with self._app.app_context(), transaction() as session:
            session.add(
                SimulatedCall(
                    sid=sid,
                    phone_hash=phone_hash(runtime.vault, dial.to),
                    sealed=runtime.vault.seal(asdict(dial), place="simulator", key=day_key(now)),
                    status="ringing",
                    created_at=now,
                )
            )
        return Accepted(sid, "queued")

    def find_calls(self, to: str, *, since: datetime) -> tuple[Report, ...] | None:
        """Looks among the calls that it placed."""
        with self._app.app_context():
            rows = db.session.scalars(
                select(SimulatedCall)
                .where(
                    SimulatedCall.phone_hash == phone_hash(self._runtime.vault, to),
                    SimulatedCall.created_at >= since,
                )
                .order_by(SimulatedCall.id)
            ).all()
        return tuple(self._report_of_call(row) for row in rows)

    def find(self, to: str, body: str, *, since: datetime) -> tuple[Report, ...] | None:
        """Looks among what it took."""
        runtime = self._runtime
        with self._app.app_context():
            rows = db.session.scalars(
                select(SimulatedText)
                .where(
                    SimulatedText.direction == "out",
                    SimulatedText.phone_hash == phone_hash(runtime.vault, to),
                    SimulatedText.created_at >= since,
                )
                .order_by(SimulatedText.id)
            ).all()
        return tuple(
            self._report(row)
            for row in rows
            if runtime.vault.open(row.sealed, place="simulator")["body"] == body
        )

    def fetch(self, sid: str) -> Report | None:
        """Says of each text and call that it took what became of it."""
        with self._app.app_context():
            call = db.session.scalar(select(SimulatedCall).where(SimulatedCall.sid == sid))
            if call is not None:
                return self._report_of_call(call)
            row = db.session.scalar(select(SimulatedText).where(SimulatedText.sid == sid))
        return self._report(row) if row else None

    def received(self, *, since: datetime) -> tuple[Received, ...] | None:
        """Lists what phones in the browser sent."""
        vault = self._runtime.vault
        with self._app.app_context():
            rows = db.session.scalars(
                select(SimulatedText)
                .where(SimulatedText.direction == "in", SimulatedText.created_at >= since)
                .order_by(SimulatedText.id)
            ).all()
        texts = [(row, vault.open(row.sealed, place="simulator")) for row in rows]
        return tuple(Received(row.sid, text["phone"], text["body"], row.created_at) for row, text in texts)

    @property
    def _runtime(self) -> Runtime:
        found: Runtime = self._app.extensions["outreach"]
        return found

    def _report(self, row: SimulatedText) -> Report:
        return OUTCOMES[row.outcome].report(row.sid, self._runtime.clock() - row.created_at)

    def _report_of_call(self, row: SimulatedCall) -> Report:
        has_rung_out = row.status == "ringing" and self._runtime.clock() - row.created_at > RINGS_FOR
        return Report(row.sid, "no-answer" if has_rung_out else row.status)

    def _text(self, sid: str, dispatch: Dispatch, outcome: str) -> SimulatedText:
        vault, now = self._runtime.vault, self._runtime.clock()
        content = {"phone": dispatch.to, "body": dispatch.body}
        return SimulatedText(
            sid=sid,
            phone_hash=phone_hash(vault, dispatch.to),
            direction="out",
            sealed=vault.seal(content, place="simulator", key=day_key(now)),
            outcome=outcome,
            created_at=now,
        )


def post_signed(app: Flask, url: str, form: dict[str, str]) -> int:
    """Posts a webhook to the application itself, signed as the vendor signs; returns the HTTP status.

    Nothing goes over the network, but everything on the way in is the real thing.
    """
    runtime: Runtime = app.extensions["outreach"]
    ours = account(runtime.settings, runtime.vault)
    fields = {"AccountSid": ours.sid, **form}
    url = url.partition("#")[0]
    path = url.removeprefix(runtime.settings.public_url)
    answer = Client(app).post(path, data=fields, headers={HEADER: sign(url, fields, ours.tokens[0])})
    if answer.status_code >= 400:
        log.error("our own webhook answered with status %s", answer.status_code)
    return answer.status_code
