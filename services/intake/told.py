"""What other systems tell becomes what intake records: from a CloudEvent to a stream and a command. Pure.

Lives here: reading `data` by its type, naming the stream, building the command. Must not: Kafka, waiting, receipts.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from pydantic import ValidationError

from events.decider import NOTHING_LODGED, Refused
from events.fact import Origin
from events.ids import COMPLAINT, STREAM, reported_stream
from events.inbound import (
    ACCEPTED,
    Accepted,
    ToldDelivered,
    ToldFailed,
    ToldHistoryCompleted,
    ToldHistoryOpened,
    ToldLodged,
    ToldMessage,
    ToldReported,
)
from events.intake import (
    ComplaintLodged,
    HistoryCompleted,
    ImportOpened,
    MessageFailed,
    MessageReceived,
    SourceReported,
)
from intake.decider.commands import (
    Command,
    CompleteHistory,
    Lodge,
    OpenImport,
    Record,
    ReportFailed,
    ReportSent,
)
from intake.decider.state import Case
from runtime.body import refuse_repeated, refuse_unfit
from runtime.cloudevents import CloudEvent
from runtime.intents import Draft, KeyWanted
from runtime.members import may_repeat
from runtime.problems import FieldError, field_error

AHEAD_MAX = timedelta(days=1)
"""A clock may be wrong, a zone mistaken; what is told of tomorrow cannot have happened."""

_IMPORT_CHARS_MAX = 100
_UNFIT = re.compile(r"[^A-Za-z0-9_:-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is told cannot be taken. `errors` name fields of `data` by JSON pointers, never what stood in them."""

    code: str
    why: str
    errors: tuple[FieldError, ...] = ()


def read_told(event: CloudEvent, now: datetime) -> Accepted | Unfit:
    """The event's data by its type."""
    kind = ACCEPTED.get(event.type)
    if kind is None:
        return Unfit("type-unknown", f"type: taken are {', '.join(sorted(ACCEPTED))}")
    if event.time > now + AHEAD_MAX:
        return Unfit("time-ahead", "time: lies in the future, by more than a day")
    try:
        told = _read(kind, event.data)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[:20]
        errors = tuple(field_error({**one, "loc": ("body", *one["loc"])}) for one in found)
        places = ", ".join(f"{one.pointer} ({one.code})" for one in errors)
        return Unfit("data-unfit", f"data: {places}", errors)
    if isinstance(told, ToldDelivered | ToldFailed) and not _is_ours(event.subject):
        return Unfit("subject-unfit", "subject: is not the stream id as it stood on complaints.outbound")
    return told


def _read(kind: type[Accepted], data: bytes) -> Accepted:
    """Raises ValidationError, which names the fields that make `data` no JSON where there are such, and the members
    that come again.
    """
    try:
        told = kind.model_validate_json(data)
    except ValidationError as error:
        if error.errors(include_input=False, include_url=False)[0]["type"] == "json_invalid":
            refuse_unfit(kind.__name__, data)
        raise
    if may_repeat(data, told):
        refuse_repeated(kind.__name__, data)
    return told


def stream_of(event: CloudEvent, told: Accepted) -> str:
    """The stream that it is told of."""
    if isinstance(told, ToldDelivered | ToldFailed):
        return event.subject
    if isinstance(told, ToldHistoryOpened | ToldHistoryCompleted):
        return import_stream(event.source, event.subject)
    return reported_stream(event.source, event.subject)


def import_stream(source: str, batch: str) -> str:
    """`import/<source>.<batch>`; where that is no name for a stream, or could be another pair's, its hash is added."""
    name = f"{source}.{batch}"
    clean = _UNFIT.sub("-", source) + "." + _UNFIT.sub("-", batch).strip(".")
    if clean != name or len(clean) > _IMPORT_CHARS_MAX or not STREAM.fullmatch(f"import/{clean}"):
        digest = hashlib.sha256(f"{len(source)}:{name}".encode()).hexdigest()[:16]
        clean = f"i{clean[: _IMPORT_CHARS_MAX - 20]}-{digest}"
    return f"import/{clean}"


def contact_of(told: Accepted) -> str | None:
    """The contact whose person's data key seals the words; None: the case's own does."""
    return told.contact or None if isinstance(told, ToldLodged) else None


def command_for(event: CloudEvent, told: Accepted, party: str | None) -> Callable[[Draft[Any]], Command | Refused]:
    """The command, built once the state and the key are known. `party`: whose contact it is."""

    def build(draft: Draft[Any]) -> Command | Refused:
        match told:
            case ToldReported() | ToldMessage() | ToldFailed() if not isinstance(draft.state, Case):
                return NOTHING_LODGED  # no data key is made for words about a case that is not there
            case ToldLodged():
                return Lodge(_lodged(event, told, draft, party))
            case ToldReported():
                note = draft.seal("note", told.note) if told.note else None
                said = told.model_dump(exclude={"note"})
                origin = Origin(source=event.source, reference=event.subject)
                return Record(SourceReported(at=event.time, reported=origin, note=note, **said))
            case ToldMessage(channel=channel, text=text):
                words = draft.seal("text", text) if text else None
                return Record(MessageReceived(at=event.time, message_id=draft.event_id, channel=channel, text=words))
            case ToldDelivered(message_id=message_id, channel=channel, report=report):
                return ReportSent(event.time, message_id, channel, report)
            case ToldFailed(message_id=message_id, channel=channel, reason=reason):
                why = _unless_erased(draft, "reason", reason)
                return ReportFailed(MessageFailed(at=event.time, message_id=message_id, channel=channel, reason=why))
            case ToldHistoryOpened():
                return OpenImport(ImportOpened(at=event.time, source=event.source))
            case ToldHistoryCompleted(known_until=known_until):
                return CompleteHistory(HistoryCompleted(at=event.time, source=event.source, known_until=known_until))
        assert_never(told)

    return build


def _unless_erased(draft: Draft[Any], field: str, text: str) -> str | None:
    """The text sealed; None where this person's data was erased, for it may quote an address. That their message failed
    is told even then.
    """
    if isinstance(draft.state, Case) and draft.state.erased_at is not None:
        return None
    try:
        return draft.seal(field, text)
    except KeyWanted:
        if draft.key_id is None:
            raise
        return None  # with another case of this person


def _lodged(event: CloudEvent, told: ToldLodged, draft: Draft[Any], party: str | None) -> ComplaintLodged:
    words = {name: getattr(told, name) for name in ("text", "demand", "contact")}
    sealed = {name: draft.seal(name, text) for name, text in words.items() if text}
    return ComplaintLodged(
        at=event.time,
        key_id=draft.key_id if sealed else None,
        party_ref=party,
        reported=Origin(source=event.source, reference=event.subject),
        **{**told.model_dump(exclude={*words, "history", "dues"}), **sealed},
        dues=told.dues,
        history=import_stream(event.source, told.history) if told.history else None,
    )


def _is_ours(subject: str) -> bool:
    return subject.startswith(COMPLAINT) and STREAM.fullmatch(subject) is not None
