"""What a process measures of itself: silent where nothing is named, marked where it reads the past again."""

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from events.admission import Verdict
from issuer import Issuer
from runtime import metrics
from runtime.exporters import set_up_telemetry
from runtime.rows import AppendFailed, Judged, Place
from runtime.telemetry import processing

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
Points = dict[str, list[tuple[dict[str, Any], Any]]]


class Measured:
    """What an in-memory reader found: by instrument, each point's attributes and its value (a histogram's count)."""

    def __init__(self, reader: InMemoryMetricReader) -> None:
        self._reader = reader

    def points(self) -> Points:
        found: Points = {}
        data = self._reader.get_metrics_data()
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for one in scope.metrics:
                    for point in one.data.data_points:
                        value = getattr(point, "value", None)
                        count = getattr(point, "count", None)
                        attributes: dict[str, Any] = dict(point.attributes or {})
                        found.setdefault(one.name, []).append((attributes, value if count is None else count))
        return found


@pytest.fixture
def measured() -> Iterator[Measured]:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    metrics.measure_with(provider.get_meter("complaints"))
    yield Measured(reader)
    metrics.measure_with(None)
    provider.shutdown()


def test_nothing_is_measured_by_default() -> None:
    assert not metrics.measuring()
    assert metrics.fold_meter() is None
    metrics.served("GET", "/v1/complaints", 200, None, 0.1)
    metrics.sent("complaints.log", [1, AppendFailed("KafkaError")])
    metrics.edge_handed("inbound", 1, ["type-unknown"])
    metrics.parked({}, replay=False)


async def test_requests_are_measured_by_template_and_outcome(
    measured: Measured, api: httpx.AsyncClient, issuer: Issuer
) -> None:
    """Never by a raw path: it may hold an id or a secret."""
    await api.get("/v1/track/a-secret-code")
    await api.get("/v1/complaints")
    await api.get("/v1/complaints?limit=1", headers={"authorization": f"Bearer {issuer.token('handler')}"})
    await api.get("/v1/a-secret-path")
    await api.get("/openapi.json")
    found = measured.points()["http.server.request.duration"]
    told = {(a["http.route"], a["http.response.status_code"], a.get("error.type")) for a, _ in found}
    assert {a["url.scheme"] for a, _ in found} == {"http"}
    assert told == {
        ("/v1/track/{code}", 200, None),
        ("/v1/complaints", 401, "token-missing"),
        ("/v1/complaints", 200, None),
        ("unknown", 404, "route-unknown"),
        ("/openapi.json", 200, None),
    }
    assert "secret" not in str(found)


def judged(partition: int, offset: int, verdict: Verdict = Verdict.ADMITTED) -> Judged:
    return Judged(partition, offset, 0, verdict, b"key", b"value")


def test_what_is_read_again_is_marked(measured: Measured) -> None:
    """Behind the log end seen at assignment everything said of a batch is replay; alerts leave it out."""
    meter = metrics.fold_meter()
    assert meter is not None
    batch = [judged(0, 5), judged(0, 6, Verdict.REFUSED), judged(1, 9), judged(1, 10)]
    meter.folded({0: Place(5), 1: Place(9)}, {0: 5, 1: 40}.__getitem__, batch)
    found = measured.points()
    replay = metrics.REPLAY
    assert {(a["verdict"], a[replay]): value for a, value in found["complaints.verdicts"]} == {
        ("admitted", False): 1, ("admitted", True): 2, (Verdict.REFUSED.value, False): 1,
    }  # fmt: skip
    for name in ("complaints.reader.delay", "complaints.reader.batch.records"):
        assert {(a["messaging.destination.partition.id"], a[replay]) for a, _ in found[name]} == {
            ("0", False), ("1", True),
        }  # fmt: skip


def test_a_batch_is_timed_even_where_no_span_is_kept(measured: Measured) -> None:
    with processing("complaints.log", group="complaints-intake", origins=[None], replay=True):
        pass
    ((attributes, count),) = measured.points()["messaging.process.duration"]
    assert (attributes[metrics.REPLAY], count) == (True, 1)
    assert (attributes["messaging.system"], attributes["messaging.operation.name"]) == ("kafka", "process")


def test_ticks_say_how_late_they_looked(measured: Measured) -> None:
    """L13. What was looked at for another reason, before its time, was not late."""
    meter = metrics.fold_meter()
    assert meter is not None
    meter.looked(NOW, [NOW - timedelta(seconds=2), None, NOW + timedelta(seconds=30)])
    ((_, count),) = measured.points()["complaints.tick.lateness"]
    assert count == 1


def test_lag_is_asked_for_at_each_export(measured: Measured) -> None:
    lags = [(3, 17, True)]
    metrics.watch_lag(lambda: lags)
    partition = {"messaging.destination.partition.id": "3"}
    assert measured.points()["complaints.reader.lag"] == [(partition | {metrics.REPLAY: True}, 17)]
    lags[:] = [(3, 0, False)]
    assert (partition | {metrics.REPLAY: False}, 0) in measured.points()["complaints.reader.lag"]


def test_failures_of_the_log_and_refusals_of_an_edge_are_counted(measured: Measured) -> None:
    metrics.sent("complaints.log", [7, None, AppendFailed("KafkaError")])
    metrics.edge_handed("inbound", 4, ["type-unknown", "type-unknown"])
    metrics.parked({("content", True): 2}, replay=False)
    found = measured.points()
    where = {
        "messaging.system": "kafka", "messaging.operation.name": "send", "messaging.destination.name": "complaints.log",
    }  # fmt: skip
    assert found["messaging.client.sent.messages"] == [(where, 2), (where | {"error.type": "AppendFailed"}, 1)]
    refused = {"edge": "inbound", "outcome": "refused", "code": "type-unknown"}
    assert (refused, 2) in found["complaints.edge.records"]
    parked = {(a["kind"], a["overdue"]): value for a, value in found["complaints.parked.streams"]}
    assert parked == {
        ("content", True): 2, ("content", False): 0, ("proposals", True): 0, ("proposals", False): 0,
    }  # fmt: skip


class _Collector(BaseHTTPRequestHandler):
    """As much of an OpenTelemetry collector as takes OTLP over HTTP."""

    bodies: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        self.bodies.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Where a collector listens, and what it was sent."""
    bodies: list[tuple[str, bytes]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Kept", (_Collector,), {"bodies": bodies}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", bodies
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_metrics_reach_a_collector(
    monkeypatch: pytest.MonkeyPatch, collector: tuple[str, list[tuple[str, bytes]]]
) -> None:
    """By the standard variables alone, over OTLP, with the process's name, instance and version; what the variables say
    about it goes before what we say.
    """
    address, bodies = collector
    variables: Mapping[str, str] = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": address,
        "OTEL_TRACES_EXPORTER": "none",
        "OTEL_RESOURCE_ATTRIBUTES": "service.version=2026-w12,deployment.environment.name=trial",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    end = set_up_telemetry("intake", "7", environ=variables)
    try:
        metrics.served("POST", "/v1/complaints", 201, None, 0.004)
    finally:
        end()
        metrics.measure_with(None)
    path, body = bodies[-1]
    assert path == "/v1/metrics"
    (told,) = ExportMetricsServiceRequest.FromString(body).resource_metrics
    resource = {one.key: one.value.string_value for one in told.resource.attributes}
    assert (resource["service.name"], resource["service.instance.id"]) == ("complaints-intake", "7")
    assert (resource["service.version"], resource["deployment.environment.name"]) == ("2026-w12", "trial")
    names = {one.name for scope in told.scope_metrics for one in scope.metrics}
    assert "http.server.request.duration" in names
