"""`complaints log tail` and `complaints log show STREAM`: the record itself, read from Kafka and judged here.

Must not: ask a service or a table; what is printed is what stands in the log, and what the law says of it. Sealed text
stays sealed.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from aiokafka import TopicPartition
from rich.console import Console

from events.admission import Head, Verdict
from events.ids import COMPLAINT
from local.errors import LocalError
from local.foreground import DataOption
from local.places import DATA_DEFAULT, DataDir
from local.status import running
from local.stores import ASK_SECONDS_MAX, Consumer, log_consumer
from runtime.judging import EVERYTHING, judge
from runtime.problems import printable
from runtime.rows import Judged, LogRecord
from runtime.topics import LOG

log = typer.Typer(no_args_is_help=True, help="Read the log itself.")


class NoSuchStream(LocalError):
    """No record of the log names the stream that was asked for."""


@log.command()
def tail(
    *,
    data: DataOption = DATA_DEFAULT,
    count: Annotated[int, typer.Option(help="End after so many records; 0: follow until Ctrl-C.", min=0)] = 0,
) -> None:
    """Follow the log: each new record as it is written. It is not judged here; `show` does that."""
    try:
        asyncio.run(_tail(data, count))
    except KeyboardInterrupt:
        return


async def _tail(data: DataOption, count: int) -> None:
    console = Console(highlight=False, soft_wrap=True)
    async with log_consumer(_bootstrap(data), start="latest") as consumer:
        async with asyncio.timeout(ASK_SECONDS_MAX):
            for place in consumer.assignment():
                await consumer.position(place)
        Console(stderr=True).print(f"following {LOG}; Ctrl-C ends it", markup=False)
        seen = 0
        async for record in consumer:
            console.print(written(record.partition, record.offset, record.headers), markup=False)
            seen += 1
            if seen == count:
                return


def written(partition: int, offset: int, headers: Iterable[tuple[str, bytes | None]]) -> str:
    """A record that nobody has judged, on one line."""
    told = {name: _text(value) for name, value in headers}
    said = (told.get(name, "?") for name in ("ce_time", "ce_type", "ce_subject", "ce_expects"))
    return f"{f'{partition}.{offset}':>12}  {'  '.join(said)}"


@log.command()
def show(
    stream: Annotated[str, typer.Argument(help="For example complaint/<id>; an id alone is a complaint's.")],
    *,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Print every record of one stream in order, with its verdict; refused attempts too."""
    name = stream if "/" in stream else f"{COMPLAINT}{stream}"
    judged = asyncio.run(_show(data, name))
    if not judged:
        raise NoSuchStream(f"no record of the log names {name}")
    console = Console(highlight=False, soft_wrap=True)
    for one in judged:
        console.print(line(one), markup=False)


def line(one: Judged) -> str:
    """A record with its verdict; one that has an envelope, with its value below."""
    place = f"{one.partition}.{one.offset}"
    if one.envelope is None:
        return f"{place:>12}  {one.verdict.value:<9}  {one.why}"
    told = one.envelope
    refused = f"  ({one.why})" if one.verdict is Verdict.REFUSED else ""
    by = printable(str(told.auth_id))
    return (
        f"{place:>12}  {one.verdict.value:<9}  {told.time.isoformat()}  {told.type}  by {by}{refused}\n"
        f"{'':>12}  {_text(one.value)}"
    )


def _text(value: bytes | None) -> str:
    """A terminal obeys control characters, and anybody may have written these."""
    return printable((value or b"").decode("utf-8", "replace"))


async def _show(data: DataOption, stream: str) -> Sequence[Judged]:
    async with log_consumer(_bootstrap(data), start="earliest") as consumer:
        places = sorted(consumer.assignment())
        records = await _records(consumer, places, stream.encode())
    head = Head()
    judged: list[Judged] = []
    for record in records:
        one = judge(record, len(places), head, EVERYTHING)
        if one.envelope is not None and one.head is not None:
            head = one.head
        judged.append(one)
    return judged


async def _records(consumer: Consumer, places: Sequence[TopicPartition], key: bytes) -> list[LogRecord]:
    """Every record with this key, wherever it stands: a misplaced one must not hide.

    However long the log is, the next of its records must come in time.
    """
    found: list[LogRecord] = []
    async with asyncio.timeout(ASK_SECONDS_MAX) as limit:
        ends = await consumer.end_offsets(places)
        while [place for place, end in ends.items() if await consumer.position(place) < end]:
            for some in (await consumer.getmany(timeout_ms=1000)).values():
                found += [record for record in some if record.key == key]
                limit.reschedule(asyncio.get_running_loop().time() + ASK_SECONDS_MAX)
    return sorted(found, key=lambda record: (record.partition, record.offset))


def _bootstrap(data: DataOption) -> str:
    return str(running(DataDir(data.resolve()))["kafka"])
