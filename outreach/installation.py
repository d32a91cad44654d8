"""Facts about this installation that are decided once and kept in its database."""

from flask import current_app
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, db


class InstallationFact(Base):
    """One fact by name."""

    __tablename__ = "installation_fact"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


#: What a fresh installation starts with; written by `prepare`.
#: `uid_domain` is what calendar identifiers end in: it never changes, even when the site moves.
_FIRST_FACTS = {"is_demo": "no"}


def prepare(*, uid_domain: str) -> None:
    """Writes the facts that are not there yet. Flushes; asking twice changes nothing."""
    for name, value in {**_FIRST_FACTS, "uid_domain": uid_domain}.items():
        if db.session.get(InstallationFact, name) is None:
            db.session.add(InstallationFact(name=name, value=value))
    db.session.flush()


def set_fact(name: str, value: str) -> None:
    """Changes a fact. Flushes; other processes notice when they start anew."""
    db.session.merge(InstallationFact(name=name, value=value))
    db.session.flush()
    _kept().pop(name, None)


def fact(name: str) -> str:
    """A fact, read from the database once per process; empty when it was never written."""
    kept = _kept()
    if name not in kept:
        row = db.session.get(InstallationFact, name)
        if row is None:
            return ""
        kept[name] = row.value
    return kept[name]


def is_demo() -> bool:
    """Whether everything here is made up for trying out, which every page then says."""
    return fact("is_demo") == "yes"


def _kept() -> dict[str, str]:
    kept: dict[str, str] = current_app.extensions.setdefault("outreach_installation", {})
    return kept
