"""The aims: where the figure of each stands in a run, and whether a run meets it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Path = tuple[str, ...]
"""Where a figure stands in the JSON of a run, below `parts`."""
Verdict = Literal["met", "missed", "not run"]


@dataclass(frozen=True)
class Aim:
    """`wanted` is a number in `unit`, or the place of another figure of the same run that must be surpassed."""

    name: str
    figure: Path
    bound: Literal["at least", "at most", "more than"]
    wanted: float | Path
    unit: str


AIMS = (
    Aim("full way", ("full-way", "records_per_second"), "at least", 5_000, "log records/s"),
    Aim("command, alone: p50", ("command", "ours", "1", "latency_ms", "p50"), "at most", 8, "ms"),
    Aim("command, 16 in flight: p50", ("command", "ours", "16", "latency_ms", "p50"), "at most", 25, "ms"),
    Aim("command, 16 in flight: p99", ("command", "ours", "16", "latency_ms", "p99"), "at most", 80, "ms"),
    Aim("command, 64 in flight", ("command", "ours", "64", "commands_per_second"), "at least", 800, "commands/s"),
    Aim(
        "command, 64 in flight, against the peer",
        ("command", "ours", "64", "commands_per_second"),
        "more than",
        ("command", "peer", "64", "commands_per_second"),
        "commands/s",
    ),
    Aim("rebuild", ("rebuild", "records_per_second"), "at least", 15_000, "records/s"),
    Aim("rebuild of a longer log", ("long-rebuild", "records_per_second"), "at least", 15_000, "records/s"),
    Aim("tick: p99", ("tick", "lag_ms", "p99"), "at most", 500, "ms"),
    Aim("due over 60 business days", ("clocks", "due_60_business_days_us"), "at most", 20, "µs"),
    Aim("a calendar of ten years", ("clocks", "compile_ms"), "at most", 20, "ms"),
)


@dataclass(frozen=True)
class Judged:
    """An aim and what a run says to it."""

    aim: Aim
    seen: float | None
    wanted: float | None
    verdict: Verdict


def judge(parts: Mapping[str, Any]) -> list[Judged]:
    """Every aim, in the table's order."""
    return [_judged(aim, parts) for aim in AIMS]


def _judged(aim: Aim, parts: Mapping[str, Any]) -> Judged:
    seen = find(parts, aim.figure)
    wanted = find(parts, aim.wanted) if isinstance(aim.wanted, tuple) else aim.wanted
    if seen is None or wanted is None:
        return Judged(aim, seen, wanted, "not run")
    met = {"at least": seen >= wanted, "at most": seen <= wanted, "more than": seen > wanted}[aim.bound]
    return Judged(aim, seen, wanted, "met" if met else "missed")


def find(parts: Mapping[str, Any], path: Path) -> float | None:
    """The figure at that place, or None where its part was not run."""
    found: Any = parts
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return float(found)
