"""Numbered rule tables: what `Context.rules` is made of. Data under a version that never changes (L15).

Pure: the text is handed in. Must not: the content of any one table.
"""

import json
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from functools import lru_cache
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

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


class TableInvalid(Exception):
    """A rule table is not as its form says; the message names the table, the entry and what is wrong with it (R142)."""


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

    @classmethod
    def parse(cls, text: str, version: int = 1, since: datetime = EARLIEST) -> Self:
        """The table in a TOML text, which is that version of it. Raises TableInvalid."""
        try:
            content = tomllib.loads(text)
            # By way of JSON, where strict types read an array as a tuple, and dates and times as their texts.
            table = cls.model_validate_json(json.dumps(content, default=lambda moment: moment.isoformat()))
            return table.model_copy(update={"version": version, "since": since})
        except tomllib.TOMLDecodeError as error:
            raise TableInvalid(f"{cls.__name__}: no TOML: {error}") from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the table"
            raise TableInvalid(f"{cls.__name__}: {where}: {first['msg']}") from None
