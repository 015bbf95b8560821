"""The whole of deploy/local: a system that starts in order, is kept up, survives kill -9 and stops in order.

The service here is a stand-in of a few lines, since the supervisor knows of a service only that it is a process that
answers /readyz; the five real ones are started by tests/e2e and tests/faults.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from local.claim import AlreadyRunning
from local.places import DataDir
from local.ports import HOST, Ports, PortTaken, free_ports
from local.status import NothingRuns, ask
from local.supervisor import Stack

LIMIT_SECONDS = 40.0
STAND_IN = """
import http.server, os, pathlib, socket, time
if "ASKS_KAFKA" in os.environ:  # as the five do, and ends where it is not there
    pathlib.Path(os.environ["ASKS_KAFKA"]).touch()
    while os.path.exists(os.environ["ASKS_KAFKA"]):
        time.sleep(0.01)
    host, port = os.environ["KAFKA_BOOTSTRAP"].split(":")
    socket.create_connection((host, int(port))).close()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        waits = os.path.exists(os.environ.get("WAITS_WHILE", ""))
        self.send_response(503 if waits else 200)
        self.end_headers()
        self.wfile.write(b'{"reasons": {"edge rulebooks": "tries again after not-caught-up"}}' if waits else b"{}")
    def log_message(self, *words):
        pass
http.server.HTTPServer((os.environ["HTTP_HOST"], int(os.environ["HTTP_PORT"])), Answer).serve_forever()
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def make(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Stack]:
    """The same system each time: same data, same ports, one stand-in service, no front door. Where the data lies is no
    ASCII and no single word, and the locale knows neither.
    """
    monkeypatch.setenv("LC_ALL", "C")
    (tmp_path / "standin.py").write_text(STAND_IN)
    door, kafka, controller, postgres, port = free_ports(5)

    def build(**environment: str) -> Stack:
        return Stack(
            tmp_path / "the data 数据",
            services=("standin",),
            ports=Ports(door, kafka, controller, postgres, {"standin": port}),
            door=False,
            environment={"PYTHONPATH": str(tmp_path), "WAITS_WHILE": str(tmp_path / "waits"), **environment},
            say=said.append,
        )

    return build


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds; fail after the limit."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while not holds():
            await asyncio.sleep(0.02)


