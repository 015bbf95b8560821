"""The rules of triage in one value: what is it, how grave, who should look (architecture, section 7).

`commands.py` what a person may correct, `fold.py` what is remembered, `due.py` what follows by itself. Pure.
"""

from events.decider import Decider
from events.fact import Chapter
from triage.decider.commands import decide
from triage.decider.due import leans_on, owed
from triage.decider.fold import READS, evolve
from triage.decider.state import Empty, State

__all__ = ["DECIDER", "State"]

DECIDER: Decider[State] = Decider(
    chapter=Chapter.TRIAGE,
    version=1,
    initial=Empty(),
    state_type=State,
    reads=READS,
    evolve=evolve,
    decide=decide,
    owed=owed,
    leans_on=leans_on,
)
