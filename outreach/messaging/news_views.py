"""Public pages on which people ask for news of events by text, and end them on their pass.

A number that is typed in gets one text that asks; what is answered to the page says nothing about the
number. They lie in no cache.
"""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from wtforms import BooleanField, SelectField

from outreach import phone, throttle
from outreach.database import transaction
from outreach.errors import InvalidInputError, NotFoundError, TooManyRequestsError
from outreach.fields import LineField, SentForm, said, tell
from outreach.i18n import N_
from outreach.messaging import suppressions
from outreach.messaging.news_facts import list_asked_for, lists_of_guest
from outreach.phone import displayed, masked
from outreach.registration import news, service
from outreach.registration.consent_words import VERSION, news_words
from outreach.registration.guests import GuestFacts, open_guest, phone_hash
from outreach.registration.models import Guest
from outreach.registration.requests import Consent
from outreach.runtime import now, settings, vault
from outreach.security import keep_private
from outreach.web import lazy, offered_languages, t

bp = Blueprint("news", __name__, url_prefix="/<locale:locale>")
keep_private(bp)

#: Libraries and shelters share one address, families one number.
_TRIES_OF_NUMBER, _TRIES_OF_ADDRESS, _TRIES_PER = 5, 60, timedelta(hours=1)
#: A field that people do not see. Whoever fills it in is a program.
_TRAP = "leave_empty"


class NewsForm(SentForm):
    """A number, a language and a yes."""

    phone = LineField(lazy(N_("Phone number")))
    language = SelectField(lazy(N_("Language of the texts")), validate_choice=False)
    wants_news = BooleanField()


@bp.route("/news", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Asks for a number and a yes; the number is then asked by text."""
    scope, whose = _asked_list()
    form = _form(whose)
    if request.method == "GET":
        return _join_page(form, whose)
    try:
        number = _checked(form)
        with transaction():
            _count(number)
            news.join(
                number, scope, Consent(form.wants_news.label.text),
                locale=form.language.data, source="web", is_proven=False, vault=vault(), now=now(),
            )  # fmt: skip
    except InvalidInputError as problem:
        tell(form, problem)
        return _join_page(form, whose), 422
    except TooManyRequestsError as refusal:
        form.form_errors = [said(refusal)]
        return _join_page(form, whose), 429, {"Retry-After": str(refusal.retry_after_seconds)}
    return redirect(url_for("news.asked"), 303)


@bp.errorhandler(CSRFError)
def _stale(error: CSRFError) -> ResponseReturnValue:
    """What was open for too long is shown again; nothing that was entered is lost."""
    sentence = t()(N_("This page was open for a long time. Please continue once more: nothing is lost."))
    if request.endpoint != "news.join":
        flash(sentence, "warn")
        token = (request.view_args or {}).get("token", "")
        return redirect(url_for("news.on_pass", token=token), 303)
    _, whose = _asked_list()
    form = _form(whose)
    form.form_errors = [sentence]
    return _join_page(form, whose), 422


@bp.get("/news/asked")
def asked() -> str:
    """What happens next, the same for every number."""
    return render_template("public/news_asked.html", text_number=_text_number())


@bp.route("/pass/<token>/news", methods=["GET", "POST"])
def on_pass(token: str) -> ResponseReturnValue:
    """Starts or ends the news of the region, or of an organization whose event is on the pass."""
    guest = service.guest_by_token(token, vault=vault())
    facts = open_guest(vault(), guest.sealed)
    if facts.phone is None:
        raise NotFoundError(N_("There is no such page."))
    lists = lists_of_guest(guest.id, region=settings().region_name)
    if request.method == "POST":
        scope = request.form.get("scope", "")
        if scope not in lists:
            raise NotFoundError(N_("There is no such page."))
        with transaction():
            message = _switched(guest, facts, scope, lists[scope])
        flash(t()(message), "good")
        return redirect(url_for("news.on_pass", token=token), 303)
    hashed = phone_hash(vault(), facts.phone)
    # Whoever only typed a number in must not learn from here what its holder reads.
    is_proven = guest.proven_phone_hash == hashed
    rows = {row.scope: row for row in news.of_number(hashed)} if is_proven else {}
    return render_template(
        "public/pass_news.html",
        token=token,
        lists=[(scope, whose, _words(whose), rows.get(scope)) for scope, whose in lists.items()],
        is_proven=is_proven,
        silence=suppressions.reason(hashed),
        masked_phone=masked(facts.phone),
        text_number=_text_number(),
        language_address=lambda locale: url_for("news.on_pass", locale=locale, token=token),
    )


def _switched(guest: Guest, facts: GuestFacts, scope: str, whose: str) -> str:
    """Puts the number of a pass on a list or takes it off, and gives what became of it."""
    assert facts.phone is not None
    hashed = phone_hash(vault(), facts.phone)
    if request.form.get("news") != "on":
        words = t()(N_("No more of this news"))
        suppressions.stop_scope(
            hashed, scope, words, t().locale, version=VERSION, source="web", vault=vault(), now=now()
        )
        return N_("You get no more of this news.")
    # Only a number that texted us itself is known to be the holder's.
    is_proven = guest.proven_phone_hash == hashed
    if is_proven:
        suppressions.allow_scope(hashed, scope)
    _count(facts.phone)
    news.join(
        facts.phone, scope, Consent(_words(whose)),
        locale=t().locale, source="web", is_proven=is_proven, vault=vault(), now=now(),
    )  # fmt: skip
    if is_proven:
        return N_("You get this news from now on.")
    return N_("If you do not get this news yet, we text you and ask whether the number is yours. Answer 1.")


def _asked_list() -> tuple[str, str]:
    """The list that the address asks for: the region's where it names no organization."""
    return list_asked_for(request.args.get("organization", ""), region=settings().region_name)


def _form(whose: str) -> NewsForm:
    form = NewsForm()
    form.language.choices = [(each.locale, each.endonym) for each in offered_languages()]
    if form.language.data not in settings().locales:
        form.language.data = t().locale
    form.wants_news.label.text = _words(whose)
    return form


def _checked(form: NewsForm) -> str:
    """The number. Raises InvalidInputError with the field that is wrong."""
    if request.form.get(_TRAP):
        raise InvalidInputError(N_("Please leave the hidden box empty and continue once more."))
    number = phone.parse(form.phone.data or "")
    if not form.wants_news.data:
        raise InvalidInputError(N_("Check the box if you want the news."), field="wants_news")
    return number


def _count(number: str) -> None:
    for purpose, subject, limit in (
        ("news-number", number, _TRIES_OF_NUMBER),
        ("news-address", request.remote_addr, _TRIES_OF_ADDRESS),
    ):
        if subject:
            throttle.count(purpose, subject, limit=limit, per=_TRIES_PER, vault=vault(), now=now())


def _join_page(form: NewsForm, whose: str) -> str:
    return render_template("public/news.html", form=form, whose=whose, trap=_TRAP, text_number=_text_number())


def _words(whose: str) -> str:
    return news_words(t(), region=settings().region_name, whose=whose)


def _text_number() -> str | None:
    number = settings().text_number
    return displayed(number) if number else None
