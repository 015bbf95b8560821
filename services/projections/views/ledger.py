"""The auditor's ledger: every record of the log as it stood, admitted or not, and what the law said of it.

Pure: one record gives one row. Nothing is interpreted; sealed text stays sealed.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from events.admission import Expectation, Verdict
from projections.views.told import Told


class Line(NamedTuple):
    """One row of the ledger; its members are the columns. Without an envelope only bytes and reason are known."""

    partition: int
    offset: int
    verdict: str
    append_time_ms: int
    stream: str | None
    type: str | None
    actor: str | None
    actor_type: str | None
    event_id: str | None
    source: str | None
    at: datetime | None
    recorded_at: datetime | None
    expects: str | None
    command_hash: str | None
    correlation_id: str | None
    causation_id: str | None
    why: str | None
    key: bytes | None
    value: bytes | None


def line(told: Told) -> Line:
    """The row of one record."""
    envelope = told.envelope
    where = (told.partition, told.offset, _WORD[told.verdict], told.append_time_ms)
    if envelope is None:
        return Line(*where, *(None,) * 12, _storable(told.why), told.key, told.value)
    return Line(
        *where,
        envelope.stream,
        envelope.type,
        envelope.auth_id,
        envelope.auth_type,
        envelope.event_id,
        envelope.source,
        envelope.time,
        envelope.recorded_time,
        _expects(envelope.expects),
        envelope.command_hash,
        envelope.correlation_id,
        envelope.causation_id,
        told.why,
        None,
        told.value,
    )


def _storable(why: str | None) -> str | None:
    """PostgreSQL keeps no NUL in text, and anybody may write one into a header: it must not stop the reader.

    No envelope holds one: whatever has it is malformed (L3), and the reason may repeat the header's name.
    """
    return None if why is None else why.replace("\x00", "\ufffd")


_WORD = {verdict: verdict.value for verdict in Verdict}


@lru_cache(maxsize=4096)
def _expects(expects: Expectation) -> str:
    return str(expects)
