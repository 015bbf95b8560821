"""Pages of a list: keyset cursors that stay right while rows come and go.

Lives here: the cursor's text and the page it continues. Must not: any query.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.datastructures import URL

from events.fact import EARLIEST, LATEST
from runtime.problems import Problem

LIMIT_MAX = 200
LIMIT_DEFAULT = 50
CURSOR_PATTERN = "^Wy[IJ][A-Za-z0-9_-]{16,}$"
"""What /openapi.json says of cursors: a list in JSON that begins with a mark, in base64."""


@dataclass(frozen=True)
class Page:
    """Rows of a list, and the sort values of the last one where more may follow."""

    items: Sequence[Any]
    last: tuple[Any, ...] | None = None


def filter_mark(filters: object) -> str:
    """A short mark of the filters and the order that a cursor belongs to."""
    return hashlib.blake2b(orjson.dumps(filters, default=str, option=orjson.OPT_SORT_KEYS), digest_size=6).hexdigest()


def write_cursor(last: tuple[Any, ...], filters: object) -> str:
    """The opaque text that continues a list after `last`."""
    return base64.urlsafe_b64encode(orjson.dumps([filter_mark(filters), *last])).rstrip(b"=").decode()


Kind = Literal["text", "time", "number"]


def read_cursor(cursor: str | None, filters: object, kinds: tuple[Kind, ...]) -> tuple[Any, ...] | None:
    """The sort values in a cursor. Raises Problem 400 where it is damaged, or the filters have changed since."""
    if cursor is None:
        return None
    try:
        mark, *last = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, TypeError):
        raise _malformed() from None
    if len(last) != len(kinds):
        raise _malformed()
    values = tuple(_value(value, kind) for value, kind in zip(last, kinds, strict=True))
    if mark != filter_mark(filters):
        raise Problem(400, "cursor-mismatch", "the filters have changed since this cursor was given: start anew")
    return values


_NUMBER_END = 2**62


def _value(value: object, kind: Kind) -> str | int:
    """A sort value as the database takes it. Raises Problem 400 where it is none that a page has ended with."""
    match value:
        case int() if kind == "number" and type(value) is int and 0 <= value < _NUMBER_END:
            return value
        case str() if kind == "text" and "\x00" not in value:
            return value
        case "infinity" | "-infinity" if kind == "time":
            return value
        case str() if kind == "time":
            return _time(value)
    raise _malformed()


def _time(text: str) -> str:
    """Any form of ISO 8601 with a zone, also PostgreSQL's own; in UTC, since the database knows fewer zones."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _malformed() from None
    if moment.tzinfo is None or not EARLIEST <= moment < LATEST:
        raise _malformed()
    return moment.astimezone(UTC).isoformat()


def _malformed() -> Problem:
    return Problem(400, "cursor-malformed", "send the cursor of an answer as it was, or none")


def next_link(url: URL, cursor: str) -> str:
    """The Link header (RFC 8288) to the next page; relative, so that it holds behind any front door."""
    pairs = [(name, value) for name, value in parse_qsl(url.query, keep_blank_values=True) if name != "cursor"]
    return f'<{url.path}?{urlencode([*pairs, ("cursor", cursor)])}>; rel="next"'
