"""The sums of a report in the database's own arithmetic: what is added up over rooms, as SQL; asks nothing.

The same formulas as in `measures.py` and `bounds.py`, for SQLite and PostgreSQL alike: shares are
compared as whole numbers, and integers are divided as fractions.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, not_, or_, select

from outreach.engagement import measures
from outreach.engagement.figures import LARGE_ROOM_PEOPLE
from outreach.engagement.totals import LARGEST_MISMATCH_PERCENT

Number = ColumnElement[Any]

#: No report has so many rows. With a limit, both databases make each row of a subquery once and hand it
#: on; without, they write its formulas into every sum and work them out thirty times.
_ALL_ROWS = 2**40


def least(one: Number, other: Number) -> Number:
    """The smaller of two numbers, under one name on both databases."""
    return case((one <= other, one), else_=other)


def met(newcomers: Number, residents: Number) -> Number:
    """`bounds.met`: 0 in a room of one, and of none."""
    return case(
        (newcomers + residents >= 2, 1.0 * newcomers * residents / (newcomers + residents - 1)), else_=0.0
    )


def fenced(columns: Mapping[str, Number], *conditions: ColumnElement[bool], source: Any = None) -> Subquery:
    """A subquery whose columns are worked out once for each row."""
    statement = select(*(column.label(name) for name, column in columns.items())).where(*conditions)
    if source is not None:
        statement = statement.select_from(source)
    return statement.limit(_ALL_ROWS).subquery()


def room_columns(row: Any) -> dict[str, Number]:
    """The rest of what sums are made of, from rows with `a`, `b`, `both` and `cast` (null where nobody was
    asked) and `heads`: `n` people in the room, `u` who did not say, `k` known, and the `smaller` group.
    """
    a, b = row.a, row.b
    # Heads without a ballot did not say.
    n = case((row.heads > row.cast, row.heads), else_=row.cast)
    return {"k": a + b, "u": n - a - b - row.both, "smaller": least(a, b), "n": n}


def sums_of(row: Any) -> dict[str, Number]:
    """Every plain sum of `Statistics` by its name, over rows with the columns of `room_columns`."""
    n, k, u, a, b = row.n, row.k, row.u, row.a, row.b
    is_assessable = n >= measures.ASSESSABLE_PEOPLE
    is_shared, is_certain, is_possible = (
        _is_real(row.smaller, k),
        _is_real(row.smaller, k + u),
        _is_real(least(row.smaller + u, (k + u) // 2), k + u),
    )
    in_company = k >= 2
    others = k - 1
    return {
        "events_held": func.count(),
        "events_counted": func.count(row.heads),
        "head_count": func.sum(row.heads),
        "asked": func.count().filter(n > 0),
        "unreliable": func.count().filter(_is_unreliable(row)),
        "assessable": func.count().filter(is_assessable),
        "tiny": func.count().filter(n > 0, ~is_assessable),
        "shared": func.count().filter(is_shared),
        "certainly_shared": func.count().filter(is_certain),
        "possibly_shared": func.count().filter(is_possible),
        **{
            f"shared_at_{percent}": func.count().filter(_is_real(row.smaller, k, percent))
            for percent in (5, 15, 20)
        },
        "people_assessable": func.sum(n).filter(is_assessable),
        "answers_assessable": func.sum(n - u).filter(is_assessable),
        "people_shared": func.sum(n).filter(is_shared),
        "people_certainly": func.sum(n).filter(is_certain),
        "people_possibly": func.sum(n).filter(is_possible),
        "newcomers": func.sum(a),
        "residents": func.sum(b),
        "both": func.sum(n - k - u),
        "unsaid": func.sum(u),
        "rooms": func.count().filter(in_company),
        "newcomers_in_company": func.sum(a).filter(in_company),
        "residents_in_company": func.sum(b).filter(in_company),
        "cross_pairs": func.sum(a * b),
        "pairs": func.sum(k * others // 2),
        "assessable_rooms": func.count().filter(in_company, is_assessable),
        "meetings": func.sum(1.0 * a * b / others).filter(in_company),
        "textbook_meetings": func.sum(1.0 * a * b / k).filter(in_company),
    }


def _is_real(
    smaller: Number, of: Number, percent: int = measures.SHARED_LEAST_PERCENT
) -> ColumnElement[bool]:
    return and_(smaller >= measures.SHARED_LEAST_PEOPLE, 100 * smaller >= percent * of)


def _is_unreliable(row: Any) -> ColumnElement[bool]:
    missing = row.heads - row.cast
    is_reliable = and_(missing >= 0, 100 * missing <= LARGEST_MISMATCH_PERCENT * row.heads)
    return and_(row.cast.is_not(None), or_(row.heads.is_(None), not_(is_reliable)))


def is_large(row: Any) -> Number:
    """1 for a room with more than 60 known people, which gets a line of its own."""
    return case((row.k > LARGE_ROOM_PEOPLE, 1), else_=0)


def stake(row: Any, newcomers: Number, residents: Number) -> Number:
    """What the meetings by chance among so many of a stratum lose without this room."""
    return met(newcomers, residents) - met(newcomers - row.a, residents - row.b)


def spread_of(meetings: Number, stake: Number) -> dict[str, Number]:
    """The sums of `Spread`, and the largest stake."""
    return {
        "meetings_squared": func.sum(meetings * meetings),
        "meetings_by_stake": func.sum(meetings * stake),
        "stakes_squared": func.sum(stake * stake),
        "stakes": func.sum(stake),
        "largest": func.max(stake),
    }


def as_said(own: Number, other: Number) -> tuple[Number, Number]:
    """The meetings of a room, and its members of the own group who have company."""
    return met(own, other), case((own + other >= 2, own), else_=0)


def with_all(row: Any, own: Number, other: Number) -> tuple[Number, Number]:
    """The same were everybody who did not say of the own group, in a room of two or more."""
    return 1.0 * (own + row.u) * other / row.others, own + row.u


def best_filled(row: Any, own: Number, ratio: Number) -> Number:
    """How many of the own group make meetings less ratio·members most: the whole number nearest to the top
    of the parabola, as far as there are people to be so.
    """
    top = (row.others + 1 - ratio * row.others) / 2.0
    return case((top <= own, own), (top >= own + row.u, own + row.u), else_=func.round(top))
