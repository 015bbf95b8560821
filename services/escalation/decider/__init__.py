"""The rules of escalation in one value: who holds a complaint, until when (architecture, section 7).

`commands.py` who may take it, `fold.py` what is remembered (`clocks.py`, `holding.py`), `due.py` what follows. Pure.
"""

from escalation.decider.commands import decide
from escalation.decider.due import leans_on, owed
from escalation.decider.fold import READS, evolve
from escalation.decider.state import Empty, State
from events.decider import Decider
from events.fact import Chapter

__all__ = ["DECIDER", "State"]

DECIDER: Decider[State] = Decider(
    chapter=Chapter.ESCALATION,
    version=1,
    initial=Empty(),
    state_type=State,
    reads=READS,
    evolve=evolve,
    decide=decide,
    owed=owed,
    leans_on=leans_on,
)
