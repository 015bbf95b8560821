"""Due times counted by a policy beside those that a publisher states: where they differ, and what the likely reason is.

Lives here: the question, its answer, and the guess at a reason. Must not: count a due time itself (`clocks`).
"""

import asyncio
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from clocks import Budget, Calendar, Policy, Unit, due
from events.decider import UnknownRulebook
from projections.reckoning import books_of
from projections.store import Tables
from projections.views.told import Plain, stamp
from rulebooks.histories import Terms, read
from rulebooks.state import Books
from runtime.queries import read_queries

SQL = read_queries(Path(__file__).parent / "sql" / "deviations.sql")
CLOSE = timedelta(minutes=5)
FAR = timedelta(days=3650)
SLIGHT = timedelta(hours=1)
DEVIATING_MAX = 2_000
"""So many are looked at one by one, a millisecond or so each; the counts are of all."""
_AMOUNT_MAX = 1_000
_OTHER_UNITS: tuple[Unit, ...] = ("business-days", "calendar-days")

WORDS = {
    "before-start": "stated before the start",
    "placeholder": "a date years away: a placeholder",
    "by-hand": "set by hand: a full minute, which the start is not",
    "slight": "counted from a start some minutes off",
    "other-amount": "counted with another amount",
    "unknown": "no rule that we know",
}
"""The reasons that are looked for, in that order."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One due time of ours beside the one that is stated."""

    started: datetime
    due: datetime
    stated: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a stated due time is likely to differ; `as_if`: the limit that would give it."""

    code: str
    as_if: str | None = None

    def __str__(self) -> str:
        return WORDS[self.code] if self.as_if is None else f"{WORDS[self.code]}: {self.as_if}"


def likely_reason(one: Compared, policy: Policy, calendar: Calendar) -> Reason:
    """The first reason that explains it. A guess by the figures alone: the publisher may know better."""
    if one.stated < one.started:
        return Reason("before-start")
    if one.stated - one.due > FAR:
        return Reason("placeholder")
    if one.stated.second == 0 and one.started.second != 0:
        return Reason("by-hand")
    if abs(one.stated - one.due) < SLIGHT:
        return Reason("slight")
    for budget in _as_if(one, policy, calendar):
        return Reason("other-amount", str(budget))
    return Reason("unknown")


def _as_if(one: Compared, policy: Policy, calendar: Calendar) -> Sequence[Budget]:
    """The limits that give what is stated: of the policy's own unit first, with all its conventions."""
    if policy.budget is None:
        return ()
    own = policy.budget.unit
    found = []
    for unit in dict.fromkeys((own, *_OTHER_UNITS)):
        plain: dict[str, object] = (
            {} if unit == own else {"closed_start": "stands", "cutoff": None, "after_cutoff": None}
        )

        def counted(amount: int, unit: Unit = unit, plain: Mapping[str, object] = plain) -> datetime:
            other = policy.model_copy(update={**plain, "budget": Budget(amount=amount, unit=unit)})
            return due(one.started, other, calendar)

        amount = bisect_left(range(1, _AMOUNT_MAX), one.stated - CLOSE, key=counted) + 1
        if abs(counted(amount) - one.stated) <= CLOSE:
            found.append(Budget(amount=amount, unit=unit))
    return found


async def due_deviations(pool: Tables, *, source: str | None, clock: str) -> Plain:
    """Deviations by category, the most first, each with its likely reasons; then what no policy was found for."""
    counts = await pool.fetch(SQL["due_compared"], source, clock)
    rows = await pool.fetch(SQL["due_deviating"], source, clock, DEVIATING_MAX)
    without = await pool.fetch(SQL["without_policy"], source, clock)
    reasons = await _reasons(pool, rows)
    types = [_type(row, reasons.get(_key(row), {})) for row in counts if row["compared"] > row["within"]]
    return {
        "source": source,
        "clock": clock,
        "due_compared": sum(row["compared"] for row in counts),
        "due_within_5_minutes": sum(row["within"] for row in counts),
        "no_policy": sum(row["cases"] for row in without),
        "deviations": sorted(types, key=lambda one: (-one["deviating"], one["category"] or "")),
        "without_policy": [dict(row) for row in without],
    }


Key = tuple[str | None, str, str | None]
Starts = Mapping[Reason, Sequence[datetime]]
"""When the clocks were started that have this likely reason."""


def _key(row: Mapping[str, Any]) -> Key:
    return row["category"], row["policy"], row["calendar"]


def _type(row: Mapping[str, Any], starts: Starts) -> Plain:
    most = sorted(starts.items(), key=lambda entry: -len(entry[1]))
    return {
        "category": row["category"],
        "policy": row["policy"],
        "calendar": row["calendar"],
        "compared": row["compared"],
        "within_5_minutes": row["within"],
        "deviating": row["compared"] - row["within"],
        "likely_reason": str(most[0][0]) if most else None,
        "reasons": [
            {
                "reason": reason.code,
                "as_if": reason.as_if,
                "words": str(reason),
                "deadlines": len(started),
                "first_started": stamp(min(started)),
                "last_started": stamp(max(started)),
            }
            for reason, started in most
        ],
    }


async def _reasons(pool: Tables, rows: Sequence[Mapping[str, Any]]) -> dict[Key, Starts]:
    """The likely reasons, by what was counted; none where a rulebook has not been read here yet."""
    terms = {_key(row): Terms(row["policy"], row["calendar"]) for row in rows if row["calendar"] is not None}
    books = await books_of(pool, {stream for one in terms.values() for stream in one.streams})
    return await asyncio.to_thread(_looked_at, rows, terms, books)


def _looked_at(rows: Sequence[Mapping[str, Any]], terms: Mapping[Key, Terms], books: Books) -> dict[Key, Starts]:
    """Pure, and long where much deviates: apart from the loop that folds."""
    found: dict[Key, dict[Reason, list[datetime]]] = {key: {} for key in terms}
    for row in rows:
        key = _key(row)
        if key not in terms:
            continue
        try:
            policy, calendar = read(terms[key], books)
        except UnknownRulebook:
            continue
        reason = likely_reason(Compared(row["started"], row["due"], row["stated_due"]), policy, calendar)
        found[key].setdefault(reason, []).append(row["started"])
    return dict(found)
