"""A service's decider that keeps rulebooks beside its own streams: what is alike in all services that write some.

Must not: know one service, or the content of a rulebook.
"""

from datetime import datetime
from typing import Any, TypeVar

from events.decider import NOTHING, Context, Decider, Owed, Refused, owes_nothing
from events.fact import Fact
from events.rulebook import Approved, Drafted, DraftRefused
from rulebooks.state import ApproveRulebook, DraftRulebook, RefuseRulebook, Rulebook, Writing, decide, evolve

S = TypeVar("S")
_BOOK = Rulebook()


def keeping(decider: Decider[S], writing: Writing) -> Decider[S | Rulebook]:
    """The decider that also folds and decides on this chapter's rulebooks, and whose rules may read them."""

    def evolved(state: S | Rulebook, fact: Fact) -> S | Rulebook:
        if isinstance(fact, Drafted | Approved | DraftRefused):
            return evolve(state if isinstance(state, Rulebook) else _BOOK, fact)
        return state if isinstance(state, Rulebook) else decider.evolve(state, fact)

    def decided(command: Any, state: S | Rulebook, context: Context) -> Fact | Refused:  # noqa: ANN401
        if isinstance(command, DraftRulebook | ApproveRulebook | RefuseRulebook):
            return decide(command, state if isinstance(state, Rulebook) else _BOOK, context.books, writing)
        return decider.decide(command, decider.initial if isinstance(state, Rulebook) else state, context)

    def owed(state: S | Rulebook, context: Context, now: datetime) -> Owed:
        return NOTHING if isinstance(state, Rulebook) else decider.owed(state, context, now)

    def leans_on(state: S | Rulebook) -> tuple[str, ...]:
        return () if isinstance(state, Rulebook) else decider.leans_on(state)

    def key_of(state: S | Rulebook) -> str | None:
        return None if isinstance(state, Rulebook) else decider.key_of(state)

    kept: Any = decider  # its type says S, and becomes wider here
    return Decider(
        chapter=kept.chapter,
        version=kept.version,
        initial=kept.initial,
        state_type=kept.state_type | Rulebook,
        reads=kept.reads | {writing.drafted, writing.approved, writing.refused},
        evolve=evolved,
        decide=decided,
        owed=owes_nothing if decider.owed is owes_nothing else owed,
        leans_on=leans_on,
        key_of=key_of,
        books=True,
    )
