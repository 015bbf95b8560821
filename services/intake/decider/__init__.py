"""What was said: the rules of chapter intake, as one value.

`rules.py` is what intake accepts, `state.py` what it remembers. It owes nothing:
all in its chapter was said by somebody.
"""

from events.decider import Decider
from events.fact import Chapter
from intake.decider.rules import decide
from intake.decider.state import READS, Case, Empty, State, evolve

__all__ = ["DECIDER", "State"]


def key_of(state: State) -> str | None:
    """The data key under which this complainant's words are sealed."""
    return state.key_id if isinstance(state, Case) else None


DECIDER: Decider[State] = Decider(
    chapter=Chapter.INTAKE,
    version=1,
    initial=Empty(),
    state_type=State,
    reads=READS,
    evolve=evolve,
    decide=decide,
    key_of=key_of,
)
