"""What others say that may end clocks or pause them: noted on each; what of it counts, the clock's policy says.

Pure steps of `fold.py`. Must not: know which clocks an occasion sets off (`clocks`), or judge one (`judging`).
"""

from collections.abc import Callable
from datetime import datetime

from escalation.decider.state import Case, End, Heard, Notice, Report, Rest
from events.changed import changed
from events.fact import LAST

_ENDS_OF_THE_CASE = frozenset({"closed", "closed-withdrawn", "withdrawn", "screened-out"})
"""They end a clock also where a source dates them before its start."""
_RECENT_MAX = 64
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

    return _on_all(changed(case, rest=_remembered(case.rest, report)), reported)


def _remembered(rest: Rest, word: End | Report) -> Rest:
    recent = (*rest.recent, word)
    if len(recent) <= _RECENT_MAX:
        return changed(rest, recent=recent)
    first = recent[0]
    return changed(rest, recent=recent[1:], waiting=first if isinstance(first, Report) else rest.waiting)


def heard_before(rest: Rest, begun: datetime, known_at: datetime | None, *, inherits: bool) -> Heard:
    """What counts on a clock that began then and was known later (None: at once), as if all of it had been noted on the
    clock since it was known, whenever its beginning is noted (L14): what its source waited for since, and where it
    `inherits` them the ends. Of old history all is known.
    """
    since = LAST if rest.history is not None else known_at or begun
    ends: tuple[End, ...] = ()
    waits = None if rest.waiting is None else changed(rest.waiting, at=max(begun, rest.waiting.at))
    reports = () if waits is None or waits.reason is None else (waits,)
    for word in rest.recent:
        is_late = (word.known_at or word.at) > since
        if isinstance(word, End):
            if inherits and (word.at > begun or (is_late and may_end(word, begun))):
                ends = (*ends, word)
        elif word.at <= begun and not is_late:
            reports = () if word.reason is None else (changed(word, at=begun, after_ends=len(ends)),)
        elif word.reason != (reports[-1].reason if reports else None):
            reports = (*reports, changed(word, after_ends=len(ends)))
    return Heard(ends, reports)


def _on_all(case: Case, change: Callable[[datetime, Heard], Heard]) -> Case:
    return changed(
        case,
        asked=tuple(changed(one, heard=change(one.at, one.heard)) for one in case.asked),
        occasions=tuple(changed(one, heard=change(one.at, one.heard)) for one in case.occasions),
        running=tuple(changed(one, heard=change(one.at, one.heard)) for one in case.running),
    )
