"""The parts of deploy/local one by one: front door, tokens, secrets, stores of one's own, records of processes."""

import asyncio
import http.server
import json
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
import jwt
import psutil
import pytest

from events.roles import ROLES
from local import secret_files
from local.caddy import READY_SECONDS_MAX, Door
from local.places import DataDir
from local.ports import ENOUGH, HOST, LOWEST_FREE, OUTGOING, SERVICES, free_ports
from local.postgres import Postgres, PostgresFailed
from local.process import Process, reclaim, recorded
from local.secret_files import SecretsBroken
from local.supervisor import NotOurs, NotReachable, Stack
from local.tokens import AUDIENCE, ISSUER, Issuer, NotLoopback

ROUTES = [
    ("GET", "/", "projections /"),
    ("GET", "/console/worklist", "projections /console/worklist"),
    ("GET", "/v1/complaints", "projections /v1/complaints"),
    ("GET", "/v1/complaints/1/decision", "accountability /v1/complaints/1/decision"),
    ("GET", "/triage/readyz", "triage /readyz"),
    ("GET", "/accountability/openapi.json", "accountability /openapi.json"),
    ("GET", "/triage/anything-else", "projections /triage/anything-else"),
    ("GET", "/v1/track/secret", "intake /v1/track/secret"),
    ("POST", "/v1/complaints", "intake /v1/complaints"),
    ("PUT", "/v1/intake/sources", "projections /v1/intake/sources"),
    ("POST", "/v1/complaints/1/amendments", "intake /v1/complaints/1/amendments"),
    ("POST", "/v1/complaints/1/messages/received", "intake /v1/complaints/1/messages/received"),
    ("POST", "/v1/complaints/1/grade", "triage /v1/complaints/1/grade"),
    ("POST", "/v1/clusters", "triage /v1/clusters"),
    ("POST", "/v1/budgets/harbour:2026-Q4", "accountability /v1/budgets/harbour:2026-Q4"),
    ("GET", "/v1/budgets/harbour:2026-Q4", "projections /v1/budgets/harbour:2026-Q4"),
    ("POST", "/v1/complaints/1/offers-of-ownership", "escalation /v1/complaints/1/offers-of-ownership"),
    ("POST", "/v1/complaints/1/clocks", "projections /v1/complaints/1/clocks"),
    ("POST", "/v1/complaints/1/clocks/2/pause", "escalation /v1/complaints/1/clocks/2/pause"),
    ("POST", "/v1/complaints/1/promises/2/kept", "accountability /v1/complaints/1/promises/2/kept"),
    ("POST", "/v1/complaints/1/closing", "accountability /v1/complaints/1/closing"),
    ("POST", "/v1/complaints/1/decisions", "projections /v1/complaints/1/decisions"),
]


@contextmanager
def answering(service: str, port: int) -> Iterator[None]:
    """A server that says who it is and what it was asked."""

    class Echo(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"{service} {self.path}".encode())

        do_GET = do_POST = do_PUT = answer  # noqa: N815 -- the names that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer((HOST, port), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


async def test_the_front_door_knows_every_route(tmp_path: Path) -> None:
    """One origin: commands go to the service that owns the chapter, reads to projections, nothing else answers."""
    port, *behind = free_ports(1 + len(SERVICES))
    services = dict(zip(SERVICES, behind, strict=True))
    door = Door(DataDir(tmp_path), port=port, services=services)
    with ExitStack() as servers:
        for service, number in services.items():
            servers.enter_context(answering(service, number))
        await door.start()
        async with httpx.AsyncClient(base_url=door.url) as client:
            seen = [(method, path, (await client.request(method, path)).text) for method, path, _ in ROUTES]
            strange = await client.request("BREW", "/v1/complaints")
        servers.close()
        async with httpx.AsyncClient(base_url=door.url, timeout=READY_SECONDS_MAX) as client:  # the door waits a while
            refused = await client.post("/v1/complaints", json={})
    assert seen == ROUTES
    assert (strange.status_code, strange.json()["code"]) == (501, "method-unknown")
    assert strange.headers["content-type"] == "application/problem+json"
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["code"] == "service-unavailable"
    assert await door.stop()
    assert "/v1/complaints" not in (tmp_path / "logs" / "door.log").read_text()


