"""Kinds of events: every file of the folder is whole, and its questions can be asked and answered."""

from datetime import timedelta

import pytest

from outreach.errors import InvalidInputError
from outreach.events.drafts import MAXIMUM_CAPACITY, check
from outreach.events.kinds import FALLBACK_KIND, KINDS
from outreach.events.questions import SHORT_TEXT_CHARACTERS, clean
from tests.factories import make_draft

QUESTIONS = [(kind.id, question) for kind in KINDS.values() for question in kind.questions]
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
each_question = pytest.mark.parametrize(
    "question",
    [question for _, question in QUESTIONS],
    ids=[f"{kind}-{question.key}" for kind, question in QUESTIONS],
)


def test_every_kind_of_the_contract_is_there():
    assert set(KINDS) == {
        "welcoming_week", "trust_training", "career_fair", "business_tour", "workshop", "convening",
    }  # fmt: skip


@each_kind
def test_kind_says_what_it_is(kind):
    words = (kind.label, kind.plural, kind.purpose, kind.calendar_category, kind.report_note)
    assert all(word.strip() for word in words)
    assert len(kind.id) <= 30


@each_kind
def test_event_of_the_kind_can_be_drafted(kind):
    check(make_draft(kind=kind.id, capacity=kind.default_capacity))


@each_kind
def test_kind_has_sensible_numbers(kind):
    assert kind.held_from_people >= 1
    assert kind.default_capacity is None or 1 <= kind.default_capacity <= MAXIMUM_CAPACITY
    assert all(timedelta(0) < offset <= timedelta(days=7) for offset in kind.reminder_offsets)
    assert len(set(kind.reminder_offsets)) == len(kind.reminder_offsets)


@each_kind
def test_questions_of_a_kind_have_keys_of_their_own(kind):
    keys = [question.key for question in kind.questions]
    assert len(set(keys)) == len(keys)


def test_police_can_host_trust_trainings_only():
    assert [kind.id for kind in KINDS.values() if kind.is_open_to_police_hosts] == ["trust_training"]


def test_one_kind_stands_for_those_that_nobody_named():
    assert [kind.id for kind in KINDS.values() if kind.is_fallback] == [FALLBACK_KIND] == ["convening"]


@each_question
def test_question_takes_each_of_its_answers(question):
    for value, label in question.answers:
        assert label
        assert clean((question,), {question.key: value}) == {question.key: value}


@each_question
def test_question_takes_no_answer_at_all(question):
    assert clean((question,), {}) == clean((question,), {question.key: "  "}) == {}


@each_question
def test_question_refuses_what_is_no_answer(question):
    wrong = "x" * (SHORT_TEXT_CHARACTERS + 1)
    with pytest.raises(InvalidInputError) as refused:
        clean((question,), {question.key: wrong})
    assert refused.value.field == question.key


@each_question
def test_question_has_choices_only_where_there_is_one(question):
    values = [value for value, _ in question.choices]
    assert (question.type == "choice") == bool(values)
    assert len(set(values)) == len(values)


def test_clean_drops_what_was_never_asked():
    question = QUESTIONS[0][1]
    assert clean((question,), {"passport": "yes"}) == {}
