"""Given these facts, when this command or this moment, then that: the one way in which a decider's rules are tested.

Works for any `Decider`. Facts of types that the decider does not read only move the head, so they are left out of its
state here as in the reader (L21). Lives here: the story and its properties. Must not: a fact or a rule of one service.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from events.decider import Context, Decider, Owed, Refused
from events.fact import Fact

S = TypeVar("S")

ROUNDS_MAX = 200
"""A decider that still owes after so many facts of its own never comes to rest."""


@dataclass(frozen=True)
class Told:
    """A fact, and when it is written down."""

    fact: Fact
    recorded_at: datetime


@dataclass(frozen=True)
class Story(Generic[S]):
    """What happened on one stream, seen by one decider."""

    decider: Decider[S]
    context: Context
    history: tuple[Fact, ...]
    state: S

    def then(self, *facts: Fact | Told) -> "Story[S]":
        """The story goes on; a fact is written down when it happens, where nothing else is said."""
        state, steps = self.state, [one if isinstance(one, Told) else Told(one, one.at) for one in facts]
        for step in steps:
            evolved = self.decider.evolve(state, step.fact, step.recorded_at)
            read = type(step.fact) in self.decider.reads
            assert read or evolved == state, (
                f"`evolve` looks at {type(step.fact).__name__}: name it in READS of `fold.py`"
            )
            state = evolved if read else state
        return replace(self, history=(*self.history, *(step.fact for step in steps)), state=state)

    def beside(self, **others: object) -> "Story[S]":
        """The same story with context streams: `.beside(**{"import/a": ImportBatch(...)})`."""
        return replace(self, context=replace(self.context, others={**self.context.others, **others}))

    def ruled(self, rules: object) -> "Story[S]":
        """The same story under other rules."""
        return replace(self, context=replace(self.context, rules=rules))

    def owes(self, now: datetime) -> Owed:
        return self.decider.owed(self.state, self.context, now)

    def when(self, command: object) -> Fact | Refused:
        return self.decider.decide(command, self.state, self.context)

    def settled(self, now: datetime) -> "Story[S]":
        """Everything owed at `now` has come about; then the decider must rest (converge) until a later moment."""
        story = self
        for _ in range(ROUNDS_MAX):
            owed = story.owes(now)
            if owed.fact is None:
                assert owed.wake_at is None or owed.wake_at > now, (
                    f"asks to be woken at {owed.wake_at}, and it is {now}"
                )
                return story
            assert type(owed.fact) in self.decider.reads, f"{type(owed.fact).__name__} is written and not read"
            story = story.then(Told(owed.fact, now))
        raise AssertionError(f"still owes {story.history[-1]!r} after {ROUNDS_MAX} facts")

    def added(self, now: datetime) -> tuple[Fact, ...]:
        """What comes about by itself until `now`."""
        return self.settled(now).history[len(self.history) :]


def story(
    decider: Decider[S],
    rules: object,
    *facts: Fact | Told,
    others: Mapping[str, object] | None = None,
    books: Mapping[str, object] | None = None,
    stream: str = "",
) -> Story[S]:
    """Given these facts in the order of the log, and these rulebooks."""
    context = Context(rules=rules, others=others or {}, books=books or {}, stream=stream)
    return Story(decider, context, (), decider.initial).then(*facts)


def lived(start: Story[S], steps: Iterable[Fact | Told | datetime], *, until: datetime) -> Story[S]:
    """The story goes on with each fact; at each moment among the steps somebody looks, which must not matter (L14)."""
    for step in steps:
        start = start.settled(step) if isinstance(step, datetime) else start.then(step)
    return start.settled(until)


def assert_comes_back_from_json(decider: Decider[S], state: S) -> None:
    """A stored state is the state: it goes through JSON and comes back equal, of the same type."""
    adapter: TypeAdapter[S] = _adapter(decider.state_type)
    back = adapter.validate_json(adapter.dump_json(state))
    assert back == state
    assert type(back) is type(state)


@cache
def _adapter(state_type: type) -> TypeAdapter[Any]:
    """Built once: for a large union that takes longer than any test of it."""
    return TypeAdapter(state_type)


def only(facts: Iterable[Fact], *kinds: type[Fact]) -> list[Fact]:
    """The facts of these types, in order."""
    return [fact for fact in facts if isinstance(fact, kinds)]