async def write(stack: Stack) -> None:
    """One acknowledged record and one committed row."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    await admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka, acks="all") as producer:
        await producer.send_and_wait("kept", b"said")
    connection = await asyncpg.connect(stack.database_url)
    await connection.execute("CREATE TABLE kept (word text)")
    await connection.execute("INSERT INTO kept VALUES ('said')")
    await connection.close()


async def read(stack: Stack) -> tuple[bytes | None, str]:
    """What `write` left."""
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition("kept", 0)])
        async with asyncio.timeout(LIMIT_SECONDS):
            record = await consumer.getone()
    finally:
        await consumer.stop()
    connection = await asyncpg.connect(stack.database_url)
    try:
        return record.value, await connection.fetchval("SELECT word FROM kept")
    finally:
        await connection.close()


async def test_starts_tells_stops_and_keeps_its_data(make: Callable[[], Stack]) -> None:
    """Status tells everything, one supervisor a data folder, all stops within 10 s, data stays
    between runs.
    """
    async with make() as stack:
        with pytest.raises(AlreadyRunning, match=f"pid {os.getpid()}"):
            await make().up()
        status = await ask(stack.data)
        assert status["state"] == "ready"
        assert status["kafka"] == stack.kafka
        assert status["database"] == stack.database_url
        assert status["services"]["standin"]["ready"] is True
        assert status["services"]["standin"]["pid"] == stack.service("standin").process.pid
        assert set(status["tokens"]) >= {"handler", "auditor", "ops"}
        await write(stack)
        pids = [part.process.pid for part in stack.parts.values()]
        asked = time.monotonic()
    assert time.monotonic() - asked < 10
    assert not any(psutil.pid_exists(pid) for pid in pids if pid)
    with pytest.raises(NothingRuns):
        await ask(stack.data)
    async with make() as again:
        assert await read(again) == (b"said", "said")


async def test_status_says_what_a_start_waits_for(make: Callable[[], Stack], tmp_path: Path) -> None:
    """Who asks while a service reads a large log sees which parts run, and why it is not ready in its own words."""
    waits, stack = tmp_path / "waits", make()
    waits.touch()
    starting = asyncio.create_task(stack.up())
    reads = {"edge rulebooks": "tries again after not-caught-up"}
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            while not starting.done() and (await _services(stack.data)).get("standin", {}).get("reasons") != reads:
                await asyncio.sleep(0.02)
        assert not starting.done()
        status = await ask(stack.data)
    finally:
        waits.unlink()
        await starting
        await stack.down()
    assert status["state"] == "starting"
    assert status["services"]["standin"]["ready"] is False
    assert set(status["pids"]) == {"kafka", "postgres", "standin"}
    assert all(status["pids"].values())


async def _services(data: DataDir) -> dict[str, Any]:
    try:
        return dict((await ask(data))["services"])
    except NothingRuns:
        return {}


async def test_crashed_parts_come_back(make: Callable[[], Stack], said: list[str]) -> None:
    """A part killed from outside is started again and that is said; acknowledged records and rows are kept."""
    async with make() as stack:
        await write(stack)
        for name in ("standin", "postgres", "kafka"):
            pid = stack.parts[name].process.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await eventually(lambda name=name: f"{name} is ready again" in said)  # type: ignore[misc]
            assert any(line.startswith(f"{name} was killed by signal 9") for line in said)
        assert await read(stack) == (b"said", "said")


async def test_a_store_that_crashes_while_services_start_ends_no_start(
    make: Callable[..., Stack], tmp_path: Path, said: list[str]
) -> None:
    """A service ends where it finds no Kafka. Where that crashed meanwhile, and is started again, so is the service."""
    asks = tmp_path / "asks"
    stack = make(ASKS_KAFKA=str(asks))
    starting = asyncio.create_task(stack.up())
    try:
        await eventually(asks.exists)
        stack.broker.process.kill()
        async with asyncio.timeout(LIMIT_SECONDS):
            while not starting.done():
                asks.unlink(missing_ok=True)
                await asyncio.sleep(0.02)
        await starting
    finally:
        await stack.down()
    assert any(line.startswith("kafka was killed by signal 9") for line in said)


async def test_what_a_test_kills_stays_down_until_it_says_so(make: Callable[[], Stack], said: list[str]) -> None:
    """Before that: `make run FRESH=1` removes what earlier runs kept."""
    stack = make()
    stack.data.outbox.mkdir(parents=True)
    (stack.data.outbox / "message").touch()
    async with started_anew(stack):
        assert list(stack.data.outbox.iterdir()) == []
        folders = (stack.data.outbox, stack.data.kafka, stack.data.secrets, stack.data.postgres / "cluster")
        assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}  # what people said lies there
        standin = stack.service("standin")
        stack.kill("standin")
        assert not standin.process.alive
        await stack.start("standin")
        stack.freeze("standin")
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(f"{standin.url}/readyz", timeout=0.5)
            stack.thaw("standin")
            assert (await client.get(f"{standin.url}/readyz", timeout=LIMIT_SECONDS)).status_code == 200
        second = await stack.add_instance("standin")
        assert second.name == "standin-1"
        assert second.port != standin.port
        stack.freeze("standin-1")
        asked = time.monotonic()
    assert time.monotonic() - asked < 10
    assert said == []


@asynccontextmanager
async def started_anew(stack: Stack) -> AsyncIterator[None]:
    await stack.up(fresh=True)
    try:
        yield
    finally:
        await stack.down()


async def test_taken_port_is_named_with_its_owner(make: Callable[[], Stack]) -> None:
    """A taken port is named with its owner, and nothing is left running."""
    stack = make()
    squatter = subprocess.Popen([sys.executable, "-m", "http.server", "--bind", HOST, str(stack.ports.postgres)])
    try:
        await eventually(lambda: any(c.laddr for c in psutil.Process(squatter.pid).net_connections()))
        with pytest.raises(PortTaken) as refusal:
            await stack.up()
    finally:
        squatter.kill()
        squatter.wait()
    assert f"port {stack.ports.postgres} (postgres) is taken by pid {squatter.pid}" in str(refusal.value)
    assert "http.server" in str(refusal.value)
    assert stack.parts == {}


async def test_recovers_after_kill_9_of_the_supervisor(make: Callable[[], Stack], said: list[str]) -> None:
    """The next start stops what was left behind, and has its data. Of everything: see
    `test_local_command_line`.
    """
    stack = make()
    data = stack.data
    program = "\n".join(
        (
            "import asyncio, os, pathlib",
            "from local.ports import Ports",
            "from local.supervisor import Stack",
            "async def main():",
            f"    stack = Stack(pathlib.Path({str(data.root)!r}), services=('standin',), door=False,",
            f"        ports={stack.ports!r}, environment={{'PYTHONPATH': {str(data.root.parent)!r}}})",
            "    await stack.up()",
            "    await asyncio.Event().wait()",
            "asyncio.run(main())",
        )
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program])
    await eventually(lambda: _state(data) == "ready")
    status = json.loads((data.run / "status.json").read_text())
    stack.database_url = status["database"]
    await write(stack)
    supervisor.kill()
    supervisor.wait()
    async with stack:
        assert len([line for line in said if "left behind" in line]) == 3
        assert await read(stack) == (b"said", "said")


def _state(data: DataDir) -> str:
    path = data.run / "status.json"
    return str(json.loads(path.read_text())["state"]) if path.exists() else "nothing yet"
