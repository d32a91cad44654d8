"""Commands about the catalogues of sentences, for developers and translators."""

import click

from outreach import catalogues
from outreach.errors import OutreachError
from outreach.i18n import LANGUAGES, TRANSLATIONS_FOLDER, catalogue_path

#: Catalogues that must be whole before anything lands; English is the source itself.
COMPLETE = ("es", "ar")


@click.group()
def translations() -> None:
    """Keep the catalogues of sentences, for developers and translators."""


@translations.command()
@click.argument("locales", nargs=-1)
def update(locales: tuple[str, ...]) -> None:
    """Add new sentences to catalogues; without names, to those that exist."""
    existing = [name for name, row in LANGUAGES.items() if catalogue_path(row.catalogue).exists()]
    for locale in locales or existing:
        click.echo(catalogues.update(locale).relative_to(TRANSLATIONS_FOLDER.parent))


@translations.command()
def check() -> None:
    """Say what is missing or unsafe in the catalogues that are offered by default."""
    found = [f"{locale}: {text}" for locale in COMPLETE for text in catalogues.problems(locale)]
    if found:
        raise OutreachError("\n".join(found).replace("%", "%%"))
    click.echo(f"The catalogues of {', '.join(COMPLETE)} are complete.")
