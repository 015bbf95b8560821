"""A log in memory: facts become records that were judged, as a reader hands them to the views.

Lives here: making records. Must not: know a view.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from events.admission import Head, Verdict, expectation
from events.codec import encode
from events.envelope import Envelope
from events.fact import Fact, chapter_of
from events.partition import partition_of
from runtime.rows import Judged

_NAMES = UUID("00000000-0000-5000-8000-000000000000")
PARTITIONS = 12


@dataclass
class Log:
    """Everything told so far, with the heads of its streams."""

    records: list[Judged] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)

    def tell(self, stream: str, *facts: Fact, by: str = "handler-1", recorded: datetime | None = None) -> list[Judged]:
        """Admitted records of these facts, in this order."""
        return [self._append(stream, fact, by, recorded, Verdict.ADMITTED) for fact in facts]

    def refuse(self, stream: str, fact: Fact, *, by: str = "handler-2") -> Judged:
        """A record whose writer was too late."""
        return self._append(stream, fact, by, None, Verdict.REFUSED)

    def broken(self, partition: int, value: bytes | None, why: str) -> Judged:
        """A record without a readable envelope."""
        offset = self._place(partition)
        judged = Judged(partition, offset, 1_700_000_000_000 + offset, Verdict.MALFORMED, b"key", value, why=why)
        self.records.append(judged)
        return judged

    def garble(self, judged: Judged, why: str) -> Judged:
        """The same record with content that cannot be read."""
        garbled = replace(judged, fact=None, value=b'{"strange":1}', why=why)
        self.records[self.records.index(judged)] = garbled
        return garbled

    def _append(self, stream: str, fact: Fact, by: str, recorded: datetime | None, verdict: Verdict) -> Judged:
        chapter = chapter_of(type(fact))
        head = self.heads.get(stream, Head())
        partition = partition_of(stream.encode(), PARTITIONS)
        offset = self._place(partition)
        admitted = verdict is Verdict.ADMITTED
        envelope = Envelope(
            event_id=str(uuid5(_NAMES, f"{partition}.{offset}")),
            source=f"/services/{chapter}",
            type=fact.type,
            chapter=chapter,
            stream=stream,
            time=fact.at,
            recorded_time=recorded or fact.at,
            expects=expectation(head if admitted else Head(), frozenset({chapter})),
            auth_type="user",
            auth_id=by,
        )
        after = head.after(chapter) if admitted else head
        self.heads[stream] = after
        judged = Judged(
            partition,
            offset,
            1_700_000_000_000 + offset,
            verdict,
            stream.encode(),
            encode(fact),
            envelope,
            None if admitted else "somebody was faster",
            after,
            fact if admitted else None,
        )
        self.records.append(judged)
        return judged

    def _place(self, partition: int) -> int:
        offset = self.ends.get(partition, 0)
        self.ends[partition] = offset + 1
        return offset
