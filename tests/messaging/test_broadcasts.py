"""Announcements on both databases: read by two, paid for, sent once, stopped for good."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from outreach.accounts.models import Staff
from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputsError, NotAllowedError
from outreach.events import planning
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.messaging import broadcast_texts, broadcasts, budgets, estimates, outbox, suppressions
from outreach.messaging.broadcasts import Pace
from outreach.messaging.models import AnnouncementBudget, Broadcast, Message
from outreach.messaging.models.broadcast import GUESTS
from outreach.messaging.worker import Worker
from outreach.policy import Role
from outreach.registration import news, service
from outreach.registration.guests import phone_hash
from outreach.registration.models import Registration
from outreach.registration.requests import Consent
from outreach.registration.scopes import REGION, of_event, of_organization
from tests.factories import NOW, ZONE, make_event, make_organization, make_request, make_staff
from tests.messaging.fakes import ALLOWED, FakeGateway, put
from tests.queries import count_queries

PACE = Pace(10.0, ZONE)
WORDS = {"en": "Bring a chair.", "es": "Traiga una silla."}


@pytest.fixture
def author(context) -> Staff:
    with transaction():
        return make_staff()


@pytest.fixture
def reader(context, author) -> Staff:
    with transaction():
        return make_staff("ben@example.org", name="Ben")


@pytest.fixture
def event(author) -> Event:
    texts = {"en": TextDraft("Neighbors' Picnic", "Eat."), "es": TextDraft("Picnic de vecinos", "Comer.")}
    with transaction():
        return make_event(texts=texts)


@pytest.fixture
def worker(context, vault):
    runtime = context.extensions["outreach"]
    made = Worker(FakeGateway(), settings=runtime.settings, vault=vault, clock=runtime.clock)
    yield made
    made.close()


def phone(number: int) -> str:
    return f"+1816555{number:04}"


def register(vault, event, number=123, *, now=NOW, locale="en", **given) -> int:
    request = make_request(
        event, phone=phone(number), locale=locale, **{"consent": Consent("Text me."), **given}
    )
    with transaction():
        return service.register(request, vault=vault, now=now).registration_id


def write(event, author, texts=WORDS, now=NOW) -> Broadcast:
    with transaction():
        return broadcasts.write(event, texts, author=author, now=now)


def send(row, vault, now=NOW) -> str:
    with transaction():
        broadcasts.send(row, revision=row.revision, pace=PACE, vault=vault, now=now)
    return row.state


def expand(vault, now=NOW) -> None:
    while broadcast_texts.is_writing():
        with transaction():
            broadcast_texts.write_texts(public_url="https://x.example", vault=vault, now=now)


def texts_of(vault, row=None) -> list[tuple[str, str, str]]:
    """State, language and words of each text of an announcement."""
    db.session.rollback()
    rows = db.session.scalars(
        select(Message).where(Message.purpose == "announcement").order_by(Message.id)
    ).all()
    opened = [(each.state, vault.open(each.sealed, place="message")) for each in rows]
    return [(state, content["locale"], content["body"]) for state, content in opened]


def claimed(vault, now=NOW, limit=50) -> list[str]:
    return [each.to for each in outbox.claim(limit, allowed=ALLOWED, vault=vault, now=now)]


def fresh(row: Broadcast) -> Broadcast:
    db.session.rollback()
    return db.session.get_one(Broadcast, row.id, populate_existing=True)


# Writing.


def test_words_are_kept_as_they_will_be_sent_the_original_first(event, author):
    row = write(event, author, {"es": "Traiga\r\nuna  “silla”…", "en": " Bring a chair. ", "ar": " "})

    assert list(row.texts.items()) == [("en", "Bring a chair."), ("es", 'Traiga una "silla"...')]
    assert (row.state, row.source_locale, row.author_id) == ("draft", "en", author.id)


def test_original_words_are_needed_and_none_may_be_endless(event, author):
    with pytest.raises(InvalidInputsError) as raised:
        write(event, author, {"es": "x" * 601})

    assert {problem.field for problem in raised.value.problems} == {"en", "es"}


def test_only_guests_of_what_is_to_come_can_be_texted(event, author, vault):
    row = write(event, author)
    register(vault, event)
    with pytest.raises(ConflictError):
        write(event, author, now=event.starts_at)
    with transaction():
        planning.cancel(db.session.get_one(Event, event.id), "Rain.", locale="en", now=NOW)
    with pytest.raises(ConflictError):
        send(row, vault)
    assert fresh(row).state == "draft"


def test_nobody_is_told_when_nobody_can_be(event, author, vault):
    row = write(event, author)
    register(vault, event, consent=None)

    with pytest.raises(ConflictError, match="No guest"):
        send(row, vault)


# Sending.


def test_each_guest_gets_the_words_of_their_language_or_the_original_ones(event, author, vault):
    for number, locale in enumerate(("en", "es", "so")):
        register(vault, event, number, locale=locale)
    row = write(event, author)

    assert send(row, vault) == "sending"
    expand(vault)
    assert texts_of(vault) == [
        ("ready", "en", "Neighbors' Picnic: Bring a chair.\nSTOP = no texts."),
        ("ready", "es", texts_of(vault)[1][2]),
        ("ready", "en", "Neighbors' Picnic: Bring a chair.\nSTOP = no texts."),
    ]
    assert texts_of(vault)[1][2].startswith("Picnic de vecinos: Traiga una silla.\n")
    assert "STOP" in texts_of(vault)[1][2]


def test_only_those_with_seats_and_consent_are_told(context, author, vault):
    with transaction():
        event = make_event(capacity=4)
    ids = [register(vault, event, number) for number in range(2)]
    register(vault, event, 2)
    register(vault, event, 3, consent=None)
    with transaction():
        service.cancel(db.session.get_one(Registration, ids[0]), now=NOW)
        other = make_event(title="Another")
    register(vault, other, 4)
    row = write(event, author, {"en": "Bring a chair."})
    send(row, vault)
    expand(vault)

    told = db.session.scalars(select(Message.registration_id).where(Message.broadcast_id == row.id)).all()
    states = [db.session.get_one(Registration, registration_id).state for registration_id in told]
    assert ids[1] in told
    assert ids[0] not in told
    assert set(states) == {"confirmed"}
    assert fresh(row).recipients == len(told)


def test_groups_are_counted_as_they_will_be_reached_in_one_query(context, event, author, vault):
    """A number that texts do not reach is called about the event and gets no announcement."""
    calls = Consent("Call me.", is_for_calls=True)
    for number in range(6):
        register(vault, event, number)
    register(vault, event, 6, consent=calls)
    register(vault, event, 7, consent=calls)
    register(vault, event, 8, consent=None)
    hashes = [phone_hash(vault, phone(number)) for number in range(8)]
    with transaction():
        suppressions.set_voice_only(hashes[1], now=NOW)
        suppressions.set_unreachable(hashes[2], now=NOW)
        suppressions.stop(phone(3), "STOP", "en", vault=vault, now=NOW)
        suppressions.stop_scope(hashes[4], of_event(event.id), "5", "en", source="text", vault=vault, now=NOW)
        suppressions.block(hashes[5], "21610", vault=vault, now=NOW)
        suppressions.stop(phone(7), "0", "en", source="call", vault=vault, now=NOW)

    with count_queries(context) as statements:
        reached = broadcast_texts.reach(event.id, audience=GUESTS, vault=vault)
    assert (reached.readers, reached.called, reached.silent) == ({"en": 1}, 2, 6)
    assert len(statements) == 1

    row = write(event, author)
    assert (send(row, vault), fresh(row).recipients) == ("sending", 1)
    expand(vault)
    assert [state for state, *_ in texts_of(vault)] == ["ready"]
    assert claimed(vault) == [phone(0)]


def test_texts_are_written_once_in_batches_and_go_on_where_they_were_left(event, author, vault, monkeypatch):
    monkeypatch.setattr(broadcast_texts, "BATCH", 2)
    for number in range(5):
        register(vault, event, number)
    row = write(event, author)
    send(row, vault)

    sizes = []
    while broadcast_texts.is_writing():
        with transaction():
            broadcast_texts.write_texts(public_url="https://x.example", vault=vault, now=NOW)
        sizes.append(len(texts_of(vault)))
    assert sizes == [2, 4, 5]
    with transaction():
        assert broadcast_texts.write_texts(public_url="https://x.example", vault=vault, now=NOW) == 0
    keys = set(db.session.scalars(select(Message.dedup_key).where(Message.broadcast_id == row.id)))
    assert keys == {f"broadcast:{row.id}:{each}" for each in db.session.scalars(select(Registration.id))}


def test_two_workers_at_once_write_each_text_once(app, vault, monkeypatch):
    """Neither writes what the other one is writing, so that the unique key never has to say no."""
    news: list[bool] = []

    def enqueue(text, **given) -> bool:
        news.append(outbox.enqueue(text, **given))
        return news[-1]

    monkeypatch.setattr(broadcast_texts, "BATCH", 3)
    monkeypatch.setattr(broadcast_texts, "enqueue", enqueue)
    with app.app_context():
        with transaction():
            author = make_staff()
            event = make_event()
        for number in range(20):
            register(vault, event, number)
        row = write(event, author)
        send(row, vault)
        broadcast_id = row.id
    failures: list[Exception] = []

    def work() -> None:
        with app.app_context():
            try:
                expand(vault)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        told = db.session.scalars(
            select(Message.registration_id).where(Message.broadcast_id == broadcast_id)
        ).all()
        assert failures == []
        assert len(told) == len(set(told)) == 20
        assert news == [True] * 20
        assert db.session.get_one(Broadcast, broadcast_id).parts == 20


def test_who_registers_after_the_start_is_not_told(event, author, vault):
    register(vault, event, 1)
    row = write(event, author)
    send(row, vault)
    register(vault, event, 2, now=NOW + timedelta(minutes=1))
    expand(vault, NOW + timedelta(minutes=2))

    assert len(texts_of(vault)) == 1


def test_worker_sends_an_announcement_behind_everything_else(event, author, vault, worker):
    register(vault, event, 1)
    worker.tick()
    row = write(event, author)
    send(row, vault)
    expand(vault)
    put(vault, priority=1, body="Canceled")
    worker.tick()

    assert worker.sender.gateway.bodies[1:] == ["Canceled", texts_of(vault)[0][2]]
    assert broadcast_texts.progress([fresh(row)])[row.id].is_over


def test_announcement_waits_for_the_day_and_ends_with_the_start(event, author, vault):
    night = datetime(2026, 9, 8, 3, 0, tzinfo=UTC)
    register(vault, event)
    row = write(event, author)
    send(row, vault, night)
    expand(vault, night)

    message = db.session.scalars(select(Message).where(Message.broadcast_id == row.id)).one()
    assert message.due_at == datetime(2026, 9, 8, 14, 0, tzinfo=UTC)
    assert (message.priority, message.deadline) == (4, event.starts_at)


def test_announcement_that_is_due_on_a_sunday_morning_waits_for_noon(event, author, vault):
    register(vault, event)
    row = write(event, author)
    send(row, vault)
    expand(vault)
    sunday = datetime(2026, 9, 13, 15, 0, tzinfo=UTC)

    assert claimed(vault, sunday) == []
    assert claimed(vault, sunday + timedelta(hours=2)) == [phone(123)]


# What is looked at again when a text is claimed.


def test_stop_between_writing_and_sending_is_heeded(event, author, vault):
    for number in (1, 2):
        register(vault, event, number)
    send(write(event, author), vault)
    expand(vault)
    with transaction():
        suppressions.stop(phone(1), "STOP", "en", vault=vault, now=NOW)

    assert claimed(vault) == [phone(2)]
    assert [state for state, *_ in texts_of(vault)] == ["suppressed", "claimed"]


def test_stop_before_writing_is_heeded(event, author, vault):
    for number in (1, 2):
        register(vault, event, number)
    row = write(event, author)
    send(row, vault)
    with transaction():
        suppressions.stop(phone(1), "STOP", "en", vault=vault, now=NOW)
    expand(vault)

    assert claimed(vault) == [phone(2)]
    assert (fresh(row).parts, broadcast_texts.progress([row])[row.id].total) == (1, 1)


@pytest.mark.parametrize("change", ["gave up", "wants no texts", "event canceled"])
def test_whom_it_no_longer_concerns_is_not_told(event, author, vault, change):
    registration_id = register(vault, event)
    send(write(event, author), vault)
    expand(vault)
    with transaction():
        row = db.session.get_one(Registration, registration_id)
        if change == "gave up":
            service.cancel(row, now=NOW)
        elif change == "wants no texts":
            row.wants_texts = False
        else:
            planning.cancel(row.event, "Rain.", locale="en", now=NOW)

    assert claimed(vault) == []
    assert [state for state, *_ in texts_of(vault)] == ["cancelled"]


# A second person.


@pytest.fixture
def crowd(event, author, vault, monkeypatch) -> Broadcast:
    """More groups than one person may text: here more than two."""
    monkeypatch.setattr(estimates, "ONE_PERSON_MAY_TEXT", 2)
    for number in range(3):
        register(vault, event, number)
    return write(event, author)


def confirm(row, by, vault, now=NOW) -> None:
    with transaction():
        broadcasts.confirm(row, revision=row.revision, by=by, pace=PACE, vault=vault, now=now)


def test_crowd_is_told_only_what_a_second_person_read(crowd, author, reader, vault):
    assert send(crowd, vault) == "waiting"
    expand(vault)
    assert texts_of(vault) == []
    with pytest.raises(NotAllowedError):
        confirm(crowd, author, vault)
    assert fresh(crowd).state == "waiting"
    confirm(crowd, reader, vault)
    expand(vault)

    assert (crowd.state, crowd.confirmed_by_id, len(texts_of(vault))) == ("sending", reader.id, 3)


def test_changed_words_are_a_draft_again_and_their_writer_is_another(crowd, author, reader, vault):
    send(crowd, vault)
    seen = crowd.revision
    with transaction():
        broadcasts.rewrite(crowd, {"en": "Bring two."}, revision=seen, author=reader, now=NOW)
    assert (crowd.state, crowd.author_id, crowd.revision) == ("draft", reader.id, seen + 1)
    send(crowd, vault)

    with pytest.raises(NotAllowedError):
        confirm(crowd, reader, vault)
    confirm(crowd, author, vault)
    assert crowd.state == "sending"


def test_nobody_confirms_or_sends_other_words_than_they_read(crowd, author, reader, vault):
    send(crowd, vault)
    with transaction():
        broadcasts.rewrite(crowd, {"en": "Bring two."}, revision=1, author=author, now=NOW)
        broadcasts.send(crowd, revision=2, pace=PACE, vault=vault, now=NOW)

    with pytest.raises(ConflictError), transaction():
        broadcasts.confirm(crowd, revision=1, by=reader, pace=PACE, vault=vault, now=NOW)
    with pytest.raises(ConflictError), transaction():
        broadcasts.rewrite(crowd, {"en": "Other"}, revision=1, author=reader, now=NOW)
    assert fresh(crowd).texts == {"en": "Bring two."}


def test_two_clicks_send_once(event, author, vault):
    register(vault, event)
    row = write(event, author)
    send(row, vault)

    with pytest.raises(ConflictError):
        send(row, vault)
    with pytest.raises(ConflictError), transaction():
        broadcasts.rewrite(row, {"en": "Other"}, revision=1, author=author, now=NOW)


def test_same_words_are_not_sent_twice_within_a_day(event, author, vault):
    register(vault, event)
    send(write(event, author), vault)
    again = write(event, author, {"en": "Bring a chair."})
    with pytest.raises(ConflictError, match="The same words"):
        send(again, vault)

    assert fresh(again).state == "draft"
    assert send(again, vault, NOW + timedelta(days=1)) == "sending"


# Stopping.


def test_stop_while_sending_leaves_the_rest_unsent(event, author, reader, vault, monkeypatch):
    monkeypatch.setattr(broadcast_texts, "BATCH", 3)
    for number in range(6):
        register(vault, event, number)
    row = write(event, author)
    send(row, vault)
    with transaction():
        broadcast_texts.write_texts(public_url="https://x.example", vault=vault, now=NOW)
    taken = outbox.claim(1, allowed=ALLOWED, vault=vault, now=NOW)
    with transaction():
        assert broadcasts.stop(row, by=reader, now=NOW) == 2

    expand(vault)
    assert [state for state, *_ in texts_of(vault)] == ["claimed", "cancelled", "cancelled"]
    assert (fresh(row).state, row.stopped_by_id, row.parts) == ("stopped", reader.id, 1)

    # A text that comes back from its worker unsent does not leave any more.
    with transaction():
        outbox.put_back(db.session.get_one(Message, taken[0].message_id), due_at=NOW)
    assert claimed(vault) == []
    assert [state for state, *_ in texts_of(vault)] == ["cancelled"] * 3


def test_what_was_stopped_stays_so(event, author, vault):
    register(vault, event)
    row = write(event, author)
    with transaction():
        broadcasts.stop(row, by=author, now=NOW)

    with pytest.raises(ConflictError):
        send(row, vault)
    with pytest.raises(ConflictError), transaction():
        broadcasts.stop(row, by=author, now=NOW)


def test_stop_and_claim_at_once_lose_no_text(app, vault):
    """Each text was either taken before the stop or is canceled by it."""
    with app.app_context():
        with transaction():
            author = make_staff()
            event = make_event()
        for number in range(20):
            register(vault, event, number)
        row = write(event, author)
        send(row, vault)
        expand(vault)
        broadcast_id, author_id = row.id, author.id

    def take() -> None:
        with app.app_context():
            while outbox.claim(2, allowed=ALLOWED, vault=vault, now=NOW):
                pass

    def end() -> None:
        with app.app_context(), transaction() as session:
            row = session.get_one(Broadcast, broadcast_id)
            broadcasts.stop(row, by=session.get_one(Staff, author_id), now=NOW)

    threads = [threading.Thread(target=each) for each in (take, end, take)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        found = db.session.execute(
            select(Message.state, Message.segments).where(Message.broadcast_id == broadcast_id)
        ).all()
        assert {state for state, _ in found} <= {"claimed", "cancelled"}
        assert len(found) == 20
        left = sum(parts for state, parts in found if state == "claimed")
        assert db.session.get_one(Broadcast, broadcast_id).parts == left


# Money.


def limit(scope: str, cents: int | None) -> None:
    with transaction():
        budgets.set_limit(scope, cents)


def test_announcement_beyond_the_budget_is_held_as_a_whole_and_reminders_are_not(
    event, author, vault, worker, clock
):
    for number in range(3):
        register(vault, event, number)
    limit(budgets.scope_of(event.organization_id), 3)
    row = write(event, author)
    assert send(row, vault) == "held"
    worker.tick()

    # Three parts cost 3.6 cents. The confirmations cost as much, and left.
    assert [state for state, *_ in texts_of(vault)] == []
    assert len(worker.sender.gateway.bodies) == 3
    assert fresh(row).state == "held"


def test_held_announcement_goes_on_when_the_budget_is_raised(event, author, vault, worker, clock):
    register(vault, event)
    limit(budgets.REGION, 0)
    row = write(event, author)
    send(row, vault)
    worker.tick()
    limit(budgets.REGION, 2)
    clock.forward(minutes=1)
    worker.tick()

    assert fresh(row).state == "sending"
    assert len(texts_of(vault)) == 1
    assert budgets.parts_spent("2026-09") == {"region": 1, budgets.scope_of(event.organization_id): 1}


def test_held_announcement_goes_on_in_a_new_month(author, vault, worker, clock):
    with transaction():
        event = make_event(starts_at=datetime(2026, 10, 2, 23, 0, tzinfo=UTC))
    register(vault, event)
    limit(budgets.REGION, 2)
    first, second = write(event, author), write(event, author, {"en": "And a blanket."})
    assert (send(first, vault), send(second, vault)) == ("sending", "held")
    clock.at = datetime(2026, 10, 1, 4, 59, tzinfo=UTC)
    worker.tick()
    assert fresh(second).state == "held"
    clock.forward(minutes=2)
    worker.tick()

    assert (fresh(second).state, second.month) == ("sending", "2026-10")


def test_held_announcement_of_a_begun_event_is_left_alone(event, author, vault):
    register(vault, event)
    limit(budgets.REGION, 0)
    row = write(event, author)
    send(row, vault)

    assert broadcasts.held_ids(now=NOW) == [row.id]
    assert broadcasts.held_ids(now=event.starts_at) == []


def test_budget_of_one_organization_is_not_another_s(event, author, vault):
    with transaction():
        other = make_event(host=make_organization("Another library"), title="Another")
    for each in (event, other):
        register(vault, each)
    limit(budgets.scope_of(event.organization_id), 0)

    assert send(write(event, author), vault) == "held"
    assert send(write(other, author), vault) == "sending"


def test_what_was_stopped_in_time_costs_nothing(event, author, vault):
    register(vault, event)
    limit(budgets.REGION, 1)
    limit(budgets.REGION, 2)
    row = write(event, author)
    send(row, vault)
    expand(vault)
    with transaction():
        broadcasts.stop(row, by=author, now=NOW)

    assert budgets.parts_spent("2026-09")["region"] == 0
    assert send(write(event, author), vault) == "sending"


def test_two_announcements_at_once_cannot_both_take_the_last_of_a_budget(app, vault):
    with app.app_context():
        with transaction():
            author = make_staff()
            event = make_event()
        register(vault, event)
        limit(budgets.REGION, 2)
        ids = [write(event, author, {"en": f"Words {number}."}).id for number in range(4)]
    failures: list[Exception] = []

    def go(broadcast_id: int) -> None:
        with app.app_context():
            try:
                send(broadcasts.find(broadcast_id), vault)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=go, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert failures == []
        assert sorted(db.session.scalars(select(Broadcast.state))) == ["held"] * 3 + ["sending"]


def test_limit_is_set_changed_and_taken_away(context, author):
    scope = budgets.scope_of(author.organization_id)
    limit(scope, 500)
    limit(scope, 700)
    assert budgets.limits() == {scope: 700}
    limit(scope, None)

    assert db.session.scalars(select(AnnouncementBudget)).all() == []


# Watching.


def test_progress_counts_what_is_not_written_yet_as_waiting(event, author, vault, monkeypatch):
    monkeypatch.setattr(broadcast_texts, "BATCH", 2)
    for number in range(5):
        register(vault, event, number)
    row = write(event, author)
    send(row, vault)

    def now() -> tuple[int, int]:
        found = broadcast_texts.progress([fresh(row)])[row.id]
        return found.done, found.total

    assert now() == (0, 5)
    with transaction():
        broadcast_texts.write_texts(public_url="https://x.example", vault=vault, now=NOW)
        db.session.execute(update(Message).where(Message.state == "ready").values(state="delivered"))
    assert now() == (2, 5)
    expand(vault)
    assert now() == (2, 5)


def test_lists_are_by_host_and_by_event(event, author, vault):
    with transaction():
        coordinator = make_staff("coord@example.org", Role.COORDINATOR)
        other = make_event(host=make_organization("Another library"), title="Another")
    first, second = write(event, author), write(other, coordinator)

    assert [each.id for each in broadcasts.listed(limit=9)] == [second.id, first.id]
    assert [each.id for each in broadcasts.listed(host_id=event.organization_id, limit=9)] == [first.id]
    assert [each.id for each in broadcasts.listed(event_id=other.id, limit=9)] == [second.id]


# News.


def subscribe(vault, number, scope=REGION, locale="en", now=NOW) -> str:
    with transaction():
        news.join(
            phone(number), scope, Consent("Send me news."),
            locale=locale, source="text", is_proven=True, vault=vault, now=now,
        )  # fmt: skip
    return phone_hash(vault, phone(number))


def write_news(event, author, texts=None, audience=REGION, now=NOW) -> Broadcast:
    with transaction():
        return broadcasts.write(event, texts or {}, audience=audience, author=author, now=now)


def news_in(vault, row) -> dict[str, str]:
    """Bodies of an announcement's texts by number."""
    db.session.rollback()
    rows = db.session.scalars(select(Message).where(Message.broadcast_id == row.id))
    opened = [vault.open(each.sealed, place="message") for each in rows]
    return {content["to"]: content["body"] for content in opened}


