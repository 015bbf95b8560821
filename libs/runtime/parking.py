"""What parks, and what goes on again, told to others on `complaints.parked` (L22).

A trigger on the table `parked` writes each change down in the transaction that makes it, whoever makes it; here it is
told: in order, at least once, and in the service's own log. Must not: park anything, or mend it.
"""

import asyncio
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from runtime import metrics, topics
from runtime.away import DATABASE_FAILS, LOG_AWAY
from runtime.log import Sending
from runtime.logs import fault, logger
from runtime.service import Running

LOOK_SECONDS = 1.0
TELL_MAX = 500
_NEWS = "select * from parked_news order by id limit $1"
_ONE_AT_A_TIME = "select pg_try_advisory_xact_lock(hashtext(current_schema() || '.parked_news'))"
_COUNTS = "select kind, mend_until < now() as overdue, count(*) from parked group by kind, overdue"
_TOLD = "delete from parked_news where id = any ($1::bigint[])"
_log = logger("parking")


class Parking(BaseModel):
    """A record of `complaints.parked`: what one service could not fold (`content`) or propose (`proposals`).

    `partition` and `offset` are those of the record that it stands at; `attempts` counts how often it parked without
    going on in between; `mend_until` is the operators' own time limit; `mended_at` is absent while it waits.
    """

    model_config = ConfigDict(frozen=True)

    service: str
    stream: str
    kind: Literal["content", "proposals"]
    partition: int
    offset: int
    reason: str
    attempts: int
    since: AwareDatetime
    mend_until: AwareDatetime
    mended_at: AwareDatetime | None = None


async def tell_parked(running: Running) -> None:
    """Until cancelled. What Kafka did not take is told again, all of it and in the same order."""
    while True:
        told = 0
        try:
            told = await _tell(running)
            if metrics.measuring():
                await _count(running)
        except (*LOG_AWAY, *DATABASE_FAILS) as error:
            _log.warning("parking.tries-again", **fault(error))
        if not told:
            await asyncio.sleep(LOOK_SECONDS)


def _record(one: Parking) -> Sending:
    return one.stream.encode(), one.model_dump_json(exclude_none=True).encode(), None, []


async def _count(running: Running) -> None:
    found = {(row["kind"], row["overdue"]): row["count"] for row in await running.store.pool.fetch(_COUNTS)}
    metrics.parked(found, replay=any(replay for _, _, replay in running.driver.lags()))


async def _tell(running: Running) -> int:
    async with running.store.pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_ONE_AT_A_TIME):
            return 0
        rows = [dict(row) for row in await connection.fetch(_NEWS, TELL_MAX)]
        if not rows:
            return 0
        news = [Parking(service=running.name, **row) for row in rows]
        outcomes = await running.log.send(topics.PARKED, [_record(one) for one in news])
        if any(isinstance(outcome, Exception) for outcome in outcomes):
            return 0
        await connection.execute(_TOLD, [row["id"] for row in rows])
    for one in news:
        if one.mended_at is None:
            _log.error("parking.parked", kind=one.kind, reason=one.reason, **_place(one))
        else:
            _log.info("parking.mended", kind=one.kind, reason=one.reason, **_place(one))
    return len(news)


def _place(one: Parking) -> dict[str, Any]:
    return {"stream": one.stream, "partition": one.partition, "offset": one.offset}
