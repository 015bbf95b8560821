"""What a case still needs, read from its page: the next step, and the checklist of closing.

Pure. It shows what the rules ask for; it does not decide: each command is judged by accountability.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

Step = Literal[
    "accept",
    "contact",
    "motive",
    "facts",
    "decision",
    "approval",
    "answer",
    "closing",
    "callback",
    "promise",
    "redress",
    "due",
    "none",
]
Case = Mapping[str, Any]
_KEEPS: Mapping[str, Step] = {
    "action": "promise", "callback": "callback", "closing": "callback", "redress": "redress",
}  # fmt: skip
"""What is to be done for each kind of promise."""
_HEARD = frozenset({"reached", "impossible"})


def needs(case: Case) -> Iterator[tuple[Step, bool]]:
    """Each thing that closing asks for in this cycle, in order, and whether it is there."""
    contacts = case.get("contacts", [])
    reached = any(one["outcome"] == "reached" for one in contacts)
    yield "contact", any(one["outcome"] in _HEARD for one in contacts)
    yield "motive", bool(case.get("motive"))
    yield "facts", any(one["facts"] != "not-discussed" for one in contacts) or (bool(contacts) and not reached)
    yield "decision", bool(case.get("decision"))
    yield "approval", not any(one.get("state") == "waiting" for one in case.get("offers", {}).values())
    yield "answer", _answered(case)


def heard(case: Case) -> bool:
    """Whether the complainant was heard: before that nothing is decided or offered."""
    there = dict(needs(case))
    return there["contact"] and there["motive"] and there["facts"]


def offerable(case: Case) -> bool:
    """Whether a solution may be talked about: the complainant agrees on the facts, or cannot be reached, or the company
    has decided.
    """
    contacts = case.get("contacts", [])
    agreed = any(one.get("agreed") for one in contacts) or not any(one["outcome"] == "reached" for one in contacts)
    return heard(case) and (agreed or bool(case.get("decision")))


def _taken_back(case: Case) -> str:
    """When an offer that stood was taken back last: they are told that, too."""
    offers = case.get("offers", {}).values()
    stood = [one for one in offers if one.get("needs_approval") is False or "approved" in one]
    return max((str(one["withdrawn"]["at"]) for one in stood if "withdrawn" in one), default="")


def _answered(case: Case) -> bool:
    decision = case.get("decision")
    if not decision:
        return False
    since = max(decision.get("at", ""), _taken_back(case))
    messages = [one for one in case.get("messages", {}).values() if one.get("kind") == "decision"]
    ours = [one for one in messages if not one.get("automatic") and one.get("at", "") >= since]
    told = any(one.get("state") == "sent" for one in ours)
    return bool(decision.get("settled")) or told


def next_step(case: Case) -> Step:
    """What should happen next."""
    if case["status"] == "closed":
        if case.get("decision") and not _answered(case) and _taken_back(case):
            return "answer"
        still_owed = [one for one in case.get("promises", {}).values() if one.get("next_at")]
        first = min(still_owed, key=lambda one: str(one["next_at"]), default=None)
        if first is None:
            return "due" if case.get("next_clock") else "none"
        return _KEEPS[first["kind"]]
    before = {person for one in case.get("reopenings", ()) for person in one.get("apart_from", ())}
    if not case.get("owner") or case["owner"] in before:
        return "accept"
    return next((step for step, done in needs(case) if not done), "closing")


def level(case: Case) -> int:
    """The highest level of the ladder that has its duty in this cycle; a reopened case begins again at the first."""
    begun = max((one["at"] for one in case.get("reopenings", ())), default="")
    return max((one["level"] for one in case.get("escalations", ()) if one.get("at", "") >= begun), default=0)
