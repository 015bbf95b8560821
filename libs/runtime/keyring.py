"""The data keys: read from `complaints.keys`, made for whoever has none; what is known of them is in `data_keys`.

One record per key: key = key id, value = owner and wrapped key; a tombstone is an erasure (architecture, section 6).
Lives here: the topic, read and written. Must not: who owns a key; an owner is any text without personal data.
Key ids are random and never made twice: two processes that make a key for one owner at once make two keys, and both
hold. Nobody has to agree with anybody, and compaction loses nothing (docs/adr/0020-a-key-id-is-made-once.md).
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from runtime.data_keys import DataKeys, NoKey, id_of, name_of
from runtime.log import Appended, KafkaLog, Sending
from runtime.logs import fault, logger
from runtime.sealing import ERASED, KEY_BYTES, MISSING, NONCE_BYTES, UNREADABLE, Key, Opened, key_id_of, seal, unseal
from runtime.stopping import stopped

KEYS_TOPIC = "complaints.keys"
KEYS_TOPIC_SETTINGS = {
    "cleanup.policy": "compact",
    "segment.ms": "600000",
    "max.compaction.lag.ms": "600000",
    "delete.retention.ms": "3155760000000",
}
"""Erased key bytes leave the topic within an hour (`sweeping`); tombstones stay a hundred years, so that *erased*
never turns into *missing*."""

_BATCH_RECORDS = 5000
_POLL_MS = 500
_RETRY_PAUSE_SECONDS = 1.0
_SOON_SECONDS = 1.0
"""What fails so soon is tried once more."""
AT_ONCE_SECONDS, GATHER_SECONDS = 0.05, 0.5
"""How long keys may gather: where a text is shown with the keys at hand, and where all who miss one wait for it."""
_LOOK_SECONDS = 0.01
_ASK_SECONDS = 5.0
"""Between two questions whether Kafka is there, and how long its answer may take."""


class KeyringUnavailable(Exception):
    """The keys topic could not be read or written within the limit, or the key-encryption key does not fit it."""


class KeyErased(Exception):
    """Nothing can ever be sealed under this key again: this person's data was erased."""


class KeyNotAtHand(Exception):
    """Nothing can be sealed under this key now: it has not come yet, or the key-encryption key does not open it."""


