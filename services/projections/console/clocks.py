"""How the time of a clock is said: what is left or over, until when, how much of it is used, and with which mark.

Pure. A breach stays red after the answer came (console, principle 3). Must not: judge; the clock's state says it all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from projections.console.reader import DAY_SECONDS, Reader

Tone = Literal["", "late", "risk", "ok", "paused", "unjudged"]
Clock = Mapping[str, Any]


@dataclass(frozen=True)
class Due:
    """One clock in words. `share` of its time that is used, in percent; None where that says nothing."""

    tone: Tone
    icon: str
    text: str
    sub: str
    share: float | None = None
    provisional: bool = False
    """The due time leans on what its calendar does not know for sure."""
    unconfirmed: bool = False
    """Nobody has confirmed the limit: it is no law."""

    @property
    def fill(self) -> str:
        """The style of its bar."""
        return self.tone or "track"


def due_of(clock: Clock, reader: Reader) -> Due:
    """What one clock says now; in business time where that is counted."""
    due = _timed(clock, reader) if "due" in clock else _untimed(clock, reader)
    return replace(due, provisional=bool(clock.get("provisional")), unconfirmed=is_unconfirmed(clock))


def is_unconfirmed(clock: Clock) -> bool:
    """Whether nobody has confirmed the limit that a clock runs by: it is shown with that word, never as law."""
    return clock.get("standing") == "M"


def _untimed(clock: Clock, reader: Reader) -> Due:
    """A clock without a due time: it measures, or it was never started."""
    t, moment = reader.words.t, reader.moment
    match clock["state"]:
        case "not-started":
            return Due("risk", "open", t("clock.not_started"), reader.words.of("not_started", clock.get("reason", "")))
        case "paused":
            return Due("paused", "paused", t("clock.paused"), t("clock.since", at=moment(clock["paused_at"])))
        case "met" | "late":
            return Due("", "ok", t("clock.measured"), t("clock.answered", at=moment(clock["met_at"])))
        case "stopped" | "breached":
            at = clock.get("stopped_at") or clock.get("breached_at") or clock["started"]
            return Due("", "open", t("clock.stopped"), t("clock.since", at=moment(at)))
        case _:
            return Due("", "clock", t("clock.measured"), t("clock.since", at=moment(clock["started"])))


def _timed(clock: Clock, reader: Reader) -> Due:
    t, moment = reader.words.t, reader.moment
    match clock["state"]:
        case "met":
            return Due(
                "ok", "ok", t("clock.met"), t("clock.answered", at=moment(clock["met_at"])), _used(clock, reader)
            )
        case "late":
            answered = t("clock.was_due_answered", due=moment(clock["due"]), at=moment(clock["met_at"]))
            return Due("late", "late", t("clock.late_by", span=_over(clock, clock["met_at"], reader)), answered, 100)
        case "stopped":
            stopped = t("clock.since", at=moment(clock["stopped_at"]))
            return Due("", "open", t("clock.stopped"), stopped, _used(clock, reader))
        case "paused":
            if_resumed = t("clock.if_resumed", at=moment(clock["due"]))
            return Due("paused", "paused", t("clock.paused"), if_resumed, _used(clock, reader))
        case "breached" if "stopped_at" in clock:
            return Due("late", "late", t("clock.missed"), t("clock.was_due", at=moment(clock["due"])), 100)
        case _:
            return _running(clock, reader)


def is_over(clock: Clock, reader: Reader) -> bool:
    """Whether the due time of a running clock has passed."""
    return clock["state"] == "breached" or reader.until(clock["due"]).total_seconds() < 0


def left_of(clock: Clock, reader: Reader) -> timedelta:
    """What is left of a running clock: business time where that is counted, else time on the wall."""
    counted = clock.get("remaining_seconds")
    return reader.until(clock["due"]) if counted is None else timedelta(seconds=counted)


def _running(clock: Clock, reader: Reader) -> Due:
    words, at = reader.words, reader.moment(clock["due"])
    if is_over(clock, reader):
        over = words.t("clock.late_by", span=reader.span(reader.until(clock["due"])))
        return Due("late", "late", over, words.t("clock.was_due", at=at), 100)
    span = reader.span(left_of(clock, reader), clock.get("day_seconds") or DAY_SECONDS)
    text, sub = words.t("clock.left", span=span), words.t("clock.due", at=at)
    used = _used(clock, reader)
    return Due("risk", "risk", text, sub, used) if clock["state"] == "warned" else Due("", "clock", text, sub, used)


def unjudged(reader: Reader) -> Due:
    """A clock of a case whose record cannot be read: neither met nor late."""
    return Due("unjudged", "unjudged", reader.words.t("clock.unjudged"), reader.words.t("clock.unjudged_why"))


def _used(clock: Clock, reader: Reader) -> float:
    used, left = clock.get("elapsed_seconds"), clock.get("remaining_seconds")
    if used is not None and left is not None:
        return round(100 * used / (used + left), 1) if used + left else 100
    start, due = datetime.fromisoformat(clock["started"]), datetime.fromisoformat(clock["due"])
    end = next((datetime.fromisoformat(clock[name]) for name in ("met_at", "stopped_at") if name in clock), reader.now)
    whole = (due - start).total_seconds()
    return round(min(max(100 * (end - start).total_seconds() / whole, 0), 100), 1) if whole > 0 else 100


def _over(clock: Clock, at: str, reader: Reader) -> str:
    return reader.span(datetime.fromisoformat(at) - datetime.fromisoformat(clock["due"]))


def name_of(clock: str, reader: Reader) -> str:
    """A clock's name in words: `resolution#2` is the one of the second cycle, or began again as it was screened back;
    `reply:…` is one of a message. Clocks of other packs are called as the pack calls them.
    """
    kind, _, cycle = clock.partition("#")
    known = reader.words.of("clock_name", kind.partition(":")[0])
    name = kind if known == kind.partition(":")[0] else known
    return reader.words.t("clock.of_cycle", name=name, cycle=cycle) if cycle else name
