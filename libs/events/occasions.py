"""The words by which a policy says what sets off, meets or stops its clock. Escalation hears them in facts.

Lives here: the closed lists, for whoever writes or checks a policy. Must not: which policy uses which word.
"""

from typing import Final, get_args

from events.intake import MessageKind

STARTS: Final[dict[str, str]] = {
    "lodged": "the complaint is lodged; a policy that names grades or categories starts once it is graded, and counts "
    "from the lodging all the same",
    "reopened": "the complaint is reopened: a new cycle, its clocks beside those of the first",
    "message": "a further message of the complainant: one clock for each",
    "offered": "the case is offered to a post or person",
    "accepted": "a post or person takes the case",
    "escalated": "a post of the ladder gets its duty",
    "offer-withdrawn": "an offer is taken back from a complainant who had an answer of ours: they are told anew",
}
"""What starts a clock. Also `met:<policy>` and `breached:<policy>`: the clock of that policy of the same pack is met or
breached (a response counted from the acknowledgement, a chase after a missed due time)."""

AFTER_ANOTHER: Final = ("met:", "breached:")
"""How the starts begin that follow another clock of the pack."""

ENDS: Final[dict[str, str]] = {
    "acknowledgement": "an acknowledgement reached the complainant, by the channel's report",
    "reply": "a reply reached the complainant",
    "progress": "a progress note reached the complainant",
    "heartbeat": "a heartbeat reached the complainant",
    "decision": "a decision reached the complainant",
    "automatic:acknowledgement": "an automatic acknowledgement did; without this word none counts",
    "automatic:reply": "an automatic reply did",
    "automatic:progress": "an automatic progress note did",
    "automatic:heartbeat": "an automatic heartbeat did",
    "automatic:decision": "an automatic decision did",
    "contact": "a recorded call or talk reached the complainant, on a channel of `SPOKEN`",
    "closed": "the case is closed, on any ground but withdrawal",
    "closed-withdrawn": "the case is closed as withdrawn",
    "withdrawn": "the complainant takes the complaint back",
    "screened-out": "it is screened as no complaint",
    "offered": "the case is offered to a post or person",
    "accepted": "a post or person takes the case",
    "refused": "an offer of the case is turned down",
}
"""What meets (`met_by`) or stops (`stopped_by`) a clock. A change of status, a note, a read never does."""

ANSWERS: Final = frozenset(
    word for word in ENDS if word.removeprefix("automatic:") in get_args(MessageKind) or word == "contact"
)
"""A message that arrived, or a call: nothing else meets a clock of replies (R83)."""

REPLIES: Final = ("first-reply", "reply")
"""Clocks of these names are clocks of replies, and so is every one that a message starts."""

SPOKEN: Final = frozenset({"phone", "counter", "entrance", "visit", "video"})
"""The channels of a contact: what reaches somebody elsewhere is a message, and waits for its delivery report."""
