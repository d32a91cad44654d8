"""A phone in the browser, for trying out: its texts and calls go through the real webhooks, really signed.

It exists only where no real text can leave, and has only numbers that are kept for fiction. Those ring
nobody, so that they may stand in an address, where no guest's number ever does.
"""

from contextvars import Context
from datetime import timedelta
from uuid import uuid4

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from outreach import phone, throttle
from outreach.database import transaction
from outreach.errors import InvalidInputError
from outreach.fields import LineField, tell
from outreach.i18n import N_, local
from outreach.installation import is_demo
from outreach.messaging import calls, keypad, outcomes, rings, threads
from outreach.messaging.bodies import LONGEST_BODY
from outreach.messaging.gateways.simulator import post_signed
from outreach.messaging.outcomes import OUTCOMES
from outreach.phone import displayed
from outreach.runtime import now, settings, vault
from outreach.security import keep_private, let_play
from outreach.web import lazy, t

bp = Blueprint("simulator", __name__, url_prefix="/simulator")
keep_private(bp)
let_play(bp)

#: Ready to be picked up; any other one of 555-0101 to 555-0199 can be typed.
NUMBERS = tuple(f"+18165550{number}" for number in range(101, 107))
_SIDE_BY_SIDE = 2
_REFRESH_SECONDS = 3
#: A demo may stand where anybody can reach it.
_TEXTS, _TEXTS_PER = 120, timedelta(minutes=10)
_LONGEST_KEYS = 20
_POSTERS_SHOWN = 8
#: What the vendor says in place of a number that its holder hides.
_HIDDEN = "anonymous"
#: Where this browser remembers calls of hidden numbers, by phone, and the last call that was hung up.
_HIDDEN_CALLS, _HUNG_UP = "hidden calls", "hung up"


class NumberForm(Form):
    """A number that is not in the list."""

    other = LineField(lazy(N_("Another number, from 555-0101 to 555-0199")))


@bp.before_request
def hide_where_it_is_real() -> None:
    """There is no such page where texts reach people, or where others could read what was tried."""
    if settings().gateway != "simulator" or (settings().is_public and not is_demo()):
        abort(404)


@bp.get("")
def show() -> ResponseReturnValue:
    """One phone, or two side by side."""
    phones = _phones_in_address()
    form = NumberForm(request.args)
    if form.other.data:
        try:
            return redirect(_address([_fictional(form.other.data), *phones[1:]]), 303)
        except InvalidInputError as problem:
            tell(form, problem, places={"phone": form.other})
            return _page(phones, form, status=422)
    return _page(phones, form)


@bp.post("")
def send() -> ResponseReturnValue:
    """Sends a text as the phone's vendor would, and shows the phone again."""
    phones = _phones_in_address()
    sender = _sender(phones)
    body = request.form.get("body", "").replace("\r\n", "\n")[:LONGEST_BODY]
    sid = "SM" + uuid4().hex
    with transaction():
        _count()
        threads.add_own(sender, sid, body, vault=vault(), now=now())
    fields = {
        "MessageSid": sid,
        "From": sender,
        "To": settings().text_number or "",
        "Body": body,
        "NumMedia": "0",
    }
    return _brought(phones, settings().public_url + "/hooks/twilio/sms", fields)


@bp.post("/call")
def call() -> ResponseReturnValue:
    """Begins a call as the phone's vendor would, and shows the phone again."""
    phones = _phones_in_address()
    sender, sid = _sender(phones), "CA" + uuid4().hex
    hidden = {phone: call for phone, call in session.get(_HIDDEN_CALLS, {}).items() if phone != sender}
    # What hides its number can be found again only by whoever called.
    session[_HIDDEN_CALLS] = {**hidden, sender: sid} if request.form.get("hidden") else hidden
    with transaction():
        _count()
    return _brought(phones, settings().public_url + calls.PATH, {"CallSid": sid, **_ends_of_call(sender)})


@bp.post("/press")
def press() -> ResponseReturnValue:
    """Brings the keys that were pressed in the phone's call; a page that is sent twice answers once."""
    phones = _phones_in_address()
    sender = _sender(phones)
    keys = "".join(key for key in request.form.get("keys", "") if key in "0123456789*#")[:_LONGEST_KEYS]
    with transaction():
        _count()
    visit, sid = request.form.get("visit", -1, type=int), _call_of(sender)
    is_open = sid is not None and sid != session.get(_HUNG_UP)
    answer = keypad.answer_to(sid, visit, keys, vault=vault()) if sid and is_open else None
    if answer is None:
        return redirect(_address(phones), 303)
    url, fields = answer
    return _told(phones, sender, [rings.Webhook(url, {**fields, **_ends_of_call(sender)})])


@bp.post("/ring")
def ring() -> ResponseReturnValue:
    """Takes a call of ours that rings at a phone, or lets it ring, and shows the phone again."""
    phones = _phones_in_address()
    sender, taken = _sender(phones), request.form.get("taken", "")
    if taken not in ("person", "machine", "nobody"):
        abort(400)
    with transaction():
        _count()
        told = rings.take(request.form.get("sid", ""), taken, vault=vault())  # type: ignore[arg-type]  # looked at above
    return _told(phones, sender, told)


