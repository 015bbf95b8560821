"""People at the API while something fails: they ask, lose the answer, ask again under the same key, and remember.

Lives here: the clients and what they were told. Must not: judge it (that is `checks`).
"""

import asyncio
import contextlib
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from faults.wishes import Wish, acts, lodging

CLIENTS = 8
ANSWER_SECONDS_MAX = 60.0
PAUSE_SECONDS = 0.05
"""People type: without it the machine's two cores would go to the clients."""
FINAL = frozenset({201, 409, 412, 422})
NOT_YET = frozenset({202, 503})
NOT_JSON = "not_json"


@dataclass
class Asked:
    """One command under one key, and every answer to it."""

    wish: Wish
    url_path: str
    key: str
    position: str | None = None
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    attempts: int = 0

    @property
    def told(self) -> list[dict[str, Any]]:
        """What every 201 said."""
        return [content for status, content in self.answers if status == 201]

    @property
    def done(self) -> bool:
        return any(status in FINAL for status, _ in self.answers)


@dataclass
class Load:
    """The clients. `addresses` names the living and dead instances of a service; `token` signs for a role."""

    addresses: Callable[[str], Sequence[str]]
    token: Callable[[str], str]
    asked: list[Asked] = field(default_factory=list)
    cases: list[tuple[str, str]] = field(default_factory=list)
    """(complaint id, position of the answer that told it)."""
    _tokens: dict[str, str] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _rounds: int = 0

    @property
    def admitted(self) -> list[Asked]:
        return [one for one in self.asked if one.told]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        """Clients at work; in the end each command that was begun has its answer."""
        self._stopping.clear()
        self._rounds += 1
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(self._client(Random(f"{self._rounds}/{number}")))
            try:
                yield self
            finally:
                self._stopping.set()

    async def more(self, count: int) -> None:
        """Wait until that many more commands were answered 201."""
        wanted = len(self.admitted) + count
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while len(self.admitted) < wanted:
                await asyncio.sleep(0.02)

    async def try_once(self, wish: Wish) -> httpx.Response:
        """One command, asked once and not remembered."""
        async with self._http() as http:
            return await self._post(http, Random(2), Asked(wish, wish.path, str(uuid.uuid4())))

    async def ask_again(self, count: int) -> None:
        """The last of those answered 201, once more under their keys (L8)."""
        async with self._http() as http:
            await asyncio.gather(*(self._until_answered(http, Random(1), one) for one in self.admitted[-count:]))

    def counts(self) -> str:
        """What was answered, for a look at a run."""
        statuses = Counter(status for one in self.asked for status, _ in one.answers)
        codes = Counter(str(said.get("code")) for one in self.asked for status, said in one.answers if status != 201)
        return f"{dict(statuses)} {dict(codes)}, attempts {sum(one.attempts for one in self.asked)}"

    async def _client(self, dice: Random) -> None:
        async with self._http() as http:
            while not self._stopping.is_set():
                lodged = await self._command(http, dice, lodging(dice), None)
                if lodged.told:
                    self.cases.append((lodged.told[0]["complaint_id"], lodged.told[0]["position"]))
                for wish in acts(dice, 6):
                    if self._stopping.is_set():
                        return
                    # Now and then somebody else's case: two people at once on one stream.
                    of = dice.choice(self.cases[-CLIENTS:]) if dice.random() < 0.3 else self.cases[-1]
                    await self._command(http, dice, wish, of)

    async def _command(self, http: httpx.AsyncClient, dice: Random, wish: Wish, case: tuple[str, str] | None) -> Asked:
        complaint_id, position = case or ("", None)
        one = Asked(wish, wish.path.format(id=complaint_id), str(uuid.UUID(int=dice.getrandbits(128))), position)
        self.asked.append(one)
        await asyncio.sleep(PAUSE_SECONDS)
        await self._until_answered(http, dice, one)
        return one

    async def _until_answered(self, http: httpx.AsyncClient, dice: Random, one: Asked) -> None:
        until = time.monotonic() + ANSWER_SECONDS_MAX
        while time.monotonic() < until:
            one.attempts += 1
            with contextlib.suppress(httpx.TransportError):
                answer = await self._post(http, dice, one)
                one.answers.append((answer.status_code, _content(answer)))
                if answer.status_code not in NOT_YET:
                    return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{one.url_path} has no answer after {one.attempts} attempts: {one.answers[-3:]}")

    async def _post(self, http: httpx.AsyncClient, dice: Random, one: Asked) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._signed(one.wish.role)}", "Idempotency-Key": one.key}
        if one.position is not None:
            headers["Complaint-Position"] = one.position
        address = dice.choice(self.addresses(one.wish.service))
        return await http.post(f"{address}{one.url_path}", json=one.wish.body, headers=headers)

    def _signed(self, role: str) -> str:
        if role not in self._tokens:
            self._tokens[role] = self.token(role)
        return self._tokens[role]

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=15, trust_env=False)


def _content(answer: httpx.Response) -> dict[str, Any]:
    """The answer's JSON; what is none is kept under a name of its own."""
    try:
        content: dict[str, Any] = answer.json()
    except ValueError:
        return {NOT_JSON: answer.text[:200]}
    return content
