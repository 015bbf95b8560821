"""Intake's rules over any history, and its gateway over any bytes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from anything import SEALED, any_of, histories
from events.accountability import ComplaintClosed, ComplaintReopened
from events.codec import TYPES, decode, encode
from events.decider import NOTHING, Context, Refused
from events.fact import Chapter, Fact, chapter_of
from events.ids import STREAM
from events.inbound import ACCEPTED, Accepted
from events.intake import ComplaintAmended, ComplaintLodged, ComplaintWithdrawn, MessageRequested, MessageSent
from examples import examples
from given import assert_comes_back_from_json, story
from intake.channels import Channels
from intake.decider import DECIDER, State
from intake.decider.commands import Amend, Command, Lodge, Record, ReportSent, RequestMessage, Withdraw
from intake.decider.state import Case, Empty, ImportBatch
from intake.told import Unfit, command_for, import_stream, read_told, stream_of
from rulebooks.state import Rulebook
from runtime.cloudevents import CloudEvent, read_cloud_event, write_headers
from runtime.intents import Draft

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CHANNELS = Channels("channels@1", frozenset({"phone"}), frozenset({"entrance"}))
OWN = [kind for kind in TYPES.values() if chapter_of(kind) is Chapter.INTAKE]
_Fact = Any
"""One of intake's own; matched by its name."""
COMMANDS: tuple[tuple[Command, type[Fact]], ...] = (
    (Amend(NOON, "li.na", "product", "E6", "r"), ComplaintAmended),
    (Withdraw(ComplaintWithdrawn(at=NOON, reason=SEALED, by="li.na")), ComplaintWithdrawn),
    (ReportSent(NOON, "m1", "app", "r"), MessageSent),
)
FIRST = ComplaintLodged(at=NOON, channel="phone")
ASKED = MessageRequested(at=NOON, message_id="m1", kind="reply", channel="app", text=SEALED, by="li.na")
"""What a delivery report is about."""
TURNS = (ComplaintWithdrawn, MessageRequested, ComplaintClosed, ComplaintReopened)
"""What those commands look at, and what only seems to matter to them."""


@given(histories())
def test_any_history_gives_a_state_that_comes_back_from_json(facts: list[Fact]) -> None:
    state = story(DECIDER, CHANNELS, *facts).state
    assert isinstance(state, Empty | Case | ImportBatch | Rulebook)
    assert_comes_back_from_json(DECIDER, state)
    assert DECIDER.owed(state, Context(CHANNELS), NOON) == NOTHING


@given((histories() | histories(TURNS)).map(lambda facts: [FIRST, ASKED, *facts]))
def test_only_what_a_fact_declares_is_ever_a_reason_for_it(facts: list[Fact]) -> None:
    """L1: the content of undeclared chapters never changes a decision."""
    for command, kind in COMMANDS:
        declared = {Chapter.INTAKE, *kind.relies_on}
        heard = [fact for fact in facts if chapter_of(type(fact)) in declared]
        assert story(DECIDER, CHANNELS, *facts).when(command) == story(DECIDER, CHANNELS, *heard).when(command)


@given(histories(OWN))
def test_whatever_is_accepted_can_be_written_and_read_again(facts: list[Fact]) -> None:
    """Codec round trip of every decision."""
    here = story(DECIDER, CHANNELS)
    for fact in facts:
        said = here.when(_command_of(fact))
        if not isinstance(said, Refused):
            assert decode(said.type, said.at, encode(said)) == said
            here = here.then(said)


def _command_of(fact: _Fact) -> Command:
    match type(fact).__name__:
        case "ComplaintLodged":
            return Lodge(fact)
        case "ComplaintAmended":
            return Amend(fact.at, fact.by, fact.field, fact.after, fact.reason)
        case "MessageRequested":
            return RequestMessage(fact)
        case "MessageSent":
            return ReportSent(fact.at, fact.message_id, fact.channel, fact.report)
        case "ComplaintWithdrawn":
            return Withdraw(fact)
    return Record(fact)


# --- CloudEvents ---------------------------------------------------------------------------------------------------

HEADER_NAMES = [
    "content-type",
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_subject",
    "ce_time",
    "ce_x",
    "other",
]
GOOD = {
    "content-type": b"application/json", "ce_specversion": b"1.0", "ce_id": b"7", "ce_source": b"crm",
    "ce_type": b"complaint.lodged.v1", "ce_subject": b"case 7", "ce_time": b"2026-03-02T12:00:00Z",
}  # fmt: skip
any_header = st.tuples(st.sampled_from(HEADER_NAMES) | st.text(max_size=8), st.binary(max_size=30))
any_bytes = (
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
        max_leaves=12,
    ).map(lambda content: json.dumps(content).encode())
)  # fmt: skip


_WHOLE = {name.removeprefix("ce_"): value.decode() for name, value in GOOD.items() if name.startswith("ce_")}
structured_bytes = st.dictionaries(st.sampled_from(sorted(_WHOLE)), st.none() | st.text(max_size=8), max_size=2).map(
    lambda changed: json.dumps({**_WHOLE, "data": {}, **changed}).encode()
)
"""An event in one piece, with attributes of which up to two are anything."""


