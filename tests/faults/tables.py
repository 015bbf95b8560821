"""Every table of every service against the truth, row by row. A check gives what differs, in words; no words, no harm.

Lives here: queries over the services' own schemas. Must not: change a row, or wait for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import asyncpg
from pydantic import TypeAdapter

from events.admission import Head, Verdict
from events.decider import Decider, owes_nothing
from faults.truth import DECIDERS, SCHEMA, Stream, Truth
from folded import VIEWS
from local.ports import SERVICES

SHOWN_MAX = 5
SHOWN_CHARS = 200

Connection = Any
"""An asyncpg connection; asyncpg carries no types."""


@dataclass
class Tables:
    """All tables of one system at rest."""

    truth: Truth

    async def harms(self, *, unfit: int) -> list[str]:
        """What differs; `unfit` inbound records were told that had to be refused and kept."""
        harms = []
        connection = await asyncpg.connect(self.truth.database_url)
        try:
            for service in SERVICES:
                harms += await self._places(connection, service)
            for service in DECIDERS:
                harms += await self._streams(connection, service)
                harms += await self._verdicts(connection, service)
            for view in VIEWS:
                harms += await _different(connection, view)
            harms += await _kept(connection, unfit)
        finally:
            await connection.close()
        return harms

    async def _places(self, connection: Connection, service: str) -> list[str]:
        """At the log's end each service has said the same of every record (L7), and nothing is parked."""
        rows = await connection.fetch(f"select partition, next_offset, hash from {service}.positions")  # noqa: S608
        parked = await connection.fetch(f"select stream, kind, reason from {service}.parked")  # noqa: S608
        there = {row["partition"]: (row["next_offset"], row["hash"]) for row in rows}
        return [f"{service} parked {dict(row)}" for row in parked] + [
            f"{service} at {partition}: {there.get(partition)}, the log says {end} {self.truth.hashes[partition].hex()}"
            for partition, end in self.truth.ends.items()
            if end and there.get(partition) != (end, self.truth.hashes[partition])
        ]

    async def _streams(self, connection: Connection, service: str) -> list[str]:
        """Every row of a writing service is what its decider makes of the log."""
        decider = DECIDERS[service]
        adapter = TypeAdapter[Any](decider.state_type)
        rows = {row["stream"]: row for row in await connection.fetch(f"select * from {service}.streams")}  # noqa: S608
        harms = [
            f"{service} has a row of {name}, of which the log knows nothing"
            for name in rows.keys() - self.truth.streams
        ]
        for name, stream in self.truth.streams.items():
            row = rows.get(name)
            if row is None:
                harms.append(f"{service} has no row of {name}")
                continue
            there = f"{_stands(row)} {_plain(adapter, adapter.validate_json(row['state']))}"
            wanted = f"{_should_stand(stream, decider)} {_plain(adapter, stream.states[service])}"
            if there != wanted:
                harms.append(f"{service}: {name} is {_apart(there, wanted)}")
        return harms

    async def _verdicts(self, connection: Connection, service: str) -> list[str]:
        """The verdict on each own command is there, once, and is the law's."""
        rows = await connection.fetch(f'select partition, "offset", event_id, admitted from {service}.verdicts')  # noqa: S608
        harms = [
            f"{service} says admitted={row['admitted']} of {row['partition']}/{row['offset']}"
            for row in rows
            if (self.truth.verdicts.get((row["partition"], row["offset"])) is Verdict.ADMITTED) != row["admitted"]
        ]
        known = {(row["partition"], row["offset"]) for row in rows}
        return harms + [
            f"{service} does not know the verdict on its own {one.envelope.event_id}"
            for one in self.truth.admitted
            if one.envelope.chapter == service
            and one.envelope.command_hash is not None
            and (one.partition, one.offset) not in known
        ]


def _stands(row: Mapping[str, Any]) -> str:
    """All that a row says beside its state, but for `wake_at`, which depends on when somebody looked."""
    head = Head(row["intake"], row["triage"], row["escalation"], row["accountability"])
    machines = f"machine={row['machine']} at {row['machine_at']}"
    parked = f"parked={row['parked_at']} {row['parked_head']} {row['muted']}"
    return f"{head} {row['last_offset']} {machines} decider={row['decider_version']} {parked}"


def _should_stand(stream: Stream, decider: Decider[Any]) -> str:
    """The same of the truth: whoever can owe anything was asked about every stream (L11), and nothing parks (L22)."""
    row, version = stream.row, 0 if decider.owed is owes_nothing else decider.version
    machines = f"machine={row.machine} at {row.machine_at}"
    return f"{row.head} {row.last_offset} {machines} decider={version} parked=None None False"


async def _kept(connection: Connection, unfit: int) -> list[str]:
    """What was refused on the way in is kept, each record once."""
    query = 'select count(*) as rows, count(distinct (partition, "offset")) as records from intake_edge.inbound_refused'
    found = await connection.fetchrow(query)
    if found["rows"] == found["records"] >= unfit:
        return []
    return [f"{unfit} unfit records were told, kept are {found['rows']} rows of {found['records']} records"]


def _plain(adapter: TypeAdapter[Any], state: Any) -> str:  # noqa: ANN401 - whatever the decider's states are
    return adapter.dump_json(state).decode()


def _apart(there: str, wanted: str) -> str:
    """Both, from a little before the place where they part."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(there, wanted, strict=False)))
    first = max(0, same - 40)
    return f"…{there[first : first + SHOWN_CHARS]}… and the log says …{wanted[first : first + SHOWN_CHARS]}…"


async def _different(connection: Connection, view: str) -> list[str]:
    """Rows that stand in the view and not in its second fold, and the other way round."""
    harms = []
    for these, those in (("projections", SCHEMA), (SCHEMA, "projections")):
        query = f"select * from {these}.{view} except select * from {those}.{view} limit {SHOWN_MAX}"  # noqa: S608
        harms += [f"only in {these}.{view}: {str(dict(row))[:600]}" for row in await connection.fetch(query)]
    return harms
