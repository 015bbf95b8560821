"""What is said about a rulebook, whoever writes it: drafted, approved, refused. Each chapter has its own three.

A stream `rulebook/<kind>/<name>` is written by one chapter only.
Must not: what a rulebook says, or which one counts (`rulebooks`).
"""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from events.fact import WITHOUT_NUL, Count, Fact, Moment, Remark, Word

TEXT_CHARACTERS_MAX = 300_000

RulebookText = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_CHARACTERS_MAX, pattern=WITHOUT_NUL)]
"""A rulebook as somebody wrote it: TOML, with its remarks. Never anything personal."""


class Drafted(Fact):
    """Somebody wrote a new version. It counts for nothing until somebody else approves it."""

    version: Count
    """Drafts of one rulebook count up by one from 1; a number that was refused is not used again."""
    text: RulebookText
    effective_at: Moment
    """From when on it is in force, once approved; may lie before the draft (a holiday that was announced late)."""
    why: Remark
    consulted: tuple[Word, ...]
    """The departments that were asked; never none."""
    applies_to_running: bool = False
    """Whether clocks that run already follow it; else they keep the version they started with."""
    by: Word


class Approved(Fact):
    """A second person approved the draft: from `at` on it is known, and from its `effective_at` on in force."""

    version: Count
    by: Word


class DraftRefused(Fact):
    """The draft was turned down, or withdrawn by its author; it never comes into force."""

    version: Count
    why: Remark
    by: Word


class IntakeDrafted(Drafted):
    type: ClassVar[str] = "complaints.intake.rulebook-drafted.v1"


class IntakeApproved(Approved):
    type: ClassVar[str] = "complaints.intake.rulebook-approved.v1"


class IntakeDraftRefused(DraftRefused):
    type: ClassVar[str] = "complaints.intake.rulebook-refused.v1"


class TriageDrafted(Drafted):
    type: ClassVar[str] = "complaints.triage.rulebook-drafted.v1"


class TriageApproved(Approved):
    type: ClassVar[str] = "complaints.triage.rulebook-approved.v1"


class TriageDraftRefused(DraftRefused):
    type: ClassVar[str] = "complaints.triage.rulebook-refused.v1"


class EscalationDrafted(Drafted):
    type: ClassVar[str] = "complaints.escalation.rulebook-drafted.v1"


class EscalationApproved(Approved):
    type: ClassVar[str] = "complaints.escalation.rulebook-approved.v1"


class EscalationDraftRefused(DraftRefused):
    type: ClassVar[str] = "complaints.escalation.rulebook-refused.v1"


class AccountabilityDrafted(Drafted):
    type: ClassVar[str] = "complaints.accountability.rulebook-drafted.v1"


class AccountabilityApproved(Approved):
    type: ClassVar[str] = "complaints.accountability.rulebook-approved.v1"


class AccountabilityDraftRefused(DraftRefused):
    type: ClassVar[str] = "complaints.accountability.rulebook-refused.v1"
