"""The rules of triage in one value: what is it, how grave, who should look (architecture, section 7).

People ask (`commands`): for a correction (`correction`) or a change of a cluster (`clustering`). What happened is
remembered (`fold`), and what should exist by now is owed (`due`), raised grades among it (`drift`). Pure.
"""

from typing import assert_never

from events.decider import NOTHING_LODGED, Context, Decider, Refused
from events.fact import Chapter, Fact
from rulebooks.keeping import keeping
from rulebooks.state import Rulebook
from triage.decider.clustering import change_membership, propose
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
from triage.decider.due import leans_on, names, owed
from triage.decider.fold import READS, evolve
from triage.decider.state import Case, Cluster, Empty, State
from triage.rulebooks import WRITTEN, rules_in

__all__ = ["DECIDER", "NO_SUCH_CLUSTER", "State"]

NO_SUCH_CLUSTER = Refused("no-such-cluster", "no cluster has been proposed here")


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


_CASES: Decider[State] = Decider(
    chapter=Chapter.TRIAGE,
    version=13,
    initial=Empty(),
    state_type=State,
    reads=READS,
    evolve=evolve,
    decide=decide,
    owed=owed,
    leans_on=leans_on,
    names=names,
)
DECIDER: Decider[State | Rulebook] = keeping(_CASES, WRITTEN, rules=rules_in)