@given(st.lists(any_header, max_size=10), st.none() | any_bytes | structured_bytes, st.booleans())
def test_any_record_is_an_event_or_is_refused_with_a_field(
    headers: list[tuple[str, bytes]], value: bytes | None, structured: bool
) -> None:
    """Any bytes are accepted or refused, never an exception."""
    if structured:
        headers = [*headers, ("content-type", b"application/cloudevents+json")]
    read = read_cloud_event(headers, value)
    assert isinstance(read, CloudEvent) or (read.field and read.why)


def _data(kind: str) -> st.SearchStrategy[tuple[str, bytes]]:
    """What may be told under this type, or anything."""
    return st.tuples(
        st.just(kind), any_of(ACCEPTED[kind]).map(lambda told: told.model_dump_json().encode()) | any_bytes
    )


@given(
    st.dictionaries(
        st.sampled_from(HEADER_NAMES[:7]), st.binary(max_size=30) | st.text(max_size=30).map(str.encode), max_size=2
    ),
    st.sampled_from(sorted(ACCEPTED)).flatmap(_data),
)
@settings(max_examples=examples(300))
def test_any_attributes_and_any_data_are_taken_or_refused(
    changed: dict[str, bytes], of_type: tuple[str, bytes]
) -> None:
    """What is taken names a stream; what is refused, a field."""
    kind, data = of_type
    read = read_cloud_event(list({**GOOD, "ce_type": kind.encode(), **changed}.items()), data)
    if isinstance(read, CloudEvent):
        told = read_told(read, NOON)
        if isinstance(told, Unfit):
            assert told.why
        else:
            assert STREAM.fullmatch(stream_of(read, told))
    else:
        assert read.field


@given(st.text(max_size=300), st.text(max_size=300), st.binary(max_size=20))
def test_what_is_written_is_read_back_in_both_modes(subject: str, event_id: str, data: bytes) -> None:
    event = CloudEvent("i" + _plain(event_id), "crm", "t", "s" + _plain(subject), NOON, json.dumps(data.hex()).encode())
    assert read_cloud_event(write_headers(event), event.data) == event
    content = {
        "specversion": "1.0", "id": event.id, "source": event.source, "type": event.type, "subject": event.subject,
        "time": "2026-03-02T20:00:00+08:00", "data": data.hex(),
    }  # fmt: skip
    structured = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    assert read_cloud_event(structured, json.dumps(content).encode()) == event


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and not "\ud800" <= char <= "\udfff")[:190]


class Keys:
    """Seals by saying so: long enough to show that what is sealed fits."""

    def seal(self, key_id: str, *, stream: str, event_id: str, field: str, text: str) -> str:
        assert stream
        size = (len(text.encode()) + 28) * 4 // 3 + 2
        return f"sealed:1:{key_id}:{event_id}:{field}:{'A' * size}"


UUID_ = "00000000-0000-5000-8000-000000000001"
LODGED: State | Rulebook = story(DECIDER, CHANNELS, FIRST).state


@given(
    st.sampled_from(sorted(ACCEPTED)).flatmap(lambda kind: any_of(ACCEPTED[kind])), st.sampled_from([Empty(), LODGED])
)
def test_whatever_may_be_told_becomes_a_command_that_the_rules_can_judge(told: Accepted, state: State) -> None:
    """What passes the public contract never fails later."""
    event = CloudEvent("7", "crm", told.type, f"complaint/{UUID_}", NOON, b"{}")
    draft: Draft[Any] = Draft(NOON, "crm", frozenset(), UUID_, "complaint/x", state, UUID_, "owner", Keys())  # type: ignore[arg-type]
    command = command_for(event, told, None)(draft)
    said = command if isinstance(command, Refused) else DECIDER.decide(command, state, Context(CHANNELS))
    assert isinstance(said, Fact | Refused)
    if isinstance(said, Fact):
        assert decode(said.type, said.at, encode(said)) == said


def test_the_longest_words_fit_when_they_are_sealed() -> None:
    for text in ("a" * 100_000, "龘" * 46_666):
        told = ACCEPTED["complaint.lodged.v1"].model_validate_json(json.dumps({"channel": "app", "text": text}))
        test_whatever_may_be_told_becomes_a_command_that_the_rules_can_judge.hypothesis.inner_test(told, Empty())  # type: ignore[attr-defined]


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_every_batch_has_a_stream_and_no_two_share_one(source: str, batch: str) -> None:
    stream = import_stream(source, batch)
    assert STREAM.fullmatch(stream)
    assert stream == import_stream(source, batch)
    for other in (
        (source + "x", batch),
        (source, batch + "x"),
        (f"{source}.{batch}", "x"),
        (source[:-1] or "y", source[-1] + batch),
    ):
        assert import_stream(*other) != stream or other == (source, batch)


def test_a_plain_batch_keeps_its_plain_name() -> None:
    assert import_stream("boston311", "boston311-0a1b") == "import/boston311.boston311-0a1b"


def test_the_future_is_refused() -> None:
    headers = {**GOOD, "ce_time": b"2026-03-04T12:00:00Z"}
    event = read_cloud_event(list(headers.items()), b'{"channel":"app"}')
    assert isinstance(event, CloudEvent)
    assert isinstance(read_told(event, NOON), Unfit)
    assert isinstance(read_told(event, NOON + timedelta(days=2)), Accepted)
