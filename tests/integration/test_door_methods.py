"""What the front door says of methods is true of the address, whoever stands behind it: real Caddy, real routes."""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from described import ROUTERS, built, described
from local.caddy import Door
from local.places import DataDir
from local.ports import HOST, SERVICES, free_ports
from local.rules.files import WRITTEN_BY

NEITHER = ("PUT", "PATCH", "DELETE", "OPTIONS")
"""Methods that no address takes."""


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The door with all five services behind it, which know their routes and nothing else."""
    port, *behind = free_ports(1 + len(SERVICES))
    services = dict(zip(SERVICES, behind, strict=True))
    servers = [
        uvicorn.Server(uvicorn.Config(built(name), host=HOST, port=number, log_config=None, lifespan="off"))
        for name, number in services.items()
    ]
    serving = [asyncio.create_task(server.serve()) for server in servers]
    opened = Door(DataDir(tmp_path), port=port, services=services)
    await opened.start()
    async with httpx.AsyncClient(base_url=opened.url, timeout=30) as client:
        yield client
    await opened.stop()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*serving)


def addresses() -> dict[str, set[str]]:
    """Every address of the five services, and the methods that one or another of them takes there."""
    found: dict[str, set[str]] = defaultdict(set)
    for service in ROUTERS:
        for path, methods in described(service)["paths"].items():
            if not path.startswith("/v1/"):
                continue
            named = path.replace("{kind}", next(iter(WRITTEN_BY.get(service, ["any"]))))
            found[re.sub(r"{[^}]*}", "0", named)] |= {method.upper() for method in methods}
    return {path: methods | {"HEAD"} if "GET" in methods else methods for path, methods in found.items()}


async def test_allow_names_what_the_address_takes(door: httpx.AsyncClient) -> None:
    """RFC 9110: a method that an address does not take is answered 405, and `Allow` names those that it takes."""
    for path, methods in addresses().items():
        for method in (*NEITHER, *({"GET", "POST"} - methods)):
            answer = await door.request(method, path)
            assert (path, method, answer.status_code) == (path, method, 405)
            assert (path, method, answer.headers["allow"]) == (path, method, ", ".join(sorted(methods)))
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "method-not-allowed"


async def test_every_method_that_an_address_takes_comes_to_who_takes_it(door: httpx.AsyncClient) -> None:
    """Nobody is known here: whoever takes it asks who is there, or for the key, or for what else is missing."""
    for path, methods in addresses().items():
        for method in methods - {"HEAD"}:
            answer = await door.request(method, path)
            assert answer.status_code not in {404, 405} or answer.json()["code"] == "id-malformed", (path, method)


async def test_there_is_nothing_at_other_addresses(door: httpx.AsyncClient) -> None:
    for path in ("/v1/nothing", "/v1/complaints/0/nothing", "/v1/intake/sources", "/v1/budgets/0/nothing"):
        for method in ("GET", "POST", "OPTIONS"):
            answer = await door.request(method, path)
            assert (path, method, answer.status_code) == (path, method, 404)
