"""What the complainant may say on their own page: to be called, and anything else. Plain data.

A wish to be called is a message like any other: the record has no word of its own for it, nor for hours in which
somebody does not want to be called. So it starts the clock by which we owe an answer, and whoever answers reads it.
Must not: judge one (intake does; the tracking code proves whose case it is).
"""

from events.intake import MessageReceived
from events.roles import FRONT
from projections.console.asking import Ask, Command, always

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
)  # fmt: skip
