"""What is known of the data keys: wrapped in memory, by the records of `complaints.keys` in their order.

Lives here: what a record says, and which keys live. Must not: Kafka, chance, who owns a key.
An erasure is for ever, and an id has one key (docs/adr/0020-a-key-id-is-made-once.md): a later value counts where it is
the same key, wrapped by another key-encryption key (docs/adr/0030-secrets-are-lists.md).
"""

import base64
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime.sealing import ERASED, KEY_BYTES, MISSING, NONCE_BYTES, TAG_BYTES, UNREADABLE, Key

WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES


class NoKey(Exception):
    """The value of a record is no wrapped key."""


class DataKeys:
    """All keys of the topic, by the sixteen bytes of their ids. The first of `keks` wraps, each of them opens."""

    def __init__(self, keks: Sequence[bytes]) -> None:
        self._keks = [AESGCM(kek) for kek in keks]
        self._wrapped: dict[bytes, bytes | None] = {}
        self._of_owner: dict[bytes, bytes] = {}
        self._lingering: list[bytes] = []
        self._twins: dict[bytes, list[bytes]] = {}
        """An owner's keys beside the first: of those who were met by two processes at once."""
        self._under_older: dict[bytes, str] = {}

    @property
    def rotates(self) -> bool:
        """Whether there are key-encryption keys that only open."""
        return len(self._keks) > 1

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
        wrapped = nonce + self._keks[0].encrypt(nonce, key, name)
        return orjson.dumps({"owner": owner, "wrapped": base64.b64encode(wrapped).decode()})

    def learn(self, name: bytes, value: bytes | None) -> None:
        """Take a record in. Raises NoKey for a value that is none, and knows no more than before."""
        if value is None:
            if self._wrapped.get(name) is not None:
                self._lingering.append(name)
            self._wrapped[name] = None
            return
        owner, wrapped = _read(value)
        if name not in self._wrapped:
            self._belongs(name, _digest(owner))
        elif (known := self._wrapped[name]) is None:
            self._lingering.append(name)  # wrapped anew by who had not heard yet: compaction would keep this one
            return
        elif self._opened(name, known) not in (UNREADABLE, self._opened(name, wrapped)):
            return
        self._wrapped[name] = wrapped
        if self.rotates:
            self._under_older.pop(name, None)
            if self._opened(name, wrapped, by=1) is UNREADABLE:
                self._under_older[name] = owner

    def _belongs(self, name: bytes, owner: bytes) -> None:
        if self._wrapped.get(self._of_owner.get(owner, b"")) is None:
            self._of_owner[owner] = name
        else:
            self._twins.setdefault(owner, []).append(name)

    def under_older(self) -> dict[bytes, str]:
        """The living keys that the first key-encryption key does not open and another does, with their owners."""
        return {name: owner for name, owner in self._under_older.items() if isinstance(self.key(id_of(name)), bytes)}

    def take_lingering(self) -> list[bytes]:
        """What was erased since this was asked last, and has bytes before or after it: the topic may hold them."""
        names, self._lingering = self._lingering, []
        return names

    def kek_fits(self) -> bool:
        """Whether a key-encryption key opens any of the keys, if there are any."""
        living = [(name, wrapped) for name, wrapped in self._wrapped.items() if wrapped is not None]
        return not living or any(isinstance(self._opened(*one), bytes) for one in living)

    def _opened(self, name: bytes, wrapped: bytes, *, by: int | None = None) -> Key:
        """By each key-encryption key, or by the first so many."""
        for kek in self._keks[:by]:
            with suppress(InvalidTag):
                return kek.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name)
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


def _read(value: bytes) -> tuple[str, bytes]:
    """The owner and the wrapped key."""
    try:
        content = orjson.loads(value)
        owner, wrapped = content["owner"], base64.b64decode(content["wrapped"], validate=True)
    except (ValueError, KeyError, TypeError):
        raise NoKey from None
    if not isinstance(owner, str) or len(wrapped) != WRAPPED_BYTES:
        raise NoKey
    return owner, wrapped


def _digest(owner: str) -> bytes:
    return hashlib.sha256(owner.encode()).digest()[:16]
