"""Settings: read once from a mapping of the environment, checked as a whole, then frozen."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from outreach.errors import ConfigurationError
from outreach.i18n import LANGUAGES, SOURCE_LOCALE

PREFIX = "OUTREACH_"

#: Keys for a machine nobody else can reach. `from_environment` refuses them anywhere else.
DEVELOPMENT_SECRET = "development-secret-that-never-leaves-this-machine"
DEVELOPMENT_VAULT_KEY = base64.urlsafe_b64encode(b"development-vault-key-32-bytes!!").decode()

#: The simulated sender: a number kept for fiction.
SIMULATED_NUMBER = "+18165550100"

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """The vendor account; empty strings where the simulator serves."""

    account_sid: str = ""
    #: The tokens in force, newest first: two during a rotation.
    auth_tokens: tuple[str, ...] = ()
    messaging_service_sid: str = ""
    from_number: str = ""
    #: Replaces the vendor's API host, path kept.
    api_url: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment decides; the defaults are those of a development machine."""

    database_url: str
    secret_key: str = DEVELOPMENT_SECRET
    #: 32 bytes, url-safe base64: encrypts what identifies a guest.
    vault_key: str = DEVELOPMENT_VAULT_KEY
    #: The directory of keys that end with their event; None for one beside SQLite's file.
    key_store: Path | None = None
    #: Whether the environment named it: then it must be there, and is never made.
    is_key_store_named: bool = False
    #: Where compiled templates are kept from one start to the next; None where each start makes them anew.
    template_cache: Path | None = None
    #: Absolute address under which people reach us, without a slash at the end.
    public_url: str = "http://127.0.0.1:8000"
    #: IANA zone of the region, for what has no place of its own.
    time_zone: str = "America/Chicago"
    locales: tuple[str, ...] = ("en", "es", "ar")
    region_name: str = "Kansas City"
    gateway: Literal["simulator", "twilio"] = "simulator"
    twilio: TwilioSettings = TwilioSettings()
    #: How many messages are in flight at the vendor at once.
    send_concurrency: int = 8
    #: Message parts a second that the sender's registration allows.
    segments_per_second: float = 3.75
    #: Message parts that carriers take from it in a day; None where nobody set a limit.
    segments_per_day: int | None = None
    log_level: str = "INFO"
    #: How many servers of our own stand before us and say in X-Forwarded-For who asked them.
    proxies: int = 0
    #: Whoever asks from one of these is told /metrics.
    metrics_networks: tuple[IPv4Network | IPv6Network, ...] = (
        IPv4Network("127.0.0.0/8"),
        IPv6Network("::1/128"),
    )

    @property
    def is_public(self) -> bool:
        """Whether anybody but this machine's user can reach the service."""
        return not _is_loopback(self.public_url)

    @property
    def key_folder(self) -> Path:
        """Where the keys are that end with their event."""
        if self.key_store is not None:
            return self.key_store
        if not self.database_url.startswith("sqlite:"):
            raise ValueError("only beside SQLite's file is there a place for keys that nobody named")
        return Path(self.database_url.removeprefix("sqlite:///") + "-keys")

    @property
    def sender(self) -> str:
        """What the vendor calls our sender: a service of several numbers, or one number."""
        return self.twilio.messaging_service_sid or self.twilio.from_number or self.gateway

    @property
    def text_number(self) -> str | None:
        """The number that guests text, E.164; None where only the vendor's service knows it."""
        return self.twilio.from_number or (SIMULATED_NUMBER if self.gateway == "simulator" else None)


def from_environment(environ: Mapping[str, str], instance: Path) -> Settings:
    """The settings that the environment asks for.

    Each name may instead be given as NAME_FILE, the path of a file with the value in it. Raises
    ConfigurationError with every problem in one sentence each.
    """
    return _Reader(environ, instance).settings()


