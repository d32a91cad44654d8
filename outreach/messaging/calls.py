"""Calls that come in: each webhook of one is answered once, however often the vendor brings it.

Where a call stands is in our table and not in an address or a cookie. What a caller's number is registered
for is looked up only after the right code; a caller's number alone proves nothing, and where a key ended our
calls to it and no coming event has a code, it is enough to ask for them again.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from outreach import throttle
from outreach.config import Settings
from outreach.database import db, insert
from outreach.errors import ConflictError, TooManyRequestsError
from outreach.i18n import translator
from outreach.keystore import day_key
from outreach.messaging import conversations, inbound, recordings, suppressions, voice_dialogue
from outreach.messaging.actions import Caller, carry_out
from outreach.messaging.channels.voice import VOICES, Question, twiml
from outreach.messaging.due import SPOKEN, is_silenced
from outreach.messaging.facts import (
    event_with_id,
    events_to_come,
    latest_offer,
    places_to_come,
    registrations_of_phone,
)
from outreach.messaging.models import Message, VoiceStep
from outreach.messaging.phrases import Notice, Phrase
from outreach.messaging.reminders import facts_about, note_told
from outreach.messaging.speech import Speaker
from outreach.messaging.turns import (
    PAUSE,
    AcceptOffer,
    AskPerson,
    Cancel,
    ChangeParty,
    DeclineOffer,
    Dialogue,
    OfferFacts,
    Reaffirm,
    Register,
    Told,
)
from outreach.messaging.voice_phrases import GONE, GOODBYE, Line, spoken
from outreach.messaging.voice_turns import (
    NUMBER_STEPS,
    Call,
    CallsStarted,
    CheckCode,
    Checked,
    StartCalls,
    StopCalls,
    VoiceFacts,
    VoiceTurn,
)
from outreach.registration import holds
from outreach.registration.guests import phone_hash
from outreach.registration.ledger import has_agreed
from outreach.registration.models import Registration
from outreach.registration.pauses import is_paused
from outreach.vault import Vault

#: Where the vendor brings calls; behind it stand the question that is answered and the visit.
PATH = "/hooks/twilio/voice"
START = "start"
#: Behind it stands the token of the call that we placed. No question may have this name.
OWED_PATH = PATH + "/picked-up/"

_WRONG_CODES, _WRONG_CODES_PER = 5, timedelta(hours=1)
_MOST_EVENTS = 40
_KEPT_FOR = timedelta(days=1)
_PLACE = "voice"
#: A text that left, as far as we know.
_LEFT = ("accepted", "queued", "sending", "sent", "unconfirmed", "delivered")
#: Questions that are worth taking up by text, and the question of the text dialogue that each becomes.
_DRAFTS = {"party": "party", "confirm": "confirm", "texts": "confirm"}


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange of a call, as the vendor knows it."""

    visit: int
    #: What the caller pressed; empty for the beginning, and for nothing.
    keys: str
    #: What we answered.
    twiml: str
    #: Of each recording in it, in turn: its language and its words.
    played: tuple[tuple[str, str], ...] = ()


def begin(call_sid: str, phone: str | None, *, settings: Settings, vault: Vault, now: datetime) -> str:
    """Answers a call that begins, in TwiML; asked twice, with the same answer. Flushes.

    `phone` is E.164, or None for a number that we do not see or cannot call.
    """
    return _Exchange(call_sid, phone, settings, vault, now).begin()


def begin_owed(
    call_sid: str, message_id: int, *, is_machine: bool, settings: Settings, vault: Vault, now: datetime
) -> str:
    """Answers that a call of ours was picked up, in TwiML; asked twice, with the same answer. Flushes."""
    message = db.session.get(Message, message_id)
    if message is None or message.channel != "voice" or message.registration_id is None:
        # Its guest was forgotten while it rang.
        return _Exchange(call_sid, None, settings, vault, now).farewell()
    content = vault.open(message.sealed, place="message")
    exchange = _Exchange(call_sid, content["to"], settings, vault, now)
    locale = content["locale"] if content["locale"] in exchange.offered else exchange.offered[0]
    call = Call("owed", locale=locale, registration_id=message.registration_id, purpose=message.purpose)
    return exchange.begin(call, is_machine=is_machine)


