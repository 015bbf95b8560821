"""Structured logs: one JSON object per line on stderr, nothing personal in any of them.

A line has a constant name (`edge.assigned`) and values under allowed keys; everything else is left out, because what
is not written cannot leak. Lives here: the set-up and the allow-list. Must not: any text made from content.
"""

import io
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

import orjson
import structlog
from opentelemetry import trace

ALLOWED = frozenset(
    {
        "service", "instance", "component", "level", "at", "trace_id",
        "topic", "partition", "offset", "offsets", "stream", "type", "kind", "setting", "code",
        "method", "route", "host", "port", "reason", "error", "where",
        "attempt", "count", "records", "seconds", "name", "logger", "template",
    }
)  # fmt: skip
"""Keys that a line may have. `stream` is a name without a person; `reason` is a constant of the code."""

NAME = re.compile(r"[a-z]+\.[a-z]+(-[a-z]+)*", re.ASCII)
"""Of a line: the part that says it, and what happened there."""
_TEXT_CHARS_MAX = 300
REPEATED_AFTER_SECONDS = 60.0
"""How long who says the same line again and again is not heard."""
_LINES_REMEMBERED = 1000
_SAID = ("component", "event", "error", "reason", "topic", "partition", "stream", "type", "setting", "code")
"""By what a warning is another one; the rest tells when, where and how often."""

Log = structlog.typing.FilteringBoundLogger
Clock = Callable[[], float]
"""Seconds that never run back."""


def set_up_logs(*, service: str, instance: str, level: str = "INFO", clock: Clock = time.monotonic) -> None:
    """All logs of this process, those of libraries too, become JSON lines on stderr."""
    number = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[
            _constant(service=service, instance=instance),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _trace,
            only_allowed,
            _warnings_once(clock),
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.PrintLogger(_STDERR),
        cache_logger_on_first_use=False,
    )
    handler = _FromLibraries(clock)
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)
    threading.excepthook = _thread_failed


class _Stderr(io.TextIOBase):
    """What takes the lines. One that cannot be written, because the disk is full, is left out and ends nothing: no
    command shall fail because of a log. `/readyz` says what matters then.
    """

    def write(self, text: str) -> int:
        with suppress(OSError):
            return sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


_STDERR = cast("TextIO", _Stderr())  # printing a line asks for these two and no more


def logger(component: str) -> Log:
    """The log of one part of the process. Names of lines are constants: `log.info("edge.assigned", offsets={})`."""
    log: Log = structlog.get_logger(component=component)
    return log


def fault(error: BaseException) -> dict[str, str]:
    """What a line may say about an exception: its kind and its place, never its message, which may carry content."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__qualname__,
        "where": " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:])),
    }


def only_allowed(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop keys that are not allowed, and names of lines that are no constants; shorten long texts."""
    name = line.pop("event", "")
    kept = {key: _short(value) for key, value in line.items() if key in ALLOWED}
    kept["event"] = name if isinstance(name, str) and NAME.fullmatch(name) else "unnamed"
    return kept


def _thread_failed(ended: threading.ExceptHookArgs) -> None:
    """In the place of a traceback: a library's own thread, as Faust's consumer has one, may end by an exception."""
    what = {} if ended.exc_value is None else fault(ended.exc_value)
    logger("library").error("thread.failed", name=ended.thread and ended.thread.name, **what)


def _short(value: object) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)[:_TEXT_CHARS_MAX]
    if isinstance(value, dict):
        return {str(key)[:80]: _short(inner) for key, inner in list(value.items())[:100]}
    if isinstance(value, list | tuple | set | frozenset):
        return [_short(inner) for inner in list(value)[:100]]
    return str(value)[:_TEXT_CHARS_MAX].encode("utf-8", "replace").decode()


def _constant(**values: str) -> Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]:
    def add(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line.update(values)
        return line

    return add


def _warnings_once(clock: Clock) -> Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]:
    """A warning is of something that is tried again, and says itself again as long as Kafka or PostgreSQL is away: one
    line a minute. An error is told each time.
    """
    repeated = Repeated(clock)

    def hear(_: object, level: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if level == "warning" and "count" not in line:
            line["count"] = repeated.count(*(str(line.get(key)) for key in _SAID))
            if not line["count"]:
                raise structlog.DropEvent
        return line

    return hear


def _trace(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        line["trace_id"] = trace.format_trace_id(context.trace_id)
    return line


def _json(line: MutableMapping[str, Any], **_: object) -> str:
    return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class Repeated:
    """What says itself again and again is heard once a minute, with the `count` of times since it was heard last."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._heard: dict[tuple[object, ...], tuple[float, int]] = {}
        """By what is said: until when it is not heard, and how often it was not."""

    def count(self, *said: object) -> int:
        """For how many this one stands; 0 where it is too soon."""
        now_seconds = self._clock()
        until, unheard = self._heard.get(said, (now_seconds, 0))
        if now_seconds < until:
            self._heard[said] = until, unheard + 1
            return 0
        if len(self._heard) >= _LINES_REMEMBERED:
            self._heard.clear()
        self._heard[said] = now_seconds + REPEATED_AFTER_SECONDS, 0
        return unheard + 1


class _FromLibraries(logging.Handler):
    """A library's log line: its logger, its template without the arguments, and the kind of its exception."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._repeated = Repeated(clock)

    def emit(self, record: logging.LogRecord) -> None:
        template = str(record.msg) if record.args else "no arguments"
        details: dict[str, Any] = {"logger": record.name, "template": template}
        if record.exc_info and record.exc_info[1]:
            details |= fault(record.exc_info[1])
        count = self._repeated.count(record.name, template, details.get("error"))  # under the handler's lock
        if count:
            log = logger("library")
            (log.error if record.levelno >= logging.ERROR else log.warning)("library.says", count=count, **details)
