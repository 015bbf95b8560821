"""`complaints up` as a person starts it: all five services, the block at the end, one request, Ctrl-C."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest

from events.roles import ROLES
from local.places import CHECKOUT, DataDir
from local.ports import SERVICES, free_ports
from local.status import NothingRuns, ask

READY_LIMIT_S = 90.0
STOP_LIMIT_S = 10.0
COMPLAINTS = str(Path(sys.executable).with_name("complaints"))


def complaints(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMPLAINTS, *words], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[subprocess.Popen[str], DataDir]]:
    """The system, started by the command line and ready."""
    data = DataDir(tmp_path / "data")
    *services, kafka, _, door, postgres = free_ports(len(SERVICES) + 4)
    ports = {"--services": services[0], "--kafka": kafka, "--door": door, "--postgres": postgres}
    words = [word for option, port in ports.items() for word in (option, str(port))]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen([COMPLAINTS, "up", "--data", str(data.root), *words], stdout=said, text=True)
        try:
            async with asyncio.timeout(READY_LIMIT_S):
                while await state(data) != "ready":
                    assert process.poll() is None, (tmp_path / "said").read_text()
                    await asyncio.sleep(0.1)
            yield process, data
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(3 * STOP_LIMIT_S)


async def state(data: DataDir) -> str:
    try:
        return str((await ask(data))["state"])
    except NothingRuns:
        return "nothing"


async def test_a_person_starts_tries_and_stops_it(running: tuple[subprocess.Popen[str], DataDir]) -> None:
    """Issue 3, section 1: addresses, a token per role, a request that works as printed, status, Ctrl-C in 10 s."""
    process, data = running
    status = json.loads(complaints("status", "--data", str(data.root), "-o", "json").stdout)
    assert set(status["services"]) == set(SERVICES)
    assert all(service["ready"] and service["pid"] for service in status["services"].values())
    assert set(status["tokens"]) == set(ROLES)

    said = (data.root.parent / "said").read_text()
    assert status["url"] in said
    assert all(status["tokens"][role] in said for role in ROLES)
    printed = re.search(r"Try +(curl .*?)\n  Data", said, re.DOTALL)
    assert printed is not None
    command = printed[1].replace("complaints token", f"complaints token --data {data.root}")
    answer = subprocess.run(
        ["bash", "-c", command], cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=30
    )
    assert answer.stdout.startswith("HTTP/1.1 201"), answer.stdout

    async with httpx.AsyncClient() as client, asyncio.timeout(30):
        assert (await client.get(f"{status['url']}/triage/readyz")).status_code == 200
        while not all(service["positions"] for service in (await ask(data))["services"].values()):
            await asyncio.sleep(0.1)
    assert complaints("doctor", "--data", str(data.root)).returncode == 0

    pids = [pid for pid in status["pids"].values() if pid]
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(STOP_LIMIT_S) == 0
    assert time.monotonic() - asked < STOP_LIMIT_S
    assert not any(psutil.pid_exists(pid) for pid in pids)
