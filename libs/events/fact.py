"""What every event is made of: chapters, the base of all facts, and the small value types they share.

Lives here: the base class and value types used by more than one chapter. Must not: any single event, any rule.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator


class Chapter(StrEnum):
    """One writer's part of every stream; the order is the order of the counters in a head."""

    INTAKE = "intake"
    TRIAGE = "triage"
    ESCALATION = "escalation"
    ACCOUNTABILITY = "accountability"


CHAPTERS = tuple(Chapter)

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LAST = LATEST - timedelta(microseconds=1)
"""The last instant that a fact can name: what lies beyond is said as this."""


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


# What stands in a type's own constraints is checked by pydantic's core, not by Python: every record passes here.
_WITHOUT_NUL = r"^[^\x00]+$"
_SEALED = r"^sealed:1:[0-9a-f-]{36}:[0-9a-f-]{36}:[a-z_]{1,40}:[A-Za-z0-9_-]+$"

Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST), AfterValidator(_in_utc)]
"""An instant with a zone between 1970 and 2099, kept in UTC."""

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_WITHOUT_NUL)]
"""A short name or code, in clear: never anything personal."""

BY_RULE = "rule"
"""The `by` of what no person did."""

Remark = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=_WITHOUT_NUL)]
"""A reason or note by staff or by a rule, in clear: never anything personal."""

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

    at: Moment

    def relied_on(self) -> frozenset[Chapter]:
        """What this very fact relies on: what its type declares; more, where it came about in a way that read more."""
        return type(self).relies_on


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