def _told(phones: list[str], sender: str, told: list[rings.Webhook]) -> ResponseReturnValue:
    """Brings what the vendor says of a call, and that it is over if it is."""
    ends = {"From": settings().text_number or "", "To": sender, "Direction": "outbound-api"}
    for each in told:
        if Context().run(post_signed, _app(), each.address, {**ends, **each.fields}) >= 400:
            return _page(phones, NumberForm(), status=502)
    with transaction():
        over = rings.end_if_over(sender, vault=vault())
    return _told(phones, sender, over) if over else redirect(_address(phones), 303)


@bp.post("/hang-up")
def hang_up() -> ResponseReturnValue:
    """Ends the phone's call. The vendor tells nobody, so that only this browser knows."""
    phones = _phones_in_address()
    session[_HUNG_UP] = _call_of(_sender(phones))
    return redirect(_address(phones), 303)


def _call_of(phone: str) -> str | None:
    """The id of a phone's last call."""
    hidden: str | None = session.get(_HIDDEN_CALLS, {}).get(phone)
    return hidden or calls.last_call_of(phone, vault=vault())


def _shown_call(phone: str) -> keypad.KeypadCall | None:
    sid = _call_of(phone)
    return keypad.shown(sid, is_hung_up=sid == session.get(_HUNG_UP), vault=vault()) if sid else None


def _sender(phones: list[str]) -> str:
    """Which of the phones that are picked up is used."""
    sender = request.form.get("from", "")
    if sender not in phones:
        abort(400)
    return sender


def _count() -> None:
    throttle.count(
        "simulator", request.remote_addr or "", limit=_TEXTS, per=_TEXTS_PER, vault=vault(), now=now()
    )


def _ends_of_call(caller: str) -> dict[str, str]:
    is_hidden = caller in session.get(_HIDDEN_CALLS, {})
    return {
        "From": _HIDDEN if is_hidden else caller,
        "To": settings().text_number or "",
        "CallStatus": "in-progress",
    }


def _brought(phones: list[str], url: str, fields: dict[str, str]) -> ResponseReturnValue:
    """Brings something to a webhook as the vendor does, and shows the phones again."""
    # In a context of its own, so that the webhook shares nothing with this request, as in life.
    if Context().run(post_signed, _app(), url, fields) >= 400:
        return _page(phones, NumberForm(), status=502)
    return redirect(_address(phones), 303)


@bp.post("/outcome")
def choose() -> ResponseReturnValue:
    """Decides what the vendor does with the texts to a phone, and shows the phone again."""
    phones = _phones_in_address()
    number, outcome = request.form.get("from", ""), request.form.get("outcome", "")
    if number not in phones or outcome not in OUTCOMES:
        abort(400)
    with transaction():
        outcomes.choose(number, outcome, vault=vault(), now=now())
    return redirect(_address(phones), 303)


def _page(phones: list[str], form: NumberForm, *, status: int = 200) -> ResponseReturnValue:
    found = [threads.thread(each, vault=vault(), now=now()) for each in phones]
    is_waiting = any(each.is_waiting for each in found)
    page = render_template(
        "public/simulator.html",
        form=form,
        has_failed=status == 502,
        threads=found,
        calls=[_shown_call(each) for each in phones],
        call_address=url_for("simulator.call", phone=[displayed(each) for each in phones]),
        hang_up_address=url_for("simulator.hang_up", phone=[displayed(each) for each in phones]),
        rings=[rings.ringing(each, vault=vault()) for each in phones],
        ring_address=url_for("simulator.ring", phone=[displayed(each) for each in phones]),
        press_address=url_for("simulator.press", phone=[displayed(each) for each in phones]),
        is_waiting=is_waiting,
        address=_address(phones),
        outcome_address=url_for("simulator.choose", phone=[displayed(each) for each in phones]),
        outcomes=[(name, t()(each.label)) for name, each in OUTCOMES.items()],
        text_number=displayed(settings().text_number or ""),
        choices=[(displayed(each), _address([each, *phones[1:]]), each == phones[0]) for each in NUMBERS],
        second_choices=_second_choices(phones),
        posters=threads.posters(t().locale, now=now(), limit=_POSTERS_SHOWN),
        longest=LONGEST_BODY,
        shown_number=displayed,
        time_of=lambda at: local(at, settings().time_zone),
    )
    # Only while an answer is on its way: a page that comes anew forgets what was being typed.
    return page, status, {"Refresh": str(_REFRESH_SECONDS)} if is_waiting else {}


def _second_choices(phones: list[str]) -> list[tuple[str, str, bool]]:
    first, *second = phones
    none = (t()(N_("None")), _address([first]), not second)
    others = [each for each in NUMBERS if each != first]
    return [none, *((displayed(each), _address([first, each]), [each] == second) for each in others)]


def _phones_in_address() -> list[str]:
    """The phones that are picked up, each once; the first of the list when there is none."""
    found: list[str] = []
    for text in request.args.getlist("phone")[:_SIDE_BY_SIDE]:
        try:
            number = _fictional(text)
        except InvalidInputError:
            abort(404)
        if number not in found:
            found.append(number)
    return found or [NUMBERS[0]]


def _fictional(text: str) -> str:
    """A number kept for fiction, in E.164; our own sender is not among them. Raises InvalidInputError."""
    number = phone.parse(text)
    if number[5:10] != "55501" or number == settings().text_number:
        raise InvalidInputError(
            N_("Enter a number that is kept for fiction, like 816-555-0123."), field="other"
        )
    return number


def _address(phones: list[str]) -> str:
    return url_for("simulator.show", phone=[displayed(each) for each in phones])


def _app() -> Flask:
    found: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return found
