"""A running system asked for rulebooks, and told new ones: over its front door, as two people would.

Must not: print anything.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

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


class SystemSilent(LocalError):
    """The system is there and did not answer; what was asked may have been done."""


@dataclass(frozen=True)
class Published:
    """What became of a text."""

    rulebook: str
    version: int
    state: Literal["unchanged", "drafted", "approved"]


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
    def key(self) -> str:
        """`<kind>/<name>`."""
        return f"{self.kind}/{self.name}"

    def says_no_more_than(self, in_force: dict[str, Any] | None) -> bool:
        """Whether what is in force says that already."""
        if in_force is None or in_force["text"] != self.text:
            return False
        return in_force["applies_to_running"] or not self.applies_to_running

    def is_the_same_as(self, waiting: dict[str, Any]) -> bool:
        """Whether another draft would say just that, and hold from the same moment on, or from its writing on."""
        effective = datetime.fromisoformat(waiting["effective_at"])
        return (
            waiting["text"] == self.text
            and waiting["applies_to_running"] == self.applies_to_running
            and effective == (self.effective_at or datetime.fromisoformat(waiting["drafted_at"]))
        )

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

    async def names(self) -> list[str]:
        """Every rulebook that there is, as `<kind>/<name>`. Raises Refused."""
        answer = _well(await self._send("GET", "/v1/rulebooks", who=AUTHOR), "rulebooks")
        return [f"{one['kind']}/{one['name']}" for one in answer.json()["items"]]

    async def publish(self, draft: Draft, *, by: str, approved_by: str | None) -> Published:
        """Write a new version and bring it into force, or leave it to be approved; nothing where it is in force, and no
        second draft where the one that waits says the same. Raises Refused.
        """
        moment = {} if draft.effective_at is None else {"as_of": draft.effective_at.isoformat()}
        there = await self.rulebook(draft.kind, draft.name, **moment) or {"in_force": None, "draft": None}
        if draft.says_no_more_than(there["in_force"]):
            return Published(draft.key, there["in_force"]["version"], "unchanged")
        waiting = there["draft"]
        if waiting is not None and not draft.is_the_same_as(waiting):
            raise Refused(
                f"{draft.key}: draft-open: version {waiting['version']} by {waiting['by']} waits for its approval or "
                f"refusal, and says something else; see `complaints rules show {draft.key} --version "
                f"{waiting['version']}`, and turn it down with POST /v1/rulebooks/{draft.key}/refusal"
            )
        version = await self._draft(draft, by=by) if waiting is None else int(waiting["version"])
        if approved_by is None:
            return Published(draft.key, version, "drafted")
        await self._told(draft.key, "approval", {"version": version}, by=approved_by)
        return Published(draft.key, version, "approved")

    async def _draft(self, draft: Draft, *, by: str) -> int:
        told = await self._told(draft.key, "drafts", draft.body, by=by)
        return int(told["draft"]["version"])

    async def _told(self, key: str, what: str, body: dict[str, Any], *, by: str) -> dict[str, Any]:
        """The rulebook once the command is seen in it."""
        path = f"/v1/rulebooks/{key}"
        answer = _well(await self._send("POST", f"{path}/{what}", who=by, body=body), key)
        if answer.status_code == httpx.codes.ACCEPTED:
            raise Refused(f"{key}: it is written and not yet judged; publish again in a moment: it is not done twice")
        position = {"Complaint-Position": answer.headers["Complaint-Position"]}
        found: dict[str, Any] = _well(await self._send("GET", path, who=by, headers=position), key).json()
        return found

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
        token = self._issuer.token("manager", subject=who, lifetime_seconds=600)
        async with httpx.AsyncClient(base_url=self._url, timeout=ASK_SECONDS_MAX, trust_env=False) as client:
            try:
                return await client.request(
                    method, path, json=body, params=params,
                    headers={"Authorization": f"Bearer {token}", **key, **(headers or {})},
                )  # fmt: skip
            except httpx.HTTPError as error:
                raise SystemSilent(f"{self._url} did not answer ({type(error).__name__}): is all of it up?") from None


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
