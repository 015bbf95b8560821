"""A case that waits at its source: the pauses that follow, for clocks whose policy knows the reason. Pure.

They repeat what was reported, with the source's own times, also while history loads; what a source says of no clock's
reason changes nothing here.
"""

from dataclasses import replace

from escalation.decider.clocks import SOURCE
from escalation.decider.judging import ended_by, ran
from escalation.decider.reading import Judge, judge
from escalation.decider.state import Case, Report, Running, Step
from events.escalation import GIVEN, ClockPaused, ClockResumed
from rulebooks.recalculating import due_of
from rulebooks.state import Books


def paused_at_source(case: Case, books: Books) -> ClockPaused | ClockResumed | None:
    """The next pause or resume that a report asks for."""
    for clock in case.running:
        if not clock.heard.reports or clock.policy == GIVEN:
            continue
        by = judge(books, clock)
        for report in clock.heard.reports:
            fact = _followed(clock, report, by)
            if fact is not None:
                return fact
    return None


def _followed(clock: Running, report: Report, by: Judge) -> ClockPaused | ClockResumed | None:
    if clock.heard.waits is not None:
        return _resumed(clock, report, by)
    over = ended_by(clock.heard.ends[: report.after_ends], by.policy.met_by, by.policy.stopped_by)[0]
    if report.reason not in by.policy.pauses or clock.paused is not None or (over is not None and over.at <= report.at):
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
