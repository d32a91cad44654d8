"""What every page shares: the language of an address, words for templates, links to files, kept answers.

An edge that other edges use; it knows no feature.
"""

import gzip
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from babel.support import LazyProxy
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    g,
    make_response,
    redirect,
    request,
    url_for,
)
from jinja2 import FileSystemBytecodeCache
from markupsafe import Markup
from werkzeug.local import LocalProxy
from werkzeug.routing import BaseConverter, IntegerConverter, Map
from werkzeug.wrappers import Response as WerkzeugResponse

from outreach import __version__
from outreach.i18n import (
    LANGUAGES,
    SOURCE_LOCALE,
    Language,
    Translator,
    is_reviewed,
    negotiate,
    translator,
)
from outreach.installation import is_demo
from outreach.runtime import Runtime, settings
from outreach.security import current_staff

LOCALE_COOKIE = "locale"
_YEAR_SECONDS = 365 * 24 * 3600
_STATIC = Path(__file__).parent / "static"

bp = Blueprint("web", __name__)


class KeyConverter(IntegerConverter):
    """Matches the number of a row. A larger one than both databases can hold is no page."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2_147_483_647)


def install(app: Flask) -> None:
    """Gives an application its addresses and languages: parts of addresses, template words, context."""
    runtime: Runtime = app.extensions["outreach"]
    offered = runtime.settings.locales

    class LocaleConverter(BaseConverter):
        """Matches the first part of public addresses, when it is a language on offer."""

        regex = "|".join(sorted(offered, key=len, reverse=True))

    app.url_map.converters["locale"] = LocaleConverter
    app.url_map.converters["int"] = KeyConverter
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = _template_cache(runtime.settings.template_cache)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        lambda message: t().gettext(message),
        lambda one, many, count: t().ngettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, message: t().pgettext(context, message),
        npgettext=lambda context, one, many, count: t().npgettext(context, one, many, count),
    )
    app.jinja_env.globals.update(
        _=_say,
        asset=asset,
        language_address=language_address,
        alternate_address=alternate_address,
        languages=LANGUAGES,
        # For macros, which are made ready once and know no page's context.
        t=LocalProxy(t),
        language=LocalProxy(lambda: t().language),
    )
    app.context_processor(_page_context)
    app.after_request(_zip_sheet)
    app.url_value_preprocessor(_take_locale)
    app.url_defaults(_add_locale)
    app.register_blueprint(bp)


def _template_cache(folder: Path | None) -> FileSystemBytecodeCache | None:
    """Where templates stay compiled: to compile them all takes thirty times as long as to read them back.

    None where nothing can be written. What is read back is run as code, so the folder is its owner's only.
    """
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    found = folder.stat()
    is_ours = found.st_uid == os.geteuid() and not found.st_mode & 0o022 and os.access(folder, os.W_OK)
    # Another version may compile the same template in another way.
    return FileSystemBytecodeCache(str(folder), f"{__version__}-%s") if is_ours else None


def warm_up(app: Flask) -> None:
    """Loads what the first readers would wait for. Done before there are several processes, they share it."""
    for locale in app.extensions["outreach"].settings.locales:
        spoken = translator(locale)
        spoken.when(datetime(2000, 1, 1, 12))
        spoken.number(1)
    for name in ("events", "event", "register", "pass"):
        app.jinja_env.get_template(f"public/{name}.html")


def t() -> Translator:
    """The translator of this request's language."""
    found: Translator | None = g.get("t")
    if found is None:
        found = g.t = translator(_spoken_locale())
    return found


def _say(message: str, **values: object) -> Markup:
    """A sentence of a template, as the extension says it, but without looking everything up each time."""
    return _sentence(t(), message) % values if values else _plain(t(), message)


@lru_cache(maxsize=8192)
def _sentence(spoken: Translator, message: str) -> Markup:
    # Sentences are ours; what is put in their places is escaped.
    return Markup(spoken.gettext(message))  # noqa: S704


@lru_cache(maxsize=8192)
def _plain(spoken: Translator, message: str) -> Markup:
    return _sentence(spoken, message) % {}


def lazy(message: str) -> str:
    """A sentence that is said in the reader's language when a page is drawn, for form labels."""
    # A proxy that behaves as the text it stands for, wherever WTForms wants a str.
    return cast(str, LazyProxy(lambda: t()(message), enable_cache=False))


def offered_languages() -> list[Language]:
    """Languages that can be chosen here, in the order of the settings."""
    return [LANGUAGES[locale] for locale in settings().locales]


def language_address(locale: str) -> str:
    """Where choosing a language leads: it is remembered, and the same page opens in it."""
    return url_for("web.choose_language", chosen=locale, next=request.full_path.rstrip("?"))


def alternate_address(locale: str) -> str:
    """This same public page in another language, absolute, for search engines."""
    return settings().public_url + _in_locale(request.full_path.rstrip("?"), locale)


