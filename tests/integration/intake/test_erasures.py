"""What was erased stays erased, whichever copy of the keys topic somebody restores: real Kafka, real PostgreSQL."""

from datetime import UTC, datetime

import asyncpg

from events.intake import DataErased
from intake import erasures, outbound
from integration.test_keyring import made, opened, values_in, write
from runtime.erasing import erasing, in_turn
from runtime.keyring import KEYS_TOPIC_SETTINGS
from runtime.sealing import ERASED
from told import Log

STREAM = "complaint/00000000-0000-5000-8000-000000000003"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def test_an_older_copy_of_the_keys_topic_opens_nothing_that_was_erased(
    kafka_bootstrap: str, fresh_database: str
) -> None:
    """ADR 28: the copy has the key and no tombstone. Intake destroys it again as soon as it starts; other keys stay."""
    topic, copy = [await made(kafka_bootstrap, KEYS_TOPIC_SETTINGS) for _ in range(2)]
    await outbound.prepare(fresh_database)
    async with asyncpg.create_pool(fresh_database, min_size=1, max_size=2) as pool:
        async with opened(kafka_bootstrap, topic) as keyring:
            erased, kept = await keyring.keys_for(["party-1", "party-2"])
            records = {
                key_id: keyring.wrapped(key_id, bytes.fromhex(key_id.replace("-", ""))) for key_id in (erased, kept)
            }
            said = DataErased(at=NOON, basis="consent-withdrawn", reference="DSR-1", key_ids=(erased,), by="chen.yu")
            await in_turn(erasures.remembering(pool), erasing(keyring))(Log().tell(STREAM, said))
        for key_id, value in records.items():
            await write(kafka_bootstrap, copy, key_id.encode(), value)
        async with opened(kafka_bootstrap, copy) as restored:
            assert isinstance(restored.key(erased), bytes), "this is an older copy"
            await erasures.erase_again(pool, restored)
            assert restored.key(erased) is ERASED
        async with opened(kafka_bootstrap, copy) as late:
            assert (late.key(erased), isinstance(late.key(kept), bytes)) == (ERASED, True)
        assert (await values_in(kafka_bootstrap, copy)).count(None) == 1


async def test_where_nothing_came_back_nothing_is_written(kafka_bootstrap: str, fresh_database: str) -> None:
    topic = await made(kafka_bootstrap, KEYS_TOPIC_SETTINGS)
    await outbound.prepare(fresh_database)
    async with (
        asyncpg.create_pool(fresh_database, min_size=1, max_size=2) as pool,
        opened(kafka_bootstrap, topic) as keyring,
    ):
        (key_id,) = await keyring.keys_for(["party-1"])
        said = DataErased(at=NOON, basis="consent-withdrawn", reference="DSR-1", key_ids=(key_id,), by="chen.yu")
        await in_turn(erasures.remembering(pool), erasing(keyring))(Log().tell(STREAM, said))
        await erasures.erase_again(pool, keyring)
        assert len(await values_in(kafka_bootstrap, topic)) == 2, "a key and its tombstone"
