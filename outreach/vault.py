"""Encrypts what identifies a guest, and finds it again by a keyed hash; the only place with ciphers.

A sealed value is AES-256-GCM over JSON with a fresh nonce; the name of the place it belongs to is
authenticated with it, so that a blob copied into another table does not open. What dies together is
sealed with a key of its own, kept in the key store under the vault's key and named in the value's
head; the rest with the vault's key itself. The keyed hash is HMAC-SHA-256 with a key of its own. It
protects a stolen database, not a stolen key: whoever has the key can try every number (research:
about two minutes for three area codes), so hashes are treated as identifiers everywhere.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
import time
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outreach.keystore import NAME, KeyStore

_NONCE_BYTES = 12
_KEY_BYTES = 32
#: First byte of a value that names its key; the length of the name and the name follow.
_NAMED = 2
#: Keys that a process holds at once, and how long: one that another process destroyed must not live on.
_REMEMBERED, _REMEMBERED_SECONDS = 512, 300.0


class SealedValueError(Exception):
    """A value was sealed with another key or one that is destroyed, for another place, or was damaged."""


class Vault:
    """Seals and opens values with keys derived from one master key, and with those of a store."""

    def __init__(self, master_key: str, store: KeyStore) -> None:
        master = base64.urlsafe_b64decode(master_key)
        self.store = store
        self._cipher = AESGCM(_derived(master, b"seal"))
        self._wrapper = AESGCM(_derived(master, b"wrap"))
        self._hash_key = _derived(master, b"find")
        self._token_key = _derived(master, b"token")
        #: By name: the cipher, and until when it is believed.
        self._remembered: dict[str, tuple[AESGCM, float]] = {}
        self._lock = threading.Lock()

    def seal(self, value: dict[str, Any], *, place: str, key: str = "") -> bytes:
        """Encrypts a JSON value for one place ("guest", "message").

        `key` is a name of `keystore`, made when it is new; without one it is the vault's own.
        """
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if not key:
            return _encrypted(self._cipher, text, place.encode())
        head = head_of(key)
        return head + _encrypted(self._key(key, is_made=True), text, head + place.encode())

    def open(self, blob: bytes, *, place: str) -> dict[str, Any]:
        """Decrypts what `seal` made for the same place. Raises SealedValueError."""
        name = self.key_of(blob)
        if name:
            head = head_of(name)
            text = _decrypted(self._key(name, is_made=False), blob[len(head) :], head + place.encode())
        else:
            text = _decrypted(self._cipher, blob, place.encode())
        value: dict[str, Any] = json.loads(text)
        return value

    def key_of(self, blob: bytes) -> str:
        """The name of the key that a value is sealed with; empty for the vault's own."""
        if blob[:1] != bytes((_NAMED,)):
            return ""
        name = blob[2 : 2 + blob[1]].decode("ascii", "replace") if len(blob) > 1 else ""
        return name if NAME.fullmatch(name) else ""

    def destroy(self, name: str) -> bool:
        """Ends a key for good, and with it everything sealed with it; says whether there was one."""
        with self._lock:
            self._remembered.pop(name, None)
        return self.store.destroy(name)

    def hash(self, value: str, *, purpose: str) -> str:
        """Keyed hash by which a number or a token is found; differs for every purpose."""
        return hmac.new(self._hash_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()[:40]

    def token(self, value: str, *, purpose: str) -> str:
        """A link token (128 bits, url-safe) that can be computed again, so that it need not be stored."""
        digest = hmac.new(self._token_key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def _key(self, name: str, *, is_made: bool) -> AESGCM:
        """The cipher of a key, read once in a while. Raises SealedValueError when there is none."""
        now = time.monotonic()
        found, until = self._remembered.get(name, (None, 0.0))
        if found is not None and now < until:
            return found
        wrapped = self.store.read(name)
        if wrapped is None and is_made:
            wrapped = self.store.make(name, _encrypted(self._wrapper, os.urandom(_KEY_BYTES), name.encode()))
        if wrapped is None:
            raise SealedValueError("its key is not there")
        cipher = AESGCM(_decrypted(self._wrapper, wrapped, name.encode()))
        with self._lock:
            fresh = [(each, kept) for each, kept in self._remembered.items() if now < kept[1]]
            self._remembered = dict(fresh[-_REMEMBERED + 1 :])
            self._remembered[name] = (cipher, now + _REMEMBERED_SECONDS)
        return cipher


def head_of(key: str) -> bytes:
    """How every value begins that is sealed with a key of the store."""
    return bytes((_NAMED, len(key))) + key.encode()


def _encrypted(cipher: AESGCM, text: bytes, belongs_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, text, belongs_to)


def _decrypted(cipher: AESGCM, blob: bytes, belongs_to: bytes) -> bytes:
    try:
        return cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], belongs_to)
    except (InvalidTag, ValueError) as error:
        raise SealedValueError(belongs_to) from error


def _derived(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"outreach " + purpose).derive(master)
