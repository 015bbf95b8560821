"""The JSON bodies of this service's commands: form only, unknown members refused. Must not: any rule."""

from typing import Annotated

from pydantic import Field

from events.escalation import Function
from events.fact import Remark
from runtime.body import Body, Word


class OfferBody(Body):
    to: Word
    """A post of the handoff table, or a person."""
    reason: Remark
    packet: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    """What comes with it, by the names in the handoff table."""


class AcceptanceBody(Body):
    """Who accepts is who asks; there is nothing to add: `{}`."""


class RefusalBody(Body):
    reason: Remark


class CrisisTeamBody(Body):
    coordinator: Word
    containment: Remark
    """The first step that keeps it from growing."""
    functions: Annotated[tuple[Function, ...], Field(min_length=1, max_length=4)]
    """Who is called."""
    reason: Remark
    """Why it cannot wait for the usual way."""


class PauseBody(Body):
    reason: Word
    """As the clock's policy names it. Any other is recorded, and does not stop the clock."""


class ResumeBody(Body):
    """There is nothing to add: `{}`."""


class ExtensionBody(Body):
    reason: Remark
    amount: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """In the unit of the policy; absent: as much as it allows."""
    notice: Word | None = None
    """By what the complainant was told: the id of the delivered message, or `contact` after a call."""
    has: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    """What else the policy asks for, and is there: by its names."""


class EscalationBody(Body):
    reason: Remark
    level: Annotated[int, Field(ge=1, le=20)] | None = None
    """Absent: the next one."""