def hear(
    call_sid: str, step: str, visit: int, keys: str, *, settings: Settings, vault: Vault, now: datetime
) -> str | None:
    """Answers the keys that were pressed at a question, in TwiML. Flushes.

    Asked twice, it gives the same answer and does nothing again. None for a question that this call was
    never asked.
    """
    # The lock lets the second of two that come at once wait, and then find the answer of the first.
    asked = db.session.scalar(
        select(VoiceStep)
        .where(VoiceStep.call_sid == call_sid, VoiceStep.visit == visit - 1)
        .with_for_update()
    )
    if asked is None:
        return None
    answered = _answer(call_sid, step, visit, vault=vault)
    if answered is not None:
        return answered
    content = vault.open(asked.sealed, place=_PLACE)
    call = Call.from_json(content["call"]) if content["call"] else None
    if call is None or call.step != step:
        return None
    exchange = _Exchange(call_sid, content["phone"], settings, vault, now)
    return exchange.hear(call, keys, said=content["said"])


def last_call_of(phone: str, *, vault: Vault) -> str | None:
    """The id of a number's last call; None when it never called, or is forgotten."""
    return db.session.scalar(
        select(VoiceStep.call_sid)
        .where(VoiceStep.phone_hash == phone_hash(vault, phone))
        .order_by(VoiceStep.id.desc())
        .limit(1)
    )


def steps_of(call_sid: str, *, vault: Vault) -> list[Step]:
    """Everything that was said in a call, for a phone in the browser."""
    rows = db.session.scalars(
        select(VoiceStep).where(VoiceStep.call_sid == call_sid).order_by(VoiceStep.visit)
    )
    contents = [(row.visit, vault.open(row.sealed, place=_PLACE)) for row in rows]
    return [
        Step(visit, content["keys"], content["twiml"], tuple(map(tuple, content.get("played", ()))))
        for visit, content in contents
    ]


def forget(*, now: datetime) -> int:
    """Deletes what was said in calls that are long over, unless a hold keeps it; returns how many answers."""
    if is_paused("calls", None, holds.active()):
        return 0
    gone = db.session.execute(
        delete(VoiceStep).where(VoiceStep.at <= now - _KEPT_FOR).returning(VoiceStep.id)
    )
    return len(gone.all())


