"""The rules of the service accountability, as one value: `DECIDER`.

A case is open or closed (`state`). People ask (`commands`): for a decision or a remedy (`decision`), a promise or a
callback (`promise`), for closing or reopening (`closing`), for somebody's side or a finding (`finding`), for money out
of a budget, which is a stream of its own (`budget`). What happened is remembered (`fold`, `calls`), and what should
exist by now is owed (`due`): reported facts of another system, until when an accepted offer is given, broken promises,
the callback after closing and its misses, the closing of what was settled in one call, the next cycle where a callback
did not satisfy.
"""

from typing import Annotated, assert_never

from pydantic import Field

from accountability.decider.budget import give_up, name_budget, on_budget
from accountability.decider.closing import close_complaint, reopen_complaint
from accountability.decider.commands import (
    ApproveOffer,
    AskForReply,
    AttemptCallback,
    CloseComplaint,
    Command,
    Decide,
    DeclineOffer,
    GiveRedress,
    GiveReply,
    GiveUpReservation,
    KeepPromise,
    MakeFinding,
    MakePromise,
    NameBudget,
    OfferRemedy,
    OnCase,
    Release,
    ReopenComplaint,
    Reserve,
    SetBudget,
    WithdrawOffer,
)
from accountability.decider.decision import conflict, make_decision, on_offer
from accountability.decider.due import leans_on, owed
from accountability.decider.finding import on_finding
from accountability.decider.fold import READS, evolve
from accountability.decider.promise import attempt_callback, keep_promise, make_promise
from accountability.decider.state import Closed, Open, State, Unheard
from accountability.rulebooks import WRITTEN, rules_in
from accountability.rules import Rules
from events.decider import NOTHING_LODGED, Context, Decider, Refused
from events.fact import Chapter, Fact
from rulebooks.keeping import keeping
from rulebooks.state import Rulebook

__all__ = ["DECIDER", "State", "decide", "evolve", "owed"]


def decide(command: Command, state: State, context: Context) -> Fact | Refused:
    """One fact, or why not."""
    if isinstance(command, SetBudget | Reserve | Release):
        return on_budget(command, state)
    if not isinstance(state, Open | Closed):
        return NOTHING_LODGED
    rules: Rules = context.rules
    return conflict(command, state.case, rules) or _on_case(command, state, rules, context)


def _on_case(command: OnCase, state: Open | Closed, rules: Rules, context: Context) -> Fact | Refused:
    match command:
        case OfferRemedy() | ApproveOffer() | DeclineOffer() | WithdrawOffer() | GiveRedress():
            return on_offer(command, state, rules, context)
        case AskForReply() | GiveReply() | MakeFinding():
            return on_finding(command, state)
        case Decide():
            return make_decision(command, state, rules)
        case NameBudget():
            return name_budget(command, state)
        case GiveUpReservation():
            return give_up(command, state.case)
        case MakePromise():
            return make_promise(command)
        case KeepPromise():
            return keep_promise(command, state)
        case AttemptCallback():
            return attempt_callback(command, state, rules)
        case CloseComplaint():
            return close_complaint(command, state, rules)
        case ReopenComplaint():
            return reopen_complaint(command, state, rules)
    assert_never(command)


def _key_of(state: State) -> str | None:
    return state.case.key_id if isinstance(state, Open | Closed) else None


def _owner_of(state: State) -> str | None:
    return state.case.party_ref if isinstance(state, Open | Closed) else None


_CASES: Decider[State] = Decider(
    chapter=Chapter.ACCOUNTABILITY,
    version=20,
    initial=Unheard(),
    state_type=Annotated[State, Field(discriminator="kind")],
    reads=READS,
    evolve=evolve,
    decide=decide,
    owed=owed,
    leans_on=leans_on,
    key_of=_key_of,
    owner_of=_owner_of,
)
DECIDER: Decider[State | Rulebook] = keeping(_CASES, WRITTEN, rules=rules_in)
