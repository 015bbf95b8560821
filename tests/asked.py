"""Small stories for the questions to the views, and asking them.

Lives here: the words of the tests over HTTP. Must not: expect anything but an answer.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from events.accountability import ComplaintClosed
from events.escalation import ClockStarted
from events.fact import Origin
from events.intake import ComplaintLodged

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEY, DEAD = "00000000-0000-5000-8000-000000000001", "dead0000-0000-5000-8000-000000000001"
EPOCH = "epoch1"
CONTACT_SECRET = b"c" * 32
"""By which a contact is hashed."""


def sealed(key: str = KEY) -> str:
    return f"sealed:1:{key}:00000000-0000-5000-8000-000000000002:text:AAAA"


def complaint_id(number: int) -> str:
    return str(UUID(int=number))


def stream(number: int) -> str:
    return f"complaint/{complaint_id(number)}"


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def lodged(number: int, source: str = "boston311", **more: Any) -> ComplaintLodged:  # noqa: ANN401 - any field
    origin = Origin(source=source, reference=f"ref-{number}")
    return ComplaintLodged(at=after(number), channel="phone", text=sealed(), reported=origin, **more)


def started(due_in_minutes: float, clock: str = "resolution") -> ClockStarted:
    return ClockStarted(at=NOON, clock=clock, due=after(due_in_minutes), warn_at=None, policy="given")


def closed(minutes: float) -> ComplaintClosed:
    return ComplaintClosed(at=after(minutes), ground="accepted", evidence="call", next_instance="ombudsman", by="h")


async def every(api: httpx.AsyncClient, path: str) -> list[str]:
    """The ids of a whole list, page after page as each names the next."""
    seen: list[str] = []
    while path:
        answer = await api.get(path)
        assert answer.status_code == 200, answer.text
        seen += [item["id"] for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    return seen


async def got(api: httpx.AsyncClient, path: str, **params: Any) -> Any:  # noqa: ANN401 - any JSON
    answer = await api.get(path, params=params or None)  # no params at all keeps those in the path
    assert answer.status_code == 200, answer.text
    return answer.json()
