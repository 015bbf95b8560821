"""The law of admission: a pure function of (head, record), the same in every reader (architecture, section 2).

It looks at the counters and at nothing else: no clock, no database, no rule of the domain.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from events.fact import CHAPTERS, PLACES, Chapter

LAW = 1
"""The version of these rules, written in every record as `ce_law`; a higher one stops a reader (L3)."""

UNNAMED = -1


class Verdict(StrEnum):
    """What every reader says of a record. The first letter goes into the running hash (L7)."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    MALFORMED = "malformed"
    MISPLACED = "misplaced"


class Head(NamedTuple):
    """One counter per chapter: how many of its records this stream has admitted."""

    intake: int = 0
    triage: int = 0
    escalation: int = 0
    accountability: int = 0

    def of(self, chapter: Chapter) -> int:
        return self[PLACES[chapter]]

    def after(self, chapter: Chapter) -> "Head":
        """The head once one more record of `chapter` is admitted."""
        counts = list(self)
        counts[PLACES[chapter]] += 1
        return Head._make(counts)

    def __str__(self) -> str:
        return f"intake={self[0]},triage={self[1]},escalation={self[2]},accountability={self[3]}"


class Expectation(NamedTuple):
    """What a writer believed of each chapter's counter; `UNNAMED` where it did not care."""

    intake: int = UNNAMED
    triage: int = UNNAMED
    escalation: int = UNNAMED
    accountability: int = UNNAMED

    def __str__(self) -> str:
        return _spelled(self)


@lru_cache(maxsize=65_536)
def _spelled(expects: Expectation) -> str:
    named = zip(CHAPTERS, expects, strict=True)
    return ",".join([f"{chapter}={count}" for chapter, count in named if count != UNNAMED])


_ONE = r"(?:intake|triage|escalation|accountability)=(?:0|[1-9][0-9]{0,8})"
EXPECTATION_PATTERN = rf"{_ONE}(?:,{_ONE}){{0,3}}"
_PATTERN = re.compile(EXPECTATION_PATTERN, re.ASCII)


@lru_cache(maxsize=65_536)
def expectation(head: Head, chapters: frozenset[Chapter]) -> Expectation:
    """What a writer expects that saw `head` and decided on `chapters`."""
    return Expectation(*[head[i] if chapter in chapters else UNNAMED for i, chapter in enumerate(CHAPTERS)])


def narrowed(wanted: Expectation, pinned: Expectation) -> Expectation:
    """`wanted`, with the chapters added that a client pinned with If-Match (L1)."""
    return Expectation(*(p if p != UNNAMED else w for w, p in zip(wanted, pinned, strict=True)))


@lru_cache(maxsize=65_536)
def parse_expectation(text: str) -> Expectation | None:
    """The expectation in a `ce_expects` header or an ETag; None where it does not match the one pattern (L3)."""
    if not _PATTERN.fullmatch(text):
        return None
    counters: dict[str, int] = {}
    for part in text.split(","):
        chapter, _, count = part.partition("=")
        if chapter in counters:
            return None
        counters[chapter] = int(count)
    return Expectation(**counters)


def admits(head: Head, expects: Expectation) -> bool:
    """True where all named counters are equal: the record counts, and its chapter's counter grows by one."""
    return (
        (expects[0] == head[0] or expects[0] == UNNAMED)
        and (expects[1] == head[1] or expects[1] == UNNAMED)
        and (expects[2] == head[2] or expects[2] == UNNAMED)
        and (expects[3] == head[3] or expects[3] == UNNAMED)
    )