class _Exchange:
    """One webhook of a call, and what is known of the caller."""

    def __init__(
        self, call_sid: str, phone: str | None, settings: Settings, vault: Vault, now: datetime
    ) -> None:
        self.call_sid = call_sid
        self.phone = phone
        self.settings = settings
        self.vault = vault
        self.now = now
        self.hashed = phone_hash(vault, phone) if phone else None
        recorded = recordings.playable(settings)
        self.offered = recordings.spoken_locales(settings, recorded)
        self.speaker = Speaker(recorded, region=settings.region_name, public_url=settings.public_url)

    def begin(self, owed: Call | None = None, *, is_machine: bool = False) -> str:
        answered = _answer(self.call_sid, START, 0, vault=self.vault)
        if answered is not None:
            return answered
        facts = self.facts(owed)
        turn = (
            voice_dialogue.begin(facts)
            if owed is None
            else voice_dialogue.begin_owed(owed, facts, is_machine=is_machine)
        )
        return self.write(turn, START, 0, "")

    def farewell(self) -> str:
        lines = (Line(self.offered[0], Phrase(wording)) for wording in (GONE, GOODBYE))
        return twiml(self.speaker.speech(lines).said, None)

    def hear(self, call: Call, keys: str, *, said: str) -> str:
        turn = voice_dialogue.step(call, keys, self.facts(call))
        match turn.action:
            case CheckCode(code):
                checked = self.check(code)
                proven = replace(call, is_proven=call.is_proven or checked == "right")
                turn = voice_dialogue.concluded(turn, checked, self.facts(proven))
            case (
                Register() | Cancel() | ChangeParty() | AcceptOffer() | DeclineOffer() | Reaffirm() as attempt
            ):
                done = carry_out(attempt, self.caller(call, keys, said))
                turn = voice_dialogue.concluded(turn, done.outcome, self.facts(call))
                if isinstance(done.outcome, Told) and done.row is not None:
                    note_told(done.row, vault=self.vault, now=self.now)
                if isinstance(attempt, Register):
                    self.drop_draft(attempt.event_public_id)
            case StartCalls():
                started = CallsStarted(self.start_calls(call, f"{said}\n> {keys}"))
                turn = voice_dialogue.concluded(turn, started, self.facts(call))
            case StopCalls():
                self.stop_calls(call, f"{said}\n> {keys}")
        # After the attempt: one wrong code too many leads to a person as well.
        if isinstance(turn.action, AskPerson) and self.phone is not None:
            locale = call.locale or self.offered[0]
            inbound.ask_call_back(self.call_sid, self.phone, locale, vault=self.vault, now=self.now)
        self.leave_draft(turn.call)
        return self.write(turn, call.step, call.visit + 1, keys)

    def facts(self, call: Call | None) -> VoiceFacts:
        """What may be known in this call; nothing of the number's own until a code was right."""
        is_proven = call is not None and call.is_proven and self.hashed is not None
        # Whoever answers a call of ours is at the number, and hears of what it is about, and of nothing else.
        is_owed = call is not None and bool(call.purpose)
        rows = registrations_of_phone(self.hashed) if (is_proven or is_owed) and self.hashed else []
        if call is not None and is_owed:
            rows = [row for row in rows if row.id == call.registration_id]
        facts = VoiceFacts(
            offered_locales=self.offered,
            region=self.settings.region_name,
            has_number=self.phone is not None,
            events=tuple(events_to_come(now=self.now, limit=_MOST_EVENTS)),
            event=event_with_id(call.event_public_id, now=self.now, is_spoken=True) if call else None,
            registrations=places_to_come(rows, now=self.now, is_spoken=True),
            offer=self.open_offer(rows),
            owed=self.owed(call, rows),
            last_text=self.last_text() if is_proven else None,
            is_stopped=call is not None and call.step == "texts" and self.is_stopped(),
            needs_no_code=call is not None and call.step == "menu" and self.needs_no_code(),
            recorded_only=frozenset(self.offered) - VOICES.keys(),
        )
        self.speaker.hear_of((*facts.events, *(one.event for one in facts.registrations)))
        if facts.event:
            self.speaker.hear_of((facts.event,))
        return facts

    def owed(self, call: Call | None, rows: Sequence[Registration]) -> Notice | None:
        """What a call of ours tells, by the facts of this moment."""
        purpose = next((each for each in SPOKEN if call and call.purpose == each), None)
        if call is None or purpose is None or not rows or rows[0].state == "cancelled":
            return None
        return Notice(purpose, facts_about(rows[0], purpose, call.locale, now=self.now, is_spoken=True))

    def stop_calls(self, call: Call, wording: str) -> None:
        assert self.phone is not None
        suppressions.stop(self.phone, wording, call.locale, source="call", vault=self.vault, now=self.now)

    def start_calls(self, call: Call, wording: str) -> bool:
        assert self.phone is not None
        return suppressions.start_by_call(self.phone, wording, call.locale, vault=self.vault, now=self.now)

    def is_stopped(self) -> bool:
        return self.hashed is not None and is_silenced(suppressions.reason(self.hashed), "voice")

    def needs_no_code(self) -> bool:
        """Whether a number that agreed to our calls, and ended them by a key, has no code to show."""
        if self.hashed is None or not suppressions.is_ended_in_call(self.hashed):
            return False
        return has_agreed(self.hashed) and not places_to_come(
            registrations_of_phone(self.hashed), now=self.now, is_spoken=True
        )

    def open_offer(self, rows: Sequence[Registration]) -> OfferFacts | None:
        offer = latest_offer(rows, now=self.now, is_spoken=True)
        return offer if offer and self.now < offer.expires_at else None

    def last_text(self) -> Line | None:
        sealed = db.session.scalar(
            select(Message.sealed)
            .where(Message.phone_hash == self.hashed, Message.channel == "text", Message.state.in_(_LEFT))
            .order_by(Message.id.desc())
            .limit(1)
        )
        if sealed is None:
            return None
        content = self.vault.open(sealed, place="message")
        return Line(content["locale"], content["body"])

    def check(self, code: str) -> Checked:
        """Whether a code is one of this number's; the sixth wrong one in an hour is not even looked at."""
        assert self.phone is not None
        assert self.hashed is not None
        tried = db.session.begin_nested()
        try:
            throttle.count(
                "voice code",
                self.phone,
                limit=_WRONG_CODES,
                per=_WRONG_CODES_PER,
                vault=self.vault,
                now=self.now,
            )
        except TooManyRequestsError:
            tried.commit()
            return "too_often"
        rows = registrations_of_phone(self.hashed)
        if any(place.code == code for place in places_to_come(rows, now=self.now)):
            # Only wrong ones count.
            tried.rollback()
            return "right"
        tried.commit()
        return "wrong"

    def caller(self, call: Call, keys: str, said: str) -> Caller:
        key = f"{self.call_sid} {call.event_public_id}"
        return Caller(
            self.phone,
            call.locale,
            f"{said}\n> {keys}",
            self.vault,
            self.now,
            door="voice",
            # A number finds its own registration again.
            request_key=None if self.phone else self.vault.hash(key, purpose="voice request"),
        )

    # What is left for a text.

    def leave_draft(self, call: Call | None) -> None:
        """Leaves a half-finished sign-up to be taken up by text, should the call end here.

        It is left as one that rests, so that it is asked about by text before anything counts: whoever
        forges a number must not sign anybody up. A conversation that is going on is left alone.
        """
        if self.hashed is None or call is None or call.step not in _DRAFTS:
            return
        kept = conversations.of_phone(self.hashed, vault=self.vault, now=self.now)
        talk = kept.dialogue
        if talk is not None and not talk.is_over(self.now) and not talk.is_resting(self.now):
            return
        draft = Dialogue(
            "confirm" if _DRAFTS[call.step] == "confirm" else "party",
            call.locale,
            self.now - PAUSE - timedelta(seconds=1),
            call.event_public_id,
            party_size=call.party_size,
        )
        self.keep(replace(kept, dialogue=draft, said=""))

    def drop_draft(self, event_public_id: str) -> None:
        """Takes back what was left for an event, once the call has settled it."""
        if self.hashed is None:
            return
        kept = conversations.of_phone(self.hashed, vault=self.vault, now=self.now)
        talk = kept.dialogue
        if talk is not None and talk.event_public_id == event_public_id and talk.is_resting(self.now):
            self.keep(replace(kept, dialogue=None, said=""))

    def keep(self, kept: conversations.Kept) -> None:
        assert self.hashed is not None
        # A text that came in at this very moment goes first.
        with suppress(ConflictError):
            conversations.keep(self.hashed, kept, vault=self.vault, now=self.now)

    # The answer.

    def write(self, turn: VoiceTurn, step: str, visit: int, keys: str) -> str:
        """Keeps the answer under its step and visit and gives it; of two at once the first one's."""
        speech = self.speaker.speech(turn.lines)
        answer = twiml(speech.said, self.question(turn.call))
        content = {
            "phone": self.phone,
            "call": turn.call.to_json() if turn.call else None,
            "keys": keys,
            "said": "\n".join(spoken(line, translator(line.locale)) for line in turn.lines),
            "twiml": answer,
            "played": speech.played,
        }
        statement = insert(VoiceStep).values(
            call_sid=self.call_sid,
            step=step,
            visit=visit,
            phone_hash=self.hashed,
            sealed=self.vault.seal(content, place=_PLACE, key=day_key(self.now)),
            at=self.now,
        )
        written = db.session.execute(statement.on_conflict_do_nothing().returning(VoiceStep.id)).scalar()
        # Only the beginning can meet another one here, and it does nothing but greet.
        return answer if written else _answer(self.call_sid, step, visit, vault=self.vault) or answer

    def question(self, call: Call | None) -> Question | None:
        if call is None:
            return None
        address = f"{self.settings.public_url}{PATH}/{call.step}/{call.visit + 1}"
        return Question(address, is_number=call.step in NUMBER_STEPS)


def _answer(call_sid: str, step: str, visit: int, *, vault: Vault) -> str | None:
    """What was answered already; None when nothing was."""
    sealed = db.session.scalar(
        select(VoiceStep.sealed).where(
            VoiceStep.call_sid == call_sid, VoiceStep.step == step, VoiceStep.visit == visit
        )
    )
    if sealed is None:
        return None
    found: str = vault.open(sealed, place=_PLACE)["twiml"]
    return found
