"""What other systems tell, read and made into commands: what is taken, whose words are sealed, and what is told where
nothing can be sealed.
"""

from datetime import UTC, datetime
from typing import Any, cast

import orjson
import pytest

from events.decider import Context, Refused
from events.inbound import DUES_MAX, Told, ToldFailed, ToldLodged, ToldReported
from events.intake import ComplaintLodged, MessageFailed, MessageRequested
from given import story
from intake.channels import Channels
from intake.decider import DECIDER
from intake.told import Unfit, command_for, read_told
from runtime.cloudevents import CloudEvent, NotOne, read_cloud_event
from runtime.intents import Draft
from runtime.keyring import KeyErased, KeyNotAtHand, Keyring

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CHANNELS = Channels("channels@1", known=frozenset({"phone"}), entrances=frozenset())
KEY = "00000000-0000-5000-8000-000000000001"
TOKEN = f"sealed:1:{KEY}:{KEY}:"
ASKED = MessageRequested(at=NOON, message_id="m1", kind="reply", channel="mail", text=f"{TOKEN}text:AAAA", by="li.na")
CASE = story(DECIDER, CHANNELS, ComplaintLodged(at=NOON, channel="phone", key_id=KEY), ASKED)
FAILED = ToldFailed(message_id="m1", channel="mail", reason="no such mailbox: li.na@example.org")


class Sealing:
    """A keyring whose tokens say which field they are of."""

    def seal(self, key_id: str, *, stream: str, event_id: str, field: str, text: str) -> str:
        return f"sealed:1:{key_id}:{event_id}:{field}:{stream and text and 'AAAA'}"


class Erased:
    """A keyring in which this person's key was erased."""

    def seal(self, *_: str, **__: str) -> str:
        raise KeyErased


class NotYet:
    """A keyring that has not read this person's key yet."""

    def seal(self, *_: str, **__: str) -> str:
        raise KeyNotAtHand


def failure(keyring: object, state: Any = CASE.state) -> object:  # noqa: ANN401 - any state of intake
    event = CloudEvent("7", "mail-gateway", ToldFailed.type, f"complaint/{KEY}", NOON, b"{}")
    keys = cast("Keyring", keyring)
    draft: Draft[Any] = Draft(NOON, "mail-gateway", frozenset(), KEY, event.subject, state, KEY, "owner", keys)
    command = command_for(event, FAILED, None)(draft)
    return command if isinstance(command, Refused) else DECIDER.decide(command, state, Context(CHANNELS))


@pytest.mark.parametrize(("keyring", "reason"), [(Sealing(), f"{TOKEN}reason:AAAA"), (Erased(), None)])
def test_why_a_message_failed_is_sealed_and_told_without_its_reason_for_whom_was_erased(
    keyring: object, reason: str | None
) -> None:
    """Section 6: a gateway's words may quote an address. R83: that a message failed is known in any case."""
    assert failure(keyring) == MessageFailed(at=NOON, message_id="m1", channel="mail", reason=reason)


def test_why_a_message_failed_is_not_left_out_because_a_key_has_not_come_yet() -> None:
    """Section 6: missing (wait) and erased (an answer) differ. What is left out now would be left out for ever."""
    with pytest.raises(KeyNotAtHand):
        failure(NotYet())


def test_no_key_is_made_for_a_failure_of_a_case_that_is_not_there() -> None:
    """What no case can take is refused before anything is sealed."""
    refused = failure(Erased(), DECIDER.initial)
    assert isinstance(refused, Refused)
    assert refused.code == "nothing-lodged"


def wrong(answer: Told | Unfit) -> tuple[tuple[str, str], ...]:
    return tuple((one.pointer, one.code) for one in answer.errors) if isinstance(answer, Unfit) else ()


def told(data: object, kind: type[Told] = ToldLodged) -> Told | Unfit:
    return read_told(CloudEvent("7", "city", kind.type, "case 7", NOON, orjson.dumps(data)), NOON)


@pytest.mark.parametrize(
    ("clocks", "errors"),
    [
        ([f"clock {number}" for number in range(DUES_MAX)], ()),
        ([f"clock {number}" for number in range(DUES_MAX + 1)], (("#/dues", "too-long"),)),
        (["resolution", "reply", "resolution"], (("#/dues", "clock-repeated"),)),
    ],
)
def test_a_publisher_gives_few_clocks_and_each_once(clocks: list[str], errors: tuple[object, ...]) -> None:
    """No second limit for a clock is dropped unsaid, and no case parks for what machines owe on its clocks."""
    dues = [{"clock": clock, "due": "2026-03-09T12:00:00Z"} for clock in clocks]
    answer = told({"channel": "app", "dues": dues})
    assert wrong(answer) == errors


def test_a_classification_names_its_category() -> None:
    """Taken without one it would change nothing, and nobody would say so."""
    assert wrong(told({"fact": "classified"}, ToldReported)) == (("#", "category-missing"),)
    assert wrong(told({"fact": "classified", "category": "noise"}, ToldReported)) == ()
    assert wrong(told({"fact": "custody"}, ToldReported)) == ()


