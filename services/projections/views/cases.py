"""Cases: one page a complaint, folded from every admitted record of its stream.

The chapters say what their facts change (`chapters/`); here it is put together. Pure: the page before and one record
give the page after, and the page before is left as it was.
"""

from typing import cast

from projections.views.chapters import answered, held, judged, said
from projections.views.chapters.page import Case, Changes, Status, blank
from projections.views.clocks import Clock, next_due, next_paused
from projections.views.told import Told, stamp

HOW = {**said.HOW, **judged.HOW, **held.HOW, **answered.HOW}
"""Every fact that stands on a complaint's stream, and what it changes."""


def fold(case: Case | None, told: Told) -> Case:
    """The page after one admitted record, with what that changes."""
    assert told.envelope is not None
    now = case or blank(told.envelope.stream)
    how = None if told.fact is None else HOW.get(type(told.fact))
    return _with(now, told, {} if told.fact is None or how is None else how(now, told.fact))


def moved(case: Case | None, told: Told) -> Case:
    """The page as it was, at the head and place of this record."""
    assert told.envelope is not None
    return _with(case or blank(told.envelope.stream), told, {})


def _with(now: Case, told: Told, changes: Changes) -> Case:
    """The page with these changes, at the head and place of this record, with what is derived from them."""
    assert told.envelope is not None
    after = cast("Case", {**now, **changes})
    after["head"] = list(told.head or ())
    after["position"] = [told.partition, told.offset]
    after["updated_at"] = stamp(told.envelope.time)
    if not _SHOWN_IN_STATUS.isdisjoint(changes):
        after["status"] = _status(after)
    if "clocks" in changes:
        paused = next_paused(after["clocks"])
        after["next_due_at"], after["next_clock"] = _first(next_due(after["clocks"]))
        after["resumed_due_at"], after["resumed_clock"] = _first(paused)
        after["resumed_provisional"] = paused is not None and paused.get("provisional", False)
    return after


def _first(clock: Clock | None) -> tuple[str | None, str | None]:
    return (clock["due"], clock["clock"]) if clock else (None, None)


_SHOWN_IN_STATUS = frozenset({"closed_at", "decision", "owner", "offered_to"})


def _status(case: Case) -> Status:
    if case.get("closed_at"):
        return "closed"
    if case.get("decision"):
        return "decided"
    if case.get("owner"):
        return "owned"
    return "offered" if case.get("offered_to") else "lodged"
