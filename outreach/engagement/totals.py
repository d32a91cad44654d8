"""What an event's ballots add up to, and how they fit the people counted in the room; pure."""

from dataclasses import astuple, dataclass, fields

from outreach.engagement.measures import Tally
from outreach.errors import InvalidInputError
from outreach.i18n import N_

#: An event is unreliable when more than this share of the people counted gave no ballot at all.
LARGEST_MISMATCH_PERCENT = 10


@dataclass(frozen=True, slots=True)
class BallotTotals:
    """The four totals of one event, as somebody counted them."""

    newcomers: int
    residents: int
    both: int
    #: Ballots that prefer not to say.
    unsaid: int

    @property
    def cast(self) -> int:
        """How many ballots there are, whatever they say."""
        return self.answers + self.unsaid

    @property
    def answers(self) -> int:
        """Ballots with one of the three answers."""
        return self.newcomers + self.residents + self.both


@dataclass(frozen=True, slots=True)
class TalkTotals:
    """The three totals of the question on leaving, as somebody counted them."""

    #: Talked for five minutes with somebody of a different background.
    talked: int
    did_not: int
    #: Ballots that prefer not to say.
    unsaid: int

    @property
    def cast(self) -> int:
        """How many ballots there are, whatever they say."""
        return self.talked + self.did_not + self.unsaid


def check(totals: BallotTotals | TalkTotals, head_count: int) -> None:
    """Raises InvalidInputError where totals cannot be: a negative one, or more ballots than people.

    One person more in the box than in the room means a wrong count or a stuffed box; which of the two
    nobody can tell afterwards, so both are counted again while everybody is still there.
    """
    if min(astuple(totals)) < 0:
        raise InvalidInputError(N_("Ballots are counted from 0 up."), field=fields(totals)[0].name)
    check_cast(totals.cast, head_count)


def check_cast(cast: int, head_count: int) -> None:
    """Raises InvalidInputError where there are more ballots than people who get one; children do not."""
    if cast > head_count:
        raise InvalidInputError(
            N_("More ballots (%(ballots)s) than guests who get one (%(people)s). Count both again."),
            field="head_count",
            ballots=cast,
            people=head_count,
        )


def is_reliable(totals: BallotTotals, head_count: int | None) -> bool:
    """Whether ballots and heads agree, as `fits` says."""
    return fits(totals.cast, head_count)


def fits(cast: int, head_count: int | None) -> bool:
    """Whether so many ballots fit so many heads: at most 1 in 10 of the people counted gave no ballot.

    Everybody in the room is handed a ballot, and "prefer not to say" is one of its answers, so that the
    two counts should be one number. More ballots than heads, or no head count, is no agreement either:
    that happens where staff correct the head count afterwards.

    An event that fails stays in the report, since leaving it out would let anybody remove an event by
    miscounting it. Its missing ballots count as people who did not say, which widens every bound, and
    the report tells how many such events it holds.
    """
    if head_count is None or cast > head_count:
        return False
    return 100 * (head_count - cast) <= LARGEST_MISMATCH_PERCENT * head_count


def tally(totals: BallotTotals, head_count: int | None, *, stratum: str) -> Tally:
    """The event as the measures take it: people counted without a ballot are people who did not say."""
    people = max(totals.cast, head_count or 0)
    return Tally(stratum, totals.newcomers, totals.residents, totals.both, people - totals.answers)
