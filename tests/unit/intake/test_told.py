"""What other systems tell, made into commands: whose words are sealed, and what is told where nothing can be sealed."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from events.decider import Context, Refused
from events.inbound import ToldFailed
from events.intake import ComplaintLodged, MessageFailed, MessageRequested
from given import story
from intake.channels import Channels
from intake.decider import DECIDER
from intake.told import command_for
from runtime.cloudevents import CloudEvent
from runtime.intents import Draft
from runtime.keyring import Keyring, KeyUnusable

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

    def seal(self, key_id: str, **_: str) -> str:
        raise KeyUnusable(f"the key {key_id} is erased")


def failure(keyring: object, state: Any = CASE.state) -> object:  # noqa: ANN401 - any state of intake
    event = CloudEvent("7", "mail-gateway", ToldFailed.type, f"complaint/{KEY}", NOON, b"{}")
    keys = cast("Keyring", keyring)
    draft: Draft[Any] = Draft(NOON, "mail-gateway", frozenset(), KEY, event.subject, state, KEY, "owner", keys)
    command = command_for(event, FAILED, b"secret")(draft)
    return command if isinstance(command, Refused) else DECIDER.decide(command, state, Context(CHANNELS))


@pytest.mark.parametrize(("keyring", "reason"), [(Sealing(), f"{TOKEN}reason:AAAA"), (Erased(), None)])
def test_why_a_message_failed_is_sealed_and_told_without_its_reason_for_whom_was_erased(
    keyring: object, reason: str | None
) -> None:
    """Section 6: a gateway's words may quote an address. R83: that a message failed is known in any case."""
    assert failure(keyring) == MessageFailed(at=NOON, message_id="m1", channel="mail", reason=reason)


def test_no_key_is_made_for_a_failure_of_a_case_that_is_not_there() -> None:
    """What no case can take is refused before anything is sealed."""
    refused = failure(Erased(), DECIDER.initial)
    assert isinstance(refused, Refused)
    assert refused.code == "nothing-lodged"
