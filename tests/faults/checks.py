"""What must hold after each fault. A check gives what differs, in words; no words, no harm.

Lives here: when it is time to look, and comparing what people were told with the truth; the tables are compared in
`tables`. Must not: change a service's table.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx

from events.ids import outside_event_id
from events.intake import MessageRequested, MessageSent
from faults.load import FINAL, NOT_JSON, NOT_YET, Load
from faults.publisher import SOURCE, Publisher
from faults.tables import Tables
from faults.truth import DECIDERS, PARTITIONS, Said, Truth
from local.ports import SERVICES

CAUGHT_UP_SECONDS_MAX = 30.0
QUIET_SECONDS_MAX = 45.0
"""What was owed when its append was lost is asked for again after 30 s at the latest (L12)."""
DUE_SOON = timedelta(seconds=5)
"""Quiet is also: nothing falls due while the tables are compared."""
SHOWN_MAX = 5


@dataclass
class Checks:
    """The checker of one system."""

    truth: Truth
    load: Load
    publisher: Publisher
    projections_url: str
    token: str
    seen: list[str] = field(default_factory=list)

    async def all_is_well(self, since: float) -> None:
        """Everything that must hold once the faults have ended; `since` (monotonic) is when the last one did."""
        began = time.monotonic()
        await self.caught_up(since)
        caught_up = time.monotonic()
        await self._quiet()
        await self.load.ask_again(20)
        await self._quiet()
        quiet = time.monotonic()
        harms = await self.harms()
        assert not harms, f"{len(harms)} harms, the first of them:\n" + "\n".join(harms[:20])
        self.seen.append(
            f"drained {began - since:.1f}, caught up {caught_up - since:.1f}, quiet {quiet - since:.1f}, "
            f"compared {time.monotonic() - since:.1f} s after the fault"
        )

    async def harms(self) -> list[str]:
        """Everything that differs now."""
        harms = [*self._answers(), *self._facts(), *await self._messages_and_inbound()]
        unfit = sum(not event.fit for event in self.publisher.told.values())
        harms += await Tables(self.truth).harms(unfit=unfit)
        return harms + await self._agreed()

    # --- when it is time to look -----------------------------------------------------------------------------------

    async def caught_up(self, since: float) -> None:
        """All positions reach the log's end within the limit after the last fault."""
        behind: dict[str, dict[int, int]] = {}
        while time.monotonic() - since < CAUGHT_UP_SECONDS_MAX:
            await self.truth.read_on()
            behind = await self._behind()
            if not behind:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"not at the log's end {self.truth.ends} after {CAUGHT_UP_SECONDS_MAX} s: {behind}")

    async def _quiet(self) -> None:
        """Nothing is owed now or soon, nothing inbound waits, and every reader has read it all."""
        until = time.monotonic() + QUIET_SECONDS_MAX
        waits: list[str] = ["nothing was looked at"]
        while time.monotonic() < until:
            await self.truth.read_on()
            waits = [str(behind) for behind in [await self._behind()] if behind]
            waits = waits or self.truth.owing(await self._now() + DUE_SOON)
            waits = waits or await self._inbound_waits()
            if not waits:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"never quiet, {len(waits)} wait:\n" + "\n".join(waits[:SHOWN_MAX]))

    async def _behind(self) -> dict[str, dict[int, int]]:
        connection = await asyncpg.connect(self.truth.database_url)
        try:
            found = {}
            for service in SERVICES:
                rows = await connection.fetch(f"select partition, next_offset from {service}.positions")  # noqa: S608
                at = {row["partition"]: row["next_offset"] for row in rows}
                late = {p: at.get(p, 0) for p, end in self.truth.ends.items() if at.get(p, 0) != end}
                if late:
                    found[service] = late
            return found
        finally:
            await connection.close()

    async def _now(self) -> datetime:
        connection = await asyncpg.connect(self.truth.database_url)
        try:
            now: datetime = await connection.fetchval("select clock_timestamp()")
            return now
        finally:
            await connection.close()

    async def _inbound_waits(self) -> list[str]:
        answered = await self.publisher.receipts()
        sent = {one.fact.message_id for one in self.truth.admitted if isinstance(one.fact, MessageSent)}
        asked = {one.fact.message_id for one in self.truth.admitted if isinstance(one.fact, MessageRequested)}
        return [f"no receipt for {event_id}" for event_id in self.publisher.told if event_id not in answered] + [
            f"message {message_id} was not reported as sent" for message_id in asked - sent
        ]

    # --- what was told to people -------------------------------------------------------------------------------------

    def _answers(self) -> Iterator[str]:
        """201 only for what is in the log, admitted once, at that place with that head, the same each time (L8, L9)."""
        by_place = {(one.partition, one.offset): one for one in self.truth.admitted}
        times = Counter(one.envelope.event_id for one in self.truth.admitted)
        for asked in self.load.asked:
            odd = [answer for answer in asked.answers if answer[0] not in FINAL | NOT_YET or NOT_JSON in answer[1]]
            if odd:
                yield f"{asked.url_path} {asked.key} was answered {odd[0]}"
            if len({str(sorted(told.items())) for told in asked.told}) > 1:
                yield f"{asked.url_path} {asked.key} was told different things: {asked.told}"
            for told in asked.told[:1]:
                _, partition, offset = told["position"].split(".")
                one = by_place.get((int(partition), int(offset)))
                if one is None or one.envelope.event_id != told["event_id"] or str(one.head) != told["head"]:
                    yield f"201 for {asked.url_path}, {told}, but there stands {one}"
                if times[told["event_id"]] != 1:
                    yield f"201 for {told['event_id']}, admitted {times[told['event_id']]} times"

    def _facts(self) -> Iterator[str]:
        """Each fact is there once; each that a machine wrote was owed where it says it stood (L1, L14)."""
        for event_id, count in Counter(one.envelope.event_id for one in self.truth.admitted).items():
            if count > 1:
                yield f"{event_id} was admitted {count} times"
        for one in self.truth.admitted:
            if one.envelope.auth_id == one.envelope.chapter and not self._was_owed(one):
                yield f"{one.fact!r} at {one.partition}/{one.offset} was not owed on {one.envelope.stream} there"

    def _was_owed(self, one: Said) -> bool:
        chapter = one.envelope.chapter
        owed = DECIDERS[chapter].owed
        return any(
            owed(state, context, one.envelope.recorded_time).fact == one.fact
            for state in reversed(one.before)
            for context in self.truth.contexts(chapter, state)
        )

    async def _messages_and_inbound(self) -> list[str]:
        """Each inbound record has one answer, whichever of its receipts is read; what was admitted is there once."""
        harms = []
        by_place = {(one.partition, one.offset): one for one in self.truth.admitted}
        sent = Counter(one.fact.message_id for one in self.truth.admitted if isinstance(one.fact, MessageSent))
        harms += [f"message {message_id} was sent {count} times" for message_id, count in sent.items() if count > 1]
        receipts = await self.publisher.receipts()
        for event_id, event in self.publisher.told.items():
            told = {(one.get("stream"), one.get("position"), one.get("code")) for one in receipts.get(event_id, [])}
            if len(told) != 1:
                harms.append(f"inbound {event_id} ({event.kind}) has the answers {told}")
                continue
            _, position, code = told.pop()
            if position is None or not event.fit:
                harms += [f"inbound {event_id} ({event.kind}) was answered {code}"] if event.fit or code is None else []
                continue
            _, partition, offset = position.split(".")
            one = by_place.get((int(partition), int(offset)))
            wanted = outside_event_id(source=SOURCE, source_event_id=event_id)
            if one is None or one.envelope.event_id != wanted:
                harms.append(f"the receipt of {event_id} names {position}, where {one} stands")
        return harms

    async def _agreed(self) -> list[str]:
        """The five say the same at the log's end, and projections says so (L7)."""
        until = time.monotonic() + CAUGHT_UP_SECONDS_MAX
        said: Mapping[str, Any] = {}
        async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {self.token}"}) as http:
            while time.monotonic() < until:
                said = (await http.get(f"{self.projections_url}/v1/readers")).json()
                marks = {one["partition"]: (one["mark"], tuple(one["services"])) for one in said["items"]}
                wanted = {p: (end, tuple(sorted(SERVICES))) for p, end in self.truth.ends.items()}
                if said["agree"] and marks == wanted:
                    return []
                if not said["agree"]:
                    break
                await asyncio.sleep(0.1)
        return [f"the readers do not agree at {self.truth.ends} of {PARTITIONS} partitions: {said}"]
