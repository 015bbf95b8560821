"""What the five readers say of the log, from `complaints.readers` into the table `readers` (L7).

Lives here: reading a mark. Must not: compare the hashes (that is `views.readers`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from projections.following import follow
from projections.store import record_reader
from runtime import topics
from runtime.service import Running


async def follow_marks(running: Running) -> None:
    """Until cancelled."""
    await follow(running, topics.READERS, _keep)


async def _keep(running: Running, records: Sequence[Any]) -> None:
    for record in records:
        try:
            mark = orjson.loads(record.value or b"null")
            service, partition, digest = str(mark["service"]), int(mark["partition"]), str(mark["hash"])
            next_offset, at = int(mark["next_offset"]), datetime.fromisoformat(mark["at"])
        except (ValueError, KeyError, TypeError):
            continue  # a reader that stopped says so in other words; its own /readyz names the reason
        await record_reader(
            running.store.pool, service=service, partition=partition, mark=next_offset, digest=digest, reported_at=at
        )
