"""The case flow that is measured: seven commands of one case, the same for our services and for the peer. Pure data."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """One POST. `path` follows `/v1/complaints`; `{id}` stands for the complaint that the first step made."""

    path: str
    role: str
    body: dict[str, Any]


STEPS = (
    Step("", "complainant", {"channel": "phone", "text": "My car broke down twice.", "demand": "A refund."}),
    Step("/{id}/contacts", "handler", {"channel": "phone", "outcome": "reached", "facts": "confirmed", "agreed": True}),
    Step("/{id}/motive", "handler", {"motive": "venting"}),
    Step("/{id}/amendments", "handler", {"field": "product", "after": "car", "reason": "named on the phone"}),
    Step("/{id}/motive", "handler", {"motive": "compensation"}),
    Step("/{id}/amendments", "handler", {"field": "product", "after": "truck", "reason": "misheard"}),
    Step("/{id}/withdrawal", "handler", {"reason": "settled with the dealer"}),
)