@pytest.mark.parametrize(("text", "code"), [("a\0b", "text-unfit"), ("文" * 50_000, "string-too-long")])
def test_words_that_cannot_be_kept_are_refused_with_the_reason(text: str, code: str) -> None:
    """Its publisher can tell which of the two is to be mended."""
    answer = told({"channel": "app", "text": text})
    assert wrong(answer) == (("#/text", code),)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"identity": "king"}, [("#/identity", "literal-error", "'vip'"), ("#/channel", "missing", "is needed")]),
        (
            {"channel": "app", "dues": [{"clock": "a"}]},
            [("#/dues/0", "value-error", "a due time or a policy is needed")],
        ),
        ({"channel": "app", "text": ""}, [("#/text", "string-too-short", "at least 1 characters")]),
        ({"channel": "app", "text": "a" * 100_001}, [("#/text", "string-too-long", "at most 100000 characters")]),
    ],
)
def test_a_refusal_says_what_to_do(data: object, errors: list[tuple[str, str, str]]) -> None:
    """Whoever told it mends the fault by the receipt alone, and finds nothing in it that was sent."""
    answer = told(data)
    assert isinstance(answer, Unfit)
    said = {one.pointer: one for one in answer.errors}
    for pointer, code, words in errors:
        assert said[pointer].code == code
        assert words in said[pointer].detail
    assert "king" not in repr(answer)


ATTRIBUTES = {
    "specversion": "1.0", "id": "7", "source": "city", "type": ToldLodged.type, "subject": "case 7",
    "time": "2026-03-02T12:00:00Z",
}  # fmt: skip


def event_of(data: bytes, *, structured: bool) -> CloudEvent:
    if structured:
        value = orjson.dumps(ATTRIBUTES)[:-1] + b',"data":' + data + b"}"
        event = read_cloud_event([("content-type", b"application/cloudevents+json")], value)
    else:
        event = read_cloud_event([(f"ce_{name}", text.encode()) for name, text in ATTRIBUTES.items()], data)
    assert isinstance(event, CloudEvent)
    return event


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (rb'{"channel":"app","text":"\ud800"}', ["#/text"]),
        (rb'{"channel":"app","contact":{"x":"\udfff"},"text":"a"}', ["#/contact/x"]),
        (b'{"channel":"app","told_people":' + b"9" * 10_000 + b"}", ["#/told_people"]),
        (rb'{"channel":"app","a\u0000~":1}', ["#/a\ufffd~0"]),
        (rb'{"channel":"app","\ud800":{"x":"\u0000"}}', ["#", "#/\ufffd\ufffd\ufffd/x"]),
        (b'{"channel":"app","product":"a","product" : "b"}', ["#/product"]),
        (b'{"channel":"app","dues":[{"clock":"a","policy":"b","clock":"c"}]}', ["#/dues/0/clock"]),
        (b'{"channel":"app","text":' + b"[" * 900 + b"]" * 900 + b"}", ["#"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("structured", [False, True])
def test_what_cannot_be_read_names_its_field_in_both_modes(structured: bool, data: bytes, fields: list[str]) -> None:
    """Who told it finds the event by its id and source; a name that cannot be shown, or kept, is not repeated."""
    event = event_of(data, structured=structured)
    assert (event.id, event.source) == ("7", "city")
    answer = read_told(event, NOON)
    assert isinstance(answer, Unfit)
    assert (answer.code, sorted(one.pointer for one in answer.errors)) == ("data-unfit", fields)


@pytest.mark.parametrize("structured", [False, True])
def test_a_text_that_looks_like_a_member_is_taken(structured: bool) -> None:
    data = {"channel": "app", "text": 'He said "why": "no"', "demand": "  "}
    assert isinstance(read_told(event_of(orjson.dumps(data), structured=structured), NOON), ToldLodged)


@pytest.mark.parametrize("again", ["id", "subject", "data", "other"])
def test_an_attribute_that_comes_again_is_named_in_structured_mode_too(again: str) -> None:
    """Which of the two was meant, nobody knows; an id that may be another's is not told."""
    value = orjson.dumps({**ATTRIBUTES, "data": {"channel": "app"}, "other": 1})[:-1] + f',"{again}":"8"}}'.encode()
    found = read_cloud_event([("content-type", b"application/cloudevents+json")], value)
    assert found == NotOne(again, "comes more than once", None if again == "id" else "7", "city")


@pytest.mark.parametrize(
    "headers", [[("ce_\x00", b"\xff")], [("ce_\x00", b"a"), ("ce_\x00", b"b")], [("ce_\udcff", b"a")]]
)
def test_the_name_of_a_header_is_shown_so_that_a_table_can_keep_it(headers: list[tuple[str, bytes]]) -> None:
    """The reason of a refusal is kept beside the record; none may hold the edge up."""
    found = read_cloud_event(headers, b"{}")
    assert isinstance(found, NotOne)
    assert found.field == "ce_\ufffd"
