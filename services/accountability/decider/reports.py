"""What another system told and this chapter has not yet written: how it moves in the state. Pure steps of `fold.py`."""

from datetime import datetime

from accountability.decider.state import Case, Report
from events.accountability import ComplaintReopened
from events.changed import changed
from events.intake import SourceReported


def reported(case: Case, fact: SourceReported, recorded_at: datetime, *, is_closed: bool) -> Case:
    """Remember a report, unless it tells what already holds."""
    will_be_closed = case.pending[-1].fact == "closed" if case.pending else is_closed
    if fact.fact not in ("closed", "reopened") or (fact.fact == "closed") is will_be_closed:
        return case
    said = [word for word in (fact.ground, fact.status, fact.sub_status) if word is not None]
    remark = f"{fact.fact} at source" + (f": {', '.join(said)}" if said else "")
    known_at = fact.known_late(recorded_at) if case.history is None else None
    pending = (*case.pending, Report(fact.fact, fact.at, fact.reported, remark, known_at))
    return changed(case, pending=pending, withdrawn=case.withdrawn and fact.fact == "closed")


def left(pending: tuple[Report, ...], *, is_closed: bool) -> tuple[Report, ...]:
    """A report that already holds is done with, whoever wrote the fact."""
    return pending[1:] if pending and (pending[0].fact == "closed") is is_closed else pending


def known_since(case: Case, fact: ComplaintReopened) -> datetime:
    """When the report that it repeats was known: until then somebody waited for the call (L14)."""
    report = case.pending[0] if case.pending and fact.reported is not None else None
    return fact.at if report is None else report.known_at or fact.at
