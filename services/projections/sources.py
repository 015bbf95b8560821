"""What the routes of this service stand on, and who may use them.

Lives here: the ports of `api` and `feeds`, the groups of roles, and the common form of a page of a list.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from events.ids import STREAM
from events.roles import OPENING, ROLES
from projections.paging import CURSOR_PATTERN, LIMIT_DEFAULT, LIMIT_MAX, Page, next_link, write_cursor
from projections.showing import Unseal
from projections.store import Connection
from runtime.caller import Caller, Position
from runtime.http import Json
from runtime.witness import counted

STAFF = tuple(role for role in ROLES if role in OPENING)
WATCHERS = (*STAFF, "ops")
"""Operators see records and figures, never a personal text."""

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
_CursorText = Annotated[
    str, Field(max_length=2000, pattern="^[A-Za-z0-9_-]+$", json_schema_extra={"pattern": CURSOR_PATTERN})
]
Cursor = Annotated[_CursorText | None, Query()]
StreamName = Annotated[
    str, StringConstraints(pattern=f"^{STREAM.pattern}$"), Query(description="Such as complaint/<id>")
]
"""A reference of another system is none, and names nothing here."""
LIMIT = LIMIT_DEFAULT


@dataclass(frozen=True)
class Sources:
    """The views' tables, the wait for a position (L10), the keys, and which log this is."""

    pool: Connection
    reached: Callable[[Position | None], Awaitable[None]]
    """Returns once the views have passed the position; raises Problem 503 with Retry-After after its limit."""
    unseal: Unseal
    epoch: str
    partitions: int

    def unseal_for(self, caller: Caller) -> Unseal | None:
        """How this caller may open sealed text; None where not at all."""
        return self.unseal if caller.roles & set(STAFF) else None


def listed(request: Request, page: Page, items: Sequence[Any], filters: object) -> Response:
    """A page of a list, with `next` and the Link header where more may follow."""
    counted(request.scope, len(items))
    cursor = write_cursor(page.last, filters) if page.last is not None else None
    headers: Mapping[str, str] = {"link": next_link(request.url, cursor)} if cursor is not None else {}
    return Json({"items": items, "next": cursor}, headers=dict(headers))
