"""Taking down what somebody says at the telephone or the counter, or a signal: the one command on no case. Plain data.

Lives here: what the form asks for, in the order in which people tell it. Must not: judge it (intake does).
"""

from dataclasses import replace
from typing import get_args

from events.intake import ComplaintLodged, Identity
from events.roles import TAKING
from projections.console.asking import CHANNELS, Ask, Command
from projections.console.forms import Form, alone
from projections.console.reader import Reader

LANGUAGES = ("zh", "en", "und")
FORMS = get_args(ComplaintLodged.model_fields["form"].annotation)
NATURES = get_args(ComplaintLodged.model_fields["nature"].annotation)

LODGE = Command(
    "lodge", "/v1/complaints", TAKING, ComplaintLodged, "plus",
    (
        Ask("channel", "choice", CHANNELS, "channel", value="phone"),
        Ask("form", "choice", FORMS, "form", value="oral"),
        Ask("text", "text", label="told"),
        Ask("demand", "text", required=False),
        Ask("product", required=False),
        Ask("branch", required=False),
        Ask("contact", required=False),
        Ask("identity", "choice", get_args(Identity), "identity", value="ordinary"),
        Ask("language", "choice", LANGUAGES, "language"),
        Ask("nature", "choice", NATURES, "nature", value="objection"),
        Ask("subject_person", required=False),
        Ask("told_people", "count", required=False),
        Ask("calls_before", "count", required=False),
        Ask("complaints_before", "count", required=False),
        Ask("injury", "flag", required=False),
        Ask("anonymous", "flag", required=False),
        Ask("on_behalf", "flag", required=False),
    ),
)  # fmt: skip


def lodging(reader: Reader) -> Form | None:
    """The form for this reader, who most likely writes in their own language; None where they may not lodge for others.

    Nothing was seen before, so nothing is pinned.
    """
    language = reader.words.language
    asks = tuple(replace(ask, value=language) if ask.name == "language" else ask for ask in LODGE.asks)
    return alone(replace(LODGE, asks=asks), reader, likely=True)
