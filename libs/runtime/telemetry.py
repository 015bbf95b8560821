"""Traces: W3C context carried in Kafka headers, and spans named as OpenTelemetry's messaging conventions say.

Silent and nearly free unless an `OTEL_*` variable names an exporter (`exporters`); the context travels on either way,
so that one trace leads from a POST to the views. What is a span is measured by the way (`metrics`).
Must not: personal data, baggage.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags, TraceState

from runtime import metrics

Headers = Sequence[tuple[str, bytes]]

LINKS_MAX = 1000
"""The largest batch; OpenTelemetry's own limit of 128 would drop links without a word (platform, 23)."""

_PARENT = re.compile(rb"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_STATE_CHARS_MAX = 512


def recording() -> bool:
    """True where spans go anywhere."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def extract(headers: Iterable[tuple[str, bytes]]) -> SpanContext | None:
    """The trace context in a record's (or, with lower-case names, a request's) headers, or None."""
    parent, state = None, b""
    for name, value in headers:
        if name == "traceparent":
            parent = value
        elif name == "tracestate":
            state = value
    match = _PARENT.fullmatch(parent) if parent else None
    if match is None:
        return None
    found = SpanContext(
        trace_id=int(match[1], 16),
        span_id=int(match[2], 16),
        is_remote=True,
        trace_flags=TraceFlags(int(match[3], 16)),
        trace_state=_state(state),
    )
    return found if found.is_valid else None


def trace_headers(origin: SpanContext | None = None) -> list[tuple[str, bytes]]:
    """The headers that tie a record to the current trace, or to `origin`; none where there is none."""
    span = origin or trace.get_current_span().get_span_context()
    if not span.is_valid:
        return []
    headers = [("traceparent", f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}".encode())]
    if span.trace_state:
        headers.append(("tracestate", span.trace_state.to_header().encode()))
    return headers


def current_trace_id() -> str | None:
    """The 32 hex digits of the trace that we are in, or None."""
    span = trace.get_current_span().get_span_context()
    return trace.format_trace_id(span.trace_id) if span.is_valid else None


@contextmanager
def inside(origin: SpanContext | None) -> Iterator[None]:
    """Do something as part of the trace that `origin` belongs to, without a span of its own."""
    if origin is None:
        yield
        return
    token = otel_context.attach(_as_parent(origin))
    try:
        yield
    finally:
        otel_context.detach(token)


@contextmanager
def outside() -> Iterator[None]:
    """Begin what outlives whoever needed it first: what its tasks say later belongs to no trace of today."""
    token = otel_context.attach(Context())
    try:
        yield
    finally:
        otel_context.detach(token)


Answered = Callable[[str, int, str | None], None]
"""Told the route's template (never the raw path), the status, and the problem's code where there was one."""


@contextmanager
def serving(origin: SpanContext | None, method: str) -> Iterator[Answered]:
    """One request. Call what it yields once it is answered."""
    started = time.perf_counter() if metrics.measuring() else 0.0
    if not recording():
        with inside(origin):
            yield _measured(method, started) if started else _nothing
        return
    parent = _as_parent(origin) if origin else Context()
    with _span(method, SpanKind.SERVER, parent=parent) as span:

        def answered(route: str, status: int, code: str | None) -> None:
            span.update_name(f"{method} {route}")
            found: dict[str, str | int] = {
                "http.request.method": method, "url.scheme": "http", "http.route": route,
                "http.response.status_code": status,
            }  # fmt: skip
            span.set_attributes(found | {"error.type": code} if code else found)
            if status >= 500:
                span.set_status(trace.StatusCode.ERROR)
            if started:
                _measured(method, started)(route, status, code)

        yield answered


def _measured(method: str, started: float) -> Answered:
    return lambda route, status, code: metrics.served(method, route, status, code, time.perf_counter() - started)


@contextmanager
def sending(topic: str, *, count: int = 1) -> Iterator[None]:
    """One append: a producer span `send <topic>`, beside what its records lead to: their headers were made before."""
    if not recording():
        yield
        return
    attributes = _messaging(topic, "send", "send", count)
    with _span(f"send {topic}", SpanKind.PRODUCER, attributes=attributes):
        yield


def sent(topic: str, outcomes: Sequence[object]) -> None:
    """Inside `sending`: what became of the records. One that failed marks the span, by its kind alone."""
    metrics.sent(topic, outcomes)
    if not recording():
        return
    failed = next((outcome for outcome in outcomes if isinstance(outcome, Exception)), None)
    if failed is not None:
        _failed(trace.get_current_span(), failed)


@contextmanager
def processing(
    topic: str, *, group: str, origins: Sequence[SpanContext | None], replay: bool = False
) -> Iterator[None]:
    """One batch (or tick): a consumer span `process <topic>`, linked to the traces that its records came from.

    Each sampled trace also gets a short span of its own, so that a trace shows where its record was folded; not while
    records are read again (`replay`): no trace of last week grows. A single record is processed inside its own trace.
    """
    started = time.perf_counter()
    distinct = {origin.span_id: origin for origin in origins if origin is not None}
    known = list(distinct.values())[:LINKS_MAX]
    alone = known[0] if len(origins) == 1 and known and not replay else None
    if not recording():
        with inside(alone):
            yield
        metrics.processed(topic, group, time.perf_counter() - started, replay=replay)
        return
    attributes = _messaging(topic, "process", "process", len(origins)) | {"messaging.consumer.group.name": group}
    if replay:
        attributes |= {metrics.REPLAY: True}
    name, links = f"process {topic}", [Link(origin) for origin in known]
    parent = _as_parent(alone) if alone else None
    with _span(name, SpanKind.CONSUMER, parent=parent, attributes=attributes, links=links) as batch:
        yield
        for origin in known if alone is None and not replay else ():
            if origin.trace_flags.sampled:
                back = [Link(batch.get_span_context())]
                _tracer().start_span(name, _as_parent(origin), SpanKind.CONSUMER, attributes, back).end()
    metrics.processed(topic, group, time.perf_counter() - started, replay=replay)


@contextmanager
def _span(
    name: str,
    kind: SpanKind,
    *,
    parent: Context | None = None,
    attributes: dict[str, str | int] | None = None,
    links: Sequence[Link] = (),
) -> Iterator[trace.Span]:
    """A current span. An exception leaves its kind and never its message, which may carry content."""
    with _tracer().start_as_current_span(
        name, parent, kind, attributes, links, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception as error:
            _failed(span, error)
            raise


def _failed(span: trace.Span, error: Exception) -> None:
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(trace.StatusCode.ERROR)


def _messaging(topic: str, name: str, kind: str, count: int) -> dict[str, str | int]:
    attributes: dict[str, str | int] = {**metrics.messaging(topic, name), "messaging.operation.type": kind}
    return attributes | {"messaging.batch.message_count": count} if count != 1 else attributes


def _tracer() -> trace.Tracer:
    return trace.get_tracer("complaints")


def _as_parent(origin: SpanContext) -> Context:
    return trace.set_span_in_context(NonRecordingSpan(origin), Context())


def _state(raw: bytes) -> TraceState:
    text = raw.decode("ascii", "replace")
    return TraceState.from_header([text]) if text and len(text) <= _STATE_CHARS_MAX else TraceState()


def _nothing(_: str, __: int, ___: str | None) -> None:
    return
