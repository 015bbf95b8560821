"""Waits until the views show what was published and everything that follows from it.

Asked over HTTP alone: `/v1/readers` says how far each service has read, `/v1/records` what stands last in the log. What
services owe in answer is in the log before their position moves, so a log at rest that everybody has read is the end.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from local.errors import LocalError
from local.ports import SERVICES

POLL_SECONDS = 0.5
REST_SECONDS = 3.0
"""Longer than a tick, which brings what was held back under load, and than the pause between two idle marks."""
STALL_SECONDS_MAX = 120.0
BUSY_SECONDS_MAX = 900.0
ASK_SECONDS_MAX = 15.0
READERS = frozenset(SERVICES)


class ViewsBehind(LocalError):
    """Everything is in the log, but the views do not show all of it yet."""


@dataclass(frozen=True)
class Standing:
    """How far everybody is. `newest` is the last record of the log that the views show."""

    latest: dict[int, dict[str, int]]
    newest: str | None

    @property
    def together(self) -> bool:
        """All five have read each partition equally far, the newest record among it."""
        if self.newest is None or not self.latest:
            return False
        _, partition, offset = self.newest.split(".")
        level = all(by.keys() >= READERS and len(set(by.values())) == 1 for by in self.latest.values())
        return level and max(self.latest.get(int(partition), {}).values(), default=0) > int(offset)

    @property
    def read(self) -> int:
        return sum(min(by.values(), default=0) for by in self.latest.values())

    @property
    def of(self) -> int:
        return sum(max(by.values(), default=0) for by in self.latest.values())


async def caught_up(url: str, token: str, seen: Callable[[int, int], None] = lambda _read, _of: None) -> None:
    """Return once the log rests and everybody has read all of it. Raises ViewsBehind after a limit."""
    started = moved = time.monotonic()
    before: Standing | None = None
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=ASK_SECONDS_MAX, trust_env=False) as client:
        while True:
            now = time.monotonic()
            standing = await _ask(client)
            if standing is not None:
                seen(standing.read, standing.of)
                if standing != before:
                    before, moved = standing, now
                elif standing.together and now - moved >= REST_SECONDS:
                    return
            if now - moved > STALL_SECONDS_MAX or now - started > BUSY_SECONDS_MAX:
                raise ViewsBehind(
                    f"all is published and answered, but after {now - started:.0f} s not every service has read the "
                    "log to its end; `complaints status` names the one that is behind, or others keep writing"
                )
            await asyncio.sleep(POLL_SECONDS)


async def _ask(client: httpx.AsyncClient) -> Standing | None:
    """None where the views do not answer just now; they are asked again."""
    try:
        readers = (await client.get("/v1/readers")).raise_for_status().json()["items"]
        newest = (await client.get("/v1/records", params={"limit": 1})).raise_for_status().json()["items"]
    except httpx.HTTPError:
        return None
    latest = {int(item["partition"]): dict(item["latest"]) for item in readers}
    return Standing(latest, newest[0]["position"] if newest else None)
