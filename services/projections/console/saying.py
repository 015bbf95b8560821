"""What the complainant may say on their own page: messages, evidence, how it was for them, a withdrawal. Plain data.

A wish to be called is a message like any other: the record has no word of its own for it, nor for hours in which
somebody does not want to be called. So it starts the clock by which we owe an answer, and whoever answers reads it.
Must not: judge one (intake does; the tracking code proves whose case it is).
"""

from events.intake import ComplaintWithdrawn, EvidenceAdded, FeedbackGiven, MessageReceived
from events.roles import FRONT
from projections.console.asking import RATING, Ask, Command, always, to_be_rated, to_be_withdrawn

_PATH = "messages/received"
_BY_THE_WEBSITE = Ask("channel", "fixed", value="website")

SAYINGS = (
    Command(
        "call-me", _PATH, FRONT, MessageReceived, "phone",
        (_BY_THE_WEBSITE, Ask("text", "text", label="when_to_call", hint="when_to_call", filled="call_me")), always,
    ),
    Command(
        "leave-message", _PATH, FRONT, MessageReceived, "message",
        (_BY_THE_WEBSITE, Ask("text", "text", label="own_message", hint="own_message")), always,
    ),
    Command(
        "own-evidence", "evidence", FRONT, EvidenceAdded, "file",
        (
            Ask("file", "file", hint="own_file"), Ask("name"), Ask("media_type", unseen=True),
            Ask("size_bytes", "count", unseen=True), Ask("sha256", unseen=True),
        ),
        always,
    ),
)  # fmt: skip
RATE = Command(
    "own-view", "feedback", FRONT, FeedbackGiven, "person",
    (*RATING, Ask("text", "text", required=False, label="own_view", hint="own_view")), to_be_rated,
)  # fmt: skip
WITHDRAW = Command(
    "own-withdrawal", "withdrawal", FRONT, ComplaintWithdrawn, "down",
    (Ask("reason", "text", label="own_reason", hint="own_reason"),), to_be_withdrawn, asks_twice=True,
)  # fmt: skip
OWN = (*SAYINGS, RATE, WITHDRAW)
"""All that a complainant may say."""
