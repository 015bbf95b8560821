"""What the complainant may say on their own page: messages, evidence, when not to call them, how it was for them, a
withdrawal. Plain data.

A wish to be called is a message like any other: it starts the clock by which we owe an answer, and whoever answers
reads it. When not to call, and by what they are reached best, is stated apart: callbacks are timed by it.
Must not: judge one (intake does; the tracking code proves whose case it is).
"""

from events.intake import (
    ComplaintWithdrawn,
    ContactPreferencesStated,
    EvidenceAdded,
    FeedbackGiven,
    MessageReceived,
)
from events.roles import FRONT
from projections.console.asking import (
    QUIET_HOURS,
    RATING,
    REACHED_BY,
    Ask,
    Case,
    Choice,
    Command,
    Thing,
    always,
    to_be_rated,
    to_be_withdrawn,
)
from projections.console.reader import Reader

NOWHERE = "UTC"
"""The clock of a page whose reader's zone is not known: nobody is taken to live there."""


def _zone(case: Case, reader: Reader) -> str:
    """As they stated it, else as their browser tells it."""
    here = "" if reader.zone.key == NOWHERE else reader.zone.key
    return str(case.get("contact_preferences", {}).get("zone", here))


def _zones(case: Case, _: Thing, reader: Reader) -> list[Choice]:
    return [Choice(zone, zone) for zone in sorted({_zone(case, reader), reader.zone.key} - {"", NOWHERE})]


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
    Command(
        "own-preferences", "contact-preferences", FRONT, ContactPreferencesStated, "clock",
        (
            QUIET_HOURS,
            Ask("zone", "choice", required=False, label="own_zone", stands=_zone, among=_zones),
            REACHED_BY,
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
