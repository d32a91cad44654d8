"""Keeps the catalogues of sentences: collects what is said, and finds what is wrong in a translation."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from outreach.i18n import LANGUAGES, TRANSLATIONS_FOLDER, catalogue_path

_ROOT = Path(__file__).resolve().parents[1]
_METHODS = [("outreach/**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"jinja2": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "t": None,
    "gettext": None,
    "ngettext": (1, 2),
    "plural": (1, 2),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_MARKUP = re.compile(r"[<>]|&\w+;|https?://")
_HEADER = """\
# {english} sentences of Outreach.
# Made by the Outreach contributors; no native speaker has read them yet. Change X-Reviewed to "yes"
# below when one has, and name the reader in docs/languages.md.
"""


def extract() -> Catalog:
    """Every sentence in the code and the templates."""
    template = Catalog(project="Outreach", charset="utf-8")
    for folder in ("outreach", "templates"):
        methods = [
            (pattern.removeprefix(f"{folder}/"), name) for pattern, name in _METHODS if folder in pattern
        ]
        options = {pattern: _OPTIONS[name] for pattern, name in methods if name in _OPTIONS}
        for name, _line, message, _comments, context in extract_from_dir(
            _ROOT / folder, methods, options, keywords=_KEYWORDS, comment_tags=()
        ):
            if message:
                template.add(message, locations=[(f"{folder}/{name}", 0)], context=context)
    return template


def update(locale: str) -> Path:
    """Adds new sentences to a catalogue, untranslated, and drops those that nobody says any more."""
    language = LANGUAGES[locale]
    path = catalogue_path(language.catalogue)
    catalogue = _read(path, language.catalogue) if path.exists() else Catalog(locale=language.catalogue)
    reviewed = dict(catalogue.mime_headers).get("X-Reviewed", "no")
    catalogue.update(extract(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = _HEADER.format(english=language.english_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=False)
    text = path.read_text(encoding="utf-8")
    # Dates and tool versions would change with every run and tell nobody anything.
    passing = (
        "Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Generated-By|"
        "Last-Translator|Language-Team|X-Reviewed"
    )
    text = re.sub(rf'^"({passing}).*\n', "", text, flags=re.M)
    text = text.replace('"MIME-Version', f'"X-Reviewed: {reviewed}\\n"\n"MIME-Version', 1)
    path.write_text(text, encoding="utf-8")
    return path


def problems(locale: str) -> Iterator[str]:
    """What is missing or unsafe in a catalogue, one sentence each.

    A translation is put into pages as it stands, so it may hold no markup and no address, and it must
    use the placeholders of its sentence, all of them and no other.
    """
    path = catalogue_path(LANGUAGES[locale].catalogue)
    if not path.exists():
        yield f"{path.relative_to(TRANSLATIONS_FOLDER.parent)} is missing"
        return
    catalogue = _read(path, LANGUAGES[locale].catalogue)
    for wanted in extract():
        if not wanted.id:
            continue
        singular = str(wanted.id if isinstance(wanted.id, str) else wanted.id[0])
        message = catalogue.get(singular, wanted.context)
        if message is None or not all(_forms(message)):
            yield f"not translated: {singular}"
            continue
        yield from _unsafe(message, singular)


def _unsafe(message: Message, singular: str) -> Iterator[str]:
    if message.fuzzy:
        yield f"marked as doubtful: {singular}"
    ids = tuple(message.id) if isinstance(message.id, tuple | list) else (str(message.id),)
    wanted = {name for text in ids for name in _PLACEHOLDER.findall(text)}
    for form in _forms(message):
        # One form of several may do without the number ("one seat"), never without another value.
        missing = wanted - set(_PLACEHOLDER.findall(form)) - ({"count"} if len(ids) > 1 else set())
        extra = set(_PLACEHOLDER.findall(form)) - wanted
        if missing or extra:
            yield f"placeholders differ ({', '.join(sorted(missing | extra))}): {singular}"
        if _MARKUP.search(form) and not any(_MARKUP.search(text) for text in ids):
            yield f"markup or an address in the translation: {singular}"
        if wanted and re.search(r"%(?!\(\w+\)[sd]|%)", form):
            yield f"a lone percent sign: {singular}"


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (str(message.string),)


def _read(path: Path, catalogue: str) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=catalogue)
