"""What is known of a guest and of a party, and how it is sealed; nothing of it is kept in the clear."""

from dataclasses import asdict, dataclass, field

from outreach.vault import Vault


@dataclass(frozen=True, slots=True)
class GuestFacts:
    """What identifies a guest, or tells where they may come from."""

    #: The pass's link token, kept so that a text can carry the link.
    token: str
    locale: str
    first_name: str = ""
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What a party told us for one event."""

    companions: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)


def seal_guest(vault: Vault, facts: GuestFacts, *, key: str) -> bytes:
    """The facts as they are stored in `guest.sealed`, under the key of an event of theirs."""
    return vault.seal(asdict(facts), place="guest", key=key)


def open_guest(vault: Vault, sealed: bytes) -> GuestFacts:
    """The facts of `guest.sealed`. Raises SealedValueError."""
    return GuestFacts(**vault.open(sealed, place="guest"))


def seal_party(vault: Vault, facts: PartyFacts, *, key: str) -> bytes | None:
    """The facts as they are stored in `registration.sealed`, under the event's key; None without any."""
    if facts == PartyFacts():
        return None
    return vault.seal(asdict(facts), place="party", key=key)


def open_party(vault: Vault, sealed: bytes | None) -> PartyFacts:
    """The facts of `registration.sealed`. Raises SealedValueError."""
    if sealed is None:
        return PartyFacts()
    value = vault.open(sealed, place="party")
    return PartyFacts(companions=tuple(value["companions"]), answers=value["answers"])


def phone_hash(vault: Vault, phone: str) -> str:
    """By what a number is found."""
    return vault.hash(phone, purpose="phone")


def token_hash(vault: Vault, token: str) -> str:
    """By what a pass's link is found."""
    return vault.hash(token, purpose="pass")
