"""What is spoken of one case: its one sentence, and when a countdown speaks again. Pure.

A countdown is silent but where it is nearly due, an hour before, ten minutes before and at the breach (console, section
Access). Must not: how a clock is said (that is `clocks`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from projections.console.clocks import Clock, due_of, is_over, left_of, name_of, unjudged
from projections.console.reader import Reader, short_id

Stage = Literal["none", "warned", "hour", "ten-minutes", "late"]
_SOON: tuple[tuple[Stage, timedelta], ...] = (("ten-minutes", timedelta(minutes=10)), ("hour", timedelta(hours=1)))


@dataclass(frozen=True)
class Spoken:
    """A sentence, and the stage of the countdown at which it is said: it is said again at another one only."""

    said: str
    stage: Stage


def spoken(case: Mapping[str, Any], counted: Clock | None, reader: Reader) -> Spoken:
    """What is due next, as its row says it, and how sure that is. `counted`: the next clock with what is left of it."""
    words, dark = reader.words, bool(case.get("unjudged"))
    named = {"case": short_id(case["id"]), "status": words.of("status", case["status"])}
    if counted is None:
        return Spoken(words.t("case.announced", **named), "none")
    due = unjudged(reader) if dark else due_of(counted, reader)
    left = words.t("clock.provisional_at", at=due.text) if due.provisional else due.text
    left = words.t("clock.unconfirmed_at", at=left) if due.unconfirmed else left
    said = words.t("case.announced_due", **named, clock=name_of(counted["clock"], reader), left=left)
    return Spoken(said, "none" if dark else _stage(counted, reader))


def _stage(clock: Clock, reader: Reader) -> Stage:
    if clock["state"] not in ("running", "warned", "breached") or "due" not in clock or "stopped_at" in clock:
        return "none"
    if is_over(clock, reader):
        return "late"
    left = left_of(clock, reader)
    return next((stage for stage, limit in _SOON if left <= limit), "warned" if clock["state"] == "warned" else "none")
