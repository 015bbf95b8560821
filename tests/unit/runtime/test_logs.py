"""A log line has a constant name and allowed keys; nothing else gets out (S29)."""

import ast
import io
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from runtime.logs import ALLOWED, NAME, Repeated, fault, logger, only_allowed, set_up_logs
from runtime.telemetry import extract, inside

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Logs set up as a process would, and put back afterwards."""
    handlers, level, hook = list(logging.root.handlers), logging.root.level, threading.excepthook
    set_up_logs(service="trial", instance="0", level="INFO")
    yield capsys
    logging.root.handlers[:], logging.root.level = handlers, level
    threading.excepthook = hook
    structlog.reset_defaults()


def fail() -> None:
    raise ValueError("Zhang Wei")


def test_allowed_keys_only(lines: pytest.CaptureFixture[str]) -> None:
    logger("reader").info("reader.assigned", offsets=[1, 2], name_of_caller="Zhang Wei", text="Zhang Wei")
    line = json.loads(lines.readouterr().err)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "reader.assigned", "component": "reader", "service": "trial", "instance": "0", "level": "info",
        "offsets": [1, 2],
    }  # fmt: skip


def test_names_are_constants(lines: pytest.CaptureFixture[str]) -> None:
    """A name made from content would carry it."""
    logger("reader").info("Zhang Wei complained")
    assert json.loads(lines.readouterr().err)["event"] == "unnamed"


def test_exceptions_say_kind_and_place(lines: pytest.CaptureFixture[str]) -> None:
    try:
        fail()
    except ValueError as error:
        logger("reader").exception("reader.failed", **fault(error))
    text = lines.readouterr().err
    assert json.loads(text)["error"] == "ValueError"
    assert "test_logs.py:" in json.loads(text)["where"]
    assert "Zhang Wei" not in text


def test_libraries_say_templates(lines: pytest.CaptureFixture[str]) -> None:
    """A library's arguments and exception texts may be content."""
    try:
        fail()
    except ValueError:
        logging.getLogger("faust").exception("could not handle %s", "Zhang Wei")
    logging.getLogger("asyncio").error("Zhang Wei")
    logging.getLogger("aiokafka").info("joined")
    text = lines.readouterr().err
    first, second = (json.loads(line) for line in text.splitlines())
    assert (first["template"], first["error"], first["level"]) == ("could not handle %s", "ValueError", "error")
    assert second["logger"] == "asyncio"
    assert "Zhang Wei" not in text


def test_a_library_that_repeats_itself_is_heard_once_a_minute(lines: pytest.CaptureFixture[str]) -> None:
    """A broker or collector that is away for a night must not fill the disk; each line says how many it stands for."""
    now_seconds = [100.0]
    set_up_logs(service="trial", instance="0", clock=lambda: now_seconds[0])
    for moment in (100.0, 100.0, 159.9, 160.1, 160.2):
        now_seconds[0] = moment
        logging.getLogger("aiokafka").error("could not reach %s", moment)
    logging.getLogger("aiokafka").error("another line")
    told = [json.loads(line) for line in lines.readouterr().err.splitlines()]
    assert [line.get("count") for line in told] == [1, 3, 1]


def test_what_is_tried_again_and_again_is_heard_once_a_minute(lines: pytest.CaptureFixture[str]) -> None:
    """Our own loops warn and try again: every second and on every request, for as long as Kafka is away. Another reason
    is another line, and so is another topic. What is an error is told each time: an answer may lead to it.
    """
    now_seconds = [100.0]
    set_up_logs(service="trial", instance="0", clock=lambda: now_seconds[0])
    log = logger("log")
    for moment in (100.0, 100.0, 159.9, 160.1, 160.2):
        now_seconds[0] = moment
        log.warning("log.send-failed", topic="complaints.log", records=int(moment), error="TimeoutError")
    log.warning("log.send-failed", topic="complaints.log", records=1, error="ConnectionRefusedError")
    log.warning("log.send-failed", topic="complaints.readers", records=1, error="TimeoutError")
    log.error("edge.stands-still")
    log.error("edge.stands-still")
    told = [json.loads(line) for line in lines.readouterr().err.splitlines()]
    assert [line.get("count") for line in told] == [1, 3, 1, 1, None, None]


def test_a_thread_that_fails_leaves_a_line_and_no_traceback(lines: pytest.CaptureFixture[str]) -> None:
    """Faust's consumer has a thread of its own, which ends so where Kafka goes away."""
    thread = threading.Thread(target=fail, name="consumer")
    thread.start()
    thread.join()
    line = json.loads(lines.readouterr().err)
    assert (line["event"], line["error"], line["name"]) == ("thread.failed", "ValueError", "consumer")


def test_a_line_that_cannot_be_written_ends_nothing(
    lines: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk every command was answered by a bare 500, since its log line could not be written."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        stderr = io.TextIOWrapper(full, write_through=True)
        monkeypatch.setattr("sys.stderr", stderr)
        logger("reader").error("reader.assigned")
        logging.getLogger("aiokafka").error("no room")
        monkeypatch.undo()
        stderr.detach()
    logger("reader").info("reader.assigned")
    (line,) = lines.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "reader.assigned"


def test_levels_and_traces(lines: pytest.CaptureFixture[str]) -> None:
    logger("reader").debug("reader.assigned")
    with inside(extract([("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")])):
        logger("reader").warning("reader.assigned")
    (line,) = lines.readouterr().err.splitlines()
    assert json.loads(line)["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_odd_values(lines: pytest.CaptureFixture[str]) -> None:
    logger("reader").info("reader.assigned", reason=b"\xff" * 1000, count=2**70, offsets={1: {2}}, code="\ud800")
    assert len(lines.readouterr().err) < 1000


def test_every_line_in_the_code_is_allowed() -> None:
    """A line with a key outside the list would lose it in silence; one whose name is not `<part>.<what-happened>`, the
    one form by which lines are found, would be written as `unnamed`.
    """
    root = Path(__file__).parents[3]
    wrong = [
        f"{path.relative_to(root)}:{call.lineno}"
        for folder in ("libs", "services")
        for path in (root / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in LEVELS
        and call.args
        if not _is_name(call.args[0]) or any(k.arg and k.arg not in ALLOWED for k in call.keywords)
    ]
    assert wrong == []


def _is_name(said: ast.expr) -> bool:
    return isinstance(said, ast.Constant) and isinstance(said.value, str) and NAME.fullmatch(said.value) is not None


def test_values_keep_their_kind_and_a_measure() -> None:
    """A line is read by machines, and fits on a screen whatever somebody puts in it."""
    line = only_allowed(
        None,
        "",
        {
            "event": "a.b", "seconds": 0.5, "count": None, "kind": True, "offset": 2**53 - 1, "attempt": 2**53,
            "offsets": {"x" * 90: set(range(200))}, "records": tuple(range(200)), "reason": "\ud800" * 400,
        },
    )  # fmt: skip
    assert (line["seconds"], line["count"], line["kind"]) == (0.5, None, True)
    assert (line["offset"], line["attempt"]) == (2**53 - 1, str(2**53))
    assert line["offsets"] == {"x" * 80: list(range(100))}
    assert line["records"] == list(range(100))
    assert line["reason"] == "?" * 300


def test_what_is_remembered_of_repeated_lines_has_a_measure() -> None:
    repeated = Repeated(lambda: 0.0)
    for number in range(3_000):
        assert repeated.count(number) == 1
    assert len(repeated._heard) <= 1_000
    assert repeated.count(2_999) == 0