class Keyring:
    """All keys of the topic. `trouble` says in a few words why it is not ready, or is None."""

    def __init__(
        self,
        *,
        bootstrap: str,
        keks: Sequence[bytes],
        client_id: str,
        topic: str = KEYS_TOPIC,
        gather: float = AT_ONCE_SECONDS,
    ) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._topic = topic
        self.known = DataKeys(keks)
        self._consumer: Any = None
        self._writes = KafkaLog(bootstrap, topic, client_id)
        self._follower: asyncio.Task[None] | None = None
        self._arrived = asyncio.Event()
        self._gather_seconds = gather
        self._wanted = asyncio.Event()
        self._log = logger("keyring")
        self.trouble: str | None = "not started"

    async def start(self, *, limit_seconds: float = 30.0) -> None:
        """Read the topic from its start to its end, then follow it in the background.

        The topic must exist. Raises KeyringUnavailable after the limit, or where the KEK opens none of its keys.
        """
        try:
            async with asyncio.timeout(limit_seconds):
                await self._read_to_the_end()
        except (TimeoutError, KafkaError) as error:
            await self.stop()
            raise KeyringUnavailable(f"{self._topic} cannot be read ({type(error).__name__})") from error
        if not self.known.kek_fits():
            await self.stop()
            raise KeyringUnavailable(f"the key-encryption key does not open the keys in {self._topic}")
        self.trouble = None
        self._follower = asyncio.create_task(self._follow(), name="keyring")

    async def stop(self) -> None:
        """Stop following and close the connections."""
        self.trouble = "stopped"
        if self._follower is not None:
            self._follower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._follower
        if self._consumer is not None:
            await stopped(self._consumer)
        await self._writes.stop()
        self._follower = self._consumer = None

    def key(self, key_id: str) -> Key:
        """The key's bytes, or why there are none. Known at once; `wait` gives a key a moment to arrive."""
        return self.known.key(key_id)

    async def wait(self, key_id: str, *, limit_seconds: float = 2.0) -> Key:
        """As `key`, but a missing key is waited for up to the limit (its record may still be on its way to us)."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_seconds):
                while self.key(key_id) is MISSING:
                    self._wanted.set()
                    await self._arrived.wait()
        return self.key(key_id)

    async def keys_for(self, owners: Sequence[str]) -> list[str]:
        """One key id for each owner, in the same order; whoever has no living key gets one, all in one append.

        The new keys are in the topic (acks=all) when this returns. After an erasure an owner gets a new key under a
        new id. Raises KeyringUnavailable after the limit.
        """
        living = {owner: name for owner in owners if (name := self.known.living(owner)) is not None}
        born = {owner: uuid4().bytes for owner in owners if owner not in living}
        if born:
            await self.publish([(name, self.wrapped(owner, name)) for owner, name in born.items()])
        names = living | born
        return [id_of(names[owner]) for owner in owners]

    async def up_to_date(self) -> None:
        """Read as far as the topic goes now: every key made until now is known. Raises KeyringUnavailable."""
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                ends: dict[TopicPartition, int] = await self._consumer.end_offsets(self._consumer.assignment())
                for partition, end in ends.items():
                    while await self._consumer.position(partition) < end:
                        self._wanted.set()
                        await asyncio.sleep(_LOOK_SECONDS)
        except (TimeoutError, KafkaError) as error:
            raise KeyringUnavailable(f"{self._topic} cannot be read ({type(error).__name__})") from error

    def known_as(self, names: Sequence[str]) -> str:
        """Under which of a person's names there is a key, the first where there is none."""
        return next((name for name in names if self.known.living(name) is not None), names[0])

    def keys_of(self, owners: Iterable[str]) -> list[str]:
        """All living keys of these owners, as far as they have come here."""
        return [id_of(name) for owner in dict.fromkeys(owners) for name in self.known.all_living(owner)]

    async def erase(self, key_ids: Sequence[str]) -> None:
        """Destroy keys for ever: tombstones in the topic (acks=all), and nothing left in this process.

        Whose erasure was read is passed over: said again, as in a rebuild, it writes nothing.
        """
        names = [name for one in key_ids if self.key(one) is not ERASED and (name := name_of(one)) is not None]
        if names:
            await self.publish([(name, None) for name in names])

    def forget(self, key_ids: Iterable[str]) -> None:
        """Use these keys no more, whatever the topic says: a fact of the log destroyed them."""
        for name in filter(None, map(name_of, key_ids)):
            self.known.learn(name, None)

    def seal(self, key_id: str, *, stream: str, event_id: str, field: str, text: str) -> str:
        """The token of a text under a key, with a fresh nonce. Raises KeyErased, KeyNotAtHand."""
        key = self.key(key_id)
        if key is ERASED:
            raise KeyErased
        if not isinstance(key, bytes):
            raise KeyNotAtHand
        nonce = os.urandom(NONCE_BYTES)
        return seal(key, key_id=key_id, stream=stream, event_id=event_id, field=field, text=text, nonce=nonce)

    def unseal(self, *, stream: str, token: str) -> Opened:
        """The text of a token of `stream`, or why there is none. Total."""
        key_id = key_id_of(token)
        return UNREADABLE if key_id is None else unseal(self.key(key_id), stream=stream, token=token)

    def wrapped(self, owner: str, name: bytes) -> bytes:
        """The value of the key of that name, made where there is none, wrapped by the first key-encryption key."""
        known = self.key(id_of(name))
        key = known if isinstance(known, bytes) else os.urandom(KEY_BYTES)
        return self.known.written(owner, name, key, nonce=os.urandom(NONCE_BYTES))

    async def publish(self, records: Sequence[tuple[bytes, bytes | None]]) -> None:
        """Write records, and know what they say. Raises KeyringUnavailable."""
        sendings: list[Sending] = [(id_of(name).encode(), value, None, []) for name, value in records]
        begun = time.monotonic()
        failed = _failed(await self._writes.send(self._topic, sendings))
        if failed is not None and time.monotonic() - begun < _SOON_SECONDS:
            # A producer may have been broken for long (platform, 17); the same records by a new one do no harm.
            failed = _failed(await self._writes.send(self._topic, sendings))
        if failed is not None:
            raise KeyringUnavailable(f"{self._topic} cannot be written ({failed})")
        for name, value in records:
            self.known.learn(name, value)

    async def _read_to_the_end(self) -> None:
        consumer = self._consumer = AIOKafkaConsumer(
            self._topic,
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        while not consumer.assignment():  # the topic may be only just made
            await asyncio.sleep(0.05)
        ends: dict[TopicPartition, int] = await consumer.end_offsets(consumer.assignment())
        for partition, end in ends.items():
            while await consumer.position(partition) < end:
                await self._read_some()

    async def _read_some(self) -> int:
        found = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=_BATCH_RECORDS)
        records = [record for part in found.values() for record in part]
        for record in records:
            self._learn_record(record)
        if records:
            self._arrived.set()
            self._arrived = asyncio.Event()
        return len(records)

    async def _follow(self) -> None:
        """Nobody waits for most keys: they gather for a while, unless one is missed, and come in larger batches."""
        loop, asked_at = asyncio.get_running_loop(), 0.0
        while True:
            try:
                if await self._read_some():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._gather_seconds):
                            await self._wanted.wait()
                    self._wanted.clear()
                if loop.time() - asked_at > _ASK_SECONDS:  # a consumer says nothing where its broker is gone
                    async with asyncio.timeout(_ASK_SECONDS):
                        await self._consumer.end_offsets(self._consumer.assignment())
                    asked_at = loop.time()
                self.trouble = None
            except (KafkaError, TimeoutError) as error:
                self.trouble = f"{self._topic} cannot be read"
                self._log.warning("keyring.cannot-read", topic=self._topic, **fault(error))
                await asyncio.sleep(_RETRY_PAUSE_SECONDS)

    def _learn_record(self, record: ConsumerRecord) -> None:
        name = name_of((record.key or b"").decode("ascii", "replace"))
        if name is not None:
            with contextlib.suppress(NoKey):
                self.known.learn(name, record.value)
                return
        self._log.error("keyring.not-a-key", topic=self._topic, offset=record.offset)


def _failed(outcomes: Iterable[Appended]) -> Exception | None:
    return next((one for one in outcomes if isinstance(one, Exception)), None)
