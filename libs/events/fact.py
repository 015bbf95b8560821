"""What every event is made of: chapters, the base of all facts, and the small value types they share.

Lives here: the base class and value types used by more than one chapter. Must not: any single event, any rule.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError


class Chapter(StrEnum):
    """One writer's part of every stream; the order is the order of the counters in a head."""

    INTAKE = "intake"
    TRIAGE = "triage"
    ESCALATION = "escalation"
    ACCOUNTABILITY = "accountability"


CHAPTERS = tuple(Chapter)
PLACES = {chapter: place for place, chapter in enumerate(CHAPTERS)}
"""Where the counter of each stands in a head."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LAST = LATEST - timedelta(microseconds=1)
"""The last instant that a fact can name: what lies beyond is said as this."""


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


_DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]", re.ASCII)
_NO_TIME = PydanticCustomError("datetime_parsing", "must be a time with a zone, such as 2026-01-31T09:00:00Z")


def _no_number(written: object) -> object:
    """A number, as such or as text, is no time: pydantic would count it from 1970, in seconds or in milliseconds."""
    if isinstance(written, datetime) or (isinstance(written, str) and _DATE_AND_TIME.match(written)):
        return written
    raise _NO_TIME


# What stands in a type's own constraints is checked by pydantic's core, not by Python: every record passes here.
WITHOUT_NUL = r"^[^\x00]+$"
_SEALED = r"^sealed:1:[0-9a-f-]{36}:[0-9a-f-]{36}:[a-z_]{1,40}:[A-Za-z0-9_-]+$"

# For the time of a fact alone, which is read with every record and written by nobody but us.
_Instant = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST), AfterValidator(_in_utc)]

Moment = Annotated[_Instant, Field(strict=False), BeforeValidator(_no_number)]
"""An instant with a zone between 1970 and 2099, kept in UTC. As text it is a date and a time, never a number."""

WORD_CHARACTERS_MAX = 200
"""Who makes a word out of others cuts it to this."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=WORD_CHARACTERS_MAX, pattern=WITHOUT_NUL)]
"""A short name or code, at most 200 characters, in clear: never anything personal."""

BY_RULE = "rule"
"""The `by` of what no person did."""

BY_PERSON = "person"
"""The `rule` of a decision that a person took."""

Remark = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=WITHOUT_NUL)]
"""A reason or note by staff or by a rule, at most 2,000 characters, in clear: never anything personal."""

Sealed = Annotated[str, StringConstraints(max_length=200_000, pattern=_SEALED)]
"""Personal text, encrypted: `sealed:1:<key id>:<event id>:<field>:<nonce and box, base64url>` (section 6)."""

Count = Annotated[int, Field(ge=0, le=2**53)]
"""A number of things, or an amount in minor units; never negative."""


class Fact(BaseModel):
    """One thing that happened: flat, frozen, past tense. `at` is when it happened; when we *knew* is on the envelope.

    `at` travels as `ce_time` and is not repeated in the record's value (L24).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str]
    relies_on: ClassVar[frozenset[Chapter]] = frozenset()
    """Chapters beside its own that must not have moved since the decision (L1)."""

    at: _Instant

    def relied_on(self) -> frozenset[Chapter]:
        """What this very fact relies on: what its type declares; more, where it came about in a way that read more."""
        return type(self).relies_on

    def destroys(self) -> tuple[str, ...]:
        """The ids of the data keys that nobody uses any more once this stands: of nearly every fact none."""
        return ()

    def known_late(self, recorded_at: datetime) -> datetime | None:
        """When it was known, where that was after it happened: nobody owed anything for it before (L14, L24)."""
        return recorded_at if recorded_at > self.at else None


class Origin(BaseModel):
    """Where a reported fact comes from: another system's record, told to us with its own time."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: Word
    reference: Word


class GivenDue(BaseModel):
    """A time limit that a publisher gives one clock of a case: a due time, kept and judged as given, or a policy to
    compute it by. With both, the policy counts and the due time is kept beside it, to be compared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    clock: Word
    due: Moment | None = None
    policy: Word | None = None
    """`<pack>/<policy>`, or `<pack>`: by its table of categories, from the category of the case."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.due is None and self.policy is None:
            raise ValueError("a due time or a policy is needed")
        return self


def chapter_of(fact_type: type[Fact]) -> Chapter:
    """The chapter that an event type is written in, read from its name."""
    return Chapter(fact_type.type.split(".")[1])
