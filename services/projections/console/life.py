"""The life of one clock in words: each step with its time, and what it was counted by.

Pure. Must not: how it stands now (that is `clocks`).
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from projections.console.clocks import is_unconfirmed
from projections.console.reader import Reader
from projections.console.reasons import worded

_MOMENTS = ("started", "warn_at", "warned_at", "due", "breached_at", "met_at", "stopped_at")


def life(clock: Mapping[str, Any], reader: Reader) -> Iterator[str]:
    """The steps, in the order in which somebody asks for them."""
    words = reader.words
    for name in _MOMENTS:
        if name in clock:
            yield words.t(f"proof.{name}", at=_at(clock[name], reader))
    if "answered_by" in clock:
        yield words.t("proof.answered_by", what=words.of("answered_by", clock["answered_by"]))
    if "stopped_because" in clock:
        yield words.t("proof.stopped_because", why=worded(clock["stopped_because"], reader))
    yield from _pauses(clock, reader)
    yield from _moves(clock, reader)
    yield from _counted_by(clock, reader)


def _at(stamp: str, reader: Reader) -> str:
    return reader.words.t("time.full", day=reader.weekday(stamp), time=reader.time(stamp))


def _pauses(clock: Mapping[str, Any], reader: Reader) -> Iterator[str]:
    words = reader.words
    if "paused_at" in clock:
        yield words.t("proof.paused_at", at=_at(clock["paused_at"], reader), why=clock["pause_reason"])
    if clock.get("paused_seconds"):
        yield words.t("proof.paused_seconds", span=reader.span(timedelta(seconds=clock["paused_seconds"])))
    for one in clock.get("unlawful", []):
        yield words.t("proof.unlawful", at=_at(one["at"], reader), why=one["reason"], who=one["by"])


def _moves(clock: Mapping[str, Any], reader: Reader) -> Iterator[str]:
    words = reader.words
    for one in clock.get("extended", []):
        due = _due(one, "due", reader)
        yield words.t("proof.extended", at=_at(one["at"], reader), due=due, why=one["reason"], who=one["by"])
    for one in clock.get("recalculated", []):
        old = _at(one["old_due"], reader) if "old_due" in one else "–"
        new = _due(one, "new_due", reader) if "new_due" in one else "–"
        yield words.t("proof.recalculated", at=_at(one["at"], reader), old=old, new=new, why=one["cause"])


def _due(step: Mapping[str, Any], name: str, reader: Reader) -> str:
    """The due time that a step gave, with the word where it is provisional."""
    at = _at(step[name], reader)
    return reader.words.t("clock.provisional_at", at=at) if step.get("provisional") else at


def _counted_by(clock: Mapping[str, Any], reader: Reader) -> Iterator[str]:
    words = reader.words
    if "reason" in clock:
        yield words.t("proof.reason", why=words.of("not_started", clock["reason"]))
    if "rulebook" in clock:
        yield words.t("proof.asked_of", rulebook=clock["rulebook"])
    if "calendar" in clock:
        yield words.t("proof.counted_by", policy=clock["policy"], calendar=clock["calendar"])
    elif clock.get("policy") == "given":
        yield words.t("proof.given", source=clock.get("source", "–"))
    elif "policy" in clock:
        yield words.t("proof.policy", policy=clock["policy"])
    if "stated_due" in clock:
        yield words.t("proof.stated_due", at=_at(clock["stated_due"], reader))
    if clock.get("provisional"):
        yield words.t("proof.provisional")
    if is_unconfirmed(clock):
        yield words.t("proof.unconfirmed")
