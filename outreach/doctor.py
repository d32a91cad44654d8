"""Looks at an installation and says what is wrong with it and what to do; changes nothing."""

import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from outreach import audit, schema
from outreach.config import DEVELOPMENT_SECRET, DEVELOPMENT_VAULT_KEY, Settings
from outreach.database import db
from outreach.i18n import LANGUAGES, SOURCE_LOCALE, catalogue_path, is_reviewed
from outreach.keystore import event_key
from outreach.vault import SealedValueError, Vault

_FONTS = Path(__file__).parent / "static" / "fonts"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `advice` says what to do, and is empty where all is well."""

    subject: str
    is_well: bool
    what: str
    advice: str = ""


def examine(settings: Settings, vault: Vault) -> Iterator[Finding]:
    """Everything worth looking at, in the order in which to mend it."""
    yield from _settings(settings)
    yield from _database()
    yield _key_store(settings.key_folder, vault)
    yield _zones(settings)
    yield _fonts()
    for locale in settings.locales:
        yield _language(locale)


def _settings(settings: Settings) -> Iterator[Finding]:
    is_own = settings.secret_key != DEVELOPMENT_SECRET and settings.vault_key != DEVELOPMENT_VAULT_KEY
    yield Finding(
        "keys",
        is_own or not settings.is_public,
        "keys of your own" if is_own else "development keys; fine on this machine only",
        "" if is_own or not settings.is_public else "Set OUTREACH_SECRET_KEY and OUTREACH_VAULT_KEY.",
    )
    is_real = settings.gateway == "twilio"
    yield Finding(
        "gateway",
        is_real or not settings.is_public,
        f"texts go through {settings.gateway}",
        ""
        if is_real or not settings.is_public
        else "Set OUTREACH_GATEWAY=twilio, or no text will reach anybody.",
    )


def _database() -> Iterator[Finding]:
    kind = db.engine.dialect.name
    try:
        seen = db.session.scalar(select(func.current_timestamp()))
    except SQLAlchemyError as error:
        yield Finding(
            "database", False, type(error).__name__, "Check OUTREACH_DATABASE_URL and that it is running."
        )
        return
    yield Finding("database", True, f"{kind} answers, its clock says {seen} UTC")
    is_current = schema.is_current()
    yield Finding(
        "tables",
        is_current,
        "up to date" if is_current else "out of date",
        "" if is_current else "Run: outreach db upgrade",
    )
    if is_current:
        yield _audit()


def _audit() -> Finding:
    fault = audit.fault()
    return Finding(
        "audit log",
        fault is None,
        f"whole, {audit.count()} lines" if fault is None else f"line {fault} was changed or taken out",
        "" if fault is None else "Compare it with a backup, and find out who reached the database.",
    )


def _key_store(folder: Path, vault: Vault) -> Finding:
    subject = "key store"
    if folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding(subject, False, f"others may look into {folder}", f"Run: chmod 700 {folder}")
    trial = event_key(f"trial{secrets.token_hex(8)}")
    try:
        vault.open(vault.seal({}, place="trial", key=trial), place="trial")
        vault.destroy(trial)
    except (OSError, SealedValueError) as error:
        return Finding(
            subject,
            False,
            f"no key can be kept in {folder} ({type(error).__name__})",
            "See that the directory is there, belongs to this user and can be written.",
        )
    return Finding(subject, True, f"keys can be made, read and destroyed in {folder}")


def _zones(settings: Settings) -> Finding:
    is_known = settings.time_zone in available_timezones()
    return Finding(
        "clock",
        is_known,
        f"it is {datetime.now(ZoneInfo(settings.time_zone)):%Y-%m-%d %H:%M} in {settings.time_zone}",
        "" if is_known else "Install the zone data (package tzdata).",
    )


def _fonts() -> Finding:
    if not (_FONTS / "noto-sans-myanmar-400.woff2").exists():
        return Finding("fonts", False, "the Burmese font is missing", "Reinstall from a full checkout.")
    return Finding("fonts", True, "the Burmese font is there")


def _language(locale: str) -> Finding:
    subject = f"language {locale}"
    if locale != SOURCE_LOCALE and not catalogue_path(LANGUAGES[locale].catalogue).exists():
        return Finding(subject, False, "has no catalogue", "Take it out of OUTREACH_LOCALES.")
    what = "reviewed" if is_reviewed(locale) else "not reviewed by a native speaker; pages say so"
    return Finding(subject, True, what)
