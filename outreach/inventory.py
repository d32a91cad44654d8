"""What we hold about guests: the one list from which the public page, the command and a test are made; pure.

Every column of the database is either named here or in a table that holds nothing about guests; the
test fails on one that is neither. So nobody can add a column about guests without saying here what
it is for, who reads it and when it is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.i18n import N_

_UNTIL_72_HOURS = N_("Deleted 3 days after the event. Canceling deletes names and answers at once.")
_WITH_KEY_AFTER_72_HOURS = N_(
    "Deleted 3 days after the event, together with the key to older copies. "
    "Canceling deletes names and answers at once."
)


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of thing that is held; all sentences are message ids."""

    id: str
    what: str
    purpose: str
    readers: str
    gone: str
    #: "table.column", each in exactly one holding.
    columns: tuple[str, ...]
    #: Whether it is encrypted in the database.
    is_sealed: bool = False


def _columns(table: str, names: str) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names.split())


HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "identity",
        N_("Your phone number, first name and language, if you gave them, and the link of your pass"),
        N_("To send you texts in your language, and to find your registration again"),
        N_("Only the program that sends texts. The organizer and volunteers at the door see first names."),
        _WITH_KEY_AFTER_72_HOURS,
        _columns("guest", "sealed"),
        is_sealed=True,
    ),
    Holding(
        "party",
        N_("First names of people who come with you, and your answers to the event's questions"),
        N_("To welcome your group and to prepare the event"),
        N_("The organizer of the event"),
        _WITH_KEY_AFTER_72_HOURS,
        _columns("registration", "sealed"),
        is_sealed=True,
    ),
    Holding(
        "registration",
        N_(
            "Which event, how many people, what you need there, your code, whether you said again that "
            "you are coming, and whether you came"
        ),
        N_("To keep your seats, to plan help such as childcare, and to let you in"),
        N_("The organizer of the event, and volunteers at the door. Police never."),
        _UNTIL_72_HOURS,
        (
            *_columns(
                "registration",
                "id guest_id event_id code state party_size arrived_count door request_key "
                "wants_texts wants_calls needs queued_at passed_count offer_number offer_expires_at "
                "reaffirmed_at delete_asked_at created_at changed_at",
            ),
            *_columns("guest", "id created_at"),
            *_columns("door_action", "key event_id at"),
        ),
    ),
    Holding(
        "lookup",
        N_("A scrambled form of your phone number and of your pass link"),
        N_("To recognize your number when you text or register again"),
        N_("Only the program"),
        _UNTIL_72_HOURS,
        (*_columns("guest", "token_hash proven_phone_hash"), *_columns("registration", "phone_hash")),
    ),
    Holding(
        "consent",
        N_("That you agreed to texts or stopped them, in which words and when, under a scrambled number"),
        N_("To prove that we may text you, and never to text you after STOP"),
        N_("Only the program"),
        N_("Kept for 5 years after the last text, as the law may ask for it"),
        (
            *_columns("consent_event", "id phone_hash scope action source sealed version at"),
            *_columns("suppression", "phone_hash scope reason since_at until_at"),
        ),
        is_sealed=True,
    ),
    Holding(
        "news",
        N_("That you want news of events, your number and your language"),
        N_("To text you about new events in your language"),
        N_("Only the program"),
        N_("Deleted when you end the news or all texts, or after a year without a word from you"),
        _columns("news_reader", "id phone_hash scope sealed is_on asked_at seen_at"),
        is_sealed=True,
    ),
    Holding(
        "texts",
        N_("Texts between you and us: the number, the words, and whether they arrived"),
        N_("To send every text once, and to answer you"),
        N_(
            "The program. Staff read texts that need a person, without the number; "
            "to see a number they must give a reason, which is kept, and a second person must agree."
        ),
        N_(
            "Deleted 3 days after they are dealt with, and those about your sign-up 3 days after the event. "
            "What waits for a person is kept for 30 days at most."
        ),
        (
            *_columns(
                "message",
                "id dedup_key purpose channel priority registration_id broadcast_id phone_hash scope sealed "
                "segments state not_before deadline due_at zone changed_start_at reply_to_at attempts "
                "claim_token lease_until claimed_at probes provider_sid provider_rank error_code resends "
                "sender created_at accepted_at final_at",
            ),
            *_columns("provider_event", "id message_id sid status error_code received_at"),
            *_columns(
                "inbound_message", "id provider_sid phone_hash sealed received_at handled_at needs_person"
            ),
            *_columns("conversation", "phone_hash sealed version expires_at"),
            *_columns("simulated_text", "id sid phone_hash direction sealed outcome created_at"),
            *_columns("simulated_call", "id sid phone_hash sealed status created_at"),
            *_columns("simulated_phone", "phone_hash outcome chosen_at"),
        ),
        is_sealed=True,
    ),
    Holding(
        "assignment",
        N_("Who of the staff looks after the texts of a scrambled number that wait for a person"),
        N_("So that two people do not answer you at once"),
        N_("Coordinators and administrators"),
        N_("Deleted when your texts are dealt with, and with your texts at the latest"),
        _columns("assignment", "phone_hash staff_id since_at"),
    ),
    Holding(
        "reveals",
        N_("Who of the staff asked to see a phone number, why, who agreed, and when it was seen"),
        N_("So that nobody looks at your number without a reason"),
        N_("Administrators"),
        N_("Kept for 2 years. Your number is not in it."),
        _columns(
            "reveal",
            "id staff_id at phone_hash reason sealed decided_by_id decided_at is_agreed shown_at read_at",
        ),
        is_sealed=True,
    ),
    Holding(
        "calls",
        N_("Calls to us: your number, the keys you pressed, and what we said"),
        N_("So that every key counts once, and a call can go on where it was"),
        N_("Only the program. Staff see that you asked for a call back, without the number."),
        N_("Deleted a day after the call"),
        _columns("voice_step", "id call_sid step visit phone_hash sealed at"),
        is_sealed=True,
    ),
    Holding(
        "counts",
        N_("How many people registered and how many came to an event, as plain numbers"),
        N_("To plan the next event and to report"),
        N_("Organizers and coordinators; the steering committee only totals of 10 or more"),
        N_("Kept. Nobody can be recognized in them."),
        (
            *_columns("attendance", "event_id walk_ins registered arrived forgotten_at door_epoch"),
            *_columns(
                "event_turnout",
                "event_id door parties people arrived parties_arrived waiting cancelled reaffirmed reminded "
                "reminded_arrived cents",
            ),
        ),
    ),
    Holding(
        "languages",
        N_("In which languages people of the whole region registered in three months, as plain numbers"),
        N_("To offer help and texts in the languages that people read"),
        N_("Organizers, coordinators and the steering committee, only numbers of 10 or more"),
        N_("Kept. Nobody can be recognized in them, and no event has any."),
        _columns("language_turnout", "quarter locale parties people arrived"),
    ),
    Holding(
        "ballots",
        N_(
            "How many people at an event said that they moved here, grew up here, both, or nothing, and how"
            " many said that they talked with somebody new"
        ),
        N_("To see how often newcomers and long-time residents meet"),
        N_("Coordinators, only after your registration is deleted"),
        N_(
            "Kept as a few numbers per event until 30 days after the quarter, then only as sums over many "
            "events. Your own answer is never stored."
        ),
        (
            *_columns(
                "event_tally",
                "event_id newcomers residents both unsaid newcomers_by_device residents_by_device "
                "both_by_device unsaid_by_device children submitted_on",
            ),
            *_columns(
                "talk_tally",
                "event_id talked did_not unsaid talked_by_device did_not_by_device unsaid_by_device "
                "submitted_on",
            ),
            *_columns("talk_total", "quarter events talked did_not people"),
            *_columns("ballot_batch", "key event_id"),
            *_columns("edition_statistics", "edition_id cut position members sums"),
            *_columns("engagement_sums", "quarter place cut value parts"),
        ),
    ),
    Holding(
        "cards",
        N_(
            "If you carry a connection card: at which events the card was shown this quarter, and what you"
            " said of yourself, under a scrambled code"
        ),
        N_("To count how many people of both groups meet again in small rooms"),
        N_("Only the program that counts"),
        N_(
            "Deleted 30 days after the quarter, and at once if you erase it with the code. How many people"
            " met again is kept, as plain numbers."
        ),
        (
            # First what is counted as records: visits, and not the one quarter they are of.
            *_columns("card_visit", "token_hash event_id quarter"),
            *_columns("card_quarter", "name salt"),
            *_columns("card_answer", "token_hash quarter answer"),
            *_columns(
                "card_total",
                "quarter events newcomers residents possible pairs pairs_again crossed crossed_again "
                "expected expected_again newcomers_reached newcomers_reached_again residents_reached "
                "residents_reached_again newcomer_weight resident_weight crossed_weight",
            ),
        ),
    ),
)

