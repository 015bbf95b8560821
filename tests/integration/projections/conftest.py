"""The views on a real PostgreSQL: a schema of their own, records folded as the reader would, and the API over it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from asked import CONTACT_SECRET
from clocked import tell_case
from folded import Folded
from issuer import AUDIENCE, ISSUER, Issuer
from projections.api import build_routes
from projections.console.questions import Questions
from projections.console.routes import build_pages
from projections.freshness import Freshness
from projections.sources import Sources
from projections.stream import create_views
from runtime.access import Access
from runtime.auth import Sessions, Tokens
from runtime.caller import Position
from runtime.http import build_app
from runtime.log import Appended, Sending
from runtime.problems import Problem
from runtime.sealing import ERASED, Opened
from runtime.store import connect, create_schema
from runtime.witness import Reading, Witness
from told import PARTITIONS

EPOCH = "epoch1"
SCHEMA = "projections"


@pytest.fixture
async def folded(fresh_database: str) -> AsyncIterator[Folded]:
    await create_schema(fresh_database, SCHEMA)
    await create_views(fresh_database, SCHEMA)
    pool = await connect(fresh_database, SCHEMA, size=4)
    yield Folded(pool)
    await pool.close()


@pytest.fixture
async def case(folded: Folded) -> Folded:
    """The case of `clocked`, in the tables."""
    await tell_case(folded)
    return folded


def unseal(stream: str, token: str) -> Opened:
    """Opens every token of these tests, but those whose key id begins with `dead`."""
    return ERASED if token.split(":")[2].startswith("dead") else f"open words of {stream[-3:]}"


As = Callable[..., dict[str, str]]


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


@pytest.fixture
def role(issuer: Issuer) -> As:
    """Headers of a caller with these roles."""

    def headers(*roles: str, sub: str = "li.na") -> dict[str, str]:
        return {"authorization": f"Bearer {issuer.token(*roles, sub=sub)}"}

    return headers


class Readings(list[Reading]):
    """What is said of who reads, in the place of the topic."""

    async def send(self, _: str, records: list[Sending]) -> list[Appended]:
        self.extend(Reading.model_validate_json(value or b"") for _, value, _, _ in records)
        return [len(self)]


@pytest.fixture
def readings() -> Readings:
    return Readings()


@pytest.fixture
async def api(folded: Folded, issuer: Issuer, role: As, readings: Readings) -> AsyncIterator[httpx.AsyncClient]:
    """The API of the views and the console; a manager asks, unless a request says otherwise."""

    async def reached(position: Position | None) -> None:
        if position is not None and position.offset >= folded.log.ends.get(position.partition, 0):
            raise Problem(503, "not-caught-up", "not read that far yet", headers={"Retry-After": "1"})

    async def ready() -> dict[str, str]:
        return {}

    sources = Sources(folded.pool, reached, unseal, EPOCH, PARTITIONS)
    access = Access(Tokens(jwks_file=issuer.file, issuer=ISSUER, audience=AUDIENCE), Sessions([b"s" * 32]))
    routes = [*build_routes(sources), build_pages(Questions(sources, Freshness()), [CONTACT_SECRET])]
    witness = Witness("projections", readings)
    app = build_app("projections", routes, access=access, ready=ready, version="1", witness=witness)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://views", headers=role("manager")) as client:
        yield client
