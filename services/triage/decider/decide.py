"""Which rule answers a command: of cases `correction`, of clusters `clustering`."""

from typing import assert_never

from events.decider import NOTHING_LODGED, Context, Refused
from events.fact import Fact
from triage.decider.clustering import NO_SUCH_CLUSTER, change_membership, propose
from triage.decider.commands import (
    AddMember,
    AnswerOneOrMany,
    Classify,
    Command,
    Confirm,
    ProposeCluster,
    Regrade,
    RemoveMember,
    Reroute,
    Screen,
    TurnDown,
)
from triage.decider.correction import on_case
from triage.decider.state import Case, Cluster, State


def decide(command: Command, state: State, context: Context) -> Fact | Refused:
    """One fact, or why not."""
    match command:
        case Screen() | Classify() | Regrade() | Reroute() | Confirm() | TurnDown() | AnswerOneOrMany():
            if isinstance(state, Case):
                return on_case(command, state, context.books)
            return NOTHING_LODGED
        case ProposeCluster():
            return propose(command, state)
        case AddMember() | RemoveMember():
            if isinstance(state, Cluster):
                return change_membership(command, state)
            return NO_SUCH_CLUSTER
    assert_never(command)
