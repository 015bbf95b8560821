"""What others say that may end clocks or pause them: noted on each; what of it counts, the clock's policy says.

Pure steps of `fold.py`. Must not: know which clocks an occasion sets off (`clocks`), or judge one (`judging`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from escalation.decider.heard import NOTHING_HEARD, End, Heard, Report
from escalation.decider.state import Asked, Case, Notice, Occasion, Rest, Running
from events.changed import changed

C = TypeVar("C", Asked, Occasion, Running)
_ENDS_OF_THE_CASE = frozenset({"closed", "closed-withdrawn", "withdrawn", "screened-out"})
"""They end a clock also where a source dates them before its start."""
_RECENT_MAX = 32
_NOTICES_MAX = 20


def ended(case: Case, end: End, notice: str | None = None) -> Case:
    """The end is noted on every clock that it may end; the first one of its kind stays."""
    rest = _remembered(case.rest, end)
    if notice is not None:
        rest = changed(rest, notices=(*rest.notices, Notice(notice, end.at))[-_NOTICES_MAX:])

    def noted(begun: datetime, heard: Heard) -> Heard:
        if not may_end(end, begun) or any(one.word == end.word for one in heard.ends):
            return heard
        return changed(heard, ends=(*heard.ends, end))

    return _on_all(changed(case, rest=rest), noted)


def undone(rest: Rest, *words: str, known_at: datetime, cycle: datetime | None = None) -> Rest:
    """Ends of these words hold no longer: the case is a complaint after all, in this `cycle`, or open again."""
    recent = tuple(
        replace(end, undone_at=known_at, undone_in=cycle) if end.word in words and end.undone_at is None else end
        for end in rest.recent
    )
    return changed(rest, recent=recent)


def may_end(end: End, begun: datetime) -> bool:
    """Whether it may end a clock that begun then."""
    return end.at >= begun or end.word in _ENDS_OF_THE_CASE


def waiting_at_source(case: Case, report: Report) -> Case:
    """What a source says it waits for, from now until its next report."""

    def reported(_: datetime, heard: Heard) -> Heard:
        before = heard.reports[-1].reason if heard.reports else heard.waits
        if before == report.reason:
            return heard
        return changed(heard, reports=(*heard.reports, changed(report, after_ends=len(heard.ends))))

    rest = case.rest
    if report.reason != (rest.reports[-1].reason if rest.reports else None):
        report = changed(report, after_ends=len(rest.recent))
        rest = changed(rest, reports=(*rest.reports, report)[-_RECENT_MAX:])
    return _on_all(changed(case, rest=rest), reported)


def _remembered(rest: Rest, end: End) -> Rest:
    if len(rest.recent) < _RECENT_MAX:
        return changed(rest, recent=(*rest.recent, end))
    reports = tuple(changed(report, after_ends=max(0, report.after_ends - 1)) for report in rest.reports)
    return changed(rest, recent=(*rest.recent[1:], end), reports=reports)


def heard_before(rest: Rest, begun: datetime, known_at: datetime | None, *, inherits: bool) -> Heard:
    """What counts on a clock that began then and was known later (None: at once), as if it had been noted on the clock
    since that was known, whenever its beginning is noted (L14): what its source waited for since, and where it
    `inherits` them the ends.
    """
    since = known_at or begun
    ends = _inherited(rest.recent, begun, since) if inherits and rest.recent else ()
    reports = _waited(rest, begun, since, ends) if rest.reports else ()
    return Heard(ends, reports) if ends or reports else NOTHING_HEARD


def _inherited(ends: tuple[End, ...], begun: datetime, since: datetime) -> tuple[End, ...]:
    """Those after `begun`; and as they would have been noted on a clock that runs, those known after `since`. What was
    undone by `since` is none of them.
    """
    return tuple(
        end
        for end in ends
        if (end.at > begun or (end.known_at is not None and end.known_at > since and may_end(end, begun)))
        and (end.undone_at is None or end.undone_at > since)
    )


def _waited(rest: Rest, begun: datetime, since: datetime, inherited: tuple[End, ...]) -> tuple[Report, ...]:
    """The report that stood when it began, and those that came then. Of old history all is known."""
    reports: tuple[Report, ...] = ()
    for report in rest.reports:
        after_ends = sum(end in inherited for end in rest.recent[: report.after_ends])
        if report.at <= begun and (rest.history is not None or (report.known_at or report.at) <= since):
            reports = () if report.reason is None else (changed(report, at=begun, after_ends=after_ends),)
        elif report.reason != (reports[-1].reason if reports else None):
            reports = (*reports, changed(report, after_ends=after_ends))
    return reports


def _on_all(case: Case, change: Callable[[datetime, Heard], Heard]) -> Case:
    return changed(
        case,
        asked=tuple(_with(change, one) for one in case.asked),
        occasions=tuple(_with(change, one) for one in case.occasions),
        running=tuple(_with(change, one) for one in case.running),
    )


def _with(change: Callable[[datetime, Heard], Heard], one: C) -> C:
    heard = change(one.at, one.heard)
    return one if heard is one.heard else changed(one, heard=heard)
