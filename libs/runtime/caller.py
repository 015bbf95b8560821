"""Who asks, and what they pinned: the values that a request's headers become.

Pure values and their parsers. Must not: read a request, know a route or a rule.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from events.admission import EXPECTATION_PATTERN, Expectation, Head, parse_expectation

POSITION_PATTERN: Final = r"([A-Za-z0-9_-]{1,32})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,17})"
_POSITION = re.compile(POSITION_PATTERN, re.ASCII)
ETAG_PATTERN: Final = f'"{EXPECTATION_PATTERN}"'


class Position(NamedTuple):
    """A place in the log, `<epoch>.<partition>.<offset>`: the record that a reader must have passed (L10).

    `epoch` is a short text by which the runtime tells one log from another (a new log has a new one).
    """

    epoch: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.partition}.{self.offset}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: read from the headers, never from a body (S4)."""

    principal: str
    """The token's subject, or the session that the server made for somebody without an account (L4)."""
    roles: frozenset[str]
    idempotency_key: str | None
    """Always there for commands."""
    if_match: Expectation | None
    """The counters that the client pinned with If-Match (L1)."""
    position: Position | None
    """Answer only once this place in the log has been passed (L10)."""
    request_id: str
    """Correlation id: a UUID."""


def parse_position(text: str) -> Position | None:
    """The position in a `Complaint-Position` header, or None where it is none."""
    match = _POSITION.fullmatch(text)
    return Position(match[1], int(match[2]), int(match[3])) if match else None


def etag(head: Head) -> str:
    """The strong ETag of a stream: its head, in quotes."""
    return f'"{head}"'


def parse_etag(text: str) -> Expectation | None:
    """The counters named by one strong ETag of ours, or None: weak ones, lists and `*` pin nothing we can keep."""
    is_strong = text.startswith('"') and text.endswith('"')
    return parse_expectation(text[1:-1]) if is_strong else None
