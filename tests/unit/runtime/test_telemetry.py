"""One trace leads from a POST through the log to the views; silent where no exporter is named (platform, 20-23)."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext, SpanKind

from runtime import metrics, telemetry
from runtime.edge import Edge
from runtime.edge_store import Bad, EdgeRecord, EdgeStore
from runtime.exporters import end_all, not_spoken, set_up_telemetry
from runtime.rows import AppendFailed
from runtime.telemetry import (
    current_trace_id,
    extract,
    inside,
    outside,
    processing,
    recording,
    sending,
    sent,
    serving,
    trace_headers,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = ("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())


def known(header: tuple[str, bytes] = PARENT) -> SpanContext:
    found = extract([header])
    assert found is not None
    return found


def numbered(number: int) -> SpanContext:
    return known(("traceparent", f"00-{number + 1:032x}-{number + 1:016x}-01".encode()))


def id_of(span: ReadableSpan) -> tuple[int, int] | None:
    return (span.context.trace_id, span.context.span_id) if span.context else None


def parent_of(span: ReadableSpan) -> tuple[int, int] | None:
    return (span.parent.trace_id, span.parent.span_id) if span.parent else None


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What is recorded, with the limits that a process sets."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(span_limits=SpanLimits(max_links=telemetry.LINKS_MAX))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    yield exporter
    provider.shutdown()


def test_silent_by_default() -> None:
    """Nothing is exported, and the context travels all the same."""
    assert not recording()
    with sending("complaints.log"):
        assert trace_headers() == []
    with serving(known(), "POST") as answered:
        assert current_trace_id() == TRACE
        assert trace_headers() == [PARENT]
        answered("/v1/complaints", 201, None)
    assert current_trace_id() is None


def test_exactly_one_parent() -> None:
    """Of two, the one that is named: a second header would be read by some and not by others (platform, 21)."""
    with serving(numbered(6), "POST") as answered:
        assert trace_headers(known()) == [PARENT]
        answered("/v1/complaints", 201, None)


def test_state_travels_along() -> None:
    state = ("tracestate", b"vendor=abc")
    assert trace_headers(extract([PARENT, state])) == [PARENT, state]


@pytest.mark.parametrize(
    "value",
    [
        b"", b"00", b"\xff\xfe", b"00-" + b"0" * 32 + b"-00f067aa0ba902b7-01",
        b"00-" + TRACE.encode() + b"-" + b"0" * 16 + b"-01",
        b"01-" + TRACE.encode() + b"-00f067aa0ba902b7-01", PARENT[1].upper(), PARENT[1] + b"-x", PARENT[1] + b"\n",
    ],
)  # fmt: skip
def test_broken_parents(value: bytes) -> None:
    assert extract([("traceparent", value)]) is None
    assert extract([("traceparent", PARENT[1]), ("tracestate", b"\xff" * 9000)]) is not None


def test_one_trace_from_post_to_view(spans: InMemorySpanExporter) -> None:
    """Route templates, not paths; producer and consumer spans as the conventions name them."""
    with serving(None, "POST") as answered:
        headers = trace_headers()
        with sending("complaints.log"):
            pass
        answered("/v1/complaints/{complaint_id}/notes", 201, None)
    with processing("complaints.log", group="projections", origins=[extract(headers), numbered(7)]):
        pass
    found = {(span.name, span.kind): span for span in spans.get_finished_spans()}
    request = found["POST /v1/complaints/{complaint_id}/notes", SpanKind.SERVER]
    sent = found["send complaints.log", SpanKind.PRODUCER]
    assert parent_of(sent) == id_of(request)
    (folded,) = [s for s in spans.get_finished_spans() if s is not sent and parent_of(s) == id_of(request)]
    assert folded.name == "process complaints.log"
    assert (folded.attributes or {})["messaging.batch.message_count"] == 2


async def test_a_request_leaves_one_span_and_no_address(
    spans: InMemorySpanExporter, api: httpx.AsyncClient, as_handler: Callable[..., dict[str, str]]
) -> None:
    """An address may hold a tracking code; FastAPI's own spans would name it."""
    assert (await api.get("/v1/track/ZHANG-WEI")).status_code == 200
    assert (await api.get("/v1/complaints?as_of=ZHANG-WEI", headers=as_handler())).status_code == 400
    assert [span.name for span in spans.get_finished_spans()] == ["GET /v1/track/{code}", "GET /v1/complaints"]
    assert "ZHANG" not in "".join(span.to_json() for span in spans.get_finished_spans())


