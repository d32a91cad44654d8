"""Keys that are meant to die: one small file each, in a directory beside the database; knows no cipher.

What is deleted from a database lives on in its log, its replicas and its backups. It is out of reach
only when the key it was sealed with is gone, and that is why keys are kept where none of those look.
"""

import os
import re
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

#: Which names there are: of an event by its public id, of a day by its date in UTC.
NAME = re.compile(r"(event-[a-z0-9]{1,40}|day-\d{4}-\d\d-\d\d)")
_EVENT, _DAY = "event-", "day-"

#: What is said on a day is of no more use three days after its end.
DAY_KEPT_FOR = timedelta(days=4)


def event_key(public_id: str) -> str:
    """The key of what is deleted with the guests of an event."""
    return _EVENT + public_id


def day_key(at: datetime) -> str:
    """The key of what is deleted by its age, whatever event it was about."""
    return f"{_DAY}{at.astimezone(UTC):%Y-%m-%d}"


def event_of(name: str) -> str | None:
    """The public id of the event that a key belongs to; None for the key of a day."""
    return name.removeprefix(_EVENT) if name.startswith(_EVENT) else None


def is_old(name: str, now: datetime) -> bool:
    """Whether nothing may be sealed any more with a key of a day."""
    if not name.startswith(_DAY):
        return False
    return date.fromisoformat(name.removeprefix(_DAY)) <= (now.astimezone(UTC) - DAY_KEPT_FOR).date()


class KeyStoreError(OSError):
    """The directory is not there, as when a shared disk is away; what it holds is not lost."""


class KeyStore:
    """One directory of wrapped keys. Any number of processes and machines may share it."""

    def __init__(self, folder: Path, *, is_named: bool = False) -> None:
        self.folder = folder
        #: One that the settings name is never made, or a disk that is away would seem to be empty.
        self.is_named = is_named

    def read(self, name: str) -> bytes | None:
        """What is kept under a name; None when nothing is. Raises KeyStoreError."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            self._require()
            return None

    def make(self, name: str, wrapped: bytes) -> bytes:
        """Keeps a key under a name that has none; returns what is kept, of two at once the first one's.

        It is on the disk before anything is sealed with it. Raises KeyStoreError.
        """
        self._require()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(name)
        fresh = path.with_name(f"{name}.{secrets.token_hex(8)}.new")
        _write(fresh, wrapped)
        try:
            # Unlike a rename, a link never replaces what is there.
            os.link(fresh, path)
        except FileExistsError:
            wrapped = path.read_bytes()
        finally:
            fresh.unlink(missing_ok=True)
        self._settle()
        return wrapped

    def destroy(self, name: str) -> bool:
        """Overwrites and removes a key; says whether there was one. Twice is harmless."""
        path = self._path(name)
        # A process that died while it made the key may have left a second name for it.
        for other in self.folder.glob(f"{name}.*.new"):
            other.unlink(missing_ok=True)
        try:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(os.fstat(file.fileno()).st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return False
        self._settle()
        return True

    def names(self) -> list[str]:
        """The names of all keys. Raises KeyStoreError."""
        self._require()
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if NAME.fullmatch(path.name))

    def _path(self, name: str) -> Path:
        # Names are read from what was sealed, and must not lead anywhere else.
        if not NAME.fullmatch(name):
            raise ValueError("this is no name of a key")
        return self.folder / name

    def _require(self) -> None:
        if self.is_named and not self.folder.is_dir():
            raise KeyStoreError(f"the directory of keys is not there: {self.folder}")

    def _settle(self) -> None:
        """Waits until the disk has the directory as it is now."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
