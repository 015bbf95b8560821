"""Values are canonical, strict, and never raise."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from events.codec import TYPES, Undecodable, decode, encode
from events.fact import CHAPTERS, Fact, Origin, chapter_of
from events.intake import ComplaintLodged, SourceReported
from events.triage import ClusterMemberRemoved

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REMOVED = ClusterMemberRemoved.type


def test_canonical_bytes_are_frozen() -> None:
    """Keys sorted, no spaces, UTF-8, absent instead of null; the time travels as ce_time (L24)."""
    fact = SourceReported(at=NOON, fact="closed", reported=Origin(source="市", reference="1"), status="done")
    assert encode(fact) == '{"fact":"closed","reported":{"reference":"1","source":"市"},"status":"done"}'.encode()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "the value is not a JSON object"),
        (b"", "the value is not a JSON object"),
        (b"[]", "the value is not a JSON object"),
        (b" {}", "the value is not a JSON object"),
        (b"{", ": json_invalid"),
        (b'{"a":\xff}', ": json_invalid"),
        (b"{}{}", ": json_invalid"),
        (b"{}", "complaint_id: missing"),
        (b'{"complaint_id":7,"by":"a","reason":"b"}', "complaint_id: string_type"),
        (b'{"complaint_id":"","by":"a","reason":"b"}', "complaint_id: string_too_short"),
        (b'{"complaint_id":"\\u0000","by":"a","reason":"b"}', "complaint_id: string_pattern_mismatch"),
        (b'{"complaint_id":"a\\ud800","by":"a","reason":"b"}', ": json_invalid"),
        (b'{"complaint_id":"a","by":"a","reason":"b","mood":"c"}', ": a member is not known"),
        (b'{"complaint_id":"a","by":"a","reason":"b","my \\u0000 name":"c"}', ": a member is not known"),
        (b'{"at":"2026-03-02T12:00:00Z","complaint_id":"a","by":"a","reason":"b"}', "at: travels as ce_time"),
        (b'{"\\u0061t":"2026-03-02T12:00:00Z","complaint_id":"a","by":"a","reason":"b"}', "at: travels as ce_time"),
    ],
)
def test_what_is_wrong_is_named_and_never_repeated(value: bytes | None, why: str) -> None:
    answer = decode(REMOVED, NOON, value)
    assert isinstance(answer, Undecodable)
    assert answer.why.startswith(why)
    assert answer.why.isprintable()


def test_an_unknown_member_within_another_is_not_repeated() -> None:
    value = b'{"fact":"closed","reported":{"reference":"1","source":"a","Li Wei":"c"},"status":"done"}'
    assert decode(SourceReported.type, NOON, value) == Undecodable("reported: a member is not known")


def test_a_word_may_be_any_word() -> None:
    """Also one that is a member's name."""
    fact = ClusterMemberRemoved(at=NOON, complaint_id="at", by='"at":', reason="at\nat")
    assert decode(REMOVED, NOON, encode(fact)) == fact


def test_an_unknown_type_is_refused_with_a_word() -> None:
    assert decode("complaints.intake.dreamt.v1", NOON, b"{}") == Undecodable("the type is not known")


def test_times_are_kept_in_utc_and_within_living_memory() -> None:
    shanghai = datetime(2026, 3, 2, 20, tzinfo=timezone(timedelta(hours=8)))
    lodged = ComplaintLodged(at=shanghai, channel="phone")
    assert lodged.at == NOON
    assert lodged.at.tzinfo is UTC
    for wrong in (datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC), NOON.replace(tzinfo=None)):
        with pytest.raises(ValidationError):
            ComplaintLodged(at=wrong, channel="phone")


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES.keys())
def test_every_type_is_as_the_log_needs_it(kind: type[Fact]) -> None:
    """Named after the chapter in whose module it stands, or as its name begins. What may be absent has a default."""
    chapter, module = chapter_of(kind), kind.__module__.removeprefix("events.")
    beside = {"budgets": "accountability", "rulebook": chapter if kind.__name__.lower().startswith(chapter) else ""}
    assert beside.get(module, module) == chapter
    assert chapter not in kind.relies_on
    assert kind.relies_on <= frozenset(CHAPTERS)
    assert kind.__doc__ or module == "rulebook"
    for name, field in kind.model_fields.items():
        assert name != "type"
        if type(None) in getattr(field.annotation, "__args__", ()):
            assert not field.is_required(), name
