"""Somebody was faster: what was recorded since a page was read, to be shown beside what its reader wanted to say.

Pure. Both versions, the recorded one first, with times and with what each of them saw (console, states).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.admission import UNNAMED, Expectation, Verdict, parse_expectation
from events.fact import CHAPTERS
from projections.console.reader import Reader
from projections.console.timeline import Entry, lines, seen

SHOWN_MAX = 5


@dataclass(frozen=True)
class Faster:
    """What came between: the records, what the reader had seen, and where the case stands."""

    recorded: Sequence[Entry]
    seen: str
    head: str


def faster(entries: Iterable[Mapping[str, Any]], case: Mapping[str, Any], pinned: str, reader: Reader) -> Faster:
    """The newest records that the pin did not know of."""
    pin = parse_expectation(pinned) or Expectation()
    told = list(entries)
    shown = [
        line
        for one, line in zip(told, lines(told, reader, case.get("language")), strict=True)
        if one["verdict"] == Verdict.ADMITTED and _is_after(one, pin)
    ]
    return Faster(list(reversed(shown[-SHOWN_MAX:])), seen(str(pin), reader), str(_stands(case, pin)))


def _is_after(entry: Mapping[str, Any], pin: Expectation) -> bool:
    saw = pin[[chapter.value for chapter in CHAPTERS].index(entry["chapter"])]
    number: int = entry["number"]
    return saw != UNNAMED and number > saw


def _stands(case: Mapping[str, Any], pin: Expectation) -> Expectation:
    """The pin again, as the case stands now: to ask once more on purpose."""
    return Expectation(*(now if saw != UNNAMED else UNNAMED for now, saw in zip(case["head"], pin, strict=True)))