async def test_the_front_door_says_that_a_body_is_unreadable(tmp_path: Path) -> None:
    """Section 8: chunks that are none are the sender's mistake, not a service that is away."""
    port, *behind = free_ports(1 + len(SERVICES))
    door = Door(DataDir(tmp_path), port=port, services=dict(zip(SERVICES, behind, strict=True)))
    await door.start()
    heard: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def hear_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A service that waits for the whole of what is sent."""
        heard.put_nowait(writer)
        with suppress(ConnectionError):
            await reader.read()

    async with await asyncio.start_server(hear_all, HOST, behind[0]), asyncio.timeout(READY_SECONDS_MAX):
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"POST /v1/complaints HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        for one in (writer, await heard.get()):
            one.close()
            with suppress(ConnectionError):
                await one.wait_closed()
    assert await door.stop()
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["code"] == "body-unreadable"


def test_a_token_per_role_that_the_published_key_verifies(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    issuer = Issuer(data, host=HOST)
    issuer.prepare()
    (key,) = jwt.PyJWKSet.from_dict(json.loads(issuer.jwks_file.read_text())).keys
    for role in ROLES:
        token = issuer.tokens()[role]
        assert jwt.get_unverified_header(token)["kid"] == key.key_id
        claims = jwt.decode(token, key.key, algorithms=["EdDSA"], audience=AUDIENCE, issuer=ISSUER)
        assert claims["roles"] == [role]
        assert claims["sub"] == f"demo-{role}"
    assert all(_mode(path) == 0o600 for path in data.tokens.iterdir())
    published = issuer.jwks_file.read_text()
    Issuer(data, host=HOST).prepare()
    assert issuer.jwks_file.read_text() == published


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "complaints.example.org"])  # noqa: S104 -- refused
def test_no_local_tokens_off_loopback(tmp_path: Path, host: str) -> None:
    """S3: development tokens refuse to start off loopback."""
    with pytest.raises(NotLoopback, match=host.replace(".", r"\.")):
        Issuer(DataDir(tmp_path), host=host)


def test_secrets_are_made_once_and_never_again(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    folder = secret_files.prepare(data)
    made = {name: (folder / name).read_text() for name in ("kek", "tracking", "contact")}
    assert len(set(made.values())) == 3
    assert all(len(bytes.fromhex(text)) == 32 for text in made.values())
    assert all(_mode(folder / name) == 0o600 for name in made)
    secret_files.prepare(data)
    assert {name: (folder / name).read_text() for name in made} == made
    (folder / "contact").write_text("ab" * 32 + "\n" + made["contact"])
    secret_files.prepare(data)
    assert (folder / "contact").read_text() == "ab" * 32 + "\n" + made["contact"], "ADR 30: a newer line stands above"
    (folder / "tracking").write_text("not a key")
    with pytest.raises(SecretsBroken, match="tracking"):
        secret_files.prepare(data)
    (folder / "kek").unlink()
    with pytest.raises(SecretsBroken, match="kek is missing"):
        secret_files.prepare(data)


def test_no_outgoing_connection_is_given_a_free_port() -> None:
    """Else a client could hold it before we listen, or even meet itself there."""
    outgoing_first = int(OUTGOING.read_text("ascii").split()[0])
    for count in (1, 9):
        ports = free_ports(count)
        assert ports == list(range(ports[0], ports[0] + count))
        assert ports[-1] < outgoing_first or outgoing_first <= LOWEST_FREE + ENOUGH


async def test_a_kafka_and_postgresql_of_ones_own(tmp_path: Path, kafka_bootstrap: str, database_url: str) -> None:
    """`KAFKA_BOOTSTRAP` and `DATABASE_URL` replace the embedded parts; one that does not answer is named."""
    given = partial(Stack, tmp_path, services=(), door=False)
    async with given(kafka_bootstrap=kafka_bootstrap, database_url=database_url) as stack:
        assert stack.parts == {}
        assert (stack.kafka, stack.database_url) == (kafka_bootstrap, database_url)
    (nobody,) = free_ports(1)
    nowhere = f"{HOST}:{nobody}"
    with pytest.raises(NotReachable, match=nowhere):
        await given(kafka_bootstrap=nowhere, database_url=database_url).up()
    unanswered = f"postgresql://somebody:secret@{nowhere}/complaints"
    with pytest.raises(NotReachable, match="DATABASE_URL"):
        await given(kafka_bootstrap=kafka_bootstrap, database_url=unanswered).up()
    with pytest.raises(NotOurs, match="FRESH=1"):
        await given(kafka_bootstrap=kafka_bootstrap, database_url=database_url).up(fresh=True)


async def test_a_data_folder_of_another_major_is_refused(tmp_path: Path) -> None:
    """The server names both versions and what to do, and leaves the folder as it is."""
    data = DataDir(tmp_path)
    (data.postgres / "cluster").mkdir(parents=True)
    marker = data.postgres / "cluster" / "PG_VERSION"
    marker.write_text("15\n")
    (port,) = free_ports(1)
    with pytest.raises(PostgresFailed, match="holds data of PostgreSQL 15, the server here is 18"):
        await Postgres(data, port=port).start()
    assert marker.read_text() == "15\n"


async def test_a_disk_too_slow_for_postgres_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.postgres.PROGRAM_SECONDS_MAX", 0.01)
    (port,) = free_ports(1)
    with pytest.raises(PostgresFailed, match=r"initdb was not done after .* is the disk of .* very slow"):
        await Postgres(DataDir(tmp_path), port=port).start()


async def test_postgres_runs_below_a_closed_folder(tmp_path: Path) -> None:
    """A clone below a folder that others may not pass works, and the folder stays closed."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (port,) = free_ports(1)
    postgres = Postgres(DataDir(closed / "data"), port=port)
    await postgres.start()
    try:
        pid = postgres.process.pid
        assert pid is not None
        assert psutil.Process(pid).uids().effective != 0
    finally:
        assert await postgres.stop()
    assert _mode(closed) == 0o700


async def test_a_reused_pid_is_not_our_orphan(tmp_path: Path) -> None:
    """A record whose pid belongs to somebody else by now is dropped, and that somebody is left alone."""
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    record = tmp_path / "standin.json"
    known = {"pid": stranger.pid, "started": "another boot/1", "command": ["input()"], "stop_signal": "SIGTERM"}
    record.write_text(json.dumps(known))
    try:
        assert recorded(record) is None
        assert reclaim(record) is None
        assert stranger.poll() is None
        assert not record.exists()
    finally:
        stranger.kill()
        stranger.communicate()


async def test_what_does_not_stop_is_killed_and_that_is_told(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    process = Process("deaf", (sys.executable, "-c", deaf), tmp_path / "deaf.json", tmp_path / "deaf.log")
    process.start()
    while not process.last_lines():
        assert not await process.ended(0.01)
    assert await process.stop(0.1) is False
    assert process.exit_code == -9
    assert not (tmp_path / "deaf.json").exists()


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
