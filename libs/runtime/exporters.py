"""Where traces and metrics go: the standard `OTEL_*` variables decide, and where none is set nothing is even imported.

Lives here: the set-up of OpenTelemetry's SDK, once a process. Must not: name a span (`telemetry`) or an instrument
(`metrics`).
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING

from opentelemetry import trace

from runtime.logs import logger
from runtime.metrics import measure_with
from runtime.telemetry import LINKS_MAX

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

ShutDown = Callable[[], object]
SIGNALS = ("TRACES", "METRICS")
EXPORTERS = frozenset({"otlp", "console", "none"})
PROTOCOL = "http/protobuf"
"""The one in which `otlp` is spoken here."""
FLUSH_SECONDS_MAX = 2.0
"""How long the end of a process waits for a collector, which may be away: it must end in order within 10 s."""
_log = logger("telemetry")


def set_up_telemetry(service: str, instance: str = "0", *, environ: Mapping[str, str] = os.environ) -> ShutDown:
    """Export spans and metrics as the variables say; nothing happens where none is set. Returns the shut-down.

    A variable that asks for what is not spoken here is named in a warning.
    """
    traces, metrics = (_exporter_of(signal, environ) for signal in SIGNALS)
    for setting in not_spoken(environ):
        _log.warning("telemetry.not-spoken", setting=setting, reason=f"otlp by {PROTOCOL}, console or none")
    if traces == metrics == "none":
        return lambda: None
    resource = _resource(service, instance)
    ends = [_traces(traces, resource, environ), _metrics(metrics, resource)]
    return lambda: end_all(ends)


def not_spoken(environ: Mapping[str, str]) -> list[str]:
    """The variables, of signals that are wanted, whose value we do not know or do not speak."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return []
    named = [f"OTEL_{signal}_EXPORTER" for signal in SIGNALS]
    spoken = [f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL" for signal in SIGNALS if _exporter_of(signal, environ) == "otlp"]
    protocols = ["OTEL_EXPORTER_OTLP_PROTOCOL", *spoken] if spoken else []
    return [
        *(name for name in named if _value(name, environ) not in {"", *EXPORTERS}),
        *(name for name in protocols if _value(name, environ) not in {"", PROTOCOL}),
    ]


def end_all(ends: Sequence[ShutDown], *, seconds_max: float = FLUSH_SECONDS_MAX) -> bool:
    """Flush and shut down, all at once. False where that took too long: the rest is lost, and a line says so."""
    until = time.monotonic() + seconds_max
    threads = [threading.Thread(target=end, daemon=True) for end in ends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))
    done = not any(thread.is_alive() for thread in threads)
    if not done:
        _log.warning("telemetry.not-flushed", seconds=seconds_max)
    return done


def _resource(service: str, instance: str) -> "Resource":
    """Who we are; what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say goes first."""
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415  # dear, mostly not needed

    ours = {
        "service.name": f"complaints-{service}",
        "service.version": metadata.version("complaints"),
        "service.instance.id": instance,
    }
    return Resource.create({**ours, **OTELResourceDetector().detect().attributes})


def _traces(kind: str, resource: "Resource", environ: Mapping[str, str]) -> ShutDown:
    if kind == "none":
        return lambda: None
    from opentelemetry.sdk.trace import SpanLimits, TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter  # noqa: PLC0415

    exporter: SpanExporter
    if kind == "console":
        exporter = ConsoleSpanExporter()
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        exporter = OTLPSpanExporter()
    links = int(_value("OTEL_SPAN_LINK_COUNT_LIMIT", environ) or LINKS_MAX)
    provider = TracerProvider(resource=resource, span_limits=SpanLimits(max_links=links), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def _metrics(kind: str, resource: "Resource") -> ShutDown:
    if kind == "none":
        return lambda: None
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
    from opentelemetry.sdk.metrics.export import (  # noqa: PLC0415
        ConsoleMetricExporter,
        MetricExporter,
        PeriodicExportingMetricReader,
    )

    exporter: MetricExporter
    if kind == "console":
        exporter = ConsoleMetricExporter()
    else:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415

        exporter = OTLPMetricExporter()
    provider = MeterProvider([PeriodicExportingMetricReader(exporter)], resource, shutdown_on_exit=False)
    measure_with(provider.get_meter("complaints"))
    return provider.shutdown


def _exporter_of(signal: str, environ: Mapping[str, str]) -> str:
    """`otlp`, `console` or `none`; an endpoint alone asks for `otlp`."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return "none"
    named = _value(f"OTEL_{signal}_EXPORTER", environ)
    if named:
        return named if named in EXPORTERS else "none"
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    return "otlp" if any(_value(name, environ) for name in endpoints) else "none"


def _value(name: str, environ: Mapping[str, str]) -> str:
    """Empty where it is not set: OpenTelemetry takes the two for the same."""
    return environ.get(name, "").strip().lower()
