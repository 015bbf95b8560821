"""Commands: decide on a snapshot, append, wait for the verdict (L2, L4, L8-L10); `answers` says what became of it.

One by one, as people send them; many at once, as other systems tell them, are carried out by `waves`.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from pydantic import BaseModel
from starlette.responses import Response

from events.admission import Expectation, Head, admits
from events.codec import canonical
from events.decider import Context, Decider, Refused, UnknownRulebook
from events.fact import Fact
from events.ids import command_event_id, new_stream
from events.partition import partition_of
from runtime import intents
from runtime.answers import Admitted, answered, nothing_more
from runtime.caller import Caller, Position
from runtime.intents import Draft, Intent, KeyWanted, Outcome
from runtime.keyring import KeyNotAtHand, Keyring
from runtime.log import KafkaLog
from runtime.problems import RULEBOOK_MISSING, Problem, later, not_in_time
from runtime.rows import RecordTooLarge
from runtime.sealing import MISSING, UNREADABLE
from runtime.store import CommandView, PgStore
from runtime.telemetry import trace_headers
from runtime.waits import Waits

S = TypeVar("S")
VERDICT_SECONDS_MAX = 5.0
POSITION_SECONDS_MAX = 5.0
LOOK_SECONDS_MAX = 10.0
"""How long the tables may take to answer one look. Who is frozen, or out of reach, may take for ever."""
ATTEMPTS_MAX = 10
FIND_TRIES_MAX, FIND_AGAIN_SECONDS = 50, 0.1
"""Looks for a record whose place the log did not say."""
AHEAD_SECONDS = 0.05
"""Between two looks for what a client has seen and we have not read yet."""


def _ahead(pinned: Expectation | None, head: Head) -> bool:
    """The client has seen more of the stream than we have read: not late, early (L10)."""
    return pinned is not None and any(wanted > here for wanted, here in zip(pinned, head, strict=True))


def stream_parked() -> Problem:
    """What may be said of a stream whose content waits for repair (L22)."""
    return later("stream-parked", "this record waits for repair; its operators know", seconds=60)


def still_reading() -> Problem:
    """What may be said while the tables are behind the log."""
    return later("not-caught-up", "this service is still reading its log; ask again", seconds=5)


@dataclass(slots=True)
class Commands(Generic[S]):
    """The command side of one service."""

    service: str
    decider: Decider[S]
    store: PgStore
    log: KafkaLog
    waits: Waits
    keyring: Keyring
    partitions: int
    epoch: str
    secrets: Sequence[bytes]
    """The first hashes commands; by all of them a command that was sent before is known."""
    halted: Callable[[], str | None] = lambda: None
    """Why the reader has stopped, where it has: then nothing can be judged."""
    end_seen: Callable[[int], int] = lambda _: 0
    """The log end of a partition when it became ours: before it is passed (a rebuild) nothing is decided."""
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def submit(
        self,
        *,
        stream: str | None,
        name: str,
        body: BaseModel,
        caller: Caller,
        command: Callable[[Draft[S]], Any],
        answer: Callable[[Admitted], dict[str, Any]] = nothing_more,
        kind: str = "complaint",
        key_owner: str | None = None,
        names_keys: bool = False,
    ) -> Response:
        """One command of a person, from JSON to answer. `stream` None: it creates a stream of `kind`."""
        event_id = command_event_id(
            principal=caller.principal, service=self.service, command=name, stream=stream or "",
            key=caller.idempotency_key or "",
        )  # fmt: skip
        command_hash, *older = self.hashes_of(name, stream or "", body)
        intent = Intent(
            stream=stream or new_stream(kind, event_id),
            event_id=event_id,
            command_hash=command_hash,
            older_hashes=tuple(older),
            command=command,
            auth_id=caller.principal,
            auth_type="user",
            roles=caller.roles,
            pinned=caller.if_match,
            correlation_id=caller.request_id,
            key_owner=key_owner,
            names_keys=names_keys,
            trace=trace_headers(),
        )
        await self.reached(caller.position)
        return answered(await self.carry_out(intent), intent, self.epoch, answer)

    def hashes_of(self, name: str, stream: str, body: BaseModel) -> list[str]:
        """Keyed hashes of the canonical command: the same key with another command is told apart (L4)."""
        said = b"\n".join((name.encode(), stream.encode(), canonical(body)))
        return [hmac.digest(secret, said, sha256).hex() for secret in self.secrets]

    async def reached(self, position: Position | None) -> None:
        """Wait until this service has read up to a position (L10)."""
        if position is None:
            return
        if position.epoch != self.epoch or position.partition >= self.partitions:
            raise Problem(400, "position-foreign", "Complaint-Position is of another log; leave it out")
        if not await self.waits.reached(position.partition, position.offset, POSITION_SECONDS_MAX):
            raise later("not-caught-up", "this service has not read that far yet; ask again", seconds=1)

    async def carry_out(self, intent: Intent) -> Outcome:
        """Decide, append, wait; decide again where somebody was faster (L8). Commands on one stream take turns (L2)."""
        await self.rebuilt(intent.stream)
        async with self._in_turn(intent.stream):
            for attempt in range(ATTEMPTS_MAX):
                outcome = await self._attempt(intent, first=attempt == 0)
                if outcome is not None:
                    return outcome
        return Outcome()

    async def rebuilt(self, stream: str) -> None:
        """Raise Problem 503 where the tables say nothing of a stream yet: the reader has stopped, or is rebuilding."""
        self.refuse_when_halted()
        partition = partition_of(stream.encode(), self.partitions)
        await self.read_up_to(partition, self.end_seen(partition))

    async def read_up_to(self, partition: int, end: int) -> None:
        """Raise Problem 503 where this service does not come to this end of a partition in time."""
        if not await self.waits.reached(partition, end - 1, POSITION_SECONDS_MAX):
            raise still_reading()

    def refuse_when_halted(self) -> None:
        """Raise Problem 503 where the reader has stopped (L6): nothing is appended to a log that is not what it was."""
        if self.halted() is not None:
            raise later("reader-stopped", "this service has stopped reading the log; its operators know", seconds=30)

    async def _attempt(self, intent: Intent, *, first: bool) -> Outcome | None:
        """One round; None: somebody was faster, and nobody pinned anything.

        A command that comes too late for its pin is written all the same, once: every reader refuses it, and the
        attempt stays in the record.
        """
        view = await self._view(intent)
        if view.earlier is not None:
            return Outcome(view.earlier, already=True)
        head = view.head
        late = intent.pinned is not None and not admits(head, intent.pinned)
        stands = (view.row.partition, view.row.last_offset) if view.row is not None else None
        if late and not first:
            return Outcome(head=head, position=stands)
        fact = await self.decide(intent, view)
        if isinstance(fact, Refused):
            return Outcome(head=head, position=stands) if late else Outcome(refused=fact, head=head)
        record = intents.record_of(self.decider, intent, fact, head=head, now=view.now, partitions=self.partitions)
        (offset,) = await self.log.append([record])
        if isinstance(offset, RecordTooLarge):
            return Outcome(refused=Refused("record-too-large", "what this command says is too large for the log"))
        if isinstance(offset, Exception):
            raise later("log-unavailable", "the log did not confirm in time; ask again with the same key", seconds=2)
        if offset is None:
            return await self._find(intent)
        verdict = await self.waits.verdict(record.partition, offset, intent.event_id, VERDICT_SECONDS_MAX)
        if verdict is None:
            return Outcome(position=(record.partition, offset))
        return Outcome(verdict) if verdict.admitted else None

    async def _view(self, intent: Intent) -> CommandView:
        """What the tables show, once they have read as far as the client has seen (L10)."""
        ends = asyncio.get_running_loop().time() + POSITION_SECONDS_MAX
        while True:
            view = await self._look(intent)
            if view.earlier is not None or not _ahead(intent.pinned, view.head):
                return view
            if asyncio.get_running_loop().time() > ends:
                raise later("not-caught-up", "this service has not read what you pinned; ask again", seconds=1)
            await asyncio.sleep(AHEAD_SECONDS)

    async def _look(self, intent: Intent) -> CommandView:
        """One look at the tables, given up after a limit: nothing is known of this attempt, and nothing hangs on it."""
        try:
            async with asyncio.timeout(LOOK_SECONDS_MAX):
                return await self.store.command(intent.stream, intent.event_id)
        except TimeoutError:
            raise not_in_time() from None

    async def decide(self, intent: Intent, view: CommandView) -> Fact | Refused:
        """The decider's word on an intent; makes a data key where this person's words are sealed for the first time."""
        if intent.names_keys:
            await self.keyring.up_to_date()
        try:
            return await self.decide_by(intent, view)
        except KeyWanted as owner:
            (made,) = await self.keyring.keys_for([str(owner)])
            return await self.decide_by(intent, view, made)

    async def decide_by(self, intent: Intent, view: CommandView, made: str | None = None) -> Fact | Refused:
        """The same with a data key that was just made for this person's words. Raises KeyWanted where it takes one."""
        if view.row is not None and view.row.parked_at is not None:
            raise stream_parked()
        while True:
            draft = intents.draft_of(self.decider, intent, view.row, view.now, self.keyring, made=made)
            try:
                return intents.decided(
                    self.decider, intent, draft, Context(None, view.contexts, view.books, intent.stream)
                )
            except KeyNotAtHand:  # who made it wrote it before the record that names it: it is on its way
                if await self.keyring.wait(draft.key_id or "") in {MISSING, UNREADABLE}:
                    why = "the key to this person's words is not here yet; ask again"
                    raise later("key-not-at-hand", why, seconds=5) from None
            except UnknownRulebook as name:
                why = f"the rulebook {name} is not in force here yet; ask again"
                raise later(RULEBOOK_MISSING, why, seconds=5) from None

    async def _find(self, intent: Intent) -> Outcome:
        """Written, but where is not known: find it by its event id."""
        for _ in range(FIND_TRIES_MAX):
            found = (await self.store.admitted([intent.event_id])).get(intent.event_id)
            if found is not None:
                return Outcome(found)
            await asyncio.sleep(FIND_AGAIN_SECONDS)
        return Outcome()

    @asynccontextmanager
    async def _in_turn(self, stream: str) -> AsyncIterator[None]:
        """One at a time (L2). The lock of a stream is there as long as somebody holds it or waits for it, which has the
        limit of a look: each who is before us may take that long.
        """
        turn = self._turns.setdefault(stream, asyncio.Lock())
        try:
            async with asyncio.timeout(LOOK_SECONDS_MAX):
                await turn.acquire()
        except TimeoutError:
            raise not_in_time() from None
        try:
            yield
        finally:
            turn.release()