@cache
def asset(name: str) -> str:
    """The address of a static file; it holds a hash of the content and may be kept for ever."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def is_local_path(path: str) -> bool:
    """Whether a `next` address leads nowhere but here."""
    return (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and not any(ord(sign) < 32 or sign == "\\" for sign in path)
        and not urlsplit(path).netloc
    )


def takes_gzip() -> bool:
    """Whether the reader would rather have an answer packed."""
    return request.accept_encodings.best_match(("gzip", "identity"), default="identity") == "gzip"


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer that is the same for everybody, as most readers take it: packed, so that many find room."""

    zipped: bytes
    #: Of what is packed, so that both forms have one tag.
    etag: str

    @property
    def weight_bytes(self) -> int:
        """The room that it takes."""
        return len(self.zipped)


def pack(body: bytes) -> Packed:
    """An answer ready to be kept.

    Only what is the same for everybody may be packed: the length of a packed page tells of the secrets
    in it to whoever can add words to it.
    """
    return Packed(gzip.compress(body, 5, mtime=0), tag(body))


def tag(body: bytes) -> str:
    """What an answer is known by."""
    return hashlib.sha256(body).hexdigest()[:32]


def answer_packed(
    packed: Packed, *, content_type: str, max_age: int, changed_at: datetime | None = None
) -> Response:
    """A public answer that may be kept: 304 when the reader's copy is this one (RFC 9110 section 13)."""
    is_zipped = takes_gzip()
    response = make_response(packed.zipped if is_zipped else gzip.decompress(packed.zipped))
    response.content_type = content_type
    response.vary.add("Accept-Encoding")
    if is_zipped:
        response.content_encoding = "gzip"
    response.set_etag(packed.etag, weak=True)
    if changed_at is not None:
        response.last_modified = changed_at
    response.cache_control.public = True
    response.cache_control.max_age = max_age
    response.make_conditional(request)
    return response


@bp.get("/")
def front() -> WerkzeugResponse:
    """The only page that guesses a language."""
    response = redirect(f"/{_spoken_locale()}/", 302)
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/language/<chosen>")
def choose_language(chosen: str) -> WerkzeugResponse:
    """Remembers a choice and opens the page it was made on."""
    if chosen not in settings().locales:
        abort(404)
    path = request.args.get("next", "/")
    path = _in_locale(path, chosen) if is_local_path(path) else f"/{chosen}/"
    response = redirect(path, 303)
    remember_locale(response, chosen)
    return response


def remember_locale(response: WerkzeugResponse, locale: str) -> None:
    """Lets this browser keep a language that its reader chose."""
    response.set_cookie(
        LOCALE_COOKIE,
        locale,
        max_age=_YEAR_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=settings().public_url.startswith("https://"),
    )


def _zip_sheet(response: Response) -> Response:
    """The stylesheet is most of what a first visit costs, and a quarter of that when it is packed."""
    name = (request.view_args or {}).get("filename", "")
    if request.endpoint == "static" and name.endswith(".css"):
        response.vary.add("Accept-Encoding")
        if response.status_code == 200 and takes_gzip():
            response.close()
            response.direct_passthrough = False
            response.set_data(_zipped(name))
            response.content_encoding = "gzip"
            response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


@cache
def _zipped(name: str) -> bytes:
    return gzip.compress((_STATIC / name).read_bytes(), 9, mtime=0)


def _in_locale(path: str, locale: str) -> str:
    """The path with its language replaced; a path without one (staff, door) stays."""
    first, _, rest = path.lstrip("/").partition("/")
    if first in settings().locales or not first:
        return f"/{locale}/{rest}"
    return path


def _spoken_locale() -> str:
    """The reader's language where the address has none: chosen before, or what the browser prefers."""
    offered = settings().locales
    chosen = request.cookies.get(LOCALE_COOKIE, "")
    if chosen in offered:
        return chosen
    return negotiate(request.headers.get("Accept-Language", ""), offered) or SOURCE_LOCALE


def _take_locale(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "locale" in values:
        g.locale = values.pop("locale")
        g.t = translator(g.locale)


def _add_locale(endpoint: str, values: dict[str, Any]) -> None:
    if "locale" not in values and "locale" in g:
        from_map = request.url_rule.map if request and request.url_rule else None
        if from_map is not None and from_map.is_endpoint_expecting(endpoint, "locale"):
            values["locale"] = g.locale


def _page_context() -> dict[str, Any]:
    spoken = t()
    return {
        "t": spoken,
        "language": spoken.language,
        "offered_languages": offered_languages(),
        "is_language_reviewed": is_reviewed(spoken.locale),
        "region_name": settings().region_name,
        "public_url": settings().public_url,
        "is_demo": not g.get("is_database_down", False) and is_demo(),
        "help_phone": None,
        "current_staff": current_staff() if request.path.startswith("/staff") else None,
    }
