"""Cases: one page a complaint, folded from every admitted record of its stream.

The chapters say what their facts change (`chapters/`); here it is put together. Pure: the page before and one record
give the page after, and the page before is left as it was.
"""

from typing import cast

from projections.views import handoffs
from projections.views.chapters import answered, held, judged, said
from projections.views.chapters.page import Case, Changes, blank
from projections.views.clocks import next_due
from projections.views.told import Told, stamp

HOW = {**said.HOW, **judged.HOW, **held.HOW, **answered.HOW}
"""Every fact that stands on a complaint's stream, and what it changes."""


def fold(case: Case | None, told: Told) -> Case:
    """The page after one admitted record. One that cannot be read parks the page: later ones only move its head."""
    assert told.envelope is not None
    now = case or blank(told.envelope.stream)
    changes: Changes = {
        "head": list(told.head or ()),
        "position": [told.partition, told.offset],
        "updated_at": stamp(told.envelope.time),
    }
    if "parked" not in now:
        changes |= _told(now, told)
    return cast("Case", {**now, **changes})


def parked(case: Case | None, told: Told, why: str) -> Case:
    """The page where a record could not be folded: it says so, and stays as it was (L22)."""
    assert told.envelope is not None
    where = {"position": [told.partition, told.offset], "type": told.envelope.type, "why": why}
    return {
        **(case or blank(told.envelope.stream)),
        "head": list(told.head or ()),
        "position": [told.partition, told.offset],
        "parked": where,
    }


def _told(now: Case, told: Told) -> Changes:
    fact = told.fact
    if fact is None:
        if told.why is None:
            return {}
        return dict(parked(now, told, told.why))
    how = HOW.get(type(fact))
    if how is None:
        return {}
    changes = how(now, fact)
    hands = handoffs.fold(now.get("handoffs"), fact, imported="source" in now)
    if hands is not now.get("handoffs"):
        changes["handoffs"] = hands
    after = cast("Case", {**now, **changes})
    changes["status"] = _status(after)
    if "clocks" in changes or "closed_at" in changes:
        due = None if after.get("closed_at") else next_due(after.get("clocks", {}))
        changes["next_due_at"], changes["next_clock"] = (due["due"], due["clock"]) if due else (None, None)
    return changes


def _status(case: Case) -> str:
    if case.get("closed_at"):
        return "closed"
    if case.get("decision"):
        return "decided"
    if case.get("owner"):
        return "owned"
    return "offered" if case.get("offered_to") else "lodged"
