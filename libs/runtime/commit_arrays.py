"""One commit as the arrays that `commit_batch` in `sql/schema.sql` takes (L18). Must not: ask the database."""

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from events.admission import Head
from runtime.queries import columns
from runtime.rows import Commit

COMMIT = "select commit_batch(" + ", ".join(f"${n}" for n in range(1, 42)) + ")"


class Writers(dict[type, Callable[[Any], bytes]]):
    """How states of one kind are written; finding the kind in the union takes twice as long as the writing."""

    def __missing__(self, kind: type) -> Callable[[Any], bytes]:
        return self.setdefault(kind, TypeAdapter(kind).serializer.to_json)


def commit_arrays(batch: Commit, writers: Writers) -> list[Any]:
    """The arguments of `COMMIT`, in its order. Of leans only those that differ from what the table holds, and all
    that is named: of that the table takes what is new.
    """
    parts = list(batch.after)
    before, after = [batch.before[p] for p in parts], [batch.after[p] for p in parts]
    rows, moved = batch.rows, [row for row in batch.rows if row.leans != row.leans_stored]
    leans = [*batch.named, *((context, r.partition, r.stream, version) for r in moved for context, version in r.leans)]
    return [
        parts,
        [p.next_offset for p in before],
        [p.turn for p in before],
        [p.next_offset for p in after],
        [p.turn for p in after],
        [p.last_id for p in after],
        [p.last_crc for p in after],
        [p.hash for p in after],
        [r.stream for r in rows],
        [r.partition for r in rows],
        [r.head[0] for r in rows],
        [r.head[1] for r in rows],
        [r.head[2] for r in rows],
        [r.head[3] for r in rows],
        [None if r.state is None else writers[type(r.state)](r.state).decode() for r in rows],
        [r.last_offset for r in rows],
        [r.wake_at for r in rows],
        [r.machine for r in rows],
        [r.machine_at for r in rows],
        [r.decider_version for r in rows],
        [r.parked_at for r in rows],
        [None if r.parked_head is None else _array(r.parked_head) for r in rows],
        [r.muted for r in rows],
        [r.stream for r in moved],
        *columns(leans, 4),
        *columns(
            [
                (v.partition, v.offset, v.event_id, v.stream, v.admitted, _array(v.head), v.command_hash)
                for v in batch.verdicts
            ],
            7,
        ),
        *columns([(k.stream, k.kind, k.partition, k.offset, k.reason) for k in batch.parked], 5),
        list(batch.redriven),
    ]


def _array(head: Head) -> str:
    return "{" + ",".join(map(str, head)) + "}"
