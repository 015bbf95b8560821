"""What is said about a rulebook, whoever writes it: drafted, approved, refused. Each writing chapter has its own three.

Lives here: the shared forms. A stream `rulebook/<kind>/<name>` is written by one chapter only.
Must not: what a rulebook says, or which one counts (`rulebooks`).
"""

from typing import Annotated

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
