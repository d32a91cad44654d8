"""Random names: short ones for addresses, spoken ones for people, unguessable ones for links."""

import secrets

#: No vowels (no words by accident) and no signs that look alike in print or by phone.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def public_id() -> str:
    """Ten signs for an address: stable, and not to be guessed by counting (47 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


def spoken_code() -> str:
    """Six digits to read aloud or key in; unique only beside its event, and no secret by itself."""
    return f"{secrets.randbelow(900_000) + 100_000}"


def link_token() -> str:
    """128 random bits, url-safe: whoever has the link may use it."""
    return secrets.token_urlsafe(16)
