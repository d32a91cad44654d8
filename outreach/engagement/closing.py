"""What becomes due when a quarter has been over for a month, in the order that it needs.

Cards look at the totals of events, so they are counted before those are erased. Like the deletion of
guests it opens its own transactions, and may be done twice and by several at once.
"""

from dataclasses import dataclass
from datetime import date, datetime

from outreach.database import clean_up, transaction
from outreach.engagement import cards, contact_service, editions


@dataclass(frozen=True, slots=True)
class Closed:
    """What one round closed."""

    #: Quarters of cards that became counts, and of the question on leaving that were added up.
    cards: int
    talk: int
    #: The quarters and years that were frozen.
    editions: tuple[str, ...]

    @property
    def count(self) -> int:
        """How much was done."""
        return self.cards + self.talk + len(self.editions)


def close_quarters(*, today: date, now: datetime) -> Closed:
    """Does all that is due and that no hold keeps. Commits."""
    with transaction():
        cards.forget_batches()
        talk = contact_service.fold(today=today)
    quarters = cards.due(today=today)
    for quarter in quarters:
        with transaction():
            cards.count_and_erase(quarter, now=now)
    with transaction():
        names = tuple(edition.name for edition in editions.freeze_due(today=today, now=now))
    # Without an edition too: what a lifted hold kept is erased now.
    clean_up()
    return Closed(len(quarters), talk, names)
