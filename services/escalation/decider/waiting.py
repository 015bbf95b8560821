"""A case that waits at its source: the pauses that follow, for clocks whose policy knows the reason. Pure.

They repeat what was reported, with the source's own times, also while history loads; what a source says of no clock's
reason changes nothing here.
"""

from dataclasses import replace
from datetime import datetime

from escalation.decider.clocks import SOURCE
from escalation.decider.heard import Report, counts_from
from escalation.decider.judging import ended_by, ran
from escalation.decider.reading import Judge, judge
from escalation.decider.state import Case, Running, Step
from events.escalation import GIVEN, ClockPaused, ClockResumed
from rulebooks.recalculating import due_of
from rulebooks.state import Books


def paused_at_source(case: Case, books: Books, since: datetime) -> tuple[ClockPaused | ClockResumed, datetime] | None:
    """The next pause or resume that a report asks for, and from when on that counts; nobody judged before `since`."""
    first: tuple[ClockPaused | ClockResumed, datetime] | None = None
    for clock in case.running:
        if not clock.heard.reports or clock.policy == GIVEN:
            continue
        found = _next(clock, judge(books, clock), max(since, clock.known_at or since))
        if found is not None and (first is None or found[1] < first[1]):
            first = found
    return first


def _next(clock: Running, by: Judge, since: datetime) -> tuple[ClockPaused | ClockResumed, datetime] | None:
    for report in clock.heard.reports:
        fact = _followed(clock, report, by, since)
        if fact is not None:
            return fact, counts_from(report, since)
    return None


def _followed(clock: Running, report: Report, by: Judge, since: datetime) -> ClockPaused | ClockResumed | None:
    """A clock that was over when this was known is not paused, whatever time the report bears."""
    if clock.heard.waits is not None:
        return _resumed(clock, report, by)
    over = ended_by(clock.heard.ends[: report.after_ends], by.policy.met_by, by.policy.stopped_by)[0]
    is_over = over is not None and counts_from(over, since) <= counts_from(report, since)
    if report.reason not in by.policy.pauses or clock.paused is not None or is_over:
        return None
    assert report.reason is not None
    return ClockPaused(
        at=report.at, clock=clock.name, reason=report.reason, lawful=True, by=SOURCE, reported=report.origin
    )


def _resumed(clock: Running, report: Report, by: Judge) -> ClockResumed:
    going_on = replace(clock, steps=(*clock.steps, Step("resumed", report.at)))
    due, provisional = due_of(ran(going_on, by, report.at))
    return ClockResumed(
        at=report.at,
        clock=clock.name,
        due=due,
        provisional=provisional,
        by=SOURCE,
        reported=report.origin,
    )
