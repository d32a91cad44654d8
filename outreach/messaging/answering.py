"""What one incoming text leads to: words about texts first, then the dialogue, its action and replies.

It writes everything into the caller's transaction, so that a turn counts whole or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select

from outreach.config import Settings
from outreach.database import db
from outreach.events.keywords import folded_word
from outreach.folding import folded
from outreach.i18n import translator
from outreach.keystore import event_key
from outreach.messaging import conversations, dialogue, due, outbox, phrases, suppressions
from outreach.messaging.actions import Caller, Done, carry_out, speak_from_now_on
from outreach.messaging.answers import choice, locale_of_delete_word
from outreach.messaging.consent import WORDS, read
from outreach.messaging.facts import (
    event_with_id,
    event_with_keyword,
    events_of_coming_days,
    events_with_ids,
    latest_offer,
    locale_of_newest,
    open_reminders,
    places_to_come,
    registrations_of_phone,
)
from outreach.messaging.holdings import kinds_held
from outreach.messaging.models import InboundMessage, Message
from outreach.messaging.news_facts import news_facts
from outreach.messaging.outbox import OutgoingText
from outreach.messaging.phrases import Phrase, Say, described, text_of
from outreach.messaging.quiet import REPLY_WITHIN
from outreach.messaging.turns import (
    AlreadyRegistered,
    AskCall,
    AskPerson,
    Attempt,
    DeleteAll,
    Dialogue,
    EndNews,
    EndTexts,
    Facts,
    NewsFacts,
    PartyChanged,
    Register,
    RememberLocale,
    StartNews,
    StartTexts,
    Told,
    Turn,
)
from outreach.registration import holds, news, passes, service
from outreach.registration.guests import phone_hash
from outreach.registration.models import Registration
from outreach.registration.pauses import DELETED_ON_DEMAND, is_paused
from outreach.registration.requests import Consent
from outreach.registration.scopes import ALL, of_event
from outreach.vault import Vault

#: So many texts of one number in so short a time, or the same one again and again, are most likely a
#: machine that answers ours. Machines write words: digits are a person's answers, and count only in the
#: limit for texts of any kind.
LOOP_TEXTS, LOOP_WITHIN = 10, timedelta(minutes=10)
MOST_TEXTS = 40
#: As often the same text is answered; from the third one on a person has been told.
_SAME_ANSWERED = 3

#: An answer to STOP that is late reads as if we had not understood (47 CFR 64.1200(a)(12)).
_STOPPED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One text that came in."""

    id: int
    phone: str
    body: str
    received_at: datetime
    #: Whether the vendor has answered it itself.
    is_answered: bool = False
    #: For a call, which has no words: the language in which somebody is to call back.
    call_locale: str | None = None


class Wanted(NamedTuple):
    """What a person should do about a text."""

    is_to_be_read: bool
    #: The language in which its number is to be called back, if it asked for that.
    call_locale: str | None = None


def answer(
    text: Incoming, *, earlier: Sequence[Incoming], settings: Settings, vault: Vault, now: datetime
) -> Wanted:
    """Does what a text asks for and writes the replies down; says what a person should do about it.

    `earlier` are the texts of the same number within LOOP_WITHIN before, the newest first, and no
    more than MOST_TEXTS + 1 of them. Flushes.
    """
    answering = _Answer(text, earlier, settings, vault, now)
    is_to_be_read = answering.give()
    return Wanted(is_to_be_read, answering.call_locale)


