"""What leaves: each admitted `message-requested`, `data-erased`, `opportunity-handed-on` and `opportunity-taken-back`
becomes one record on `complaints.outbound`.

Published before the reader's position moves, so none is forgotten; remembered in the schema that survives a rebuild of
intake from the log, so that a rebuild tells nobody anything twice. A crash in between may repeat one: same id.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from events.admission import Verdict
from events.codec import canonical
from events.envelope import Envelope
from events.fact import Fact
from events.intake import DataErased, MessageRequested
from events.outbound import Leaving, MessageToSend, OpportunityFound, OpportunityGone, WordsErased
from events.triage import OpportunityHandedOn, OpportunityTakenBack
from runtime.cloudevents import CloudEvent, write_headers
from runtime.log import Sending
from runtime.rows import AppendFailed, Judged
from runtime.sealing import key_id_of
from runtime.service import Running
from runtime.store import BeforeCommit, create_schema
from runtime.topics import OUTBOUND

SOURCE = "intake"
SCHEMA = "intake_edge"
_KNOWN = f"select event_id from {SCHEMA}.outbound_published where event_id = any($1)"  # noqa: S608 - no input
_REMEMBER = f"insert into {SCHEMA}.outbound_published (event_id) select unnest($1::text[]) on conflict do nothing"

Pool = Any
"""An asyncpg pool or connection; asyncpg carries no types."""


def outbound(judged: Sequence[Judged]) -> dict[str, Sending]:
    """The records that leave, by event id. Pure."""
    records: dict[str, Sending] = {}
    for one in judged:
        if one.verdict is Verdict.ADMITTED and one.envelope is not None and one.fact is not None:
            said = _said(one.fact)
            if said is not None:
                records[one.envelope.event_id] = _record(one.envelope, one.fact.at, said)
    return records


def _said(fact: Fact) -> Leaving | None:
    """What is told outside; None of most facts."""
    match fact:
        case MessageRequested():
            return MessageToSend(
                message_id=fact.message_id,
                kind=fact.kind,
                channel=fact.channel,
                automatic=fact.automatic,
                text=fact.text,
                key_id=key_id_of(fact.text) or "",
            )
        case DataErased():
            return WordsErased(key_ids=fact.key_ids)
        case OpportunityHandedOn():
            return OpportunityFound(to=fact.to, category=fact.category, product=fact.product)
        case OpportunityTakenBack():
            return OpportunityGone(to=fact.to)
        case _:
            return None


def _record(envelope: Envelope, at: datetime, said: Leaving) -> Sending:
    event = CloudEvent(envelope.event_id, SOURCE, said.type, envelope.stream, at, canonical(said))
    return envelope.stream.encode(), event.data, None, write_headers(event)


async def prepare(url: str) -> None:
    """Create the table that remembers what has left, and those of holds and of erased keys."""
    await create_schema(url, SCHEMA, Path(__file__).parent / "sql" / "outbound.sql")


def publisher(running: Running) -> BeforeCommit:
    """What the reader calls with each batch before it commits. Raises `AppendFailed`: then the batch comes again."""
    log, pool = running.log, running.store.pool

    async def publish(judged: Sequence[Judged]) -> None:
        leaving = outbound(judged)
        if not leaving:
            return
        for row in await pool.fetch(_KNOWN, list(leaving)):
            del leaving[row["event_id"]]
        outcomes = await log.send(OUTBOUND, list(leaving.values()))
        if any(isinstance(outcome, Exception) for outcome in outcomes):
            raise AppendFailed("what leaves was not taken")
        await pool.execute(_REMEMBER, list(leaving))

    return publish