def test_news_go_to_their_list_in_each_language_with_the_sentence_where_there_is_one(event, author, vault):
    for number, locale in enumerate(("en", "es", "so")):
        subscribe(vault, number, locale=locale)
    subscribe(vault, 3, scope=of_organization(event.organization_id))
    row = write_news(event, author, {"es": "Hay comida."})

    assert send(row, vault) == "sending"
    expand(vault)
    found = news_in(vault, row)
    assert set(found) == {phone(0), phone(1), phone(2)}
    assert found[phone(0)] == (
        "New: Neighbors' Picnic, Monday, Sep 14, 6:00 PM, 5600 Budd Park Esplanade.\n"
        f"https://x.example/en/events/{event.public_id}\n1 = sign up, 8 = no more news, STOP = no texts."
    )
    assert found[phone(1)].startswith("Hay comida.\n")
    assert "Picnic de vecinos" in found[phone(1)]
    assert "Hay comida" not in found[phone(2)]
    assert f"/so/events/{event.public_id}" in found[phone(2)]
    rows = db.session.scalars(select(Message).where(Message.broadcast_id == row.id)).all()
    assert {(each.purpose, each.priority, each.scope) for each in rows} == {("news", 4, REGION)}


def test_nobody_hears_of_an_event_twice_through_two_lists_or_of_one_they_come_to(event, author, vault):
    own = of_organization(event.organization_id)
    for scope in (REGION, own):
        subscribe(vault, 1, scope=scope)
    subscribe(vault, 2)
    register(vault, event, 2)
    first, second = write_news(event, author), write_news(event, author, audience=own)
    for row in (first, second):
        send(row, vault)
    expand(vault)

    assert list(news_in(vault, first)) == [phone(1)]
    assert news_in(vault, second) == {}


