"""What people do with the toy's services."""

from random import Random

from simulation import toys
from simulation.people import Act, Build, Script


def _lodge(_: Random, history: str | None, _who: str) -> Build:
    return lambda draft: toys.Lodge(draft.now, history)


def _act(dice: Random, who: str, upgrade: bool) -> Act:
    if upgrade and dice.random() < 0.15:
        who = dice.choice((toys.BITTER, toys.SOUR, toys.SALTY))
    told = dice.random() < 0.2
    match dice.randrange(4):
        case 0:
            return Act("intake", "withdraw", lambda draft: toys.Withdraw(draft.now, who), told=told)
        case 1:
            return Act("escalation", "accept", lambda draft: toys.Accept(draft.now, who))
        case _:
            return Act("intake", "motive", lambda draft: toys.SayMotive(draft.now, who), told=told)


TOYS = Script(
    lodge=_lodge,
    act=_act,
    open_import=lambda draft: toys.OpenImport(draft.now),
    complete_import=lambda draft: toys.CompleteImport(draft.now),
)
