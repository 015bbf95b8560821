"""`complaints up` as a person starts it: all five services, the block at the end, one request, Ctrl-C."""

import asyncio
import ipaddress
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from command_line import complaints
from events.roles import ROLES
from local.places import CHECKOUT, DataDir
from local.ports import SERVICES, free_ports
from local.status import NothingRuns, ask

READY_SECONDS_MAX = 90.0
STOP_SECONDS_MAX = 10.0
COMPLAINTS = str(Path(sys.executable).with_name("complaints"))


class Terminal:
    """`complaints up` as a person starts it, again and again on the same data and ports; and what it said."""

    def __init__(self, folder: Path) -> None:
        self.data = DataDir(folder / "data")
        self.said = folder / "said"
        *services, kafka, _, door, postgres = free_ports(len(SERVICES) + 4)
        ports = {"--services": services[0], "--kafka": kafka, "--door": door, "--postgres": postgres}
        words = [word for option, port in ports.items() for word in (option, str(port))]
        self.command = [COMPLAINTS, "up", "--data", str(self.data.root), *words]
        self.process: subprocess.Popen[str] | None = None

    async def start(self) -> None:
        with self.said.open("w") as said:
            self.process = subprocess.Popen(self.command, stdout=said, text=True)
        async with asyncio.timeout(READY_SECONDS_MAX):
            while await state(self.data) != "ready":
                assert self.process.poll() is None, self.said.read_text()
                await asyncio.sleep(0.1)

    def press_ctrl_c(self, limit_seconds: float = STOP_SECONDS_MAX) -> int:
        """The exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(limit_seconds)


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    """The system, started by the command line and ready."""
    one = Terminal(tmp_path)
    try:
        await one.start()
        yield one
    finally:
        one.press_ctrl_c(3 * STOP_SECONDS_MAX)


async def state(data: DataDir) -> str:
    try:
        return str((await ask(data))["state"])
    except NothingRuns:
        return "nothing"


async def test_a_person_starts_tries_kills_and_stops_it(terminal: Terminal) -> None:
    """Addresses, a token per role, a request that works as printed, status, nothing listens off
    loopback; after a `kill -9` of everything the next start has what was answered; Ctrl-C in 10 s.
    """
    data = terminal.data
    status = json.loads((await complaints("status", "--data", str(data.root), "-o", "json"))[1])
    assert set(status["services"]) == set(SERVICES)
    assert all(service["ready"] and service["pid"] for service in status["services"].values())
    assert set(status["tokens"]) == set(ROLES)

    said = terminal.said.read_text()
    assert status["url"] in said
    assert all(status["tokens"][role] in said for role in ROLES)
    printed = re.search(r"Try +(curl .*?)\n  Data", said, re.DOTALL)
    assert printed is not None
    command = printed[1].replace("complaints token", f"complaints token --data {data.root}")
    answer = subprocess.run(
        ["bash", "-c", command], cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=30
    )
    assert answer.stdout.startswith("HTTP/1.1 201"), answer.stdout
    case = json.loads(answer.stdout.splitlines()[-1])["complaint_id"]
    listening = listeners(status["pids"].values())
    assert len(listening) >= len(SERVICES) + 4
    assert {ipaddress.ip_address(host).is_loopback for host in listening.values()} == {True}

    async with httpx.AsyncClient() as client, asyncio.timeout(30):
        assert (await client.get(f"{status['url']}/triage/readyz")).status_code == 200
        while not all(service["positions"] for service in (await ask(data))["services"].values()):
            await asyncio.sleep(0.1)
    assert (await complaints("doctor", "--data", str(data.root)))[0] == 0

    assert terminal.process is not None
    terminal.process.kill()
    terminal.process.wait()
    for pid in status["pids"].values():
        with suppress(ProcessLookupError):  # some end by themselves once their supervisor is gone
            os.kill(pid, signal.SIGKILL)
    assert (await complaints("status", "--data", str(data.root)))[0] == 1
    await terminal.start()
    status = json.loads((await complaints("status", "--data", str(data.root), "-o", "json"))[1])
    reader = {"authorization": f"Bearer {status['tokens']['reception']}"}
    async with httpx.AsyncClient(headers=reader) as client, asyncio.timeout(30):
        while (await client.get(f"{status['url']}/v1/complaints/{case}")).status_code != 200:
            await asyncio.sleep(0.1)

    asked = time.monotonic()
    assert terminal.press_ctrl_c() == 0
    assert time.monotonic() - asked < STOP_SECONDS_MAX
    assert not any(psutil.pid_exists(pid) for pid in status["pids"].values())


def listeners(pids: Iterable[int]) -> dict[int, str]:
    """Where these processes and all that they started listen: address by port."""
    own = [process for pid in pids for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))]
    found = [connection for process in own for connection in process.net_connections("tcp")]
    # Java says IPv4 addresses in IPv6.
    return {one.laddr.port: one.laddr.ip.removeprefix("::ffff:") for one in found if one.status == psutil.CONN_LISTEN}
