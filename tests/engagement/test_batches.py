"""What a form carries of a shared device."""

import pytest

from outreach.engagement.batches import Batch, parse
from outreach.errors import InvalidInputError

KEY, OTHER = "k" * 22, "A-_9" * 5 + "zz"


def test_batches_are_read_with_their_question() -> None:
    assert parse([f"{KEY}.background.8.20.3.5", f"{OTHER}.talk.4.0.99999"]) == [
        Batch(KEY, "background", (8, 20, 3, 5)),
        Batch(OTHER, "talk", (4, 0, 99_999)),
    ]


def test_key_that_is_sent_twice_is_one_batch() -> None:
    assert len(parse([f"{KEY}.talk.1.1.1"] * 3)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "", KEY, f"{KEY}.background", f"{KEY}.background.1.2.3", f"{KEY}.background.1.2.3.4.5",
        f"{KEY}.talk.1.2.3.4", f"{KEY}.party.1.2.3.4", f"{KEY[1:]}.talk.1.2.3", f"{KEY}.talk.1.-2.3",
        f"{KEY}.talk.1.2.100000",        f"{KEY}.talk.١.٢.٣", f"{KEY}.talk.1.2.3\n", f"{KEY}.talk..2.3",
    ],
)  # fmt: skip
def test_what_no_device_of_ours_writes_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse([text])
    assert caught.value.field == "head_count"


def test_more_batches_than_a_device_can_have_are_refused() -> None:
    texts = [f"{number:022}.talk.1.0.0" for number in range(21)]
    assert len(parse(texts[:20])) == 20
    with pytest.raises(InvalidInputError):
        parse(texts)
