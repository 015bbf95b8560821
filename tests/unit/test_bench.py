"""What the bench makes of measured times: percentiles, verdicts on aims, tables; and that its inventions repeat."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench import clocks
from bench.aims import AIMS, judge
from bench.client import Order, play
from bench.flow import STEPS
from bench.invented import history, open_cases
from bench.percentiles import spread_ms
from bench.report import BEGIN, END, NoMarkers, markdown, write

USED = {"intake": 2.0, "bench": 1.0}
MEMORY = {"intake": {"rss_mib": 90.0, "pss_mib": 70.0}}


def level(per_second: float, p50: float) -> dict[str, Any]:
    return {
        "commands_per_second": per_second, "latency_ms": {"p50": p50, "p99": 2 * p50, "most": 3 * p50},
        "measured_commands": 100, "commands": 120, "not_201": {}, "cpu_seconds": USED,
    }  # fmt: skip


def a_run(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    machine = {
        "cores": 2, "memory_gib": 4.0, "cpu": "a CPU", "system": "Linux", "python": "3.11", "kafka": "4", "java": "17",
        "postgresql": "18", "aiokafka": "0", "asyncpg": "0", "eventsourcing": "9",
    }  # fmt: skip
    return {
        "at": "2026-11-01", "load_average_before": 0.1, "machine": machine, "parts": parts, "failed": {},
        "memory": {"at the start": MEMORY},
    }  # fmt: skip


COMMAND = {
    "asked": "intake directly",
    "ours": {"1": level(150, 6.5), "16": level(600, 25), "64": level(900, 70)},
    "peer": {"1": level(200, 5), "16": level(700, 22), "64": level(900, 71)},
}


def test_percentiles_are_in_milliseconds_and_of_any_number_of_times() -> None:
    assert spread_ms([0.002]) == {"p50": 2.0, "p99": 2.0, "most": 2.0}
    assert spread_ms([number / 1000 for number in range(1, 102)]) == {"p50": 51.0, "p99": 100.0, "most": 101.0}


def test_an_aim_is_met_at_its_bound_and_a_peer_must_be_surpassed() -> None:
    verdicts = {one.aim.name: one.verdict for one in judge({"command": COMMAND})}
    assert verdicts["command, alone: p50"] == "met"
    assert verdicts["command, 16 in flight: p50"] == "met"
    assert verdicts["command, 64 in flight"] == "met"
    assert verdicts["command, 64 in flight, against the peer"] == "missed"
    assert verdicts["tick: p99"] == "not run"


def test_every_aim_stands_in_the_tables_also_when_nothing_was_run() -> None:
    text = markdown(a_run())
    assert all(f"| {aim.name} | not run |" in text for aim in AIMS)


def test_clocks_are_measured_without_a_system() -> None:
    found = clocks.measure(calls=10, compiled_times=1)
    assert {one.aim.name for one in judge({"clocks": found}) if one.seen is not None} == {
        "due over 60 business days",
        "a calendar of ten years",
    }
    assert "| due over 60 business days |" in markdown(a_run(clocks=found))


def test_figures_stand_beside_their_aims_and_cpu_is_per_command() -> None:
    text = markdown(a_run(command=COMMAND))
    assert "| command, 16 in flight: p99 | 50 ms | at most 80 | met |" in text
    assert "| peer: command, 64 in flight | 900 commands/s |  |  |" in text
    assert "| intake | 16,667 |" in text


def test_the_document_keeps_its_words_and_gets_the_figures(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write(a_run(command=COMMAND), document)
    text = document.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"\n{END}\nafter\n")
    assert "old" not in text
    document.write_text("no place", encoding="utf-8")
    with pytest.raises(NoMarkers):
        write(a_run(), document)


def test_invented_histories_repeat_and_never_share_a_case() -> None:
    assert history("one", 40) == history("one", 40)
    one, two = ({event.subject for event in history(name, 40).events} for name in ("one", "two"))
    assert len(one) == 40
    assert not one & two
    told = history("one", 40)
    assert all(event.time <= told.known_until for event in told)


def test_open_cases_have_the_due_times_they_were_given() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    dues = [now + timedelta(milliseconds=number) for number in range(3)]
    events = list(open_cases("due", dues, now - timedelta(hours=1)))
    assert [getattr(event.data, "dues")[0].due for event in events] == dues  # noqa: B009 - one type of many


@contextlib.asynccontextmanager
async def busy() -> AsyncIterator[tuple[str, list[str]]]:
    """A server that refuses each second command: its address, and the paths that it was asked for."""
    asked: list[str] = []
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):  # the client has closed
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
                asked.append(head.split(b" ")[1].decode())
                status = "503 Busy" if len(asked) % 2 == 0 else "201 Created"
                body = orjson.dumps({"complaint_id": f"c-{len(asked)}", "code": "busy"})
                writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()
        gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    async with asyncio.timeout(60):
        await gone.wait()
    server.close()


TOKENS = {step.role: "token" for step in STEPS}


async def test_the_client_plays_whole_cases_and_every_answer_is_counted() -> None:
    """Of one that could not be lodged nothing else is asked. Only 201 has a latency."""
    async with busy() as (url, asked):
        seen = await play(Order(url, TOKENS, in_flight=1, warm_up=0.0, seconds=1.0))
    assert seen.answers.keys() == {"201", "503 busy"}
    assert sum(seen.answers.values()) == len(asked)
    assert seen.answers["201"] - len(STEPS) <= len(seen.latencies) <= seen.answers["201"]
    lodgings = [at for at, path in enumerate(asked) if path == "/v1/complaints"]
    for at, following in zip(lodgings, [*lodgings[1:], len(asked)], strict=True):
        lodged = at % 2 == 0
        of_it = [f"/v1/complaints{step.path.format(id=f'c-{at + 1}')}" for step in STEPS]
        assert asked[at:following] == (of_it if lodged else of_it[:1])


async def test_the_client_times_only_what_was_admitted_in_time() -> None:
    """Neither what came while it warmed up, nor what was begun before the end and came after it."""
    async with busy() as (url, _):
        seen = await play(Order(url, TOKENS, in_flight=1, warm_up=1.0, seconds=0.0))
    assert seen.answers["201"] > 0
    assert seen.latencies == []


def test_each_rebuild_stands_beside_its_own_aim() -> None:
    short = {
        "records_per_second": 15_000, "log_records": 1_000, "cases": 10, "seconds": 0.1, "seconds_with_start": 0.2,
        "cpu_seconds": USED,
    }  # fmt: skip
    text = markdown(a_run(**{"rebuild": short, "long-rebuild": short | {"records_per_second": 14_999}}))
    assert "| rebuild | 15,000 records/s | at least 15,000 | met |" in text
    assert "| rebuild of a longer log | 14,999 records/s | at least 15,000 | missed |" in text
