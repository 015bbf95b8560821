"""Commands: POST to 201 with verdict over the case flow at several numbers in flight, and the peer on the same machine.

Lives here: who is asked how, and what is made of the answers. The client is a process of its own (`bench.client`).
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import httpx
import orjson

from bench import usage
from bench.client import Order
from bench.flow import STEPS
from bench.percentiles import spread_ms
from bench.system import START_SECONDS_MAX, NotAtRest, System
from local.places import CHECKOUT
from local.ports import HOST, free_ports
from local.process import POLL_SECONDS, Process
from local.tokens import AUDIENCE, ISSUER

IN_FLIGHT = (1, 16, 64)
WARM_UP_SHARE = 0.2
SERVICE = "intake"
CLIENT = "client"
CLIENT_SECONDS_MORE = 60.0


async def measure(system: System, seconds: float, *, door: bool) -> dict[str, Any]:
    """Each level for that many seconds after a warm-up of a fifth; straight to intake's port, or through the door."""
    url = system.stack.url if door else system.stack.service(SERVICE).url
    ours: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    for in_flight in IN_FLIGHT:
        await system.at_rest()
        ours[str(in_flight)] = await _level(system, url, in_flight, seconds)
    await system.at_rest()
    async with _peer(system) as peer_url:
        for in_flight in IN_FLIGHT:
            theirs[str(in_flight)] = await _level(system, peer_url, in_flight, seconds)
    return {"asked": "through Caddy" if door else f"{SERVICE} directly", "ours": ours, "peer": theirs}


async def _level(system: System, url: str, in_flight: int, seconds: float) -> dict[str, Any]:
    tokens = {step.role: system.stack.token(step.role) for step in STEPS}
    order = Order(url, tokens, in_flight, warm_up=seconds * WARM_UP_SHARE, seconds=seconds)
    with usage.spent(system.pids) as spent:
        said = await _client(order)
    latencies: list[float] = said["latencies"]
    commands = sum(said["answers"].values())
    if not latencies:
        raise NotAtRest(f"no command was answered 201 at {in_flight} in flight: {said['answers']}")
    cpu_seconds = {**spent.cpu_seconds, CLIENT: said["cpu_seconds"]}
    cpu_seconds[usage.OTHERS] = round(max(0.0, cpu_seconds[usage.OTHERS] - said["cpu_seconds"]), 2)
    return {
        "commands_per_second": round(len(latencies) / seconds, 1),
        "latency_ms": spread_ms(latencies),
        "measured_commands": len(latencies),
        "commands": commands,
        "not_201": {name: count for name, count in said["answers"].items() if name != "201"},
        "cpu_seconds": cpu_seconds,
    }


async def _client(order: Order) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.client",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=CHECKOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(order.warm_up + order.seconds + CLIENT_SECONDS_MORE):
            out, _ = await process.communicate(orjson.dumps(asdict(order)))
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise NotAtRest(f"the client ended with {process.returncode}")
    said: dict[str, Any] = orjson.loads(out)
    return said


@asynccontextmanager
async def _peer(system: System) -> AsyncIterator[str]:
    """The peer as a process beside the five services, which idle; its tables in a schema of its own."""
    (port,) = free_ports(1)
    url = f"http://{HOST}:{port}"
    await system.database.execute("create schema if not exists peer")
    data = system.stack.data
    environment = {
        **os.environ,
        "DATABASE_URL": system.stack.database_url,
        "HTTP_PORT": str(port),
        "JWKS_FILE": str(system.stack.issuer.jwks_file),
        "TOKEN_ISSUER": ISSUER,
        "TOKEN_AUDIENCE": AUDIENCE,
    }
    process = Process(
        "peer", (sys.executable, "-m", "bench.peer"), data.run / "peer.json", data.logs / "peer.log", environment
    )
    process.start()
    system.extra["peer"] = process
    try:
        await _answers(url, process)
        yield url
    finally:
        del system.extra["peer"]
        await process.stop(START_SECONDS_MAX)


async def _answers(url: str, process: Process) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while True:
            try:
                if (await client.get(f"{url}/readyz")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            if not process.alive or time.monotonic() > until:
                raise NotAtRest(f"the peer does not answer; the end of its log:\n{process.last_lines()}")
            await asyncio.sleep(POLL_SECONDS)
