"""What a command becomes: a record that says who said it, when, as what, and in what belief (L1, L2, L4, L24)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import toy
from events.admission import Expectation, Head
from events.codec import decode
from events.envelope import Envelope, open_envelope
from events.escalation import OwnershipRefused
from events.fact import Chapter
from events.partition import partition_of
from runtime.intents import Intent, record_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEAD = Head(intake=3, triage=1, escalation=2, accountability=5)
REFUSED = OwnershipRefused(at=NOON - timedelta(hours=1), by="li.na", reason="another desk")
STREAM, EVENT = "complaint/1", "00000000-0000-5000-8000-000000000001"
INTENT = Intent(STREAM, EVENT, "a hash", lambda _: None, "li.na", auth_type="user", correlation_id="a request",
                trace=[("traceparent", b"x")])  # fmt: skip
RELIED = Expectation(intake=3, escalation=2, accountability=5)


@pytest.mark.parametrize(
    ("pinned", "expects"),
    [
        (None, RELIED),
        (Expectation(triage=1), RELIED._replace(triage=1)),
        (Expectation(intake=2), RELIED._replace(intake=2)),
    ],
    ids=["nothing pinned", "what the rule did not read", "what moved meanwhile"],
)
def test_a_command_becomes_a_record_that_says_all_of_it(pinned: Expectation | None, expects: Expectation) -> None:
    """L1: it names its own chapter, what the fact relies on and what the client pinned."""
    record = record_of(toy.OWES, replace(INTENT, pinned=pinned), REFUSED, head=HEAD, now=NOON, partitions=12)
    home = partition_of(STREAM.encode(), 12)
    assert (record.stream, record.partition, record.headers[-1]) == (STREAM, home, ("traceparent", b"x"))
    assert open_envelope(STREAM.encode(), record.headers, home, 12) == Envelope(
        EVENT, "/services/escalation", REFUSED.type, Chapter.ESCALATION, STREAM, REFUSED.at, NOON, expects,
        command_hash="a hash", correlation_id="a request", auth_type="user", auth_id="li.na",
    )  # fmt: skip
    assert decode(REFUSED.type, REFUSED.at, record.value) == REFUSED
