"""What is known of the data keys: wrapped in memory, by the records of `complaints.keys` in their order.

Lives here: what a record says, and which keys live. Must not: Kafka, chance, who owns a key.
An erasure is for ever, and the first value of an id is the only one (docs/adr/0020-a-key-id-is-made-once.md).
"""

import base64
import hashlib
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime.sealing import ERASED, KEY_BYTES, MISSING, NONCE_BYTES, TAG_BYTES, UNREADABLE, Key

WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES


class NoKey(Exception):
    """The value of a record is no wrapped key."""


class DataKeys:
    """All keys of the topic, by the sixteen bytes of their ids."""

    def __init__(self, kek: bytes) -> None:
        self._kek = AESGCM(kek)
        self._wrapped: dict[bytes, bytes | None] = {}
        self._of_owner: dict[bytes, bytes] = {}
        self._lingering: list[bytes] = []
        self._twins: dict[bytes, list[bytes]] = {}
        """An owner's keys beside the first: of those who were met by two processes at once."""

    def key(self, key_id: str) -> Key:
        """The key's bytes, or why there are none."""
        name = name_of(key_id)
        if name is None or name not in self._wrapped:
            return MISSING
        wrapped = self._wrapped[name]
        return ERASED if wrapped is None else self._opened(name, wrapped)

    def living(self, owner: str) -> bytes | None:
        """The first key of an owner that was not erased."""
        name = self._of_owner.get(_digest(owner))
        return name if name is not None and self._wrapped[name] is not None else None

    def all_living(self, owner: str) -> list[bytes]:
        """Every key of an owner that was not erased."""
        digest = _digest(owner)
        names = (self._of_owner.get(digest, b""), *self._twins.get(digest, ()))
        return [name for name in names if self._wrapped.get(name) is not None]

    def written(self, owner: str, name: bytes, key: bytes, *, nonce: bytes) -> bytes:
        """The value of a new key's record."""
        wrapped = nonce + self._kek.encrypt(nonce, key, name)
        return orjson.dumps({"owner": owner, "wrapped": base64.b64encode(wrapped).decode()})

    def learn(self, name: bytes, value: bytes | None) -> None:
        """Take a record in. Raises NoKey for a value that is none, and knows no more than before."""
        if value is None:
            if self._wrapped.get(name) is not None:
                self._lingering.append(name)
            self._wrapped[name] = None
        elif name not in self._wrapped:
            owner, wrapped = _read(value)
            self._wrapped[name] = wrapped
            if self._wrapped.get(self._of_owner.get(owner, b"")) is None:
                self._of_owner[owner] = name
            else:
                self._twins.setdefault(owner, []).append(name)

    def take_lingering(self) -> list[bytes]:
        """What was erased since this was asked last, and had bytes until then: the topic may hold them yet."""
        names, self._lingering = self._lingering, []
        return names

    def kek_fits(self) -> bool:
        """Whether the key-encryption key opens any of the keys, if there are any."""
        living = [(name, wrapped) for name, wrapped in self._wrapped.items() if wrapped is not None]
        return not living or any(isinstance(self._opened(*one), bytes) for one in living)

    def _opened(self, name: bytes, wrapped: bytes) -> Key:
        try:
            return self._kek.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name)
        except InvalidTag:
            return UNREADABLE


def name_of(key_id: str) -> bytes | None:
    """The bytes of a key id, or None where it is none."""
    try:
        name = bytes.fromhex(key_id.replace("-", ""))
    except ValueError:
        return None
    return name if len(name) == 16 else None


def id_of(name: bytes) -> str:
    """The id that sixteen bytes are written as."""
    return str(UUID(bytes=name))


def _read(value: bytes) -> tuple[bytes, bytes]:
    """The owner's digest and the wrapped key."""
    try:
        content = orjson.loads(value)
        owner, wrapped = _digest(content["owner"]), base64.b64decode(content["wrapped"], validate=True)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoKey from None
    if len(wrapped) != WRAPPED_BYTES:
        raise NoKey
    return owner, wrapped


def _digest(owner: str) -> bytes:
    return hashlib.sha256(owner.encode()).digest()[:16]
