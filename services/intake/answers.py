"""What a complainant's client reads, as /openapi.json says it. Must not: make an answer (`track` does), or check it."""

from typing import Literal

from typing_extensions import TypedDict

from intake.decider.state import Stage
from runtime.openapi import Time, Uuid


class ContactPreferences(TypedDict, total=False):
    """As stated last; what was never stated is absent."""

    channel: str
    quiet_hours: str
    zone: str


class Tracked(TypedDict):
    """How far a complaint is. `messages`: when each of ours arrived. `words_erased`: personal words of this person were
    erased, here (`erased_at`) or with another case of theirs.
    """

    complaint_id: Uuid
    status: Stage
    lodged_at: Time
    withdrawn_at: Time | None
    erased_at: Time | None
    words_erased: bool
    holder: str | None
    next_due: Time | None
    provisional: bool
    standing: Literal["V", "S", "M"] | None
    contact_preferences: ContactPreferences
    messages: list[Time]
