"""Which rule answers a command, and who stays out of it altogether."""

from typing import assert_never

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
from accountability.decider.finding import on_finding
from accountability.decider.promise import attempt_callback, keep_promise, make_promise
from accountability.decider.state import Closed, Open, State
from accountability.rules import Rules
from events.decider import NOTHING_LODGED, Context, Refused
from events.fact import Fact


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
