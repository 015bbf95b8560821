"""The form of playbooks: what helps whoever handles a case of one type, in one branch or in all (R86, R131, R138).

Lives here: the form. Must not: which case gets which (`rules`, routing).
"""

from typing import Annotated

from pydantic import Field

from events.fact import Remark, Word
from events.table import Part, Table

Said = Annotated[dict[Word, Remark], Field(min_length=1)]
"""The same words by language."""


class Scene(Part):
    """One situation of such a case, and what to say and do in it."""

    name: Word
    title: Said
    script: tuple[Said, ...]
    """In plain language; to be said in one's own words."""
    prompts: tuple[Said, ...] = ()
    """Where errors are made."""


class Playbook(Table):
    """What helps with one type of case."""

    title: Said
    branches: tuple[Word, ...] = ()
    """Only for these; none named: for all."""
    opening: Said
    """Said first; never an advertisement."""
    checklist: tuple[Said, ...] = ()
    """What to find out."""
    scene: Annotated[tuple[Scene, ...], Field(min_length=1)]
