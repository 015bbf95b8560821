"""Chapter escalation on the page of a case: who holds it, until when."""

from events.escalation import (
    CaseEscalated,
    CrisisTeamCalled,
    CustodyReported,
    OwnershipAccepted,
    OwnershipOffered,
    OwnershipRefused,
)
from events.fact import Fact
from projections.views import clocks
from projections.views.chapters.page import Case, Changes, How, counted
from projections.views.told import content, stamp


def _offered(case: Case, fact: OwnershipOffered) -> Changes:
    stands = not case.get("closed_at") or case.get("open_at_source", False)
    return {"offered_to": fact.to if stands else None, "offer": content(fact)}


def _accepted(case: Case, fact: OwnershipAccepted) -> Changes:
    return {"owner": fact.owner, "owned_since": stamp(fact.at), "offered_to": None, **counted(case, fact)}


def _refused(case: Case, fact: OwnershipRefused) -> Changes:
    refused = {**case.get("offer", {}), "refused": content(fact)}
    return {"offered_to": None, "offer": refused, "bounces": case.get("bounces", 0) + 1}


def _held_at_source(_: Case, __: CustodyReported) -> Changes:
    """The source's own words already stand under `custody`."""
    return {}


def _clock(case: Case, fact: clocks.ClockFact) -> Changes:
    before = case.get("clocks", {})
    clock = clocks.fold(before.get(fact.clock), fact)
    return {} if clock is None else {"clocks": {**before, fact.clock: clock}}


def _escalated(case: Case, fact: CaseEscalated) -> Changes:
    return {"level": fact.level, "escalations": [*case.get("escalations", []), content(fact)]}


def _crisis(_: Case, fact: CrisisTeamCalled) -> Changes:
    return {"crisis": content(fact)}


HOW: dict[type[Fact], How] = {
    OwnershipOffered: _offered,
    OwnershipAccepted: _accepted,
    OwnershipRefused: _refused,
    CustodyReported: _held_at_source,
    **dict.fromkeys(clocks.CLOCK_FACTS, _clock),
    CaseEscalated: _escalated,
    CrisisTeamCalled: _crisis,
}
