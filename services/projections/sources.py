"""What the routes of this service stand on, and who may use them.

Lives here: the ports of `api` and `feeds`, the groups of roles, and the common form of a page of a list.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from events.ids import STREAM
from events.roles import OPENING, ROLES
from projections.paging import CURSOR_PATTERN, LIMIT_DEFAULT, LIMIT_MAX, Page, next_link, write_cursor
from projections.showing import Unseal, head_text
from projections.store import Tables
from projections.views.chapters.page import Case
from runtime.caller import Caller, Position
from runtime.http import Json
from runtime.problems import not_in_time
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
ASK_SECONDS_MAX = 15.0
"""How long one question to the tables may take. Who is frozen, or out of reach, would take for ever."""


@dataclass(frozen=True)
class Asking:
    """The tables for people, who wait: a question that takes too long is given up."""

    tables: Tables
    seconds_max: float = ASK_SECONDS_MAX

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Raises Problem 503. Giving up needs PostgreSQL's word, too: nobody waits for that."""
        asked = asyncio.create_task(self.tables.fetch(query, *arguments))
        try:
            await asyncio.wait({asked}, timeout=self.seconds_max)
            if asked.done():
                return asked.result()
            raise not_in_time()
        finally:
            asked.add_done_callback(lambda one: one.cancelled() or one.exception())  # nobody asks any more
            asked.cancel()


@dataclass(frozen=True)
class Sources:
    """The views' tables, the wait for a position (L10), the keys, and which log this is."""

    pool: Tables
    reached: Callable[[Position | None], Awaitable[None]]
    """Returns once the views have passed the position; raises Problem 503 with Retry-After after its limit."""
    unseal: Unseal
    epoch: str
    partitions: int

    def unseal_for(self, caller: Caller) -> Unseal | None:
        """How this caller may open sealed text; None where not at all."""
        return self.unseal if caller.roles & set(STAFF) else None

    def standing(self, page: Case) -> dict[str, str]:
        """The headers that say where a page stands: what If-Match may pin, and how far it was read."""
        position = Position(self.epoch, page["position"][0], page["position"][1])
        return {"etag": f'"{head_text(page["head"])}"', "complaint-position": str(position)}


def listed(request: Request, page: Page, items: Sequence[Any], filters: object) -> Response:
    """A page of a list, with `next` and the Link header where more may follow."""
    counted(request.scope, len(items))
    cursor = write_cursor(page.last, filters) if page.last is not None else None
    headers: Mapping[str, str] = {"link": next_link(request.url, cursor)} if cursor is not None else {}
    return Json({"items": items, "next": cursor}, headers=dict(headers))
