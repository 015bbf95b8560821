"""The rules of intake in one value: what was said (architecture, section 7).

`commands.py` is what may be asked, `decide.py` what comes of it, `fold.py` what is remembered (`state.py`). It owes
nothing: all in its chapter was said by somebody. Pure.
"""

from datetime import datetime

from events.decider import Decider
from events.fact import Chapter
from intake.channels import WRITTEN, channels_in
from intake.decider.commands import Command, Lodge
from intake.decider.decide import decide
from intake.decider.fold import READS, evolve
from intake.decider.state import Case, Empty, State
from rulebooks.keeping import keeping
from rulebooks.state import Rulebook

__all__ = ["DECIDER", "State"]


def key_of(state: State) -> str | None:
    """The data key under which this complainant's words are sealed."""
    return state.key_id if isinstance(state, Case) else None


def owner_of(state: State) -> str | None:
    """Whose data keys those are: one person's in all their cases; of a person unknown, the case's own."""
    return state.party_ref if isinstance(state, Case) else None


def when(command: Command) -> datetime | None:
    """Only a lodging asks for rules: for the channels as they were known then."""
    return command.complaint.at if isinstance(command, Lodge) else None


_CASES: Decider[State] = Decider(
    chapter=Chapter.INTAKE,
    version=5,
    initial=Empty(),
    state_type=State,
    reads=READS,
    evolve=evolve,
    decide=decide,
    key_of=key_of,
    owner_of=owner_of,
)
DECIDER: Decider[State | Rulebook] = keeping(_CASES, WRITTEN, rules=channels_in, when=when)
