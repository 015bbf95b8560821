"""How long a service is waited for: while it reads its log it is at work, whatever the limit says."""

import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.places import DataDir
from local.ports import HOST, free_ports
from local.service import Service, ServiceFailed, Surroundings
from runtime.commands import still_reading
from runtime.seeding import tries_again

READS = {"edge rulebooks": tries_again(still_reading()), "edge inbound": "stands still on NotAnswered"}
LIMIT_S = 0.2


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


async def test_a_service_that_reads_its_log_is_waited_for(service: Service) -> None:
    """After a restore, or where newer code folds all of it anew."""
    with saying(service.port, READS, seconds=5 * LIMIT_S):
        await service.ready(limit_s=LIMIT_S)


@pytest.mark.parametrize(
    "reasons",
    [READS | {"reader": "the log is another one"}, {"edge rulebooks": "calendar/shop: the file cannot be read"}, {}],
    ids=("reader", "file", "nothing"),
)
async def test_no_other_reason_is(service: Service, reasons: dict[str, str]) -> None:
    with saying(service.port, reasons, seconds=60), pytest.raises(ServiceFailed, match="is not ready after"):
        await service.ready(limit_s=LIMIT_S)
