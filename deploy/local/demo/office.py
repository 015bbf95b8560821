"""The people of the demo and their way to the API: a command each, asked again where nobody could say in time.

Lives here: HTTP, tokens, waiting for what a case shows. Must not: what anybody does (the plays).
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import httpx

from local.errors import LocalError
from local.tokens import Issuer

PEOPLE = {
    "mei": "reception",
    "lin": "handler",
    "marco": "handler",
    "chen": "teamlead",
    "ada": "approver",
    "wu": "cso",
    "han": "judge",
    "app-user": "complainant",
}
"""Who acts, and the role of each."""

LIMIT_SECONDS = 60.0
POLL_SECONDS = 0.2
ASK_AGAIN = frozenset({202, 502, 503, 504})

Page = dict[str, Any]


class DemoFailed(LocalError):
    """The system answered something else than the demo expects; the message says what was asked and answered."""


@dataclass(frozen=True)
class Answer:
    """What a command was answered."""

    status: int
    body: Mapping[str, Any]

    def __getitem__(self, name: str) -> str:
        return str(self.body[name])


@dataclass
class Office:
    """Everybody's access to one system."""

    client: httpx.AsyncClient
    issuer: Issuer
    _positions: dict[str, str] = field(default_factory=dict)
    """Where the last word on each stream stands that was heard: every later request about it waits for that (L10)."""

    async def act(
        self,
        who: str,
        path: str,
        body: Mapping[str, Any],
        *,
        key: str,
        expect: int = 201,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """One command on `/v1/<path>`. Keys are fixed: the same command a second time is answered as the first was."""
        response = await self._ask(who, "POST", path, {"idempotency-key": f"demo/{key}", **headers}, body)
        content = response.json()
        if response.status_code != expect:
            said = f"{response.status_code} {content.get('code', '')}: {content.get('detail', '')}"
            raise DemoFailed(f"{who} asked POST /v1/{path} and was answered {said} ({expect} was expected)")
        self._heard(content.get("complaint_id") or content.get("cluster_id") or _named(path), response)
        return Answer(response.status_code, content)

    async def page(self, complaint_id: str) -> Page:
        """The case as its page shows it, after everything said here."""
        response = await self._ask("chen", "GET", f"complaints/{complaint_id}", {})
        if response.status_code == httpx.codes.NOT_FOUND:
            return {}
        self._heard(complaint_id, response)
        page: Page = response.raise_for_status().json()
        return page

    async def records(self, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
        """Records of the log that are so, the newest first."""
        response = await self._ask("chen", "GET", f"records?{urlencode(wanted)}", {})
        if response.status_code != httpx.codes.OK:
            raise DemoFailed(f"chen asked GET /v1/records and was answered {response.status_code}: {response.text}")
        items: list[dict[str, Any]] = response.json()["items"]
        return items

    def _heard(self, stream: str, response: httpx.Response) -> None:
        """A page may be ahead of the service that is asked next, a service ahead of the page."""
        if "complaint-position" in response.headers:
            self._positions[stream] = response.headers["complaint-position"]

    async def until(self, complaint_id: str, holds: Callable[[Page], object], what: str) -> Page:
        """The page, as soon as it shows what others owe."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            page = await self.page(complaint_id)
            if page and holds(page):
                return page
            if time.monotonic() > deadline:
                raise DemoFailed(f"complaint {complaint_id} is not {what} after {LIMIT_SECONDS:.0f} s")
            await asyncio.sleep(POLL_SECONDS)

    async def _ask(
        self, who: str, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """Ask until somebody can say; the keys make asking again safe (L9)."""
        token = self.issuer.token(PEOPLE[who], subject=who)
        sent = {"authorization": f"Bearer {token}", **headers}
        if _named(path) in self._positions:
            sent["complaint-position"] = self._positions[_named(path)]
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            try:
                response = await self.client.request(method, f"/v1/{path}", json=body, headers=sent)
            except httpx.TransportError as error:
                said = type(error).__name__
            else:
                if response.status_code not in ASK_AGAIN:
                    return response
                said = str(response.status_code)
            if time.monotonic() > deadline:
                raise DemoFailed(f"{method} /v1/{path}: {said} for {LIMIT_SECONDS:.0f} s; is the system ready?")
            await asyncio.sleep(POLL_SECONDS)


def _named(path: str) -> str:
    """The complaint or cluster in a path; empty where there is none."""
    return path.partition("/")[2].partition("/")[0]
