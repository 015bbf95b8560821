"""What other systems may tell us: the CloudEvents that intake accepts on `complaints.inbound`.

The public contract for publishers: type names and the JSON of `data`. `subject` is the publisher's own reference of the
case, `source` its name, `id` its own event id (told twice, it counts once), `time` when it happened there.
Personal text comes in clear on this topic (14 days) and is sealed before it enters the log.
"""

from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from events.fact import Count, GivenDue, Moment, Word
from events.intake import Identity, MessageKind

TEXT_BYTES_MAX = 140_000
"""In UTF-8. Sealed it must fit a `Sealed` field, and an amendment carries two of them in one record."""
_TOO_LONG = PydanticCustomError(
    "string_too_long", "make it shorter: at most {most} bytes in UTF-8", {"most": TEXT_BYTES_MAX}
)


def _sealable(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("text_unfit", "remove the NUL")
    if len(text.encode()) > TEXT_BYTES_MAX:
        raise _TOO_LONG
    return text


Text = Annotated[str, AfterValidator(_sealable)]
"""Words of a person, in clear, at most 140,000 bytes; sealed before they enter the log. Never empty: absent instead."""


DUES_MAX = 10
"""Each starts a clock, and clocks are kept by machines: a case on which these say too much by themselves parks."""


class Told(BaseModel):
    """Base of what a publisher may tell. Unknown members, and those that come again, are refused with their name."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str]


class ToldLodged(Told):
    """A complaint was lodged there."""

    type: ClassVar[str] = "complaint.lodged.v1"
    channel: Word
    form: Literal["written", "oral"] = "written"
    nature: Literal["objection", "protest", "claim", "signal"] = "objection"
    language: Word = "und"
    product: Word | None = None
    branch: Word | None = None
    category: Word | None = None
    identity: Identity = "ordinary"
    anonymous: bool = False
    on_behalf: bool = False
    subject_person: Word | None = None
    taken_by: Word | None = None
    injury: bool = False
    told_people: Count = 0
    calls_before: Count | None = None
    complaints_before: Count | None = None
    contact: Text | None = Field(default=None, min_length=1, max_length=500)
    text: Text | None = Field(default=None, min_length=1, max_length=100_000)
    demand: Text | None = Field(default=None, min_length=1, max_length=10_000)
    dues: tuple[GivenDue, ...] = Field(default=(), max_length=DUES_MAX)
    """At most ten, each clock once: with a due time, a policy, or both."""
    history: Word | None = None
    """The batch (see `history.opened.v1`) where this is old history."""

    @field_validator("dues")
    @classmethod
    def _each_clock_once(cls, dues: tuple[GivenDue, ...]) -> tuple[GivenDue, ...]:
        if len({due.clock for due in dues}) < len(dues):
            raise PydanticCustomError("clock_repeated", "give each clock once: with a due time, a policy, or both")
        return dues


class ToldReported(Told):
    """Something happened to the case there: classified, held by somebody, closed, reopened."""

    type: ClassVar[str] = "complaint.reported.v1"
    fact: Literal["classified", "custody", "closed", "reopened"]
    category: Word | None = None
    """Of what is classified, and needed there."""
    team: Word | None = None
    """With `owner`, `line` and `impact` of custody: who holds it there, as far as it is known."""
    owner: Word | None = None
    line: Literal[1, 2, 3] | None = None
    """Of support."""
    status: Word | None = None
    """As that system calls how the case stands; so does `sub_status`."""
    sub_status: Word | None = None
    impact: Word | None = None
    ground: Word | None = None
    """Why it was closed there, in that system's word."""
    waiting: Word | None = None
    """Custody only: what the case waits for there (`wait-user`), until the next report. Clocks whose policy knows the
    reason pause so long.
    """
    note: Text | None = Field(default=None, min_length=1, max_length=100_000)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.fact == "classified" and self.category is None:
            raise PydanticCustomError("category_missing", "say the category of what is classified")
        return self


class ToldMessage(Told):
    """The complainant left a further message there."""

    type: ClassVar[str] = "complaint.message.v1"
    channel: Word
    text: Text | None = Field(default=None, min_length=1, max_length=100_000)


class ToldDelivered(Told):
    """A gateway delivered a message of ours. `subject` is our stream id as it stood on `complaints.outbound`."""

    type: ClassVar[str] = "message.delivered.v1"
    message_id: Word
    kind: MessageKind
    channel: Word
    automatic: bool = False
    report: Word


class ToldFailed(Told):
    """A gateway could not deliver a message of ours. `subject` is our stream id."""

    type: ClassVar[str] = "message.failed.v1"
    message_id: Word
    channel: Word
    reason: Text = Field(min_length=1, max_length=2000)


class ToldHistoryOpened(Told):
    """A batch of history begins. `subject` is the batch's name, unique for the publisher and the file."""

    type: ClassVar[str] = "history.opened.v1"


class ToldHistoryCompleted(Told):
    """The batch named by `subject` is complete until `known_until`."""

    type: ClassVar[str] = "history.completed.v1"
    known_until: Moment


Accepted = (
    ToldLodged | ToldReported | ToldMessage | ToldDelivered | ToldFailed | ToldHistoryOpened | ToldHistoryCompleted
)
ACCEPTED: dict[str, type[Accepted]] = {kind.type: kind for kind in get_args(Accepted)}
"""Every inbound type, by its CloudEvents `type`."""
