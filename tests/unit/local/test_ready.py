"""How long a service is waited for: while there is work to do it is waited for, whatever the limit says."""

import asyncio
import http.server
import io
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from local import foreground
from local.places import DataDir
from local.ports import HOST, free_ports
from local.process import write_record
from local.service import Service, ServiceFailed, Surroundings
from local.status import write_status
from local.supervisor import Stack
from runtime.commands import still_reading
from runtime.seeding import tries_again

READS = {"edge rulebooks": tries_again(still_reading().code), "edge inbound": "stands still on NotAnswered"}
STOPPED = {"reader": "has stopped: the log is another one", "edge rulebooks": tries_again(still_reading().code)}
LIMIT_SECONDS = 0.2
SAID_SECONDS_MAX = 60.0


@contextmanager
def saying(port: int, reasons: Mapping[str, str], *, seconds: float) -> Iterator[None]:
    """A server whose /readyz says why it is not ready, and after some time that it is."""
    ready = threading.Event()

    class Readyz(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if ready.is_set() else 503)
            self.end_headers()
            self.wfile.write(json.dumps({"reasons": reasons}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer((HOST, port), Readyz) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        later = threading.Timer(seconds, ready.set)
        serving.start()
        later.start()
        try:
            yield
        finally:
            later.cancel()
            server.shutdown()
            serving.join()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """One whose process lives; whoever asks it is answered by the test."""
    (port,) = free_ports(1)
    data = DataDir(tmp_path)
    one = Service(Surroundings(data, "", "", tmp_path, 12, {}), "intake", port=port)
    one.process.command = ("sleep", "60")
    one.process.start()
    yield one
    one.process.kill()


@pytest.mark.parametrize("reasons", [READS, STOPPED], ids=("reads", "stopped"))
async def test_a_service_that_has_work_to_do_is_waited_for(service: Service, reasons: dict[str, str]) -> None:
    """It reads its log anew; or its reader has stopped (L6), and whoever mends that needs the database of this start: a
    minute was too short for a dump and five rebuilds.
    """
    with saying(service.port, reasons, seconds=5 * LIMIT_SECONDS):
        await service.ready(limit_seconds=LIMIT_SECONDS)


@pytest.mark.parametrize(
    "reasons",
    [
        READS | {"reader": "trying again after OSError"},
        {"edge rulebooks": "calendar/shop: the file cannot be read"},
        {},
    ],
    ids=("reader", "file", "nothing"),
)
async def test_no_other_reason_is(service: Service, reasons: dict[str, str]) -> None:
    with saying(service.port, reasons, seconds=60), pytest.raises(ServiceFailed, match="is not ready after"):
        await service.ready(limit_seconds=LIMIT_SECONDS)


async def test_a_start_that_waits_says_for_what(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes long is seen: reading a large log looks like a start that hangs."""
    monkeypatch.setattr(foreground, "SAID_SECONDS", 0.01)
    data, said = DataDir(tmp_path), io.StringIO()
    write_record(data.run / "supervisor.json", os.getpid(), sys.orig_argv)
    write_status(data, state="starting", url="", kafka="", database="", log_partitions=1, parts={"intake": service})
    telling = asyncio.create_task(foreground.tell_what_is_waited_for(Stack(tmp_path), Console(file=said, width=200)))
    with saying(service.port, READS, seconds=60):
        async with asyncio.timeout(SAID_SECONDS_MAX):
            while "tries again after not-caught-up" not in said.getvalue():
                await asyncio.sleep(0.02)
    telling.cancel()
    assert "waiting for intake (edge rulebooks: " in said.getvalue()