class _Reader:
    def __init__(self, environ: Mapping[str, str], instance: Path) -> None:
        self.environ = environ
        self.instance = instance
        self.problems: list[str] = []

    def settings(self) -> Settings:
        database_url = self.database_url()
        key_store, is_named = self.key_store(database_url)
        settings = Settings(
            database_url=database_url,
            key_store=key_store,
            is_key_store_named=is_named,
            template_cache=self.instance / "templates",
            secret_key=self.text("SECRET_KEY", DEVELOPMENT_SECRET),
            vault_key=self.vault_key(),
            public_url=self.public_url(),
            time_zone=self.time_zone(),
            locales=self.locales(),
            region_name=self.text("REGION_NAME", "Kansas City"),
            gateway=self.gateway(),
            twilio=TwilioSettings(
                account_sid=self.text("TWILIO_ACCOUNT_SID", ""),
                auth_tokens=tuple(
                    t.strip() for t in self.text("TWILIO_AUTH_TOKEN", "").split(",") if t.strip()
                ),
                messaging_service_sid=self.text("TWILIO_MESSAGING_SERVICE_SID", ""),
                from_number=self.text("TWILIO_FROM", ""),
                api_url=self.text("TWILIO_API_URL", "").rstrip("/"),
            ),
            send_concurrency=int(self.number("SEND_CONCURRENCY", 8, 1, 512)),
            segments_per_second=self.number("SEGMENTS_PER_SECOND", 3.75, 0.01, 10_000),
            segments_per_day=int(self.number("SEGMENTS_PER_DAY", 0, 0, 100_000_000)) or None,
            log_level=self.level(),
            proxies=int(self.number("PROXIES", 0, 0, 5)),
            metrics_networks=self.networks("METRICS_NETWORKS", "127.0.0.0/8,::1/128"),
        )
        self.check_together(settings)
        if self.problems:
            raise ConfigurationError("\n".join(self.problems))
        return settings

    def text(self, name: str, default: str) -> str:
        name = PREFIX + name
        file = self.environ.get(name + "_FILE")
        if file and name in self.environ:
            self.problems.append(f"{name} and {name}_FILE are both set: keep one.")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except OSError as error:
                self.problems.append(f"{name}_FILE cannot be read: {error.strerror}.")
        return self.environ.get(name, "").strip() or default

    def number(self, name: str, default: float, low: float, high: float) -> float:
        text = self.text(name, str(default))
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            self.problems.append(f"{PREFIX}{name} must be a number from {low} to {high}.")
            return default
        return value

    def database_url(self) -> str:
        url = self.text("DATABASE_URL", f"sqlite:///{self.instance / 'outreach.sqlite3'}")
        if url.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + url.split("://", 1)[1]
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.problems.append(f"{PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql://.")
        return url

    def key_store(self, database_url: str) -> tuple[Path | None, bool]:
        """The directory of keys, and whether the environment names it."""
        named = self.environ.get(PREFIX + "KEY_STORE", "").strip()
        if named:
            if not Path(named).is_dir():
                self.problems.append(
                    f"{PREFIX}KEY_STORE: there is no such directory. Make it, for its owner only."
                )
            return Path(named), True
        return (None if database_url.startswith("sqlite:") else self.instance / "keys"), False

    def vault_key(self) -> str:
        key = self.text("VAULT_KEY", DEVELOPMENT_VAULT_KEY)
        try:
            usable = len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            usable = False
        if not usable:
            self.problems.append(f"{PREFIX}VAULT_KEY must be 32 random bytes in url-safe base64.")
        return key

    def public_url(self) -> str:
        url = self.text("PUBLIC_URL", f"http://127.0.0.1:{self.environ.get('PORT') or 8000}").rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            self.problems.append(f"{PREFIX}PUBLIC_URL must look like https://outreach.example.org.")
            return "http://127.0.0.1:8000"
        return url

    def time_zone(self) -> str:
        name = self.text("TIME_ZONE", "America/Chicago")
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self.problems.append(f"{PREFIX}TIME_ZONE is not a zone of the IANA database.")
            return "America/Chicago"
        return name

    def locales(self) -> tuple[str, ...]:
        names = tuple(
            name.strip().lower() for name in self.text("LOCALES", "en,es,ar").split(",") if name.strip()
        )
        unknown = [name for name in names if name not in LANGUAGES]
        if unknown:
            self.problems.append(f"{PREFIX}LOCALES: we have no {', '.join(unknown)}.")
        if SOURCE_LOCALE not in names:
            self.problems.append(f"{PREFIX}LOCALES must contain {SOURCE_LOCALE}.")
        return tuple(dict.fromkeys(names))

    def gateway(self) -> Literal["simulator", "twilio"]:
        name = self.text("GATEWAY", "simulator")
        if name == "twilio":
            return "twilio"
        if name != "simulator":
            self.problems.append(f"{PREFIX}GATEWAY must be simulator or twilio.")
        return "simulator"

    def networks(self, name: str, default: str) -> tuple[IPv4Network | IPv6Network, ...]:
        try:
            return tuple(
                ip_network(each.strip()) for each in self.text(name, default).split(",") if each.strip()
            )
        except ValueError:
            self.problems.append(f"{PREFIX}{name} must be networks like 127.0.0.0/8,10.1.0.0/16.")
            return ()

    def level(self) -> str:
        level = self.text("LOG_LEVEL", "INFO").upper()
        if level not in _LEVELS:
            self.problems.append(f"{PREFIX}LOG_LEVEL must be one of {', '.join(_LEVELS)}.")
            return "INFO"
        return level

    def check_together(self, settings: Settings) -> None:
        if settings.gateway == "twilio":
            twilio = settings.twilio
            if not re.fullmatch(r"AC[0-9a-fA-F]{32}", twilio.account_sid):
                self.problems.append(f"{PREFIX}TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits.")
            if not twilio.auth_tokens:
                self.problems.append(f"{PREFIX}TWILIO_AUTH_TOKEN is needed to check the vendor's signatures.")
            if not (twilio.messaging_service_sid or twilio.from_number):
                self.problems.append(f"Set {PREFIX}TWILIO_MESSAGING_SERVICE_SID or {PREFIX}TWILIO_FROM.")
        if settings.is_public:
            if settings.secret_key == DEVELOPMENT_SECRET or len(settings.secret_key) < 32:
                self.problems.append(f"{PREFIX}SECRET_KEY must be at least 32 random characters of your own.")
            if settings.vault_key == DEVELOPMENT_VAULT_KEY:
                self.problems.append(f"{PREFIX}VAULT_KEY must be a key of your own.")
            if not settings.is_key_store_named and not settings.database_url.startswith("sqlite:"):
                self.problems.append(
                    f"{PREFIX}KEY_STORE must name a directory that all machines of this installation share."
                )
            if not settings.public_url.startswith("https://"):
                self.problems.append(
                    f"{PREFIX}PUBLIC_URL must begin with https:// where others can reach it."
                )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
