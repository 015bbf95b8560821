"""A running system asked for rulebooks, and told new ones: over its front door, as two people would.

Must not: print anything.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from local.errors import LocalError
from local.places import DataDir
from local.ports import HOST
from local.status import ask
from local.tokens import Issuer

ASK_SECONDS_MAX = 30.0
AUTHOR, APPROVER = "rules-author", "rules-approver"


class Refused(LocalError):
    """The system said no; the message holds its code, its reason, and every finding with its place."""


@dataclass(frozen=True)
class Draft:
    """What is to be published, and what is told with it."""

    kind: str
    name: str
    text: str
    why: str
    consulted: Sequence[str]
    effective_at: datetime | None
    applies_to_running: bool

    @property
    def body(self) -> dict[str, Any]:
        """As the API takes it."""
        return {
            "text": self.text,
            "why": self.why,
            "consulted": list(self.consulted),
            "effective_at": None if self.effective_at is None else self.effective_at.isoformat(),
            "applies_to_running": self.applies_to_running,
        }


class Asking:
    """The front door of the system on that data."""

    def __init__(self, url: str, issuer: Issuer) -> None:
        self._url = url
        self._issuer = issuer

    @staticmethod
    async def of(data: DataDir) -> "Asking":
        """Raises NothingRuns."""
        return Asking((await ask(data))["url"], Issuer(data, host=HOST))

    async def rulebook(self, kind: str, name: str, **asked: str) -> dict[str, Any] | None:
        """One rulebook with its versions; None where nobody has written it. Raises Refused."""
        answer = await self._send("GET", f"/v1/rulebooks/{kind}/{name}", who=AUTHOR, params=asked)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        found: dict[str, Any] = _well(answer, f"{kind}/{name}").json()
        return found

    async def version(self, kind: str, name: str, number: int) -> dict[str, Any]:
        """One version with its text. Raises Refused."""
        path = f"/v1/rulebooks/{kind}/{name}/versions/{number}"
        found: dict[str, Any] = _well(await self._send("GET", path, who=AUTHOR), f"{kind}/{name}@{number}").json()
        return found

    async def draft(self, draft: Draft, *, by: str) -> int:
        """Write a new version; gives its number. Raises Refused."""
        what, path = f"{draft.kind}/{draft.name}", f"/v1/rulebooks/{draft.kind}/{draft.name}"
        answer = _well(await self._send("POST", f"{path}/drafts", who=by, body=draft.body), what)
        position = {"Complaint-Position": answer.headers["Complaint-Position"]}
        told = _well(await self._send("GET", path, who=by, headers=position), what).json()
        return int(told["draft"]["version"])

    async def approve(self, kind: str, name: str, version: int, *, by: str) -> None:
        """Bring a draft into force, and wait until it is shown. Raises Refused."""
        what, path = f"{kind}/{name}", f"/v1/rulebooks/{kind}/{name}"
        answer = _well(await self._send("POST", f"{path}/approval", who=by, body={"version": version}), what)
        position = {"Complaint-Position": answer.headers["Complaint-Position"]}
        _well(await self._send("GET", path, who=by, headers=position), what)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        who: str,
        body: dict[str, Any] | None = None,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        key = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        token = self._issuer.token("manager", subject=who, lifetime_s=600)
        async with httpx.AsyncClient(base_url=self._url, timeout=ASK_SECONDS_MAX, trust_env=False) as client:
            return await client.request(
                method, path, json=body, params=params,
                headers={"Authorization": f"Bearer {token}", **key, **(headers or {})},
            )  # fmt: skip


def _well(answer: httpx.Response, what: str) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        said = answer.json()
    except ValueError:
        said = {}
    lines = [f"{what}: {said.get('code', answer.status_code)}: {said.get('detail', 'no reason was given')}"]
    lines += [f"  {one['pointer']}: {one['detail']}" for one in said.get("errors", ())]
    raise Refused("\n".join(lines))
