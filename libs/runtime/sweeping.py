"""What goes out of `complaints.keys` for good: the bytes of erased keys, and what an older key-encryption key wrapped.

One service does it, beside its reading. Must not: erase; it says again what was said.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from runtime.data_keys import id_of
from runtime.keyring import Keyring, KeyringUnavailable
from runtime.logs import logger
from runtime.sealing import ERASED

SWEEP_SECONDS = 660.0
"""A little longer than a segment may be written to."""
_AT_ONCE = 2_000
_log = logger("keyring")
T = TypeVar("T")


async def sweep(keyring: Keyring, every_seconds: float = SWEEP_SECONDS) -> None:
    """Until cancelled: wrap anew what an older key-encryption key wrapped; say that, and each erasure, once more.

    Once more when a segment is old enough to be closed: Kafka closes one only where something is written later, and
    takes bytes out of closed ones alone. On a topic where nobody writes an erased key would lie for ever.
    What was wrapped anew behind an erasure is erased again at once: compaction keeps the last word.
    """
    said: dict[bytes, bytes | None] = {}
    while True:
        with contextlib.suppress(KeyringUnavailable):  # in a later round
            await _wrap_anew(keyring, said)
        said |= dict.fromkeys(keyring.known.take_lingering())
        with contextlib.suppress(KeyringUnavailable):
            await _say(keyring, {name: None for name in said if _erased(keyring, name)})
        await asyncio.sleep(every_seconds)
        with contextlib.suppress(KeyringUnavailable):
            await _say(keyring, said)
            said = {}


async def _say(keyring: Keyring, said: Mapping[bytes, bytes | None]) -> None:
    """A key that was erased meanwhile is said to be. Raises KeyringUnavailable."""
    for names in _parts(list(said)):
        await keyring.publish([(name, None if _erased(keyring, name) else said[name]) for name in names])


async def _wrap_anew(keyring: Keyring, said: dict[bytes, bytes | None]) -> None:
    """Add to what was said. A key that somebody erases meanwhile is found lingering where both records are read."""
    if not keyring.known.rotates:
        return
    older = keyring.known.under_older()
    for names in _parts(list(older)):
        records = {name: keyring.wrapped(older[name], name) for name in names if not _erased(keyring, name)}
        await keyring.publish(list(records.items()))
        said |= records
    _log.info("keyring.wrapped-anew", count=len(older))


def _erased(keyring: Keyring, name: bytes) -> bool:
    return keyring.key(id_of(name)) is ERASED


def _parts(everything: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(everything), _AT_ONCE):
        yield everything[start : start + _AT_ONCE]
