"""The rules of accountability in one value: what was done, and who answers (architecture, section 7).

`commands.py` is what people may ask, `decide.py` what comes of it: a decision or a remedy (`decision.py`), a promise or
a callback (`promise.py`), closing or reopening (`closing.py`), somebody's side or a finding (`finding.py`), money out
of a budget, which is a stream of its own (`budget.py`). What happened is remembered (`fold.py`), in an open or a closed
case (`state.py`), and what should exist by now is owed (`due.py`). Pure.
"""

from accountability.decider.decide import decide
from accountability.decider.due import leans_on, owed
from accountability.decider.fold import READS, evolve
from accountability.decider.state import Closed, Empty, Open, State
from accountability.rulebooks import WRITTEN, rules_in
from events.decider import Decider
from events.fact import Chapter
from rulebooks.keeping import keeping
from rulebooks.state import Rulebook

__all__ = ["DECIDER", "State"]


def _key_of(state: State) -> str | None:
    return state.case.key_id if isinstance(state, Open | Closed) else None


def _owner_of(state: State) -> str | None:
    return state.case.party_ref if isinstance(state, Open | Closed) else None


_CASES: Decider[State] = Decider(
    chapter=Chapter.ACCOUNTABILITY,
    version=23,
    initial=Empty(),
    state_type=State,
    reads=READS,
    evolve=evolve,
    decide=decide,
    owed=owed,
    leans_on=leans_on,
    key_of=_key_of,
    owner_of=_owner_of,
)
DECIDER: Decider[State | Rulebook] = keeping(_CASES, WRITTEN, rules=rules_in)
