"""The rules of escalation in one value: who holds a complaint, until when (architecture, section 7).

`commands.py` is what people may ask, `decide.py` what comes of it (of clocks `pausing.py`). What happened is remembered
(`fold.py`, with `clocks.py`, `hearing.py`, `holding.py`), and what should exist by now is owed (`due.py`). Pure.
"""

from escalation.decider.decide import decide
from escalation.decider.due import leans_on, owed
from escalation.decider.fold import READS, evolve
from escalation.decider.state import Empty, State
from events.decider import Decider
from events.fact import Chapter
from rulebooks.keeping import keeping
from rulebooks.kinds import WRITTEN_BY_ESCALATION
from rulebooks.state import Rulebook

__all__ = ["DECIDER", "State"]

_CASES: Decider[State] = Decider(
    chapter=Chapter.ESCALATION,
    version=15,
    initial=Empty(),
    state_type=State,
    reads=READS,
    evolve=evolve,
    decide=decide,
    owed=owed,
    leans_on=leans_on,
)
DECIDER: Decider[State | Rulebook] = keeping(_CASES, WRITTEN_BY_ESCALATION)
