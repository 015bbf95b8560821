"""What gateways and sales get from us: the CloudEvents on `complaints.outbound`, keyed by stream id.

The public contract for channel gateways. `subject` is the stream id, `id` the message's event id, `time` when it was
asked for. The words are sealed: a gateway in our trust zone opens them through the keyring. It answers on
`complaints.inbound` with `message.delivered.v1` or `message.failed.v1` and the same subject and `message_id`. What it
keeps of a message it destroys when it is told `words.erased.v1`. Sales takes up `opportunity.found.v1`, and leaves
alone what `opportunity.gone.v1` names.
"""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from events.fact import Sealed, Word
from events.intake import MessageKind


class MessageToSend(BaseModel):
    """Something is to be said to a complainant, exactly once for each `message_id`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str] = "message.requested.v1"
    message_id: Word
    kind: MessageKind
    channel: Word
    automatic: bool
    text: Sealed
    key_id: Word
    """The data key under which `text` is sealed; where it was erased, nothing may be sent any more."""


class WordsErased(BaseModel):
    """These data keys are destroyed: whatever a gateway keeps of a message that was sealed under one goes as well."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str] = "words.erased.v1"
    key_ids: tuple[Word, ...]


class OpportunityFound(BaseModel):
    """Somebody who came to us wants to buy. No word of theirs leaves with it: they told us for another purpose. Who
    holds the case (`subject`) knows how to reach them, and asks them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str] = "opportunity.found.v1"
    to: Word
    category: Word | None = None
    product: Word | None = None


class OpportunityGone(BaseModel):
    """The case (`subject`) that was handed on is handled as something else: whoever took it up sells nothing there."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str] = "opportunity.gone.v1"
    to: Word


Leaving = MessageToSend | WordsErased | OpportunityFound | OpportunityGone
"""All that leaves."""
