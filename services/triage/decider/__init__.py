"""The rules of triage in one value: what is it, how grave, who should look (architecture, section 7).

`commands.py` is what people may ask, `decide.py` what comes of it: a correction (`correction.py`) or a change of a
cluster (`clustering.py`). What happened is remembered (`fold.py`), and what should exist by now is owed (`due.py`),
raised grades among it (`drift.py`). Pure.
"""

from events.decider import Decider
from events.fact import Chapter
from rulebooks.keeping import keeping
from rulebooks.state import Rulebook
from triage.decider.decide import decide
from triage.decider.due import leans_on, names, owed
from triage.decider.fold import READS, evolve
from triage.decider.state import Empty, State
from triage.rulebooks import WRITTEN, rules_in

__all__ = ["DECIDER", "State"]

_CASES: Decider[State] = Decider(
    chapter=Chapter.TRIAGE,
    version=14,
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
