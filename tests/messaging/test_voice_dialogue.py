"""The conversation by keys: every way through it, and that no sequence of keys leads out of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.i18n import translator
from outreach.messaging import voice_phrases as phrases
from outreach.messaging.phrases import Notice, Phrase, When
from outreach.messaging.turns import (
    AcceptOffer,
    AlreadyRegistered,
    AskPerson,
    Cancel,
    ChangeParty,
    DeclineOffer,
    EventFacts,
    GivenUp,
    OfferDeclined,
    OfferFacts,
    OfferLate,
    PartyChanged,
    PartyNotChanged,
    Reaffirm,
    Refused,
    Register,
    RegistrationFacts,
    Told,
)
from outreach.messaging.voice_dialogue import MOST_VISITS, begin, begin_owed, concluded, step
from outreach.messaging.voice_phrases import Line, spoken
from outreach.messaging.voice_questions import EVENTS_PER_PAGE
from outreach.messaging.voice_turns import (
    NUMBER_STEPS,
    Call,
    CallsStarted,
    CheckCode,
    StartCalls,
    StopCalls,
    VoiceFacts,
)


def an_event(number, **given):
    values = {"seats_left": 10, **given}
    return EventFacts(
        f"event{number}", {"en": f"Potluck {number}"}, "en", When(datetime(2026, 9, 12, 18, 30)), "1 Main St",
        **values,
    )  # fmt: skip


EVENTS = tuple(an_event(number) for number in range(1, 7))
WAITING = Phrase("You are number %(place)s. All seats are taken now.", {"place": 3})
MINE = RegistrationFacts(7, EVENTS[0], 3, "482910")
OTHER = RegistrationFacts(8, EVENTS[1], 2, "111222", waiting=WAITING)


OFFER = OfferFacts(
    OTHER,
    datetime(2026, 9, 10, 15, tzinfo=UTC),
    datetime(2026, 9, 11, 15, tzinfo=UTC),
    datetime(2026, 9, 11, 10),
)


class Caller:
    """A phone, and the least that a service does around the dialogue: facts in, actions out."""

    def __init__(self, **given):
        self.given = {"registrations": (MINE, OTHER), "events": EVENTS, **given}
        self.actions = []
        self.outcome = Told(MINE.told("en"))
        self.lines = ()
        self.call = None
        self.take(begin(self.facts(Call("language"))))

    def facts(self, call):
        events = self.given["events"]
        return VoiceFacts(
            offered_locales=self.given.get("offered_locales", ("en", "es", "ar")),
            region="Kansas City",
            has_number=self.given.get("has_number", True),
            events=events,
            event=next((one for one in events if one.public_id == call.event_public_id), None),
            registrations=self.given["registrations"] if call.is_proven else (),
            offer=self.given.get("offer") if call.is_proven else None,
            last_text=self.given.get("last_text") if call.is_proven else None,
            is_stopped=self.given.get("is_stopped", False) and call.step == "texts",
            needs_no_code=self.given.get("needs_no_code", False) and call.step == "menu",
        )

    def take(self, turn):
        self.call, self.lines = turn.call, turn.lines

    def press(self, *answers):
        """Presses the keys of one question after the other and gives what is said last, in English."""
        for keys in answers:
            before = self.call
            turn = step(before, keys, self.facts(before))
            if turn.action is not None:
                self.actions.append(turn.action)
            if isinstance(turn.action, CheckCode):
                checked = "right" if turn.action.code == MINE.code else "wrong"
                proven = replace(before, is_proven=before.is_proven or checked == "right")
                turn = concluded(turn, checked, self.facts(proven))
            elif isinstance(
                turn.action,
                Register | Cancel | ChangeParty | AcceptOffer | DeclineOffer | Reaffirm | StartCalls,
            ):
                turn = concluded(turn, self.outcome, self.facts(before))
            if isinstance(turn.action, AskPerson) and turn.action not in self.actions[-1:]:
                self.actions.append(turn.action)
            self.take(turn)
        return self.words()

    def words(self):
        return " ".join(spoken(line, translator("en")) for line in self.lines)


def said(message, **values):
    return spoken(Line("en", Phrase(message, values)), translator("en"))


def test_caller_hears_each_language_in_its_own_voice():
    caller = Caller()

    assert [line.locale for line in caller.lines] == ["en", "en", "es", "ar"]
    assert "Español, press 2" in caller.words()


def test_only_language_is_not_asked_for():
    caller = Caller(offered_locales=("en",))

    assert caller.call.step == "menu"
    assert caller.words().startswith("Hello. This is the event line for Kansas City. To hear events")


def test_caller_signs_up():
    caller = Caller()
    heard = caller.press("1", "1", "2", "3", "1", "1")

    assert caller.actions == [Register("event2", 3, "en", wants_texts=True)]
    assert "Your code has six digits: 4, 8, 2, 9, 1, 0. Once more: 4, 8, 2, 9, 1, 0." in heard
    assert said(phrases.TEXT_FOLLOWS) in heard
    assert caller.call.step == "menu"


def test_caller_who_ended_calls_is_told_so_when_signing_up_and_begins_them_again():
    caller = Caller(is_stopped=True)
    heard = caller.press("1", "1", "2", "3", "1", "3")
    assert said(phrases.CALLS_ARE_STOPPED) in heard
    assert said(phrases.TEXT_FOLLOWS) not in heard
    assert said(phrases.CALLS_AGAIN) in caller.press("5", MINE.code)
    caller.outcome = CallsStarted(True)
    heard = caller.press("1")

    assert caller.actions[1:] == [CheckCode(MINE.code), StartCalls()]
    assert said(phrases.CALLS_STARTED) in heard
    assert caller.call.step == "menu"


def test_calls_begin_again_only_after_the_code_and_a_yes():
    caller = Caller()
    assert said(phrases.CODE) in caller.press("1", "5")
    assert said(phrases.CODE_WRONG) in caller.press("000000")
    caller.press(MINE.code)
    assert said(phrases.MENU) in caller.press("2")

    assert StartCalls() not in caller.actions


def test_calls_begin_again_without_a_code_where_there_is_none():
    caller = Caller(registrations=(), needs_no_code=True)
    assert caller.press("1", "5") == said(phrases.CALLS_AGAIN)
    caller.outcome = CallsStarted(True)
    assert said(phrases.CALLS_STARTED) in caller.press("1")

    assert caller.actions == [StartCalls()]
    assert not caller.call.is_proven


@pytest.mark.parametrize("key", ["2", "3", "4"])
def test_who_needs_no_code_for_calls_needs_one_for_everything_else(key):
    caller = Caller(needs_no_code=True)

    assert caller.press("1", key) == said(phrases.CODE)


def test_what_a_text_ended_is_not_begun_again_by_a_key():
    caller = Caller()
    caller.outcome = CallsStarted(False)

    assert said(phrases.START_BY_TEXT) in caller.press("1", "5", MINE.code, "1")


def test_caller_signs_up_without_texts():
    caller = Caller()
    heard = caller.press("1", "1", "2", "3", "1", "2")

    assert caller.actions == [Register("event2", 3, "en", wants_texts=False)]
    assert said(phrases.TEXT_FOLLOWS) not in heard


def test_caller_signs_up_for_calls():
    caller = Caller()
    heard = caller.press("1", "1", "2", "3", "1", "3")

    assert caller.actions == [Register("event2", 3, "en", wants_texts=False, wants_calls=True)]
    assert said(phrases.TEXT_FOLLOWS) not in heard


def test_caller_without_a_number_signs_up_and_is_not_asked_about_texts():
    caller = Caller(has_number=False)
    caller.press("1", "1", "1", "3", "1")

    assert caller.actions == [Register("event1", 3, "en", wants_texts=False)]


@pytest.mark.parametrize("keys", ["2", "3"])
def test_caller_without_a_number_has_nothing_to_be_heard_or_given_up(keys):
    caller = Caller(has_number=False)

    assert caller.press("1", keys).startswith(said(phrases.NOT_UNDERSTOOD))


def test_events_come_four_at_a_time():
    caller = Caller()
    first = caller.press("1", "1")
    assert len(caller.call.listed) == EVENTS_PER_PAGE
    assert said(phrases.MORE_EVENTS, key="5") in first

    second = caller.press("5")
    assert caller.call.listed == ("event5", "event6")
    assert said(phrases.MORE_EVENTS, key="5") not in second
    assert caller.press("5").startswith(said(phrases.NOT_UNDERSTOOD))
    assert caller.press("#") == first


def test_key_means_the_event_that_was_named_although_the_list_changed():
    caller = Caller()
    caller.press("1", "1")
    caller.given["events"] = EVENTS[1:]
    caller.press("2")

    assert caller.call.event_public_id == "event2"


def test_event_that_went_away_is_not_signed_up_for():
    caller = Caller()
    caller.press("1", "1")
    caller.given["events"] = EVENTS[1:]

    assert caller.press("1").startswith(said(phrases.GONE))
    assert caller.call.step == "events"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"is_cancelled": True}, "is canceled"),
        ({"has_started": True, "is_open": False}, "You cannot sign up any more."),
        ({"is_open": False}, "You do not need to sign up. Just come."),
    ],
)
def test_event_that_takes_nobody_says_why(given, message):
    caller = Caller(events=(an_event(1, **given),))

    assert message in caller.press("1", "1", "1")
    assert caller.call.step == "events"


def test_officers_are_named_before_the_party_is_asked_for():
    caller = Caller(events=(an_event(1, is_police_present=True),))

    assert caller.press("1", "1", "1").startswith(said(phrases.POLICE))


def test_full_event_and_too_large_party_are_put_on_the_list():
    caller = Caller(events=(an_event(1, seats_left=0, is_full=True), an_event(2, seats_left=2)))

    assert "is full" in caller.press("1", "1", "1")
    assert "To join the waitlist, press 1" in caller.press("3")
    assert "To join the waitlist, press 1" in caller.press("#", "#", "2", "3")
    assert "To sign up, press 1" in caller.press("2", "2")


@pytest.mark.parametrize("keys", ["0", "21", "99999999999999999999", "1*2", ""])
def test_party_that_cannot_be_is_asked_for_again(keys):
    caller = Caller()
    caller.press("1", "1", "1", keys)

    assert (caller.call.step, caller.call.misses) == ("party", 1)


def test_nine_people_are_no_call_for_a_person():
    caller = Caller()
    caller.press("1", "1", "1", "9")

    assert (caller.call.step, caller.call.party_size) == ("confirm", 9)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Told(OTHER.told("en")), "You are on the waitlist: Potluck 2"),
        (Refused("full", EVENTS[0]), "does not have so many seats."),
        (Refused("gone"), said(phrases.GONE)),
        (Refused("cancelled", an_event(1, is_cancelled=True)), "is canceled"),
    ],
)
def test_outcome_is_said(outcome, words):
    caller = Caller()
    caller.outcome = outcome

    assert words in caller.press("1", "1", "1", "3", "1", "1")


def test_nobody_hears_of_another_s_registration_by_signing_up_for_it():
    caller = Caller()
    caller.outcome = AlreadyRegistered(MINE.told("en"))
    heard = caller.press("1", "1", "1", "5", "1", "1")

    assert heard.startswith(said(phrases.ALREADY))
    assert "4, 8, 2" not in heard
    assert "482910" not in heard


def test_caller_hears_registrations_and_the_last_text_after_the_code():
    caller = Caller(last_text=Line("es", "Recordatorio: Potluck 1"))
    assert caller.press("1", "2") == said(phrases.CODE)
    heard = caller.press("482910")

    assert "Potluck 1" in heard
    assert "Number of people: 3. Code: 4, 8, 2, 9, 1, 0." in heard
    assert "You are number 3." in heard
    assert caller.lines[3] == Line("es", "Recordatorio: Potluck 1")
    # The code holds for the whole call.
    assert "Recordatorio" in caller.press("2")


def test_text_in_a_language_without_a_voice_is_not_read():
    caller = Caller(last_text=Line("so", "Xusuusin"))

    assert said(phrases.TEXT_WITHOUT_VOICE) in caller.press("1", "2", "482910")


def test_wrong_code_tells_nothing_and_the_third_one_calls_a_person():
    caller = Caller()
    assert caller.press("1", "2", "000000") == f"{said(phrases.CODE_WRONG)} {said(phrases.CODE)}"
    assert not caller.call.is_proven
    caller.press("000001", "000002")

    assert caller.call is None
    assert caller.actions[-1] == AskPerson("not_understood")


def test_too_many_wrong_codes_lead_to_the_menu():
    caller = Caller()
    caller.press("1", "2")
    turn = step(caller.call, "000000", caller.facts(caller.call))
    caller.take(concluded(turn, "too_often", caller.facts(caller.call)))

    assert caller.words().startswith(said(phrases.CODE_TOO_OFTEN))
    assert (caller.call.step, caller.call.is_proven) == ("menu", False)


def test_caller_gives_up_a_place_after_the_code():
    caller = Caller()
    caller.outcome = GivenUp(MINE.told("en"))
    assert "press 2" in caller.press("1", "3", "482910")
    assert "give up your place at Potluck 1" in caller.press("1")

    assert caller.press("1").startswith("You gave up your place at Potluck 1")
    assert caller.actions[-1] == Cancel(7)


def test_caller_keeps_a_place():
    caller = Caller()

    assert caller.press("1", "3", "482910", "2", "2").startswith("Your place at Potluck 2")
    assert not any(isinstance(action, Cancel) for action in caller.actions)


def test_star_repeats_and_pound_goes_back():
    caller = Caller()
    question = caller.press("1", "1", "2", "3")
    assert caller.press("*") == question
    steps = []
    for _ in range(5):
        caller.press("#")
        steps.append(caller.call.step)

    assert steps == ["party", "events", "menu", "language", "language"]


def test_nine_asks_for_a_person_and_ends_the_call():
    caller = Caller()

    assert caller.press("1", "9") == said(phrases.PERSON)
    assert (caller.call, caller.actions) == (None, [AskPerson("asked")])


def test_person_is_promised_in_every_language_before_one_is_chosen():
    caller = Caller()
    caller.press("", "", "")

    assert [line.locale for line in caller.lines] == ["en", "es", "ar"]
    assert caller.call is None


def test_nobody_calls_back_a_hidden_number():
    caller = Caller(has_number=False)

    assert caller.press("1", "9") == said(phrases.PERSON_WITHOUT_NUMBER)
    assert caller.actions == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (PartyChanged(replace(MINE, party_size=5).told("en")), "It is changed: Potluck 1"),
        (PartyNotChanged(MINE.told("en")), "Nothing changed: Potluck 1"),
    ],
)
def test_caller_changes_how_many_come_after_the_code(outcome, words):
    caller = Caller()
    caller.outcome = outcome
    assert said(phrases.CODE) == caller.press("1", "4")
    assert "For your group at Potluck 1" in caller.press(MINE.code)
    assert "Number of people now: 3." in caller.press("1")
    assert "from 3 to 5" in caller.press("5")
    assert words in caller.press("1")

    assert caller.actions == [CheckCode(MINE.code), ChangeParty(7, 5)]
    assert caller.call.step == "menu"


def test_caller_who_enters_the_same_number_or_none_that_can_be_changes_nothing():
    caller = Caller()
    caller.press("1", "4", MINE.code, "1")
    assert said(phrases.PARTY_OUT_OF_RANGE) in caller.press("21")
    assert "How many are coming" in caller.press("5", "2")
    assert "is kept" in caller.press("3")

    assert caller.actions == [CheckCode(MINE.code)]


@pytest.mark.parametrize(
    ("key", "action", "outcome", "words"),
    [
        ("1", AcceptOffer(8), Told(replace(OTHER, waiting=None).told("en")), "You are signed up: Potluck 2"),
        ("1", AcceptOffer(8), OfferLate(OTHER.told("en")), "no longer kept"),
        ("2", DeclineOffer(8), OfferDeclined(OTHER.told("en")), "You do not take the seats"),
    ],
)
def test_caller_answers_an_offer_after_the_code(key, action, outcome, words):
    caller = Caller(offer=OFFER)
    caller.outcome = outcome
    assert "To take them" not in caller.press("1", "2")
    assert "We keep them until" in caller.press(MINE.code)
    assert words in caller.press(key)

    assert caller.actions == [CheckCode(MINE.code), action]


def test_caller_may_leave_an_offer_open():
    caller = Caller(offer=OFFER)
    caller.press("1", "2", MINE.code, "#")

    assert caller.call.step == "menu"
    assert caller.actions == [CheckCode(MINE.code)]


def test_call_survives_being_written_down():
    caller = Caller()
    caller.press("1", "1", "2", "3")

    assert Call.from_json(caller.call.to_json()) == caller.call
    assert Call.from_json({"step": "dance", "listed": []}) is None
    assert Call.from_json({}) is None


KEYS = st.one_of(
    st.sampled_from(["", "*", "#", *"0123456789", "12", "20", "21", "482910", "000000"]),
    st.text("0123456789*#", max_size=20),
)


@given(
    st.lists(KEYS, max_size=100),
    st.booleans(),
    st.sampled_from([("en",), ("en", "es", "ar")]),
    st.sampled_from(
        [Told(MINE.told("en")), GivenUp(MINE.told("en")), Refused("gone"), AlreadyRegistered(MINE.told("en"))]
    ),
    st.sampled_from([(), EVENTS[:1], EVENTS, (an_event(1, is_cancelled=True),)]),
    st.sampled_from([None, OFFER]),
    st.booleans(),
)
def test_any_keys_end_in_a_defined_state(answers, has_number, offered, outcome, events, offer, needs_no_code):
    caller = Caller(
        has_number=has_number,
        offered_locales=offered,
        events=events,
        offer=offer,
        needs_no_code=needs_no_code,
    )
    caller.outcome = outcome
    for count, keys in enumerate(answers, 1):
        before = caller.call
        caller.press(keys)
        assert caller.lines, "nobody listens to silence"
        if caller.call is None:
            break
        assert caller.call.visit == before.visit + 1 == count
        assert caller.call.locale or caller.call.step == "language"
        assert 0 <= caller.call.misses < 3
        assert Call.from_json(caller.call.to_json()) == caller.call
        if not caller.call.is_proven:
            assert MINE.code not in caller.words()
    for action in caller.actions:
        if isinstance(action, Register):
            assert 1 <= action.party_size <= 20
            assert has_number or not (action.wants_texts or action.wants_calls)
        if isinstance(action, Cancel | CheckCode | AskPerson | StartCalls):
            assert has_number
        if isinstance(action, StartCalls):
            assert needs_no_code or CheckCode(MINE.code) in caller.actions
    assert caller.call is None or len(answers) <= MOST_VISITS


def test_machine_that_plays_keys_is_hung_up_on():
    caller = Caller()
    for _ in range(MOST_VISITS):
        caller.press("*")
    assert caller.call is not None
    caller.press("*")

    assert caller.call is None


def test_questions_for_a_number_are_known():
    assert {"party", "new_party", "code"} == NUMBER_STEPS


def owed_call(purpose, registration=MINE, **given):
    """A call of ours that somebody has picked up, and what is said at first."""
    caller = Caller(**given)
    facts = replace(registration.told("en"), answer_by_local=OFFER.expires_local)
    known = caller.facts
    caller.facts = lambda call: replace(
        known(call), registrations=(registration,), owed=Notice(purpose, facts)
    )
    call = Call("owed", locale="en", registration_id=registration.id, purpose=purpose)
    caller.take(begin_owed(call, caller.facts(call), is_machine=False))
    return caller


@pytest.mark.parametrize(
    ("purpose", "registration", "key", "action"),
    [
        ("day_before", MINE, "1", Reaffirm(7)),
        ("two_hours_before", MINE, "1", Reaffirm(7)),
        ("moved", MINE, "1", Reaffirm(7)),
        ("moved", OTHER, "1", None),
        ("seat_offered", OTHER, "1", AcceptOffer(8)),
        ("seat_offered", OTHER, "2", DeclineOffer(8)),
        ("cancelled", MINE, "1", None),
        ("cancelled", MINE, "9", AskPerson("asked")),
        ("day_before", MINE, "0", StopCalls()),
    ],
)
def test_key_answers_a_call_of_ours(purpose, registration, key, action):
    caller = owed_call(purpose, registration)
    caller.press(key)

    assert caller.actions == ([action] if action else [])


def test_place_is_given_up_in_a_call_of_ours_only_after_a_yes():
    caller = owed_call("day_before")
    caller.outcome = GivenUp(MINE.told("en"))
    assert "For yes, press 1" in caller.press("2")
    assert caller.actions == []
    assert "You gave up your place" in caller.press("1")

    assert caller.actions == [Cancel(7)]
    assert caller.call is None


@given(
    st.lists(KEYS, max_size=100),
    st.sampled_from(["day_before", "two_hours_before", "moved", "cancelled", "seat_offered"]),
    st.sampled_from([MINE, OTHER]),
)
def test_any_keys_end_a_call_of_ours_in_a_defined_state(answers, purpose, registration):
    caller = owed_call(purpose, registration)
    for keys in answers:
        caller.press(keys)
        assert caller.lines, "nobody listens to silence"
        assert registration.code not in caller.words()
        if caller.call is None:
            break
        assert caller.call.step in ("owed", "confirm_cancel")
        assert Call.from_json(caller.call.to_json()) == caller.call
    assert caller.call is None or len(answers) <= MOST_VISITS
    assert not any(isinstance(action, CheckCode | Register | ChangeParty) for action in caller.actions)