#: What each is, by its id.
WHATS: Mapping[str, str] = {holding.id: holding.what for holding in HOLDINGS}

#: Tables in which nothing about guests can be, and what they hold.
TABLES_WITHOUT_GUESTS: Mapping[str, str] = {
    "legal_hold": "what must be kept for a court, and which lawyer says so",
    "card_program": "which organizations use connection cards",
    "installation_fact": "facts about this installation",
    "holding_count": "how much of each thing in this list is held",
    "audit_entry": "what staff and the program did, by the hour, with no guest in it",
    "audit_end": "where that log begins and ends",
    "throttle": "keyed hashes of addresses that tried too often, for minutes",
    "jurisdiction": "public places",
    "organization": "public bodies",
    "staff": "people who sign in",
    "staff_session": "their signed-in browsers",
    "venue": "public places",
    "campaign": "public dates",
    "event": "public events",
    "event_text": "public words",
    "event_keyword": "public words",
    "event_language": "public words",
    "event_part": "public words",
    "event_cohost": "public bodies",
    "event_change": "changes to public events",
    "calendar_entry": "public calendar text",
    "generation": "a counter",
    "feed_state": "since when a public feed says what it says",
    "edition": "published reports",
    "edition_event": "which events are in which report",
    "engagement_change": "of which quarters and places reports are to be added up again",
    "plan": "public promises",
    "plan_node": "public promises",
    "commitment": "public promises",
    "plan_evidence": "what staff did for a promise: public bodies, days and papers",
    "plan_item": "what staff still have to do for a promise",
    "plan_change": "what staff changed of a promise",
    "broadcast": "announcements that staff write, and how many texts they took",
    "announcement_budget": "amounts of money",
    "prompt_recording": "what staff read aloud for the phone",
    "sender": "our own numbers, and how much of their rate is given out",
    "text_tally": "how many texts left in a language on a day, and how many were filtered",
    "worker_mark": "when the worker did its rounds",
}

#: What is never asked and never stored.
NEVER: tuple[str, ...] = (
    N_("Immigration or citizenship status"),
    N_("Nationality or country of birth"),
    N_("Identity documents or their numbers"),
    N_("Date of birth"),
    N_("Home address"),
)
