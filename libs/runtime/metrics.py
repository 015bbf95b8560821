"""Metrics: what a process measures of itself, by OpenTelemetry's names where it has some, else `complaints.*`.

Free unless the process was told to measure (`exporters`). What is said while a reader is still behind the log end that
it found (a start, a rebuild) carries `complaints.replay`, so that no alert takes yesterday for today.
Must not: an id of a stream, person or event as an attribute, a raw path, any content.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from runtime.rows import Judged, Place

REPLAY = "complaints.replay"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_RECORDS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)

Attributes = dict[str, str | bool | int]
Lags = Callable[[], Iterable[tuple[int, int, bool]]]
"""Partition, records that wait there, and whether the reader is catching up."""


class Instruments:
    """All that one process measures; a gauge is asked for, everything else is told."""

    def __init__(self, meter: Meter) -> None:
        self.lags: Lags = tuple
        seconds = list(_SECONDS)
        self.served = meter.create_histogram(
            "http.server.request.duration", "s", "Requests by route and outcome",
            explicit_bucket_boundaries_advisory=seconds,
        )  # fmt: skip
        self.processed = meter.create_histogram(
            "messaging.process.duration", "s", "Batches: folded, what is owed appended, committed",
            explicit_bucket_boundaries_advisory=seconds,
        )  # fmt: skip
        self.batches = meter.create_histogram(
            "complaints.reader.batch.records", "{record}", "Records of one partition in a batch",
            explicit_bucket_boundaries_advisory=list(_RECORDS),
        )  # fmt: skip
        self.delays = meter.create_histogram(
            "complaints.reader.delay", "s", "From the append of a batch's first record to its commit",
            explicit_bucket_boundaries_advisory=seconds,
        )  # fmt: skip
        self.verdicts = meter.create_counter("complaints.verdicts", "{record}", "Records judged, by verdict")
        self.ticks = meter.create_histogram(
            "complaints.tick.lateness", "s", "How late a stream that was due was looked at",
            explicit_bucket_boundaries_advisory=seconds,
        )  # fmt: skip
        self.parked = meter.create_gauge("complaints.parked.streams", "{stream}", "Streams that wait for repair")
        self.edges = meter.create_counter("complaints.edge.records", "{record}", "Records that an edge took or refused")
        self.sent = meter.create_counter(
            "messaging.client.sent.messages",
            "{message}",
            "Records given to Kafka, and whether it took them",
        )
        meter.create_observable_gauge(
            "complaints.reader.lag", [self._lag], "{record}", "Records of a partition that are not folded yet"
        )

    def _lag(self, _: CallbackOptions) -> Iterator[Observation]:
        """Called by the exporter's thread."""
        for partition, waiting, replay in self.lags():
            yield Observation(waiting, {"messaging.destination.partition.id": str(partition), REPLAY: replay})


_measured: Instruments | None = None


def measure_with(meter: Meter | None) -> None:
    """From now on everything is measured by this meter; by None nothing is."""
    global _measured  # noqa: PLW0603 - one process measures in one way, as OpenTelemetry itself has it
    _measured = None if meter is None else Instruments(meter)


def measuring() -> bool:
    """True where anything is measured; ask before anything that costs."""
    return _measured is not None


def watch_lag(lags: Lags) -> None:
    """Who is asked, at each export, how far the reader is behind."""
    if _measured is not None:
        _measured.lags = lags


def served(method: str, route: str, status: int, code: str | None, seconds: float) -> None:
    """One request, by its route's template; `code` is the problem's where it was answered with one."""
    if _measured is None:
        return
    found: Attributes = {
        "http.request.method": method, "url.scheme": "http", "http.route": route, "http.response.status_code": status,
    }  # fmt: skip
    _measured.served.record(seconds, found | {"error.type": code} if code else found)


def processed(topic: str, group: str, seconds: float, *, replay: bool) -> None:
    """One batch, over all of its partitions: they move in one transaction."""
    if _measured is not None:
        found = messaging(topic, "process") | {"messaging.consumer.group.name": group, REPLAY: replay}
        _measured.processed.record(seconds, found)


def messaging(topic: str, operation: str) -> Attributes:
    """What OpenTelemetry wants to be said of everything that is done with a topic."""
    return {
        "messaging.system": "kafka", "messaging.destination.name": topic, "messaging.operation.name": operation,
    }  # fmt: skip


class FoldMeter:
    """What a reader says of each commit and each tick. Made only where anything is measured."""

    def __init__(self, instruments: Instruments) -> None:
        self._to = instruments

    def folded(self, before: Mapping[int, Place], end_seen: Callable[[int], int], judged: Sequence[Judged]) -> None:
        """A batch is committed. Behind the end seen at assignment, all that is said of it is replay."""
        replay = {partition: place.next_offset < end_seen(partition) for partition, place in before.items()}
        first: dict[int, int] = {}
        for one in judged:
            first.setdefault(one.partition, one.append_time_ms)
        sizes = Counter(one.partition for one in judged)
        for partition, append_time_ms in first.items():
            where: Attributes = {"messaging.destination.partition.id": str(partition), REPLAY: replay[partition]}
            self._to.delays.record(max(time.time() - append_time_ms / 1000, 0.0), where)
            self._to.batches.record(sizes[partition], where)
        for (verdict, again), count in Counter((one.verdict, replay[one.partition]) for one in judged).items():
            self._to.verdicts.add(count, {"verdict": verdict.value, REPLAY: again})

    def looked(self, now: datetime, due: Iterable[datetime | None]) -> None:
        """A tick is committed: these were the times at which its streams should have been looked at."""
        for at in due:
            if at is not None and at <= now:
                self._to.ticks.record((now - at).total_seconds())


def fold_meter() -> FoldMeter | None:
    """How the reader of this process measures; None where nothing is."""
    return None if _measured is None else FoldMeter(_measured)


def parked(counts: Mapping[tuple[str, bool], int], *, replay: bool) -> None:
    """How many streams wait for repair, by kind, and whether the operators' own time limit has passed."""
    if _measured is None:
        return
    for kind in ("content", "proposals"):
        for overdue in (False, True):
            found = {"kind": kind, "overdue": overdue, REPLAY: replay}
            _measured.parked.set(counts.get((kind, overdue), 0), found)


def edge_handed(edge: str, taken: int, refused: Iterable[str]) -> None:
    """One batch of an edge: how many it took, and the code of each refusal."""
    if _measured is None:
        return
    if taken:
        _measured.edges.add(taken, {"edge": edge, "outcome": "taken"})
    for code, count in Counter(refused).items():
        _measured.edges.add(count, {"edge": edge, "outcome": "refused", "code": code})


def sent(topic: str, outcomes: Sequence[object]) -> None:
    """What became of records given to Kafka."""
    if _measured is None:
        return
    for failure, count in Counter(
        type(one).__name__ if isinstance(one, Exception) else None for one in outcomes
    ).items():
        found = messaging(topic, "send")
        _measured.sent.add(count, found | {"error.type": failure} if failure else found)
