"""The list at the door: what volunteers may know of a party, and how one is found in it; pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: A code is read aloud and typed with a hyphen, names are written with one or without.
_BETWEEN = re.compile(r"[-‐-―]")


@dataclass(frozen=True, slots=True)
class Party:
    """An expected party as the door shows it: no phone number, no language, no companion's name."""

    id: int
    #: Empty when the guest gave none; the code stands for them then.
    first_name: str
    code: str
    size: int
    arrived: int
    wants_interpreter: bool


def in_order(parties: Iterable[Party]) -> list[Party]:
    """The parties by name, as somebody reads down a list; those without a name last, by code."""
    return sorted(parties, key=lambda party: (not party.first_name, _folded(party.first_name), party.code))


def matching(parties: Iterable[Party], words: str) -> list[Party]:
    """The parties that somebody looks for by the beginnings of names, or by any part of the code.

    Accents, capitals, hyphens and the script of digits make no difference; empty `words` find everybody.
    """
    looked_for = _words(words)
    return [party for party in parties if all(_fits(party, word) for word in looked_for)]


def _fits(party: Party, word: str) -> bool:
    return any(name.startswith(word) for name in _words(party.first_name)) or word in party.code


def _words(text: str) -> list[str]:
    return _BETWEEN.sub(" ", _folded(text)).split()


def _folded(text: str) -> str:
    bare = "".join(
        str(unicodedata.decimal(sign, sign))
        for sign in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(sign)
    )
    return bare.casefold()