def test_same_readers_are_told_of_an_event_once_in_three_days(event, author, vault):
    subscribe(vault, 1)
    send(write_news(event, author), vault)
    again = write_news(event, author, {"en": "Still seats."})

    with pytest.raises(ConflictError, match="last 3 days"):
        send(again, vault)
    assert send(fresh(again), vault, now=NOW + timedelta(days=3, minutes=1)) == "sending"


@pytest.mark.parametrize("what", ["leaves", "stops the news", "STOP", "event is called off", "is stopped"])
def test_news_that_wait_leave_to_nobody_whom_they_no_longer_concern(event, author, vault, what):
    hashed = subscribe(vault, 1)
    row = write_news(event, author)
    send(row, vault)
    expand(vault)
    with transaction():
        if what == "leaves":
            news.leave(hashed)
        elif what == "stops the news":
            suppressions.stop_scope(hashed, REGION, "8", "en", source="text", vault=vault, now=NOW)
        elif what == "STOP":
            suppressions.stop(phone(1), "STOP", "en", vault=vault, now=NOW)
        elif what == "is stopped":
            broadcasts.stop(db.session.get_one(Broadcast, row.id), by=author, now=NOW)
        else:
            planning.cancel(db.session.get_one(Event, event.id), "Rain.", locale="en", now=NOW)

    assert claimed(vault) == []
    assert set(db.session.scalars(select(Message.state))) <= {"cancelled", "suppressed"}


def test_news_leave_by_day_and_on_sundays_from_noon(event, author, vault):
    subscribe(vault, 1)
    sunday_morning = datetime(2026, 9, 13, 15, 0, tzinfo=UTC)
    send(write_news(event, author, now=sunday_morning), vault, now=sunday_morning)
    expand(vault, now=sunday_morning)

    assert claimed(vault, now=sunday_morning) == []
    assert claimed(vault, now=datetime(2026, 9, 13, 16, 59, tzinfo=UTC)) == []
    assert claimed(vault, now=datetime(2026, 9, 13, 17, 0, tzinfo=UTC)) == [phone(1)]


def test_more_than_200_readers_need_a_second_person(event, author, reader, vault, monkeypatch):
    monkeypatch.setattr(estimates, "ONE_PERSON_MAY_TEXT", 2)
    for number in range(3):
        subscribe(vault, number)
    row = write_news(event, author)

    assert send(row, vault) == "waiting"


def test_nobody_on_the_list_is_told_so(event, author, vault):
    with pytest.raises(ConflictError, match="Nobody who wants this news"):
        send(write_news(event, author), vault)
