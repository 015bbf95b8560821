"""Switches for what is written and answered: L1, L2, L4, L8, L9, L10, and L11 to L16 for what is owed."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from events.admission import Head
from events.codec import TYPES
from events.decider import Context, Decider, Owed
from events.escalation import ClockBreached
from runtime import commands, intents, proposals
from runtime.assignment import Assignment
from runtime.commands import Commands
from runtime.intents import Intent
from runtime.reader import Reader, Ticked
from runtime.rows import Awake, Outgoing, Place, Row, VerdictRow
from runtime.store import CommandView
from runtime.waits import Waits
from simulation.database import Database, StorePort
from simulation.laws import instead, law
from simulation.world import Parts


@law("L1", weather={"slow_step": 0.1}, cases=3)
def relies_on_nothing() -> Iterator[Parts]:
    """A fact that asserts an absence names its own chapter only."""
    kept = {kind: kind.relies_on for kind in TYPES.values()}
    try:
        for kind in kept:
            kind.relies_on = frozenset()
        yield Parts()
    finally:
        for kind, chapters in kept.items():
            kind.relies_on = chapters


@law("L2", cases=1, clients=5, instances=1)
def unseen_counters() -> Iterator[Parts]:
    """No turns: a second command names the counter that the first one will take, if it is admitted."""
    ahead: dict[str, int] = {}
    queued: Counter[str] = Counter()
    record_of = intents.record_of

    class Hurried(Commands[Any]):
        @asynccontextmanager
        async def _in_turn(self, stream: str) -> AsyncIterator[None]:
            queued[stream] += 1
            try:
                yield
            finally:
                queued[stream] -= 1

        async def decide(self, intent: Intent, view: CommandView) -> Any:  # noqa: ANN401
            ahead[intent.event_id] = queued[intent.stream] - 1
            return await super().decide(intent, view)

    def hurried(decider: Decider[Any], intent: Intent, fact: Any, *, head: Head, **more: Any) -> Outgoing:  # noqa: ANN401
        for _ in range(ahead.get(intent.event_id, 0)):
            head = head.after(decider.chapter)
        return record_of(decider, intent, fact, head=head, **more)

    with instead(intents, "record_of", hurried):
        yield Parts(commands=Hurried)


@law("L4")
def random_command_ids() -> Iterator[Parts]:
    """Each attempt of a command has an id of its own."""
    dice = Random(4)
    with instead(commands, "command_event_id", lambda **_: str(UUID(int=dice.getrandbits(128), version=4))):
        yield Parts()


@law("L8")
def no_look_up() -> Iterator[Parts]:
    """A retry decides again without asking whether it was admitted before."""

    class Forgetful(Database):
        def command(self, stream: str, event_id: str) -> CommandView:
            return replace(super().command(stream, event_id), earlier=None)

    yield Parts(database=Forgetful)


@law("L9")
def answered_when_written() -> Iterator[Parts]:
    """201 as soon as the record is in the log, before anybody has judged it."""
    hopes: dict[str, tuple[str, Head, str]] = {}
    record_of = intents.record_of

    def noted(decider: Decider[Any], intent: Intent, fact: Any, *, head: Head, **more: Any) -> Outgoing:  # noqa: ANN401
        hopes[intent.event_id] = (intent.stream, head.after(decider.chapter), intent.command_hash)
        return record_of(decider, intent, fact, head=head, **more)

    class Hasty(Waits):
        async def verdict(self, partition: int, offset: int, event_id: str, _limit: float) -> VerdictRow | None:
            stream, head, command_hash = hopes[event_id]
            return VerdictRow(partition, offset, event_id, stream, True, head, command_hash)

    with instead(intents, "record_of", noted):
        yield Parts(waits=Hasty)


@law("L10")
def position_ignored() -> Iterator[Parts]:
    """A command does not wait for the position it was given."""

    class Deaf(Commands[Any]):
        async def reached(self, position: Any) -> None:  # noqa: ANN401
            pass

    yield Parts(commands=Deaf)


@law("L12", weather={"slow_step": 0.1}, cases=2)
def remembered_by_id() -> Iterator[Parts]:
    """What is under way is known by its id alone, and for good."""

    class Stubborn(proposals.UnderWay):
        def __contains__(self, name: Any) -> bool:  # noqa: ANN401
            return any(known[0] == name[0] for known in self.sent)

        def passed(self, next_offsets: Mapping[int, int]) -> None:
            pass

    yield Parts(under_way=Stubborn)


@law("L13")
def no_tick() -> Iterator[Parts]:
    """Only what is touched is asked."""

    class Timeless(Reader):
        async def tick(self) -> Ticked:
            self.next_wake_at = None
            return Ticked()

    yield Parts(reader=Timeless)


@law("L14", cases=5)
def judged_by_the_look() -> Iterator[Parts]:
    """Whoever looks after the answer came sees no breach, however late it came."""

    def changed(decider: Decider[Any]) -> Decider[Any]:
        def owed(state: Any, context: Context, now: datetime) -> Owed:  # noqa: ANN401
            told = decider.owed(state, context, now)
            return Owed() if isinstance(told.fact, ClockBreached) and state.withdrawn_at is not None else told

        return replace(decider, owed=owed)

    yield Parts(changed=changed)


@law("L15", history=True, cases=4)
def context_not_named() -> Iterator[Parts]:
    """A row does not say under which version of its context it was judged."""

    class Careless(Database):
        def _write_row(self, row: Row) -> None:
            super()._write_row(replace(row, leans=()))

    yield Parts(database=Careless)


@law("L15", history=True, cases=4)
def context_cached() -> Iterator[Parts]:
    """The value of a context is taken from an earlier look, the version from this one."""

    class Caching(Database):
        def stand(self, places: Any, contexts: Any) -> Any:  # noqa: ANN401
            standing = super().stand(places, contexts)
            kept = self.__dict__.setdefault("kept", {})
            seen = {
                name: (version, kept.setdefault(name, state)) for name, (version, state) in standing.contexts.items()
            }
            return replace(standing, contexts=seen)

    yield Parts(database=Caching)


@law(
    "L8",
    weather={"slow_step": 0.1, "client_twice": 0.9, "crash": 0.0, "freeze": 0.0},
    cases=5, clients=6, instances=2,
)  # fmt: skip
def look_up_before_the_rows() -> Iterator[Parts]:
    """A batch looks its event ids up, and reads the rows a moment later."""

    class EarlyLook(StorePort):
        async def commands(self, asked: Sequence[tuple[str, str]]) -> list[CommandView]:
            seen = dict(self._database.counted)
            await self._host.step()
            await self._host.step()
            views = await super().commands(asked)
            return [replace(view, earlier=seen.get(event)) for view, (_, event) in zip(views, asked, strict=True)]

    yield Parts(store=EarlyLook)


@law("L16", upgrade=True, cases=4, clients=4)
def newer_waits() -> Iterator[Parts]:
    """A newer decider is asked only of what something touches."""

    class Resting(Database):
        def due(self, places: Mapping[int, Place], limit: int, version: int) -> Awake:  # noqa: ARG002
            return super().due(places, limit, 0)

        def older(self, version: int) -> list[str]:  # noqa: ARG002
            return []

    yield Parts(database=Resting)


WRITING = (
    relies_on_nothing,
    unseen_counters,
    random_command_ids,
    no_look_up,
    look_up_before_the_rows,
    answered_when_written,
    position_ignored,
    remembered_by_id,
    no_tick,
    judged_by_the_look,
    context_not_named,
    context_cached,
    newer_waits,
)


# --- laws about cost -------------------------------------------------------------------------------------------------


@law("L2", cases=1, clients=6, instances=1)
def no_turns() -> Iterator[Parts]:
    """Commands on one stream all decide at once on what they see."""

    class Crowding(Commands[Any]):
        @asynccontextmanager
        async def _in_turn(self, stream: str) -> AsyncIterator[None]:  # noqa: ARG002
            yield

    yield Parts(commands=Crowding)


@law("L11", weather={"crash": 0.004}, cases=5, clients=6, instances=1)
def never_held() -> Iterator[Parts]:
    """What is owed is appended however far the reader lags behind."""

    class Eager(Assignment):
        def held(self, partition: int, next_offset: int) -> bool:  # noqa: ARG002
            return False

    yield Parts(assignment=Eager)


@law(
    "L16",
    weather={"rebalance_every_seconds": 0.5, "crash": 0.0, "freeze": 0.0, "slow_step": 0.0},
    upgrade=True, instances=2, cases=6, clients=6, storm_seconds=30.0,
)  # fmt: skip
def older_speaks() -> Iterator[Parts]:
    """An older decider proposes although a newer one has judged the stream."""
    ask = proposals.ask

    def anyway(decider: Decider[Any], row: Row, context: Context, now: datetime) -> Any:  # noqa: ANN401
        kept, row.decider_version = row.decider_version, min(row.decider_version, decider.version)
        try:
            return ask(decider, row, context, now)
        finally:
            row.decider_version = kept

    with instead(proposals, "ask", anyway):
        yield Parts()
