"""What others say that may end clocks or pause them: noted on each; what of it counts, the clock's policy says.

Pure steps of `fold.py`. Must not: know which clocks an occasion sets off (`clocks`), or judge one (`judging`).
"""

from collections.abc import Callable
from datetime import datetime

from escalation.decider.state import Case, End, Heard, Notice, Report
from events.changed import changed

_ENDS_OF_THE_CASE = frozenset({"closed", "closed-withdrawn", "withdrawn", "screened-out"})
"""They end a clock also where a source dates them before its start."""
_RECENT_MAX = 32
_NOTICES_MAX = 20


def ended(case: Case, end: End, notice: str | None = None) -> Case:
    """The end is noted on every clock that it may end; the first one of its kind stays."""
    rest = changed(case.rest, recent=(*case.rest.recent, end)[-_RECENT_MAX:])
    if notice is not None:
        rest = changed(rest, notices=(*rest.notices, Notice(notice, end.at))[-_NOTICES_MAX:])

    def noted(begun: datetime, heard: Heard) -> Heard:
        if not may_end(end, begun) or any(one.word == end.word for one in heard.ends):
            return heard
        return changed(heard, ends=(*heard.ends, end))

    return _on_all(changed(case, rest=rest), noted)


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

    return _on_all(changed(case, rest=changed(case.rest, waiting=report if report.reason else None)), reported)


def _on_all(case: Case, change: Callable[[datetime, Heard], Heard]) -> Case:
    return changed(
        case,
        asked=tuple(changed(one, heard=change(one.at, one.heard)) for one in case.asked),
        occasions=tuple(changed(one, heard=change(one.at, one.heard)) for one in case.occasions),
        running=tuple(changed(one, heard=change(one.at, one.heard)) for one in case.running),
    )
