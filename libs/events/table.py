"""Numbered rule tables: what `Context.rules` is made of. Data under a version that never changes (L15).

Pure. Must not: the content of any one table, or how its text is read (`rulebooks`).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from events.fact import EARLIEST, Word

Name = Annotated[Word, StringConstraints(pattern=r"^[a-z][a-z-]{0,40}$")]
"""Of a table, or of an entry in one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a document: where, what, and what to do about it (R142)."""

    place: str
    """A dotted path into the document, with the line where that is known: `day.3.date (line 41)`."""
    wrong: str
    todo: str

    def __str__(self) -> str:
        return f"{self.place}: {self.wrong}; {self.todo}"


def fits(name: str, patterns: Collection[str]) -> bool:
    """Whether one of these patterns with `*` fits a name; none named fits every one."""
    return not patterns or _any_of(tuple(patterns)).match(name) is not None


@lru_cache(1024)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))


class Part(BaseModel):
    """A piece of a table: unknown and missing entries are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Table(Part):
    """One table under its number."""

    name: Name
    version: Annotated[int, Field(ge=0)] = 0
    """The log counts versions; a text has none."""
    since: datetime = EARLIEST
    """From when on this version counts, which stands in the log as well: nothing follows from it before."""

    @property
    def ref(self) -> str:
        """How facts name the table that they were judged by: `<name>@<version>`."""
        return f"{self.name}@{self.version}"
