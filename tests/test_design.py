"""What the design promises: weight, contrast, both directions, nothing inline, mistakes said in words."""

import gzip
import re
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader
from wtforms import FieldList, Form, IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired

from outreach.i18n import LANGUAGES, translator

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "outreach" / "static"
SHEET = (STATIC / "outreach.css").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

#: Foreground, ground, and the least contrast WCAG 2.2 asks of them (1.4.3 text, 1.4.11 controls).
PAIRS = [
    ("ink", "paper", 4.5), ("ink", "card", 4.5), ("ink", "tint", 4.5), ("ink", "sun-tint", 4.5),
    ("ink", "bad-tint", 4.5), ("ink", "good-tint", 4.5), ("muted", "paper", 4.5), ("muted", "card", 4.5),
    ("muted", "tint", 4.5), ("accent", "paper", 4.5), ("accent", "card", 4.5), ("on-accent", "accent", 4.5),
    ("on-tint", "tint", 4.5), ("on-sun", "sun", 4.5), ("on-sun-tint", "sun-tint", 4.5),
    ("on-band", "band", 4.5),
    ("bad", "paper", 4.5), ("bad", "card", 4.5), ("bad", "bad-tint", 4.5), ("good", "good-tint", 4.5),
    ("edge", "paper", 3), ("edge", "card", 3), ("accent", "line", 3), ("other", "line", 3),
]  # fmt: skip


def _colours(dark: bool) -> dict[str, str]:
    light, _, rest = SHEET.partition("@media screen and (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#\w+);", light))
    if dark:
        found |= dict(re.findall(r"--([\w-]+): (#\w+);", rest.split("\n}\n")[0]))
    return found


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=lambda value: str(value))
def test_colours_can_be_read(front: str, ground: str, least: float, dark: bool) -> None:
    colours = _colours(dark)
    lower, upper = sorted((_luminance(colours[front]), _luminance(colours[ground])))
    assert (upper + 0.05) / (lower + 0.05) >= least


def test_sheet_keeps_its_weight() -> None:
    assert len(gzip.compress(SHEET.encode(), 9)) <= 8 * 1024


