"""The inbound gateway: what other systems tell goes through the same rules as everything else, and each is answered.

For every record on `complaints.inbound` one receipt on `complaints.receipts`, keyed by the publisher's event id:
admitted, already (told before, same place in the log), or refused with the field or rule. What is refused is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from events.envelope import format_time
from events.ids import COMPLAINT, outside_event_id
from events.inbound import Accepted
from events.partition import partition_of
from intake.told import Unfit, command_for, contact_of, read_told, stream_of
from runtime.caller import Position
from runtime.cloudevents import CloudEvent, NotOne, read_cloud_event
from runtime.commands import Commands
from runtime.edge_store import Bad, EdgeRecord
from runtime.intents import Intent, Outcome
from runtime.log import KafkaLog, Sending
from runtime.party import party_refs
from runtime.problems import FieldError
from runtime.telemetry import extract, trace_headers
from runtime.topics import RECEIPTS
from runtime.waves import carry_out_all

WHY_CHARS_MAX = 1000
CATCH_UP_SECONDS_MAX = 5.0


class NotAnswered(Exception):
    """A verdict is not there yet, or a receipt was not taken: the batch is handled again, nothing counts twice."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the publisher is told: `stream` and `position` where it stands in the log, else `code` and `why`."""

    outcome: str
    stream: str | None = None
    position: str | None = None
    code: str | None = None
    why: str | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class InboundGateway:
    """The handler of the inbound edge."""

    commands: Commands[Any]
    log: KafkaLog
    contact_secrets: Sequence[bytes]

    async def __call__(self, records: Sequence[EdgeRecord]) -> Sequence[Bad]:
        """Answer all of a batch. Raises `NotAnswered`."""
        now = datetime.now(UTC)
        read = [self._read(record, now) for record in records]
        decided = iter(await self._decided([intent for _, intent in read if isinstance(intent, Intent)]))
        answers = [one if isinstance(one, Answer) else next(decided) for _, one in read]
        sent = await self.log.send(
            RECEIPTS,
            [_receipt(record, said, answer) for record, (said, _), answer in zip(records, read, answers, strict=True)],
        )
        if any(isinstance(outcome, Exception) for outcome in sent):
            raise NotAnswered("a receipt was not taken")
        return [
            Bad(record, answer.code or "", (answer.why or "")[:WHY_CHARS_MAX])
            for record, answer in zip(records, answers, strict=True)
            if answer.outcome == "refused"
        ]

    def _read(self, record: EdgeRecord, now: datetime) -> tuple[CloudEvent | NotOne, Intent | Answer]:
        """What was said, and what is wanted by it; or the answer, where that cannot be understood."""
        event = read_cloud_event(record.headers, record.value)
        if isinstance(event, NotOne):
            return event, Answer("refused", code="not-a-cloudevent", why=f"{event.field}: {event.why}")
        told = read_told(event, now)
        if isinstance(told, Unfit):
            return event, Answer("refused", code=told.code, why=told.why, errors=told.errors)
        origin = extract(record.headers)
        return event, self._intent(event, told, [] if origin is None else trace_headers(origin))

    def _intent(self, event: CloudEvent, told: Accepted, trace: list[tuple[str, bytes]]) -> Intent:
        stream = stream_of(event, told)
        contact = contact_of(told)
        party = self.commands.keyring.known_as(party_refs(self.contact_secrets, contact)) if contact else None
        command_hash, *older = self.commands.hashes_of(f"{event.type} {format_time(event.time)}", stream, told)
        return Intent(
            stream=stream,
            event_id=outside_event_id(source=event.source, source_event_id=event.id),
            command_hash=command_hash,
            older_hashes=tuple(older),
            command=command_for(event, told, party),
            auth_id=event.source,
            key_owner=party,
            trace=trace,
        )

    async def _decided(self, intents: Sequence[Intent]) -> list[Answer]:
        """One answer each; an event told twice in the batch is put before the rules once."""
        firsts = {intent.event_id: intent for intent in reversed(intents)}
        once = [intent for intent in intents if firsts[intent.event_id] is intent]
        await self._reached({partition: self.commands.end_seen(partition) for partition in self._partitions(once)})
        by_id = await self._outcomes(once)
        refused = [intent for intent in once if by_id[intent.event_id].refused is not None]
        if refused:
            # Who tells may have seen more of the log than we had read: only what all of it refuses is refused.
            await self._reached(await self.log.ends(self._partitions(refused)))
            by_id |= await self._outcomes(refused)
        return [
            self._answer(intent, by_id[intent.event_id], again=firsts[intent.event_id] is not intent)
            for intent in intents
        ]

    async def _outcomes(self, intents: Sequence[Intent]) -> dict[str, Outcome]:
        outcomes = await carry_out_all(self.commands, intents) if intents else []
        return {intent.event_id: outcome for intent, outcome in zip(intents, outcomes, strict=True)}

    def _partitions(self, intents: Sequence[Intent]) -> set[int]:
        return {partition_of(intent.stream.encode(), self.commands.partitions) for intent in intents}

    async def _reached(self, ends: Mapping[int, int]) -> None:
        """While intake has not read so far (a rebuild, a slow commit) its rules know too little to refuse anything."""
        for partition, end in ends.items():
            if not await self.commands.waits.reached(partition, end - 1, CATCH_UP_SECONDS_MAX):
                raise NotAnswered("intake is still reading its log")

    def _answer(self, intent: Intent, outcome: Outcome, *, again: bool) -> Answer:
        if outcome.refused is not None:
            return Answer("refused", code=outcome.refused.code, why=outcome.refused.why)
        verdict = outcome.verdict
        if verdict is None:
            raise NotAnswered(f"{intent.event_id} has no verdict yet")
        if not intent.is_of(verdict.command_hash):
            return Answer("refused", code="event-id-reused", why="id: this source told something else under it before")
        position = Position(self.commands.epoch, verdict.partition, verdict.offset)
        return Answer("already" if again or outcome.already else "admitted", verdict.stream, str(position))


def _receipt(record: EdgeRecord, said: CloudEvent | NotOne, answer: Answer) -> Sending:
    """Keyed by the publisher's event id; where even that cannot be read, by the record's place."""
    place = f"{record.partition}.{record.offset}"
    content: dict[str, Any] = {
        "event_id": said.id,
        "source": said.source,
        "record": place,
        "outcome": answer.outcome,
        "code": answer.code,
        "why": answer.why and answer.why[:WHY_CHARS_MAX],
        "errors": [{"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in answer.errors] or None,
        "stream": answer.stream,
        "position": answer.position,
    }
    if answer.stream is not None and answer.stream.startswith(COMPLAINT):
        content["complaint_id"] = answer.stream.removeprefix(COMPLAINT)
    value = orjson.dumps({name: value for name, value in content.items() if value is not None})
    return (said.id or place).encode(), value, None, [("content-type", b"application/json")]
