"""What visitors do, in Outreach and in the yardstick alike; the same numbers give the same visits."""

import itertools
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.load import Answer, LoadError, Request, Visit
from bench.seed import SEEDED_NUMBERS, STEADY_HOST, numbers

#: A reader looks at so many pages in a row.
PAGES_OF_VISIT = 10
#: Nobody leafs further than this through the list.
LIST_PAGES = 10
#: How readers are spread over the languages.
LOCALES = ("en", "en", "en", "es", "es", "ar")

Visitor = Callable[[int], Visit]


@dataclass(frozen=True, slots=True)
class Site:
    """One of the two applications, and what it holds."""

    is_outreach: bool
    public_ids: Sequence[str]
    open_ids: Sequence[str]


def listing(site: Site, *, is_kept: bool) -> Visitor:
    """Pages of the list, the first ones most; unless `is_kept`, each is drawn anew."""
    weights = _popularity(min(LIST_PAGES, -(-len(site.public_ids) // 20)))

    def visit(number: int) -> Visit:
        dice = random.Random(number)
        prefix = f"/{dice.choice(LOCALES)}" if site.is_outreach else ""
        for page in dice.choices(range(1, len(weights) + 1), cum_weights=weights, k=PAGES_OF_VISIT):
            asked = [f"page={page}"] if page > 1 else []
            # An address that nobody else asks for, so that no answer was kept.
            asked += [] if is_kept else [f"anew={dice.getrandbits(48)}"]
            yield from _page(f"{prefix}/events/" + (f"?{'&'.join(asked)}" if asked else ""))

    return visit


def details(site: Site, *, is_kept: bool) -> Visitor:
    """Pages of single events, a few of them most; unless `is_kept`, each is drawn anew."""
    ids = list(site.public_ids)
    random.Random(0).shuffle(ids)
    weights = _popularity(len(ids))

    def visit(number: int) -> Visit:
        dice = random.Random(number)
        prefix = f"/{dice.choice(LOCALES)}" if site.is_outreach else ""
        for public_id in dice.choices(ids, cum_weights=weights, k=PAGES_OF_VISIT):
            query = "" if is_kept else f"?anew={dice.getrandbits(48)}"
            yield from _page(f"{prefix}/events/{public_id}{query}")

    return visit


def feed(site: Site, *, is_zipped: bool) -> Visitor:
    """The whole calendar, packed or not."""
    path = "/en/calendar.ics" if site.is_outreach else "/calendar.ics"
    headers = {"Accept-Encoding": "gzip"} if is_zipped else {}

    def visit(number: int) -> Visit:
        for _ in range(PAGES_OF_VISIT):
            yield from _page(path, headers)

    return visit


def unchanged_feed(etag: str) -> Visitor:
    """The calendar for somebody who has it already."""

    def visit(number: int) -> Visit:
        for _ in range(PAGES_OF_VISIT):
            headers = {"Accept-Encoding": "gzip", "If-None-Match": etag}
            yield from _page("/en/calendar.ics", headers, status=304)

    return visit


def feed_anew(number: int) -> Visit:
    """The calendar of one host with as many events in every database, put together anew each time."""
    dice = random.Random(number)
    for _ in range(PAGES_OF_VISIT):
        # Days long before and long after all events change the address and nothing else.
        first, last = (
            f"{dice.choice(years)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
            for years in (range(2018, 2025), range(2032, 2038))
        )
        yield from _page(f"/en/calendar.ics?organization={STEADY_HOST}&from={first}&to={last}")


def registrations(site: Site) -> Visitor:
    """Opens the form of an event, sends it and looks at the pass; another guest at each visit."""
    guests = itertools.count()

    def visit(_number: int) -> Visit:
        number = next(guests)
        dice = random.Random(number)
        prefix = f"/{dice.choice(LOCALES)}" if site.is_outreach else ""
        path = f"{prefix}/events/{dice.choice(site.open_ids)}/register"
        form = {
            "party_size": str(dice.choice((1, 2, 2, 3, 4))),
            "first_name": "Amina",
            "phone": numbers()[SEEDED_NUMBERS + number % (len(numbers()) - SEEDED_NUMBERS)],
        }
        headers = {}
        answer = yield Request(path)
        _expect(answer, 200, path)
        if site.is_outreach:
            headers = _cookie(answer)
            form |= {name: _hidden(name, answer) for name in ("csrf_token", "request_key")}
        answer = yield Request(path, headers, form)
        _expect(answer, 303, path)
        address = answer.header("Location")
        answer = yield Request(address, _cookie(answer) or headers)
        _expect(answer, 200, "the pass")

    return visit


def households() -> Callable[[int], str]:
    """Another loopback address for each visit, as guests have: their tries are counted by it."""
    homes = itertools.count()

    def source(_number: int) -> str:
        number = next(homes)
        return f"127.{1 + number // 62_500 % 250}.{number // 250 % 250}.{2 + number % 250}"

    return source


def _page(path: str, headers: dict[str, str] | None = None, *, status: int = 200) -> Visit:
    answer = yield Request(path, headers or {})
    _expect(answer, status, path)


def _expect(answer: Answer, status: int, path: str) -> None:
    if answer.status != status:
        raise LoadError(f"{path} was answered with {answer.status}:\n{answer.body[:2000].decode()}")


def _cookie(answer: Answer) -> dict[str, str]:
    cookie = answer.header("Set-Cookie").partition(";")[0]
    return {"Cookie": cookie} if cookie else {}


def _hidden(name: str, answer: Answer) -> str:
    """What a form's hidden field holds."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"'.encode(), answer.body)
    if found is None:
        raise LoadError(f"the form has no {name}")
    return found[1].decode()


def _popularity(count: int) -> list[float]:
    """Running totals of 1, 1/2, 1/3 ...: the second is asked for half as often as the first (Zipf)."""
    return list(itertools.accumulate(1 / rank for rank in range(1, count + 1)))