def test_font_keeps_its_weight_and_carries_its_licence() -> None:
    font = STATIC / "fonts" / "noto-sans-myanmar-400.woff2"
    assert font.read_bytes()[:4] == b"wOF2"
    assert font.stat().st_size <= 48 * 1024
    licence = (STATIC / "fonts" / "noto-sans-myanmar-OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:^|[\s{;])(?:left|right|top|bottom|width|height)\s*:",
        r"(?:margin|padding|border)-(?:left|right|top|bottom)",
        r"(?:text-align|float|clear)\s*:\s*(?:left|right)",
        r"(?:min|max)-(?:width|height)\s*:(?![^()]*\))",
        r"@layer|:has\(|light-dark\(|@import|https?:",
        r"font-style|text-transform",
    ],
    ids=["sides", "edges", "alignment", "sizes", "too new", "not every script"],
)
def test_sheet_serves_every_direction_script_and_phone(pattern: str) -> None:
    assert re.findall(pattern, SHEET, re.MULTILINE) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_nothing_inline(path: Path) -> None:
    """The content security policy drops inline styles, scripts and handlers without a word."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", text) == []


def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    t = translator(locale)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: message, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    environment.globals.update(
        t=t, language=t.language, offered_languages=list(LANGUAGES.values())[:3], region_name="Kansas City",
        language_address=lambda other: f"/{other}/",
        alternate_address=lambda other: f"https://outreach.test/{other}/", public_url="https://outreach.test",
        is_language_reviewed=True, asset=lambda name: f"/static/{name}", is_demo=False,
        help_phone=None, current_staff=None, csrf_token=lambda: "token", get_flashed_messages=lambda **_: [],
    )  # fmt: skip
    return environment


def _render(source: str, locale: str = "en", **values: object) -> str:
    imports = '{% import "_parts.html" as parts %}{% import "_forms.html" as forms %}'
    return re.sub(r"[ \n]+", " ", _environment(locale).from_string(imports + source).render(**values)).strip()


class _Registration(Form):
    name = StringField("First name", [InputRequired("Enter your first name.")])
    party = IntegerField("How many people?", [InputRequired("Choose a number from 1 to 3.")])
    way = RadioField(
        "How?",
        [InputRequired("Choose one.")],
        choices=[SelectChoice("bus", "By bus"), SelectChoice("car", "By car")],
    )
    companions = FieldList(StringField("Companion", [InputRequired("Enter a name.")]), min_entries=1)


def _refused() -> _Registration:
    form = _Registration()
    form.validate()
    return form


def test_error_summary_links_every_mistake_to_an_input() -> None:
    form = _refused()
    page = _render(
        "{{ forms.error_summary(form) }}{{ forms.text_field(form.name) }}"
        "{{ forms.number_buttons(form.party, 1, 3) }}{{ forms.radios(form.way) }}"
        "{{ forms.text_field(form.companions[0]) }}",
        form=form,
    )
    targets = re.findall(r'<a href="#([\w-]+)">([^<]+)</a>', page)
    assert targets == [
        ("name", "Enter your first name."),
        ("party", "Choose a number from 1 to 3."),
        ("way", "Choose one."),
        ("companions-0", "Enter a name."),
    ]
    inputs = re.findall(r'<input[^>]*\bid="([\w-]+)"', page)
    assert {target for target, _ in targets} <= set(inputs)
    assert len(inputs) == len(set(inputs))


def test_field_is_tied_to_its_hint_and_error() -> None:
    page = _render('{{ forms.text_field(form.name, hint="Any name.", dir="auto") }}', form=_refused())
    assert 'aria-describedby="name-hint name-error"' in page
    assert 'aria-invalid="true"' in page
    assert 'dir="auto"' in page
    assert re.findall(r' id="([\w-]+)"', page) == ["name-hint", "name-error", "name"]


def test_field_without_mistake_claims_none() -> None:
    page = _render("{{ forms.text_field(form.name) }}", form=_Registration())
    assert "aria-" not in page


def test_error_page_frame_begins_its_title_with_error() -> None:
    source = '{% extends "_layout.html" %}{% block title %}Save my place{% endblock %}'
    environment = _environment("en")
    assert "<title>Error: Save" in environment.from_string(source).render(form=_refused())
    assert "<title>Save" in environment.from_string(source).render(form=_Registration())


def _card(**changes: object) -> SimpleNamespace:
    facts: dict[str, object] = {
        "address": "/en/events/abc", "title": "Cena <b>juntos</b>", "html_lang": "es", "direction": "ltr",
        "summary": "", "place": "Library", "kind_label": "Workshop", "languages": None, "offers": [],
        "starts_local": datetime(2026, 9, 12, 18, 30), "ends_local": datetime(2026, 9, 12, 20, 0),
        "is_cancelled": False, "is_full": False, "seats_left": None,
    }  # fmt: skip
    return SimpleNamespace(**facts | changes)


def test_event_card_marks_the_language_of_its_title_and_escapes_it() -> None:
    page = _render("{{ parts.event_card(card) }}", card=_card())
    assert '<a href="/en/events/abc" lang="es" dir="ltr">Cena &lt;b&gt;juntos&lt;/b&gt;</a>' in page
    assert '<time datetime="2026-09-12T18:30">6:30\u00a0PM to 8:00\u00a0PM</time>' in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"seats_left": 11}, []),
        ({"seats_left": 1}, ["1 seat left"]),
        ({"seats_left": 10}, ["10 seats left"]),
        ({"seats_left": 0, "is_full": True}, ["Full"]),
        ({"is_full": True, "is_cancelled": True}, ["Canceled"]),
    ],
    ids=["uncounted", "plenty", "one", "few", "full", "canceled"],
)
def test_event_card_says_its_state_in_words(changes: dict[str, object], said: list[str]) -> None:
    page = _render("{{ parts.event_status(card) }}", card=_card(**changes))
    assert re.sub(r"<[^>]+>", "", page).split("\n") == (said or [""])


def test_language_picker_offers_each_language_by_its_own_name() -> None:
    page = _render("{{ parts.language_picker(offered_languages, language_address) }}", "ar")
    assert '<span aria-current="true" lang="ar" dir="rtl">العربية</span>' in page
    assert '<a rel="alternate" href="/es/" lang="es" hreflang="es" dir="ltr">Español</a>' in page


def test_bars_share_one_scale_and_leave_the_unknown_empty() -> None:
    rows = [
        {"label": "a", "value": 50},
        {"label": "b", "value": 25, "low": 0, "high": 100},
        {"label": "c", "value": None, "shown": "not known"},
    ]
    page = _render('{{ parts.svg_bars("x", "More came", rows) }}', rows=rows)
    assert re.findall(r'class="bar-value" width="([\d.]+)%"', page) == ["50.00", "25.00"]
    assert re.findall(r'class="bar-span" x1="([\d.]+)%" x2="([\d.]+)%"', page) == [("0.00", "100.00")]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_frames_and_error_page_render_in_every_language(locale: str) -> None:
    environment = _environment(locale)
    language = LANGUAGES[locale]
    for name in ("_layout.html", "staff/_layout.html", "door/_layout.html", "errors/error.html"):
        page = environment.get_template(name).render(status=404)
        assert f'<html lang="{language.html_lang}" dir="{language.direction}">' in page


def test_date_tile_reads_the_date_to_machines() -> None:
    page = _render("{{ parts.date_tile(on) }}", on=date(2026, 9, 12))
    assert re.sub(r"<[^>]+>", "", page).split() == ["Sep", "12", "Saturday"]
    assert '<time class="tile" datetime="2026-09-12">' in page


def test_month_of_the_tile_stays_in_its_language() -> None:
    names = {locale: translator(locale).month_name(date(2026, 9, 12)) for locale in LANGUAGES}
    assert (names["rw"], names["zh-hans"], names["es"]) == ("nze.", "9月", "sept")