def test_links_are_bounded(spans: InMemorySpanExporter) -> None:
    """A batch links to all its records up to 1,000, each trace once."""
    origins = [numbered(n // 2) for n in range(2400)]
    with processing("complaints.log", group="g", origins=origins):
        pass
    batch = max(spans.get_finished_spans(), key=lambda span: len(span.links))
    assert (len(batch.links), batch.dropped_links) == (1000, 0)
    assert (batch.attributes or {})["messaging.batch.message_count"] == 2400


def test_a_single_record_is_processed_inside_its_trace(spans: InMemorySpanExporter) -> None:
    with processing("complaints.inbound", group="g", origins=[known()]):
        assert current_trace_id() == TRACE
    (span,) = spans.get_finished_spans()
    assert span.parent
    assert span.parent.span_id == known().span_id
    assert "messaging.batch.message_count" not in (span.attributes or {})


async def test_what_another_system_tells_is_seen_in_its_own_trace(spans: InMemorySpanExporter) -> None:
    """Whoever told it, or watches, finds where it was taken, and where that failed."""

    async def takes(records: Sequence[EdgeRecord], *_: object) -> Sequence[Bad]:
        if len(records) > 1:
            raise ValueError("a name that no span may have")
        return []

    store = cast("EdgeStore", SimpleNamespace(move=takes))
    edge = Edge(name="gate", topic="in", bootstrap="", instance="0", store=store, handler=takes)
    edge._stood = {0: 0}
    told = EdgeRecord("in", 0, 0, None, b"{}", (PARENT,))
    await edge._hand_over([told])
    with pytest.raises(ValueError, match="a name"):
        await edge._hand_over([told, EdgeRecord("in", 0, 1, None, b"{}", ())])
    alone, batch = spans.get_finished_spans()
    assert (alone.name, alone.kind, alone.parent) == ("process in", SpanKind.CONSUMER, known())
    assert (len(batch.links), batch.status.is_ok, "no span" in str(batch.attributes)) == (1, False, False)


def test_errors_leave_no_text(spans: InMemorySpanExporter) -> None:
    """An exception's message may be content; a span keeps none of it."""

    def fail() -> None:
        with processing("complaints.log", group="g", origins=[]):
            raise ValueError("Zhang Wei")

    with pytest.raises(ValueError, match="Zhang"):
        fail()
    assert "Zhang" not in "".join(span.to_json() for span in spans.get_finished_spans())


def test_an_append_that_failed_is_marked(spans: InMemorySpanExporter) -> None:
    """What became of each record is an answer and no exception, so the span must be told; no message goes with it."""
    for outcomes in ([7], [8, AppendFailed("Zhang Wei")]):
        with sending("complaints.log", count=len(outcomes)):
            sent("complaints.log", outcomes)
    good, failed = spans.get_finished_spans()
    assert good.status.status_code is trace.StatusCode.UNSET
    assert failed.status.status_code is trace.StatusCode.ERROR
    assert (failed.attributes or {})["error.type"] == "AppendFailed"
    assert "Zhang" not in failed.to_json()


def test_inside_nothing() -> None:
    with inside(None):
        assert current_trace_id() is None


async def test_what_outlives_a_request_is_of_no_trace() -> None:
    """A client of Kafka says things hours later: no line of it leads to whoever happened to need it first."""

    async def says() -> str | None:
        return current_trace_id()

    with inside(known()):
        with outside():
            later = asyncio.create_task(says())
        assert await later is None
        assert current_trace_id() == TRACE


def test_what_is_set_to_nothing_is_not_set() -> None:
    """As OpenTelemetry has it: a template that leaves an address empty asks for no export to an address of its own."""
    set_up_telemetry("trial", environ={"OTEL_EXPORTER_OTLP_ENDPOINT": "", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": " "})
    assert not recording()
    assert not metrics.measuring()


def test_an_end_does_not_wait_for_a_collector_that_is_silent() -> None:
    """A process ends within 10 s, and the supervisor kills it sooner: what cannot be flushed in time is left."""
    never, others = threading.Event(), threading.Event()
    assert not end_all([never.wait, others.set], seconds_max=0.1)
    assert others.is_set()
    assert end_all([others.set], seconds_max=60)


NO_METRICS = {"OTEL_METRICS_EXPORTER": "none"}
"""Else the last ones are offered for some seconds to an endpoint that nobody answers."""


@pytest.mark.parametrize(
    ("variables", "seen"),
    [
        ({}, False),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        ({"OTEL_TRACES_EXPORTER": "console", "OTEL_SPAN_LINK_COUNT_LIMIT": "", "OTEL_SERVICE_NAME": ""}, True),
        ({"OTEL_TRACES_EXPORTER": "console", "OTEL_TRACES_SAMPLER": "always_off"}, False),
        ({"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"}, False),
        ({**NO_METRICS, "OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, False),
    ],
)
def test_exporters_by_environment(variables: dict[str, str], seen: bool) -> None:
    """The standard variables decide; a process of its own, since OpenTelemetry's set-up is for life."""
    program = (
        "from runtime.exporters import *\nfrom runtime.telemetry import *\nstop = set_up_telemetry('trial')\n"
        "with serving(None, 'GET') as answered: answered('/v1/complaints', 200, None)\nstop()"
    )
    done = _run(program, variables)
    assert ("GET /v1/complaints" in done.stdout) == seen
    assert "complaints-trial" in done.stdout or not seen


def _run(program: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """In a process of its own, with these variables and no others."""
    paths = {"PYTHONPATH": "libs", "PATH": ""}
    return subprocess.run(
        [sys.executable, "-c", program], env=paths | variables, capture_output=True, check=True, text=True
    )


GRPC = {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, ["OTEL_TRACES_EXPORTER"]),
        ({"OTEL_METRICS_EXPORTER": "otlp,console"}, ["OTEL_METRICS_EXPORTER"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", **GRPC}, ["OTEL_EXPORTER_OTLP_PROTOCOL"]),
        (
            {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "http/json"},
            ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"],
        ),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, []),
        ({"OTEL_TRACES_EXPORTER": "console", **GRPC}, []),
        ({"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_SDK_DISABLED": "true"}, []),
    ],
)
def test_what_is_not_spoken_is_named(variables: dict[str, str], named: list[str]) -> None:
    assert not_spoken(variables) == named


def test_a_line_says_what_is_not_spoken() -> None:
    """One each: else somebody waits for traces that nobody sends."""
    program = (
        "from runtime.exporters import set_up_telemetry\nfrom runtime.logs import set_up_logs\n"
        "set_up_logs(service='trial', instance='0')\nset_up_telemetry('trial')\nimport os; os._exit(0)"
    )
    done = _run(program, {"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_METRICS_EXPORTER": "statsd"})
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["setting"] for line in lines] == ["OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER"]
    assert all(line["event"] == "telemetry.not-spoken" and line["level"] == "warning" for line in lines)
