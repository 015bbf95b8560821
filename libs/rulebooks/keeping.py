"""A service's decider that keeps rulebooks beside its own streams: what is alike in all services that write some.

Must not: know one service, or the content of a rulebook.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import Field

from events.decider import NOTHING, Context, Decider, Owed, Refused, UnknownRulebook, owes_nothing
from events.fact import Fact
from events.ids import RULEBOOK
from rulebooks.state import (
    ApproveRulebook,
    Books,
    DraftRulebook,
    RefuseRulebook,
    Rulebook,
    Writing,
    comes_next,
    decide,
    evolve,
)

S = TypeVar("S")
T = TypeVar("T")
RulesIn = Callable[[Books, datetime], Any]
"""The rule set of a service, made of the rulebooks in force at a moment. Raises UnknownRulebook."""
When = Callable[[Any], datetime | None]
UNTIL_PUBLISHED = timedelta(seconds=1)
_BOOK = Rulebook()


def _readable(books: Mapping[str, object]) -> Books:
    """Without those of other chapters, of which this service knows only that they are there."""
    return {key: book for key, book in books.items() if isinstance(book, Rulebook)}


def _own(ask: Callable[[S], T], otherwise: T) -> Callable[[S | Rulebook], T]:
    """Asked of the service's own streams; a rulebook answers always the same."""
    return lambda state: otherwise if isinstance(state, Rulebook) else ask(state)


def _until_next(owed: Owed, books: Mapping[str, object], now: datetime) -> Owed:
    """Who waits for a rulebook looks again when a version that is approved already comes into force."""
    if not owed.waits_for:
        return owed
    waited = [books.get(name.removeprefix(RULEBOOK)) for name in owed.waits_for]
    coming = [comes_next(book, after=now) for book in waited if isinstance(book, Rulebook)]
    first = min((moment for moment in (owed.wake_at, *coming) if moment is not None), default=None)
    return owed if first == owed.wake_at else replace(owed, wake_at=first)


def keeping(
    decider: Decider[S], writing: Writing, *, rules: RulesIn | None = None, when: When = lambda command: command.now
) -> Decider[S | Rulebook]:
    """The decider that also folds and decides on this chapter's rulebooks, and whose rules may read them. Each of its
    states has a `kind`, by which a stored one is read.

    `rules`: what its `Context.rules` are made of, from the rulebooks in force at the moment of deciding; `when`: that
    moment of a command, None for one that needs no rules. Rules that are given with the context are left as they are.
    """
    made: tuple[Books, datetime, Any] | None = None
    written = (writing.drafted, writing.approved, writing.refused)

    def ruled(context: Context, at: Callable[[], datetime | None]) -> Context:
        """All rows of a batch are asked with the same books at the same moment: their rules are made once."""
        nonlocal made
        if rules is None or context.rules is not None:
            return context
        moment = at()
        if moment is None:
            return context
        if made is None or made[0] is not context.books or made[1] != moment:
            made = (context.books, moment, rules(context.books, moment))
        return Context(made[2], context.others, context.books, context.stream)

    def evolved(state: S | Rulebook, fact: Fact, recorded_at: datetime) -> S | Rulebook:
        if isinstance(state, Rulebook):
            return evolve(state, fact) if isinstance(fact, written) else state
        if isinstance(fact, written):
            return evolve(_BOOK, fact) if state == decider.initial else state
        return decider.evolve(state, fact, recorded_at)

    def decided(command: Any, state: S | Rulebook, context: Context) -> Fact | Refused:  # noqa: ANN401
        if isinstance(command, DraftRulebook | ApproveRulebook | RefuseRulebook):
            own = state if isinstance(state, Rulebook) else _BOOK
            return decide(command, own, _readable(context.books), writing)
        return decider.decide(
            command, decider.initial if isinstance(state, Rulebook) else state, ruled(context, lambda: when(command))
        )

    def owed(state: S | Rulebook, context: Context, now: datetime) -> Owed:
        if isinstance(state, Rulebook):
            return NOTHING
        try:
            ruled_context = ruled(context, lambda: now)
        except UnknownRulebook:
            return Owed(wake_at=now + UNTIL_PUBLISHED)  # the service publishes them as it starts
        return _until_next(decider.owed(state, ruled_context, now), context.books, now)

    kept: Any = decider  # its type says S, and becomes wider here
    return Decider(
        chapter=kept.chapter,
        version=kept.version,
        initial=kept.initial,
        state_type=Annotated[kept.state_type | Rulebook, Field(discriminator="kind")],
        reads=kept.reads.union(written),
        evolve=evolved,
        decide=decided,
        owed=owes_nothing if decider.owed is owes_nothing else owed,
        leans_on=_own(decider.leans_on, ()),
        names=_own(decider.names, ()),
        key_of=_own(decider.key_of, None),
        owner_of=_own(decider.owner_of, None),
        books=True,
    )
