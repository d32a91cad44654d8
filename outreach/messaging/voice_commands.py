"""Commands about recordings for the phone: a kit to read from, bringing in what was read, how far it is."""

from collections.abc import Container
from pathlib import Path

import click
from flask import render_template

from outreach.database import transaction
from outreach.errors import InvalidInputError, InvalidInputsError, OutreachError
from outreach.fields import said
from outreach.i18n import LANGUAGES, N_, SOURCE_LOCALE, translator
from outreach.messaging import recordings, rehearsal
from outreach.messaging.channels.voice import VOICES, Spoken, twiml
from outreach.messaging.prompts import HINTS, prompts
from outreach.messaging.wav import LARGEST_BYTES, for_telephone
from outreach.runtime import AppMaker, now, settings

_LOCALE = click.Choice(list(LANGUAGES))
_FOLDER = click.Path(path_type=Path, file_okay=False)

#: Said by the vendor itself when it cannot reach us.
APOLOGY = N_("We are sorry: we cannot answer now. Please call again later, or send a text to this number.")


@click.group()
def voice() -> None:
    """Record what is said on the phone."""


@voice.command()
@click.argument("locale", type=_LOCALE)
@click.option("--out", type=_FOLDER, help="Where the kit goes; voice-kit-LOCALE by default.")
@click.pass_obj
def kit(make_app: AppMaker, locale: str, out: Path | None) -> None:
    """Write what a reader needs: a script to print, and a folder for the recordings."""
    folder = out or Path(f"voice-kit-{locale}")
    if folder.exists() and any(folder.iterdir()):
        raise OutreachError(N_("There is something in %(path)s already."), path=folder)
    with make_app().test_request_context():
        script = render_template(
            "voice/script.html",
            spoken=LANGUAGES[locale],
            prompts=prompts(locale, settings().region_name).values(),
            hints=HINTS,
        )
    recorded = folder / "recordings"
    recorded.mkdir(parents=True)
    (folder / "script.html").write_text(script, encoding="utf-8")
    click.echo(f"Print {folder / 'script.html'}, record into {recorded}, then run:")
    click.echo(f"outreach voice import {locale} {recorded}")


@voice.command("import")
@click.argument("locale", type=_LOCALE)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.pass_obj
def bring_in(make_app: AppMaker, locale: str, folder: Path) -> None:
    """Take WAV files that are named by their clips; all of them, or none."""
    files = sorted(each for each in folder.iterdir() if each.suffix.lower() == ".wav")
    if not files:
        raise OutreachError(N_("There is no WAV file in %(path)s."), path=folder)
    with make_app().test_request_context():
        region = settings().region_name
        _require_good(files, prompts(locale, region).keys())
        with transaction():
            for file in files:
                recordings.keep(locale, file.stem, file.read_bytes(), region=region, staff_id=None, now=now())
        click.echo(f"{len(files)} recordings are kept.")
        _tell(locale)


@voice.command()
@click.pass_obj
def status(make_app: AppMaker) -> None:
    """Print how far the recordings of each language are."""
    with make_app().app_context():
        _tell()


@voice.command()
@click.argument("locale", type=_LOCALE)
@click.pass_obj
def rehearse(make_app: AppMaker, locale: str) -> None:
    """Let espeak-ng speak what nobody has recorded, to try calls in the simulator. No guest hears it."""
    with make_app().app_context():
        with transaction():
            count = rehearsal.rehearse(locale, region=settings().region_name, now=now())
        click.echo(f"{count} clips were made by a program, for the simulator only.")
        _tell(locale)


@voice.command()
@click.pass_obj
def fallback(make_app: AppMaker) -> None:
    """Print what the vendor is to say while it cannot reach us, to be kept outside of the application."""
    from_settings = make_app().extensions["outreach"].settings
    sayings = [(locale, translator(locale)(APOLOGY)) for locale in from_settings.locales if locale in VOICES]
    own = [Spoken(*each) for each in sayings if each[0] == SOURCE_LOCALE or each[1] != APOLOGY]
    click.echo(twiml(own, None))


def _require_good(files: list[Path], known: Container[str]) -> None:
    """Looks at every file before any is taken. Raises InvalidInputsError with each name and reason."""
    problems = []
    for file in files:
        try:
            if file.stem not in known:
                raise InvalidInputError(N_("There is no clip of this name."))
            with file.open("rb") as source:
                for_telephone(source.read(LARGEST_BYTES + 1))
        except InvalidInputError as error:
            problems.append(InvalidInputError("%(name)s: %(reason)s", name=file.name, reason=said(error)))
    if problems:
        raise InvalidInputsError(problems)


def _tell(locale: str = "") -> None:
    for each in recordings.completeness(settings()):
        if not locale or each.locale == locale:
            counts = each.counts
            made = f", {counts['rehearsal']} made by a program" if counts["rehearsal"] else ""
            voice_of_its_own = "a computer voice" if each.has_voice else "no computer voice"
            click.echo(
                f"{each.locale}: {counts['current']} of {each.total} recorded, "
                f"{counts['stale']} out of date, {counts['missing']} missing{made}; {voice_of_its_own}, "
                f"{'offered' if each.is_offered else 'not offered'} to callers"
            )
