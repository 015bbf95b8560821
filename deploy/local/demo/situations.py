"""One case for each situation worth seeing: its name, what there is to see in the end, and who plays it."""

from dataclasses import dataclass

from local.demo import answered, held, said
from local.demo.stage import Play


@dataclass(frozen=True)
class Situation:
    """A play and what there is to see in the end."""

    name: str
    shows: str
    play: Play


SITUATIONS = (
    Situation("breached", "answered after its time was over", held.breached),
    Situation("unowned-escalated", "taken by nobody, known to every level", held.unowned_escalated),
    Situation("lost-race", "two operators at once, one was faster", held.lost_race),
    Situation("cluster", "one of five with the same cause", said.cluster),
    Situation("crisis", "the crisis team is called", held.crisis),
    Situation("promise-kept", "a promise kept, with proof", answered.promise_kept),
    Situation("promise-broken", "a promise whose time passed", answered.promise_broken),
    Situation("refused-handoff", "turned down by one, taken by the next", held.refused_handoff),
    Situation("amended", "a text corrected, the old one still there", said.amended),
    Situation("withdrawn", "taken back, and counted", said.withdrawn),
    Situation("reopened", "closed, and not solved after all", answered.reopened),
    Situation("vip", "an important customer in the priority queue", held.vip),
    Situation("settled-in-one-call", "heard, decided, accepted, closed", answered.settled_in_one_call),
    Situation("approved-above-limit", "more than one person may give", answered.approved_above_limit),
    Situation("regraded", "a person overrules the rules", said.regraded),
    Situation("commended", "a finding that praises", answered.commended),
)
