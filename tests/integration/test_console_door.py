"""The front door turns the console's cookie into Authorization: for commands only, and never over a given one."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.caddy import SESSION_COOKIE, Door
from local.places import DataDir
from local.ports import HOST, SERVICES, free_ports
from projections.console.session import COOKIE

KEY = {"Idempotency-Key": "8f14e45fceea167a5a36dedd4bea2543"}
SESSION = {"Cookie": f"lang=zh; {COOKIE}=aa.bb.cc"}


@pytest.fixture
def behind() -> Iterator[int]:
    """A server that answers with the Authorization it was given."""

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.end_headers()
            self.wfile.write((self.headers.get("Authorization") or "nobody").encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer((HOST, 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


async def test_a_cookie_acts_only_with_a_key_that_no_foreign_page_can_send(tmp_path: Path, behind: int) -> None:
    """A form of another site carries neither the header nor, thanks to SameSite, the cookie: either alone is nobody."""
    assert COOKIE == SESSION_COOKIE
    (port,) = free_ports(1)
    door = Door(DataDir(tmp_path), port=port, services=dict.fromkeys(SERVICES, behind))
    await door.start()
    command = "/v1/complaints/0/contacts"
    async with httpx.AsyncClient(base_url=door.url) as client:

        async def seen(path: str, headers: dict[str, str]) -> str:
            return (await client.post(path, headers=headers)).text

        assert await seen(command, SESSION | KEY) == "Bearer aa.bb.cc"
        assert await seen(command, SESSION) == "nobody"
        assert await seen(command, KEY) == "nobody"
        assert await seen("/console/sign-out", SESSION | KEY) == "nobody"
        assert await seen(command, SESSION | KEY | {"Authorization": "Bearer mine"}) == "Bearer mine"
    assert await door.stop()
