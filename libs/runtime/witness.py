"""Who read what: the record on `complaints.access` of each request that may show a case, written before its answer
leaves.

The rule: a request is recorded where it was somebody's (`reading()`, the console's `reader_of`), whatever its method
and whatever it was answered, unless its route says `figures`: counts and health, no name and no word of a case. An
answer that cannot be recorded does not leave: 503. A command shows nothing but what it said itself. Probes, static
files and pages for nobody have no reader and leave no record.
Must not: a value that was asked for, but the ids of the streams that a request names; any content.
"""

import asyncio
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from events.ids import COMPLAINT
from runtime import topics
from runtime.log import Appended, Sending
from runtime.logs import logger
from runtime.problems import Problem, later

WRITE_SECONDS_MAX = 2.0
PENDING_MAX = 1_000
"""More answers than this that wait for their record are too many: Kafka does not keep up."""
_log = logger("witness")


class Reading(BaseModel):
    """A record of `complaints.access`. `rows`: how many cases, facts or lines it showed; null where nobody counted.

    `streams` are those that the address names, or else the route; `filters` are names of parameters, never values.
    """

    model_config = ConfigDict(frozen=True)

    service: str
    actor: str
    roles: tuple[str, ...]
    method: str
    route: str
    streams: tuple[str, ...]
    filters: tuple[str, ...]
    status: int
    rows: int | None
    at: AwareDatetime
    trace_id: str
    request_id: str


class Producer(Protocol):
    """The log's own; safe to call from many tasks at once."""

    async def send(self, topic: str, records: list[Sending]) -> list[Appended]: ...


def read_by(scope: MutableMapping[str, Any], principal: str, roles: Iterable[str]) -> None:
    """Whose request it is; they want to see cases."""
    scope["state"]["read_by"] = (principal, tuple(sorted(roles)))


def counted(scope: MutableMapping[str, Any], rows: int | None, *, streams: Iterable[str] = ()) -> None:
    """How many rows the answer shows, None where nobody knows; and of which streams where the address does not say."""
    scope["state"]["rows"], scope["state"]["streams"] = rows, tuple(sorted(set(streams)))


@dataclass(slots=True)
class Witness:
    """Writes readings. A record that is late keeps its own limit: the next one may need its producer built anew."""

    service: str
    log: Producer
    seconds_max: float = WRITE_SECONDS_MAX
    _pending: set[asyncio.Task[list[Appended]]] = field(default_factory=set)

    async def write(self, reading: Reading) -> None:
        """Return once Kafka has it. Raises Problem 503 where that is not known in time."""
        if len(self._pending) >= PENDING_MAX:
            raise _unrecorded("too-many-wait")
        record: Sending = (reading.actor.encode(), reading.model_dump_json().encode(), None, [])
        task = asyncio.create_task(self.log.send(topics.ACCESS, [record]))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        await asyncio.wait({task}, timeout=self.seconds_max)
        if not task.done():
            raise _unrecorded("no-answer-in-time")
        if any(isinstance(outcome, Exception) for outcome in task.result()):
            raise _unrecorded("not-written")


class Witnessed:
    """Wraps an app: what the rule names is recorded when its answer begins."""

    def __init__(self, app: ASGIApp, *, witness: Witness) -> None:
        self._app = app
        self._witness = witness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        withheld: Problem | None = None

        async def told(message: Message) -> None:
            nonlocal withheld
            if message["type"] == "http.response.start" and "read_by" in scope["state"]:
                try:
                    await self._witness.write(self._reading(scope, message["status"]))
                except Problem as problem:
                    withheld = problem
                    raise _Withheld from None
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception:
            if withheld is None:
                raise
            raise withheld from None

    def _reading(self, scope: Scope, status: int) -> Reading:
        state: Mapping[str, Any] = scope["state"]
        asked = parse_qsl(scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
        streams = state.get("streams") or _streams_of([*scope.get("path_params", {}).items(), *asked])
        rows = state.get("rows", 1 if streams else None) if status == 200 else 0
        actor, roles = state["read_by"]
        return Reading(
            service=self._witness.service, actor=actor, roles=roles, method=scope["method"],
            route=getattr(scope.get("route"), "path", "unknown"), streams=streams,
            filters=tuple(sorted({name for name, _ in asked})),
            status=status, rows=rows, at=datetime.now(UTC), trace_id=state["trace_id"], request_id=state["request_id"],
        )  # fmt: skip


class _Withheld(Exception):
    """The answer does not leave."""


def _streams_of(named: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """The streams that an address names. What is no id there may be anything, and is left out."""
    given = {f"{COMPLAINT}{value}" if name == "complaint_id" else str(value) for name, value in named if name in _NAMES}
    return tuple(sorted(filter(None, map(_stream, given))))


def _stream(text: str) -> str | None:
    kind, _, name = text.rpartition("/")
    try:
        return f"{kind}/{UUID(name)}" if kind in _KINDS else None
    except ValueError:
        return None


_NAMES = frozenset({"complaint_id", "stream"})
_KINDS = frozenset({"complaint", "cluster"})


def _unrecorded(reason: str) -> Problem:
    _log.warning("witness.unrecorded", reason=reason)
    why = "who reads what is recorded, and the record cannot be written; ask again"
    return later("access-unrecorded", why, seconds=2)
