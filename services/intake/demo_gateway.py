"""The demo message gateway: writes each message to a file instead of sending it, and reports that it was delivered.

It stands for a channel's gateway in our trust zone, and only where OUTBOX_DIR is set. Each message is written exactly
once by its name; the report is made from the file, so that told again it is the same report. Where words were erased,
their files are deleted.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import orjson
from pydantic import ValidationError

from events.codec import canonical
from events.envelope import format_time
from events.ids import COMPLAINT
from events.inbound import ToldDelivered, ToldFailed
from events.outbound import Leaving, MessageToSend, OpportunityFound, OpportunityGone, WordsErased
from runtime.cloudevents import CloudEvent, NotOne, read_cloud_event, read_time, write_headers
from runtime.edge_store import Bad, EdgeRecord
from runtime.keyring import Keyring
from runtime.log import KafkaLog
from runtime.sealing import ERASED, MISSING
from runtime.topics import INBOUND

SOURCE = "demo-gateway"


class NotReported(Exception):
    """A report was not taken, or a key has not come yet: the batch is handled again, nothing is written twice."""


@dataclass(frozen=True)
class DemoGateway:
    """The handler of the outbound edge."""

    folder: Path
    keyring: Keyring
    log: KafkaLog

    async def __call__(self, records: Sequence[EdgeRecord]) -> Sequence[Bad]:
        """Deliver a batch and report. Raises `NotReported`."""
        bad: list[Bad] = []
        reports: list[CloudEvent] = []
        for record in records:
            event = read_cloud_event(record.headers, record.value)
            match _told(event):
                case MessageToSend() as message if isinstance(event, CloudEvent):
                    reports.append(await self._deliver(event, message))
                case WordsErased(key_ids=key_ids):
                    await asyncio.to_thread(self._destroy, frozenset(key_ids))
                case OpportunityFound() | OpportunityGone():
                    pass  # sales reads it
                case _:
                    bad.append(Bad(record, "not-a-message", f"type: none of {', '.join(sorted(_KINDS))}"))
        sent = await self.log.send(
            INBOUND, [(report.subject.encode(), report.data, None, write_headers(report)) for report in reports]
        )
        if any(isinstance(outcome, Exception) for outcome in sent):
            raise NotReported("a report was not taken")
        return bad

    async def _deliver(self, event: CloudEvent, message: MessageToSend) -> CloudEvent:
        if await self.keyring.wait(message.key_id) is MISSING:
            raise NotReported("the key of a message has not come yet")
        text = self.keyring.unseal(stream=event.subject, token=message.text)
        if not isinstance(text, str):
            reason = "the words were erased" if text is ERASED else "the words cannot be opened"
            told = ToldFailed(message_id=message.message_id, channel=message.channel, reason=reason)
            return CloudEvent(f"{event.id}#failed", SOURCE, ToldFailed.type, event.subject, event.time, canonical(told))
        delivered_at = await asyncio.to_thread(self._write_once, event, message, text)
        report = ToldDelivered(
            message_id=message.message_id,
            kind=message.kind,
            channel=message.channel,
            automatic=message.automatic,
            report=f"file {event.id}.json",
        )
        return CloudEvent(
            f"{event.id}#delivered", SOURCE, ToldDelivered.type, event.subject, delivered_at, canonical(report)
        )

    def _write_once(self, event: CloudEvent, message: MessageToSend, text: str) -> datetime:
        """The file whole or not at all, and never a second time; gives when it was written."""
        path = self.folder / f"{event.id}.json"
        content: dict[str, Any] = {
            "message_id": message.message_id,
            "complaint_id": event.subject.removeprefix(COMPLAINT),
            "key_id": message.key_id,
            "kind": message.kind,
            "channel": message.channel,
            "automatic": message.automatic,
            "requested_at": format_time(event.time),
            "delivered_at": format_time(datetime.now(UTC)),
            "text": text,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f".{event.id}.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            content = orjson.loads(path.read_bytes())
        finally:
            fresh.unlink()
        written_at = read_time(content["delivered_at"])
        assert written_at is not None
        return written_at

    def _destroy(self, key_ids: frozenset[str]) -> None:
        """No file of ours keeps the words of a message whose key was destroyed."""
        for path in self.folder.glob("*.json"):
            if _is_uuid(path.stem) and orjson.loads(path.read_bytes()).get("key_id") in key_ids:
                path.unlink(missing_ok=True)


_KINDS: Mapping[str, type[Leaving]] = {kind.type: kind for kind in get_args(Leaving)}


def _told(event: CloudEvent | NotOne) -> Leaving | None:
    if isinstance(event, NotOne) or event.type not in _KINDS or not _is_uuid(event.id):
        return None
    try:
        return _KINDS[event.type].model_validate_json(event.data)
    except ValidationError:
        return None


def _is_uuid(text: str) -> bool:
    """The id becomes a file name."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
