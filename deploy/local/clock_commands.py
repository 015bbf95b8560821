"""`complaints clock proof EXPORT CLOCK`: a clock counted again from exported facts alone, with nothing running.

An export is what `GET /v1/facts?stream=…` gives: the facts of the complaint and of the rulebooks that they name. The
list of a complaint's clocks has the address. Must not: ask a service, a table, or what time it is.
"""

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from events.codec import Undecodable, decode
from events.decider import UnknownRulebook
from events.ids import COMPLAINT, RULEBOOK
from local.errors import LocalError
from local.moments import moment
from rulebooks.histories import NotCounted, Recorded, book, history_of
from rulebooks.proving import proved

Streams = Mapping[str, list[Recorded]]

clock = typer.Typer(no_args_is_help=True, help="Count clocks again, from exported facts.")


class ExportUnreadable(LocalError):
    """A line of the export is no fact as `GET /v1/facts` gives it."""


class ClockNotFound(LocalError):
    """The export does not say which clock is meant, or lacks what it is counted by."""


@clock.callback()
def _group() -> None:
    """Keeps `proof` a word of its own."""


@clock.command()
def proof(
    export: Annotated[
        Path,
        typer.Argument(help="Facts as GET /v1/facts gives them, one JSON object a line.", exists=True, dir_okay=False),
    ],
    name: Annotated[str, typer.Argument(metavar="CLOCK", help="The clock's name, such as resolution.")],
    *,
    complaint: Annotated[str, typer.Option(help="Whose clock, where the export holds several complaints.")] = "",
    as_of: Annotated[
        str | None, typer.Option(help="Count until this instant (ISO 8601 with zone); else until the last fact.")
    ] = None,
    text: Annotated[bool, typer.Option(help="To be read, instead of JSON.")] = False,
) -> None:
    """Print the proof of a clock: the same bytes that GET /v1/complaints/{id}/clocks/{clock}/proof gives."""
    streams = read_export(export)
    told = _complaint(streams, name, complaint)
    books = {
        stream.removeprefix(RULEBOOK): book(facts) for stream, facts in streams.items() if stream.startswith(RULEBOOK)
    }
    until = moment(as_of, "--as-of") or max(one.known_at for facts in streams.values() for one in facts)
    try:
        found = proved(told, books, name, until)
    except NotCounted as error:
        raise ClockNotFound(str(error)) from None
    except UnknownRulebook as error:
        raise ClockNotFound(f"the export lacks rulebook {error}: export its stream, too") from None
    sys.stdout.buffer.write(found.as_text().encode() if text else found.as_json())


def read_export(path: Path) -> Streams:
    """The facts of an export by stream, in order; facts of types that this version does not know are left out."""
    found: dict[str, list[Recorded]] = {}
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            for stream, one in _fact(line, number):
                found.setdefault(stream, []).append(one)
    return found


def _fact(line: bytes, number: int) -> Iterator[tuple[str, Recorded]]:
    if not line.strip():
        return
    try:
        told: dict[str, Any] = orjson.loads(line)
        at, known_at = datetime.fromisoformat(told["time"]), datetime.fromisoformat(told["recordedtime"])
        stream, event, kind, value = (
            str(told["subject"]),
            str(told["id"]),
            str(told["type"]),
            orjson.dumps(told["data"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ExportUnreadable(f"line {number} is no fact as GET /v1/facts gives it ({type(error).__name__})") from None
    fact = decode(kind, at, value)
    if not isinstance(fact, Undecodable):
        yield stream, Recorded(event, known_at, fact)


def _complaint(streams: Streams, name: str, complaint: str) -> list[Recorded]:
    if complaint:
        stream = complaint if complaint.startswith(COMPLAINT) else COMPLAINT + complaint
        if stream not in streams:
            raise ClockNotFound(f"the export holds no fact of {stream}")
        return streams[stream]
    having = [stream for stream, facts in streams.items() if stream.startswith(COMPLAINT) and _has(facts, name)]
    if len(having) != 1:
        found = f"{len(having)} complaints have one; name one with --complaint" if having else "no complaint has one"
        raise ClockNotFound(f"clock {name}: {found}")
    return streams[having[0]]


def _has(facts: list[Recorded], name: str) -> bool:
    try:
        history_of(facts, name)
    except NotCounted:
        return False
    return True
