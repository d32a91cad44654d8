"""Encrypts what identifies a guest, and finds it again by a keyed hash; the only place with ciphers.

A sealed value is AES-256-GCM over JSON with a fresh nonce; the name of the place it belongs to is
authenticated with it, so that a blob copied into another table does not open. The keyed hash is
HMAC-SHA-256 with a key of its own. It protects a stolen database, not a stolen key: whoever has the
key can try every number (research: about two minutes for three area codes), so hashes are treated as
identifiers everywhere.
"""

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class SealedValueError(Exception):
    """A sealed value was made with another key, for another place, or was damaged."""


class Vault:
    """Seals and opens values with keys derived from one master key."""

    def __init__(self, master_key: str) -> None:
        master = base64.urlsafe_b64decode(master_key)
        self._cipher = AESGCM(_derived(master, b"seal"))
        self._hash_key = _derived(master, b"find")
        self._token_key = _derived(master, b"token")

    def seal(self, value: dict[str, Any], *, place: str) -> bytes:
        """Encrypts a JSON value for one place ("guest", "message")."""
        nonce = os.urandom(_NONCE_BYTES)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return nonce + self._cipher.encrypt(nonce, text, place.encode())

    def open(self, blob: bytes, *, place: str) -> dict[str, Any]:
        """Decrypts what `seal` made for the same place. Raises SealedValueError."""
        try:
            text = self._cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise SealedValueError(place) from error
        value: dict[str, Any] = json.loads(text)
        return value

    def hash(self, value: str, *, purpose: str) -> str:
        """Keyed hash by which a number or a token is found; differs for every purpose."""
        return hmac.new(self._hash_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()[:40]

    def token(self, value: str, *, purpose: str) -> str:
        """A link token (128 bits, url-safe) that can be computed again, so that it need not be stored."""
        digest = hmac.new(self._token_key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _derived(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"outreach " + purpose).derive(master)
