"""What every play has at hand, and the first steps that many share. Keys are fixed: taken twice, a step counts once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from local.demo.office import Office, Page
from local.demo.voices import told_case


@dataclass(frozen=True)
class Stage:
    """The people, and the cases that the publisher told."""

    office: Office
    told: Mapping[str, str]
    """Complaint id by the publisher's own reference."""

    async def lodged(self, name: str, *, who: str = "mei") -> str:
        """Lodged by `who`, and so far along that it is offered to its first owner and its clocks run."""
        answer = await self.office.act(who, "complaints", told_case(name), key=name)
        case = answer["complaint_id"]
        await self.office.until(case, is_ready, "offered to anybody")
        return case

    async def taken(self, name: str, *, owner: str = "lin", who: str = "mei") -> str:
        """Lodged, and owned by a handler."""
        case = await self.lodged(name, who=who)
        await self.office.act(owner, f"complaints/{case}/acceptance", {}, key=f"{name}/accept")
        return case

    async def heard(self, case: str, name: str, *, motive: str) -> None:
        """The complainant is called, agrees on the facts, and the true motive is on record."""
        contact = {"channel": "phone", "outcome": "reached", "facts": "confirmed", "agreed": True}
        await self.office.act("lin", f"complaints/{case}/contacts", contact, key=f"{name}/contact")
        await self.office.act("lin", f"complaints/{case}/motive", {"motive": motive}, key=f"{name}/motive")

    async def decided(self, case: str, name: str, decision: Mapping[str, object]) -> None:
        """The company's position is on record."""
        await self.office.act("lin", f"complaints/{case}/decision", decision, key=f"{name}/decision")


Play = Callable[[Stage], Awaitable[str]]
"""Plays one case from the lodging on and gives its id."""


def is_ready(page: Page) -> bool:
    """Offered or owned, and its clocks started: triage and escalation have done their first steps."""
    return bool(page.get("offered_to") or page.get("owner")) and len(page.get("clocks", {})) >= 2
