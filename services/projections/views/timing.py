"""One clock as it is answered: what the record says of it, and what counting it again says. Pure.

Must not: count, or get a fact from anywhere.
"""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from clocks import ClockState
from events.ids import COMPLAINT
from projections.views.clocks import Clock, still_open
from projections.views.told import Plain, stamp
from rulebooks.recalculating import due_of
from rulebooks.what_if import Tried


def timed(clock: Clock, state: ClockState | None) -> Plain:
    """The clock with what is counted. `due`: of a paused clock as if it were resumed now; `recorded_due` as last said.

    Without a state, where a publisher stated the due time, the business time is unknown (null).
    """
    due = clock.get("due")
    line: Plain = {**clock, "provisional": clock.get("provisional", False), "due": due, "recorded_due": due}
    line["standing"] = clock.get("standing")
    line["open"] = still_open(clock)
    if state is None:
        return line | dict.fromkeys(("elapsed_seconds", "remaining_seconds", "day_seconds", "paused_seconds"))
    return line | {
        "due": None if state.due is None else stamp(state.due),
        "provisional": state.provisional,
        "why_provisional": list(state.why_provisional),
        **used(state),
        "elapsed_units": state.elapsed.whole,
        "paused_seconds": state.paused_seconds,
        "refused_extensions": [{"at": stamp(one.at), "why": one.why, "event": one.event} for one in state.refused],
    }


def used(state: ClockState) -> Plain:
    """How much of its time is used and left in seconds of business time (null where it only measures), and what a day
    of it is.
    """
    return {
        "elapsed_seconds": state.elapsed_seconds,
        "remaining_seconds": state.remaining_seconds,
        "day_seconds": state.day_seconds,
    }


def addresses(complaint_id: str, clock: str, streams: Iterable[str]) -> Plain:
    """Where its proof is, and the facts from which anybody can count it again."""
    proof = f"/v1/complaints/{complaint_id}/clocks/{quote(clock, safe='')}/proof"
    wanted = [("stream", COMPLAINT + complaint_id), *(("stream", stream) for stream in streams)]
    return {"proof": proof, "facts": f"/v1/facts?{urlencode(wanted)}"}


def order(line: Plain) -> tuple[bool, str, str]:
    """Open clocks first, the earliest due first."""
    return (not line["open"], line["due"] or "~", line["clock"])


def tried(clock: Clock, change: Tried) -> Plain:
    """One clock of a preview: due as it is and as it would be, and by how much it moves; `kept`: why it would not."""
    (old, _), (new, provisional) = due_of(change.old), due_of(change.new)
    return {
        "clock": clock["clock"],
        "state": clock["state"],
        "open": still_open(clock),
        "policy": clock.get("policy"),
        "calendar": clock.get("calendar"),
        "old_due": None if old is None else stamp(old),
        "new_due": None if new is None else stamp(new),
        "difference_seconds": None if old is None or new is None else int((new - old).total_seconds()),
        "provisional": provisional,
        "standing": change.standing,
        "kept": change.kept,
    }