class _Answer:
    """One text, and what is known of its number."""

    def __init__(
        self, text: Incoming, earlier: Sequence[Incoming], settings: Settings, vault: Vault, now: datetime
    ) -> None:
        self.text = text
        self.earlier = earlier
        self.settings = settings
        self.vault = vault
        self.now = now
        self.hashed = phone_hash(vault, text.phone)
        self.kept = conversations.of_phone(self.hashed, vault=vault, now=now)
        self.rows = registrations_of_phone(self.hashed)
        known = self.kept.locale or locale_of_newest(self.rows, vault=vault)
        #: The language that this number chose, if it is still on offer.
        self.locale = known if known in settings.locales else None
        self.is_loop = _is_loop(text, earlier)
        self.replies = 0
        self.call_locale: str | None = None
        #: What our replies are about for a number that stopped all but one thing.
        self.scope = ALL

    @property
    def spoken(self) -> str:
        """The language to answer words about texts in: the chosen one, or that of the word."""
        return self.locale or _locale_of(self.text.body, self.settings.locales) or self.settings.locales[0]

    def give(self) -> bool:
        suppressions.hear(self.hashed)
        news.see(self.hashed, now=self.now)
        word = read(self.text.body)
        if word == "stop" or (word == "maybe_stop" and self.is_meant_to_stop()):
            return self.stop(is_sure=word == "stop")
        if word == "start":
            return self.start()
        if suppressions.is_suppressed(self.hashed):
            if self.is_event_kept():
                return False
            self.forget_stop_question()
            kept = suppressions.kept_scope(self.hashed)
            if kept is None:
                # We may not answer, but nobody is to be talked to by nobody, and to be forgotten is a right.
                return not self.is_loop or self.asks_to_be_forgotten()
            self.scope = kept
        if word == "help" and not _is_same_again(self.text, self.earlier):
            if not self.text.is_answered:
                self.reply(Phrase(phrases.HELP, {"region": self.settings.region_name}))
            return False
        if self.is_loop:
            # One look at it is enough, and one word that somebody will look.
            is_first = not _is_loop(self.earlier[0], self.earlier[1:])
            if is_first:
                self.reply(Phrase(phrases.PERSON))
            return is_first
        if word == "maybe_stop":
            self.reply(Phrase(phrases.MAYBE_STOP))
            return True
        return self.converse()

    # Words about texts.

    def is_meant_to_stop(self) -> bool:
        """Whether a stop word in a longer text ends texts: unless we talk, and the first time we ask."""
        talk = self.kept.dialogue
        is_talking = talk is not None and not talk.is_over(self.now) and not talk.is_resting(self.now)
        return not is_talking or any(read(text.body) == "maybe_stop" for text in self.earlier)

    def stop(self, *, is_sure: bool) -> bool:
        is_news = suppressions.stop(
            self.text.phone, self.text.body, self.spoken, vault=self.vault, now=self.now
        )
        question, said = None, ""
        is_late = self.now - self.text.received_at > _STOPPED_WITHIN
        if is_news and not is_late and not self.text.is_answered:
            place = next(iter(places_to_come(self.rows, now=self.now)), None)
            say = Phrase(phrases.STOPPED)
            if place is not None and self.row(place.id).wants_texts:
                event_id = place.event.public_id
                question = Dialogue("stopped", self.spoken, self.now, event_id, place.id)
                say = Phrase(phrases.STOPPED_ASKING, described(place.told(self.spoken)))
            elif place is not None:
                say = Phrase(phrases.STOPPED_WITH_PLACE, described(place.told(self.spoken)))
            said = self.reply(say, purpose=outbox.STOPPED_PURPOSE, within=_STOPPED_WITHIN)
        if question or self.kept.version:
            # Whatever was asked before is over, and is not taken up by a START.
            self.keep(dialogue=question, said=said)
        return not is_sure

    def row(self, registration_id: int) -> Registration:
        return next(row for row in self.rows if row.id == registration_id)

    def is_event_kept(self) -> bool:
        """Takes the answer to what a stop was about, if it is one: texts about one event go on."""
        asked = self.kept.dialogue
        if asked is None or asked.step != "stopped" or asked.is_over(self.now) or choice(self.text.body) != 1:
            return False
        places = places_to_come(self.rows, now=self.now)
        place = next((one for one in places if one.id == asked.registration_id), None)
        if place is None:
            return False
        event, words = self.row(place.id).event, self.wording
        if not suppressions.keep(self.text.phone, event, words, self.spoken, vault=self.vault, now=self.now):
            return False
        self.scope = of_event(event.id)
        said = self.reply(Phrase(phrases.KEPT_TEXTS, described(place.told(self.spoken))))
        self.keep(dialogue=None, said=said)
        return True

    @property
    def wording(self) -> str:
        """What was asked and answered: a "1" says nothing without the question that it answers."""
        return f"{self.kept.said}\n> {self.text.body}" if self.kept.said else self.text.body

    def asks_to_be_forgotten(self) -> bool:
        return locale_of_delete_word(self.text.body, self.settings.locales) is not None

    def forget_stop_question(self) -> None:
        """Ends what a stop asked: whatever else is said, a later "1" means something else."""
        if self.kept.dialogue is not None and self.kept.dialogue.step == "stopped":
            self.keep(dialogue=None, said="")

    def start(self) -> bool:
        self.forget_stop_question()
        suppressions.start(self.text.phone, self.text.body, self.spoken, vault=self.vault, now=self.now)
        if not self.text.is_answered and not _is_same_again(self.text, self.earlier):
            self.reply(Phrase(phrases.STARTED))
        return False

    # The dialogue.

    def converse(self) -> bool:
        turn = dialogue.step(self.kept.dialogue, self.text.body, self.facts(), self.now)
        if self.scope != ALL and self.leads_elsewhere(turn):
            turn = Turn(None, (Phrase(phrases.ONLY_ONE_EVENT),), None, turn.locale)
        done: Done | None = None
        match turn.action:
            case RememberLocale(locale):
                self.locale = locale
                speak_from_now_on(self.rows, locale, vault=self.vault)
                news.speak_from_now_on(self.hashed, self.text.phone, locale, vault=self.vault)
            case DeleteAll():
                if not self.forget():
                    turn = replace(turn, replies=(Phrase(phrases.DELETED_LATER),))
            case StartNews(scope):
                self.start_news(scope, turn.locale)
            case EndNews(scopes):
                for scope in scopes:
                    suppressions.stop_scope(
                        self.hashed, scope, self.text.body, turn.locale,
                        source="text", vault=self.vault, now=self.now,
                    )  # fmt: skip
            case EndTexts(registration_id):
                passes.end_texts(
                    self.row(registration_id), self.wording,
                    locale=turn.locale, door="text", vault=self.vault, now=self.now,
                )  # fmt: skip
            case StartTexts(registration_id):
                passes.start_texts(
                    self.row(registration_id), Consent(self.wording),
                    locale=turn.locale, door="text", vault=self.vault, now=self.now,
                )  # fmt: skip
            case AskPerson() | AskCall() | None:
                pass
            case _ as attempt:
                done = self.carry_out(attempt, turn)
                turn = dialogue.concluded(turn, done.outcome)
                if isinstance(attempt, Register):
                    self.locale = attempt.locale
        if isinstance(turn.action, AskCall):
            self.call_locale = turn.locale
        said = [self.say(reply, turn.locale, done) for reply in turn.replies]
        self.keep(dialogue=turn.state, said="\n".join(said))
        is_unread = turn.state is not None and turn.state.misses > 0
        return isinstance(turn.action, AskPerson) or (is_unread and self.is_person_asked())

    def leads_elsewhere(self, turn: Turn) -> bool:
        """Whether a turn begins something that our texts could not go on with."""
        kept = {row.event.public_id for row in self.rows if of_event(row.event_id) == self.scope}
        is_other = turn.state is not None and turn.state.event_public_id not in ("", *kept)
        is_news = turn.state is not None and turn.state.step == "news"
        return is_other or is_news or isinstance(turn.action, Register | StartNews)

    def forget(self) -> bool:
        """Deletes every pass of the number and its news; seats go to others, and the ledger stays.

        Says whether no hold kept anything.
        """
        guests = {row.guest_id: row.guest for row in self.rows}.values()
        are_gone = [service.delete_guest(guest, now=self.now) for guest in guests]
        news.leave(self.hashed)
        self.rows = []
        found = holds.active()
        return all(are_gone) and not any(is_paused(each, None, found) for each in DELETED_ON_DEMAND)

    def start_news(self, scope: str, locale: str) -> None:
        """Puts the number on a list: the text itself is its yes, with the question before it."""
        suppressions.allow_scope(self.hashed, scope)
        news.join(
            self.text.phone,
            scope,
            Consent(self.wording_of_news(scope, locale)),
            locale=locale,
            source="text",
            is_proven=True,
            vault=self.vault,
            now=self.now,
        )

    def wording_of_news(self, scope: str, locale: str) -> str:
        asked = self.known_news.asked
        if asked is None or asked.scope != scope or self.kept.dialogue is not None:
            return self.wording
        question = text_of(Phrase(phrases.ASK_NEWS_TYPED, {"whose": asked.whose}), translator(locale))
        return f"{question}\n> {self.text.body}"

    @cached_property
    def known_news(self) -> NewsFacts:
        return news_facts(self.hashed, region=self.settings.region_name, now=self.now)

    def is_person_asked(self) -> bool:
        """Whether this number waits for a person, or one has just written to it.

        Then what we cannot read is written to that person.
        """
        waits = select(InboundMessage.id).where(
            InboundMessage.phone_hash == self.hashed, InboundMessage.needs_person
        )
        was_written_to = select(Message.id).where(
            Message.phone_hash == self.hashed,
            Message.created_at > self.now - REPLY_WITHIN,
            Message.dedup_key.startswith(outbox.STAFF_KEY),
        )
        return db.session.scalar(waits.union_all(was_written_to).limit(1)) is not None

    def facts(self) -> Facts:
        state: Dialogue | None = self.kept.dialogue
        event, locale = event_with_keyword(folded_word(self.text.body), now=self.now)
        facts = Facts(
            offered_locales=self.settings.locales,
            known_locale=self.locale,
            keyword_event=event,
            keyword_locale=locale,
            event=event_with_id(state.event_public_id, now=self.now) if state else None,
            registrations=places_to_come(self.rows, now=self.now),
            offer=latest_offer(self.rows, now=self.now),
            reminders=open_reminders(self.rows, now=self.now),
            listed=events_with_ids(state.listed, now=self.now) if state else (),
            news=self.known_news,
        )
        if dialogue.asks_what_is_held(self.text.body, facts):
            return replace(facts, held=kinds_held(self.hashed), site=self.settings.public_url)
        if dialogue.asks_for_events(state, self.text.body, facts):
            return replace(facts, coming=events_of_coming_days(now=self.now))
        return facts

    def carry_out(self, attempt: Attempt, turn: Turn) -> Done:
        return carry_out(attempt, Caller(self.text.phone, turn.locale, self.wording, self.vault, self.now))

    def keep(self, *, dialogue: Dialogue | None, said: str) -> None:
        kept = replace(self.kept, locale=self.locale, dialogue=dialogue, said=said)
        conversations.keep(self.hashed, kept, vault=self.vault, now=self.now)

    # Replies.

    def reply(self, say: Say, *, purpose: str = "reply", within: timedelta = REPLY_WITHIN) -> str:
        body = text_of(say, translator(self.spoken))
        text = replace(self.outgoing(body, self.spoken), purpose=purpose, deadline=self.now + within)
        outbox.enqueue(text, vault=self.vault, now=self.now)
        return body

    def say(self, say: Say, locale: str, done: Done | None) -> str:
        """Writes down a reply of the dialogue; one that confirms, so that nobody confirms again."""
        body = text_of(say, translator(locale))
        text = self.outgoing(body, locale)
        row = done.row if done else None
        if row is not None:
            text = replace(
                text, registration_id=row.id, key=event_key(row.event.public_id), zone=row.event.time_zone
            )
        if done is None or row is None or not self.is_confirmed(text, done, row):
            outbox.enqueue(text, vault=self.vault, now=self.now)
        return body

    def is_confirmed(self, text: OutgoingText, done: Done, row: Registration) -> bool:
        """Whether the reply could take the place of the text that confirms a place; once sent, it cannot."""
        if not isinstance(done.outcome, Told | AlreadyRegistered | PartyChanged):
            return False
        if row.state not in ("confirmed", "waitlisted"):
            return False
        text = replace(
            text,
            purpose="confirmation",
            dedup_key=due.confirmation_key(row.id, row.state, offers_made=row.offer_number),  # type: ignore[arg-type]
            deadline=min(text.deadline, row.event.starts_at),
        )
        return outbox.enqueue(text, vault=self.vault, now=self.now) or outbox.rewrite(
            text, vault=self.vault, now=self.now
        )

    def outgoing(self, body: str, locale: str) -> OutgoingText:
        self.replies += 1
        return OutgoingText(
            purpose="reply",
            dedup_key=f"reply:{self.text.id}:{self.replies}",
            priority=due.PRIORITY_REPLY,
            phone=self.text.phone,
            locale=locale,
            body=body,
            deadline=self.now + REPLY_WITHIN,
            zone=self.settings.time_zone,
            reply_to_at=self.text.received_at,
            scope=self.scope,
        )


def _is_loop(text: Incoming, earlier: Sequence[Incoming]) -> bool:
    if len(earlier) >= MOST_TEXTS:
        return True
    # "1" is the answer to most of our questions.
    if choice(text.body) is not None:
        return False
    with_words = sum(choice(before.body) is None for before in earlier)
    return with_words >= LOOP_TEXTS or _is_same_again(text, earlier)


def _is_same_again(text: Incoming, earlier: Sequence[Incoming]) -> bool:
    last = earlier[:_SAME_ANSWERED]
    return len(last) == _SAME_ANSWERED and all(each.body.strip() == text.body.strip() for each in last)


#: Whose stop, start or help word it is; of one in several languages, the first on offer counts.
_LANGUAGES_OF_WORDS: Mapping[str, frozenset[str]] = {
    locale: frozenset(folded(word) for word in (*words.stop, *words.refusals, *words.start, *words.help))
    for locale, words in WORDS.items()
}


def _locale_of(body: str, offered: Sequence[str]) -> str | None:
    """The language on offer in which a text is one of the words about texts."""
    message = folded(body)
    return next((locale for locale in offered if message in _LANGUAGES_OF_WORDS.get(locale, ())), None)
