"""Facts as anybody may tell them, with names of rulebooks that are there: what clocks are started by in property tests.

`anything` knows no word of the domain; here some of its words are exchanged for such as packs look at.
"""

from collections.abc import Sequence

from events.escalation import ClockRecalculated, ClockStarted
from events.fact import Fact
from events.intake import ComplaintLodged, ContactRecorded, SourceReported

OWN = "company-default"
ASKED = ("bpi2013/handling", "cn-12315", "cn-12315/accept", "uk-fca-disp", "boston-311")
STARTED = ("given", f"{OWN}/net-reply@1", f"{OWN}/complaint-resolution@1", "cn-12315/accept@1", "bpi2013/handling@1")


def sensible(fact: Fact) -> Fact:
    """The same fact, where it names a pack, with one that is shipped; and some in places where other packs apply."""
    match fact:
        case ComplaintLodged():
            dues = tuple(
                due.model_copy(update={"policy": _one_of(ASKED, due.clock)}) if due.policy else due for due in fact.dues
            )
            channel = "regulator" if fact.channel == "import/b1" else fact.channel
            branch = "uk-north" if fact.branch in ("weibo", "phone") else fact.branch
            return fact.model_copy(update={"dues": dues, "channel": channel, "branch": branch})
        case ClockStarted() | ClockRecalculated():
            return fact.model_copy(update={"policy": _one_of(STARTED, fact.policy), "calendar": "always@1"})
        case ContactRecorded():
            return fact.model_copy(update={"channel": _one_of(("phone", "counter", "weibo"), fact.channel)})
        case SourceReported(waiting=str() as reason):
            return fact.model_copy(update={"waiting": _one_of(("wait-user", "wait"), reason)})
        case _:
            return fact


def _one_of(names: Sequence[str], word: str) -> str:
    return names[sum(map(ord, word)) % len(names)]
