"""How often a case changed hands: teams, persons, support lines, reopenings, waiting.

Folded from what a source reported of its custody, row by row; of a case of our own, from who accepted it.
Escalation's `custody-reported` repeats the source's word and is not counted again.
"""

from datetime import datetime
from typing import NamedTuple

from typing_extensions import TypedDict

from events.accountability import ComplaintReopened
from events.escalation import OwnershipAccepted
from events.fact import Fact
from events.intake import SourceReported
from projections.views.told import stamp

_SETTLED = frozenset({"Resolved", "Closed", "Cancelled"})
_AT_WORK_AGAIN = frozenset({"Accepted", "Queued"})
_WAITING_FOR_USER = "Wait - User"


class Handoffs(TypedDict):
    """Figures of one case; names and meaning as in the published log of IT problem tickets (BPI Challenge 2013)."""

    events: int
    first_timestamp: str
    last_timestamp: str
    impact: str | None
    final_status: str | None
    final_sub_status: str | None
    team: str | None
    team_before: str | None
    """The team before this one, equal neighbours merged: coming back to it is a ping-pong."""
    owner: str | None
    owners: list[str]
    line: int | None
    team_handoffs: int
    ping_pongs: int
    owner_changes: int
    distinct_owners: int
    highest_support_line: int
    line_escalations: int
    line_deescalations: int
    reopens: int
    wait_user_seconds: int
    wait_any_seconds: int


class _Step(NamedTuple):
    """One look at who holds the case; None where this look says nothing of it."""

    at: datetime
    team: str | None = None
    owner: str | None = None
    line: int | None = None
    status: str | None = None
    sub_status: str | None = None
    impact: str | None = None
    reopened: bool = False


def fold(handoffs: Handoffs | None, fact: Fact, *, imported: bool) -> Handoffs | None:
    """The figures after one fact. `imported`: the case is another system's, so only its own word counts."""
    match fact:
        case SourceReported(fact="custody"):
            seen = _Step(fact.at, fact.team, fact.owner, fact.line, fact.status, fact.sub_status, fact.impact)
            return _step(handoffs, seen)
        case OwnershipAccepted() if not imported:
            return _step(handoffs, _Step(fact.at, owner=fact.owner))
        case ComplaintReopened() if not imported:
            return _step(handoffs, _Step(fact.at, reopened=True))
        case _:
            return handoffs


def _step(old: Handoffs | None, seen: _Step) -> Handoffs:
    if old is None:
        return _first(seen)
    moved = seen.team is not None and old["team"] is not None and seen.team != old["team"]
    changed = seen.owner is not None and old["owner"] is not None and seen.owner != old["owner"]
    owners = old["owners"] if seen.owner is None or seen.owner in old["owners"] else [*old["owners"], seen.owner]
    line = seen.line or old["line"]
    line_before = old["line"] or line
    waited = _seconds(old, seen.at) if (old["final_sub_status"] or "").startswith("Wait") else 0
    return {
        "events": old["events"] + 1,
        "first_timestamp": old["first_timestamp"],
        "last_timestamp": stamp(seen.at),
        "impact": seen.impact or old["impact"],
        "final_status": seen.status or old["final_status"],
        "final_sub_status": seen.sub_status or old["final_sub_status"],
        "team": seen.team or old["team"],
        "team_before": old["team"] if moved else old["team_before"],
        "owner": seen.owner or old["owner"],
        "owners": owners,
        "line": line,
        "team_handoffs": old["team_handoffs"] + moved,
        "ping_pongs": old["ping_pongs"] + (moved and seen.team == old["team_before"]),
        "owner_changes": old["owner_changes"] + changed,
        "distinct_owners": len(owners),
        "highest_support_line": max(old["highest_support_line"], line or 0),
        "line_escalations": old["line_escalations"] + ((line or 0) > (line_before or 0)),
        "line_deescalations": old["line_deescalations"] + ((line or 0) < (line_before or 0)),
        "reopens": old["reopens"] + (seen.reopened or _reopened(old, seen)),
        "wait_user_seconds": old["wait_user_seconds"] + (waited if old["final_sub_status"] == _WAITING_FOR_USER else 0),
        "wait_any_seconds": old["wait_any_seconds"] + waited,
    }


def _first(seen: _Step) -> Handoffs:
    return {
        "events": 1,
        "first_timestamp": stamp(seen.at),
        "last_timestamp": stamp(seen.at),
        "impact": seen.impact,
        "final_status": seen.status,
        "final_sub_status": seen.sub_status,
        "team": seen.team,
        "team_before": None,
        "owner": seen.owner,
        "owners": [seen.owner] if seen.owner is not None else [],
        "line": seen.line,
        "team_handoffs": 0,
        "ping_pongs": 0,
        "owner_changes": 0,
        "distinct_owners": int(seen.owner is not None),
        "highest_support_line": seen.line or 0,
        "line_escalations": 0,
        "line_deescalations": 0,
        "reopens": int(seen.reopened),
        "wait_user_seconds": 0,
        "wait_any_seconds": 0,
    }


def _reopened(old: Handoffs, seen: _Step) -> bool:
    settled = old["final_status"] == "Completed" and old["final_sub_status"] in _SETTLED
    return settled and seen.status in _AT_WORK_AGAIN


def _seconds(old: Handoffs, at: datetime) -> int:
    return max(0, int((at - datetime.fromisoformat(old["last_timestamp"])).total_seconds()))
